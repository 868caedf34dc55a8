/** A connection to a server for commands that ask one: the running one, or one of their own for the moment. */
import { request } from 'undici';
import { brand } from '../brand.ts';
import { environmentValue, readEnvironment } from '../config/environment.ts';
import { resolveHome } from '../config/settings.ts';
import { ConfigError, StoreError, type GearboxError } from '../errors.ts';
import { loadAdminToken } from '../server/admin-token.ts';
import { listen } from '../server/listen.ts';
import { createLogger } from '../server/log.ts';
import { createMetrics } from '../server/metrics.ts';
import type { CommandContext } from './command.ts';
import { packageVersion } from './package-version.ts';
import { createSource, startGearbox, type Source } from './start.ts';
import { readServerFile } from './server-file.ts';

export interface Connection {
  readonly url: string;
  /** `running`: a server that was there before. `own`: started for this command only. */
  readonly kind: 'running' | 'own';
  readonly close: () => Promise<void>;
}

const PROBE_TIMEOUT_MS = 1_500;

/** Whether a Gearbox, and not something else that listens there, answers at `url`. */
const isAlive = async (url: string): Promise<boolean> => {
  try {
    const { statusCode, body } = await request(`${url}/readyz`, {
      headersTimeout: PROBE_TIMEOUT_MS,
      bodyTimeout: PROBE_TIMEOUT_MS,
    });
    const text = await body.text();
    return statusCode === 200 && text.includes('"ready"');
  } catch {
    // Refused, reset or silent: not a server that can be asked. The caller says so.
    return false;
  }
};

/** Address of a running server, or null. An address that was named must answer: falling back would ask someone else. */
export const findServer = async (context: CommandContext, named: string | null): Promise<string | null> => {
  const environment = readEnvironment();
  const explicit = named ?? environmentValue(environment, `${brand.environmentPrefix}URL`) ?? null;
  if (explicit !== null) {
    const url = explicit.replace(/\/(v1\/?)?$/, '');
    if (await isAlive(url)) return url;
    throw new StoreError(
      `No ${brand.name} answers at ${url}. Start one with \`${brand.binary} serve\`, or correct the address.`,
      {
        code: 'server_unreachable',
      },
    );
  }
  const file = readServerFile(resolveHome(environment, context.flags.home));
  return file !== null && (await isAlive(file.url)) ? file.url : null;
};

const startOwn = async (context: CommandContext): Promise<Connection> => {
  const source = createSource({ flags: context.flags, settingFlags: { host: '127.0.0.1', port: 0 }, lab: false });
  const closers: (() => Promise<unknown>)[] = [source.close];
  const close = async (): Promise<void> => {
    for (const closer of closers.toReversed()) await closer();
  };
  try {
    return { url: await listenFor(source, closers), kind: 'own', close };
  } catch (error) {
    // What was started before the fault would keep the process alive.
    await close();
    throw error;
  }
};

/** Starts a server on a free port; what has to be closed after it is added to `closers` as soon as it is there. */
const listenFor = async (source: Source, closers: (() => Promise<unknown>)[]): Promise<string> => {
  const loaded = await source.load();
  const log = createLogger('error');
  // Keys guard against others; a server that nobody else can find serves its own command without one.
  const gearbox = await startGearbox(
    { ...loaded, pool: { ...loaded.pool, keys: [] } },
    {
      onWarning: (message, error) => log.error({ err: error }, message),
    },
  );
  closers.push(gearbox.close);
  const listening = await listen({
    settings: loaded.settings,
    pool: gearbox.pool,
    snapshot: gearbox.snapshot,
    router: gearbox.router,
    store: gearbox.store,
    reader: gearbox.reader,
    responses: gearbox.responses,
    findForward: gearbox.findForward,
    substitutions: gearbox.substitutions,
    ids: gearbox.ids,
    clock: gearbox.clock,
    log,
    metrics: createMetrics(),
    adminToken: await loadAdminToken(loaded.settings.home),
    version: packageVersion(),
    isStopping: () => false,
  });
  closers.push(() => listening.stop());
  return listening.url;
};

/** The running server, else one of this command's own with the same configuration and store. */
export const connect = async (context: CommandContext, named: string | null): Promise<Connection> => {
  const url = await findServer(context, named);
  if (url !== null) return { url, kind: 'running', close: async () => {} };
  context.report(
    `No server is running; ${brand.binary} answers by itself this once. (\`${brand.binary} serve\` keeps one running.)`,
  );
  return startOwn(context);
};

/** `$GEARBOX_KEY`, for servers that want a client key. */
export const clientHeaders = (): Record<string, string> => {
  const key = environmentValue(readEnvironment(), `${brand.environmentPrefix}KEY`);
  return { 'content-type': 'application/json', ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) };
};

/** The error that a server's answer stands for. */
export const toAnswerError = (status: number, text: string): GearboxError => {
  const message = /"message"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(text)?.[1];
  const said = message === undefined ? text.slice(0, 300) : String(JSON.parse(message));
  const hint = status === 401 ? ` Set ${brand.environmentPrefix}KEY to a client key of this server.` : '';
  return new ConfigError(`The server answered ${status}: ${said}${hint}`, { code: 'server_refused' });
};
