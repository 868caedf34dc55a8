/** Listening: the HTTP server with its limits, and a stop that lets running answers finish. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brand } from '../brand.ts';
import { checkBind } from '../config/bind.ts';
import { ConfigError } from '../errors.ts';
import type { BodyLimits } from './body.ts';
import type { ServerContext } from './context.ts';
import { refuseConnection } from './connection-fault.ts';
import { createDeadlines } from './deadlines.ts';
import { createHandler } from './handle.ts';
import { createRunningCalls, type RunningCalls } from './running-calls.ts';

export interface Listening {
  /** `http://127.0.0.1:8484` */
  readonly url: string;
  readonly port: number;
  /**
   * Refuses new connections, waits for running answers at most `timeouts.shutdownMs`, or until `cutNow` aborts, then
   * ends what is left with an error. Resolves once every request has been answered and recorded.
   */
  readonly stop: (cutNow?: AbortSignal) => Promise<{ readonly cut: number }>;
}

const toListenError = (error: NodeJS.ErrnoException, host: string, port: number): ConfigError => {
  if (error.code === 'EADDRINUSE')
    return new ConfigError(
      `Port ${port} on ${host} is taken. Choose another: PORT=8485 ${brand.binary} serve, or --port 8485 (0: any free port).`,
      { code: 'port_taken', cause: error },
    );
  return new ConfigError(
    `Cannot listen on ${host}:${port}: ${error.message}. Set HOST and PORT, or --host and --port.`,
    {
      code: 'listen_failed',
      cause: error,
    },
  );
};

const bind = (server: Server, host: string, port: number): Promise<AddressInfo> =>
  new Promise((resolve, reject) => {
    server.once('error', (error) => reject(toListenError(error, host, port)));
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('the server has no address'));
      else resolve(address);
    });
  });

const toUrl = (host: string, port: number): string => {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
};

/** What a cut answer gets to say its last event before its connection is closed under it. */
const CUT_GRACE_MS = 500;

/** Requests whose handler has not returned yet: a record is written only when it has. */
const createInFlight = () => {
  const waiting: (() => void)[] = [];
  let count = 0;
  return {
    add: (handled: Promise<void>): void => {
      count += 1;
      // A handler never rejects.
      void handled.then(() => {
        count -= 1;
        if (count === 0) for (const resolve of waiting.splice(0)) resolve();
      });
    },
    settled: (): Promise<void> => (count === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  };
};

interface Stopping {
  readonly server: Server;
  readonly running: RunningCalls;
  readonly settled: () => Promise<void>;
  readonly limitMs: number;
}

/** Closes idle connections at once and busy ones when they finish, or after the time limit. */
const stopServer = async (
  { server, running, settled, limitMs }: Stopping,
  cutNow: AbortSignal | undefined,
): Promise<{ readonly cut: number }> => {
  let cutCalls: number | null = null;
  let grace: NodeJS.Timeout | undefined;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  // A connection that becomes idle while we wait is closed at its next tick instead of at its keep-alive timeout.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  const cut = (): void => {
    if (cutCalls !== null) return;
    cutCalls = running.cut();
    grace = setTimeout(() => server.closeAllConnections(), CUT_GRACE_MS);
  };
  const limit = setTimeout(cut, limitMs);
  if (cutNow?.aborted === true) cut();
  cutNow?.addEventListener('abort', cut, { once: true });
  await closed;
  await settled();
  for (const timer of [sweep, limit, grace]) clearTimeout(timer);
  return { cut: cutCalls ?? 0 };
};

/** Starts listening. Throws ConfigError when the address is taken, unusable, or open to others without client keys. */
export const listen = async (context: ServerContext): Promise<Listening> => {
  const { settings } = context;
  const refused = checkBind({ host: settings.host, keys: context.pool().keys });
  if (refused !== null) throw refused;
  const running = createRunningCalls({ totalMs: settings.timeouts.totalMs, clock: context.clock });
  const bodyLimits: BodyLimits = {
    maxBodyBytes: settings.limits.bodyBytes,
    bodyTimeoutMs: settings.timeouts.bodyMs,
    deadlines: createDeadlines({ limitMs: settings.timeouts.bodyMs, clock: context.clock }),
  };
  const handler = createHandler({ ...context, running, bodyLimits });
  const inFlight = createInFlight();
  const server = createServer(
    {
      maxHeaderSize: settings.limits.headerBytes,
      headersTimeout: settings.timeouts.headersMs,
      // The body has its own limit with a clear answer; Node's would cut the connection without one, and would also
      // count the time that a long answer takes to be uploaded slowly.
      requestTimeout: 0,
      // Node would answer a missing Host header itself, with an empty 400; the Host check says what is missing.
      requireHostHeader: false,
      keepAliveTimeout: settings.timeouts.keepAliveMs,
      noDelay: true,
    },
    (incoming, response) => inFlight.add(handler(incoming, response)),
  );
  server.on('clientError', (error, socket) => refuseConnection(error, socket, settings));
  const { port } = await bind(server, settings.host, settings.port);
  const limitMs = settings.timeouts.shutdownMs;
  return {
    url: toUrl(settings.host, port),
    port,
    stop: (cutNow) => stopServer({ server, running, settled: inFlight.settled, limitMs }, cutNow),
  };
};
