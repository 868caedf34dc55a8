/** A Gearbox in this process in front of a lab or of a handler of the test's own, with every upstream socket watched. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { loadCatalog } from '../../src/catalog/load.ts';
import { checkConfiguration } from '../../src/config/check.ts';
import { toConfigError } from '../../src/config/problem.ts';
import { resolveSecret } from '../../src/config/secret.ts';
import { toSettings, type ServerSettings } from '../../src/config/settings.ts';
import { createGearbox, type Gearbox } from '../../src/index.ts';
import { createLab } from '../../src/lab/lab.ts';
import type { EndedExchange } from '../../src/router/exchange.ts';
import { loadAdminToken } from '../../src/server/admin-token.ts';
import { listen, type Listening } from '../../src/server/listen.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import type { StreamTiming } from '../../src/server/stream.ts';

/** `auto/fast` speaks chat to the upstream, `auto/thinking` Messages: the same faults, passed through and translated. */
const CONFIGURATION = `
version: 1
providers:
  chatty: { protocol: openai-chat, base_url: "{upstream}/v1", key: env:CHATTY_KEY }
  claudish: { protocol: anthropic-messages, base_url: "{upstream}", key: env:CLAUDISH_KEY }
components:
  fast: { model: chatty/fast, effort: none, price: { input: 10, output: 20 } }
  thinking: { model: claudish/thinking, effort: high, price: { input: 10, output: 20 } }
models:
  auto: { components: [fast, thinking] }
`;

export const FAULT_SECRETS = { CHATTY_KEY: 'sk-chatty-canary-1f0e', CLAUDISH_KEY: 'sk-claudish-canary-2d3c' };

export interface RigOptions {
  /** Answers upstream calls; the lab, at time scale 0, when absent. */
  readonly upstream?: RequestListener;
  /** Of the lab; default 0. */
  readonly timeScale?: number;
  readonly timing?: StreamTiming;
  readonly settings?: (settings: ServerSettings) => ServerSettings;
  readonly environment?: Readonly<Record<string, string>>;
  readonly startStoreWorker?: NonNullable<Parameters<typeof createGearbox>[0]['startStoreWorker']>;
}

export interface Rig {
  readonly url: string;
  readonly home: string;
  readonly gearbox: Gearbox;
  readonly listening: Listening;
  readonly adminToken: string;
  readonly ended: readonly EndedExchange[];
  /** Lines of the log at level debug. */
  readonly log: readonly string[];
  readonly warnings: readonly string[];
  /** Answers that the handler or the lab is still giving, as the upstream sees it. */
  readonly upstreamOpen: () => number;
  readonly upstreamCalls: () => number;
  readonly stopping: (value: boolean) => void;
  readonly close: () => Promise<void>;
}

const catalog = loadCatalog(join(import.meta.dirname, '../../models'));

const listenOn = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** A server that hands every request on to `target`, byte for byte, and counts what is open. */
export const startWatchedUpstream = async (handler: RequestListener) => {
  const sockets = new Set<Socket>();
  let open = 0;
  let calls = 0;
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    open += 1;
    calls += 1;
    response.once('close', () => (open -= 1));
    handler(request, response);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const url = await listenOn(server);
  return {
    url,
    open: () => open,
    calls: () => calls,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};

const startUpstream = async ({ upstream: handler, timeScale = 0 }: RigOptions) => {
  if (handler !== undefined) return startWatchedUpstream(handler);
  let lab: ReturnType<typeof createLab> | null = createLab({ timeScale, keepReceived: 5_000 });
  const { url } = await lab.listen();
  return {
    url,
    open: () => 0,
    calls: () => lab?.received().length ?? 0,
    close: async () => {
      await lab?.close();
      lab = null;
    },
  };
};

const createLog = (lines: string[]) =>
  pino(
    { level: 'debug' },
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        lines.push(chunk.toString('utf8'));
        done();
      },
    }),
  );

const loadPool = async (url: string, home: string, options: RigOptions) => {
  const environment = { ...FAULT_SECRETS, ...options.environment };
  const { problems, result } = await checkConfiguration(
    CONFIGURATION.replaceAll('{upstream}', url),
    join(home, 'gearbox.yaml'),
    { environment, catalog: await catalog, nowMs: Date.now() },
  );
  if (result === null) throw toConfigError(problems);
  const flags = { host: '127.0.0.1', port: 0, home };
  const chosen = toSettings({ environment, flags, configuration: result.configuration, keyCount: 0 });
  return { pool: result.pool, settings: options.settings?.(chosen) ?? chosen, environment };
};

export const startRig = async (options: RigOptions = {}): Promise<Rig> => {
  const upstream = await startUpstream(options);
  const home = await mkdtemp(join(tmpdir(), 'gearbox-faults-'));
  const { pool, settings, environment } = await loadPool(upstream.url, home, options);
  const ended: EndedExchange[] = [];
  const log: string[] = [];
  const warnings: string[] = [];
  const metrics = createMetrics();
  const gearbox = await createGearbox({
    pool,
    settings,
    environment,
    resolveSecret: (reference) => resolveSecret(reference, { environment, folder: home }),
    listeners: [(exchange) => void ended.push(exchange), metrics.observe],
    onWarning: (message) => void warnings.push(message),
    ...(options.startStoreWorker === undefined ? {} : { startStoreWorker: options.startStoreWorker }),
  });
  const adminToken = await loadAdminToken(home);
  let isStopping = false;
  const listening = await listen({
    ...gearbox,
    settings,
    log: createLog(log),
    metrics,
    adminToken,
    version: '0.0.0',
    isStopping: () => isStopping,
    ...(options.timing === undefined ? {} : { timing: options.timing }),
  });
  const close = async (): Promise<void> => {
    await listening.stop(AbortSignal.abort());
    await gearbox.close();
    await upstream.close();
    await rm(home, { recursive: true, force: true });
  };
  return {
    url: listening.url,
    home,
    gearbox,
    listening,
    adminToken,
    get ended() {
      // Exchanges are handed on in batches; a flush hands on what waits, at once. A dead store is told elsewhere.
      gearbox.store.flush().catch(() => {});
      return ended;
    },
    log,
    warnings,
    upstreamOpen: upstream.open,
    upstreamCalls: upstream.calls,
    stopping: (value) => (isStopping = value),
    close,
  };
};

export type Target = 'auto/fast' | 'auto/thinking';

export const toBody = (model: Target, prompt: string, stream: boolean): string =>
  JSON.stringify({ model, stream, messages: [{ role: 'user', content: prompt }] });

/** Waits until `check` holds; fails with `what` after a second, or the given time. */
export const until = async (check: () => boolean, what: string, limitMs = 1_000): Promise<void> => {
  const end = performance.now() + limitMs;
  while (!check()) {
    if (performance.now() > end) throw new Error(`not within ${limitMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

export interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export const post = async (url: string, body: string, signal?: AbortSignal): Promise<Told> => {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    ...(signal === undefined ? {} : { signal }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
};
