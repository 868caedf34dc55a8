/** Connections to providers: one pool for all, with every timeout set on purpose. */
import { Agent, EnvHttpProxyAgent } from 'undici';
import type { Dispatcher } from 'undici';

/** Proxy settings as the environment names them; '' or absent: none. Values are passed in, never read here. */
export interface ProxySettings {
  readonly httpProxy?: string;
  readonly httpsProxy?: string;
  /** Comma-separated hosts that are reached directly. */
  readonly noProxy?: string;
}

export interface ConnectionOptions extends ProxySettings {
  readonly connectTimeoutMs?: number;
  /** Longest wait for the status line. A thinking model that does not stream says nothing until it is done. */
  readonly headersTimeoutMs?: number;
  /** Longest silence inside a body. */
  readonly bodyTimeoutMs?: number;
}

export const DEFAULT_CONNECT_TIMEOUT_MS = 10_000;
/** undici's own defaults of 300 s cut long thinking. */
export const DEFAULT_HEADERS_TIMEOUT_MS = 30 * 60_000;
export const DEFAULT_BODY_TIMEOUT_MS = 30 * 60_000;
/** Streams hold their connection for minutes, so this is the number of requests in flight per provider. */
export const MAX_CONNECTIONS_PER_ORIGIN = 1024;
/** How long an idle connection is kept. Shorter announcements by the server win. */
export const KEEP_ALIVE_MS = 30_000;

/**
 * A dispatcher for all providers. TLS trust is Node's own: no `ca` is set, because one would replace the roots that
 * NODE_EXTRA_CA_CERTS and --use-system-ca add.
 */
export const createConnection = (options: ConnectionOptions): Dispatcher => {
  const agent: Agent.Options = {
    connect: { timeout: options.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS },
    headersTimeout: options.headersTimeoutMs ?? DEFAULT_HEADERS_TIMEOUT_MS,
    bodyTimeout: options.bodyTimeoutMs ?? DEFAULT_BODY_TIMEOUT_MS,
    connections: MAX_CONNECTIONS_PER_ORIGIN,
    keepAliveTimeout: KEEP_ALIVE_MS,
    pipelining: 1,
    // One stream per socket: a lost packet or a reset hits one answer, and an abort closes exactly one socket.
    allowH2: false,
  };
  const { httpProxy = '', httpsProxy = '', noProxy = '' } = options;
  // Empty texts are passed on: left out, EnvHttpProxyAgent would read the environment by itself.
  return httpProxy === '' && httpsProxy === ''
    ? new Agent(agent)
    : new EnvHttpProxyAgent({ ...agent, httpProxy, httpsProxy, noProxy });
};
