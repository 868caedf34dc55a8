/** `gearbox serve`: the server, from start to a stop that loses nothing. */
import { flushCompileCache } from 'node:module';
import { parseArgs } from 'node:util';
import { brand } from '../brand.ts';
import type { Pool } from '../catalog/pool.ts';
import type { LoadedConfiguration } from '../config/load.ts';
import { renderProblem } from '../config/problem.ts';
import { checkBind } from '../config/bind.ts';
import { toObservedModel } from '../router/shadow.ts';
import type { Gearbox } from '../index.ts';
import { ADMIN_TOKEN_FILE, loadAdminToken } from '../server/admin-token.ts';
import type { ServerContext } from '../server/context.ts';
import { listen } from '../server/listen.ts';
import { createLogger, LOG_LEVELS, type Logger, type LogLevel } from '../server/log.ts';
import { createMetrics, type Metrics } from '../server/metrics.ts';
import { UsageError, type Command, type CommandContext, type ExitCode } from './command.ts';
import { isCheckout } from './package-root.ts';
import { packageVersion } from './package-version.ts';
import { followConfiguration } from './reload.ts';
import { removeServerFile, writeServerFile } from './server-file.ts';
import { createSource, startGearbox } from './start.ts';

const HELP = `Usage: ${brand.binary} serve [--port N] [--host ADDRESS] [--lab] [--observe] [--log LEVEL]

Serves one model name, \`auto\`, in front of the configured models. Without a configuration file the pool is built from
the provider keys in the environment (OPENAI_API_KEY, ANTHROPIC_API_KEY, …) or from a local server (OLLAMA_HOST,
VLLM_BASE_URL); with neither, the lab answers: made-up models with real decisions.

  --port N         port, 0 for any free one (default: $PORT or 8484)
  --host ADDRESS   address to listen on (default: $HOST or 127.0.0.1; another one needs client keys)
  --lab            the lab, whatever keys exist
  --observe        serve the models that clients name as they are, and record what \`auto\` would have done with each
                   call; then: ${brand.binary} report savings --baseline asked
  --log LEVEL      ${LOG_LEVELS.join(', ')} (default: warn); JSON lines on standard error

The configuration is read again when it changes, and on SIGHUP; one with errors is reported and the last good one stays.
SIGTERM and Ctrl-C let running answers finish. A second Ctrl-C cuts them.

Example: PORT=9000 ${brand.binary} serve --lab`;

interface ServeFlags {
  readonly host: string | null;
  readonly port: number | null;
  readonly lab: boolean;
  readonly observe: boolean;
  readonly level: LogLevel;
}

const parseFlags = (args: readonly string[]): ServeFlags => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      host: { type: 'string' },
      port: { type: 'string' },
      lab: { type: 'boolean', default: false },
      observe: { type: 'boolean', default: false },
      log: { type: 'string', default: 'warn' },
    },
  });
  const level = LOG_LEVELS.find((known) => known === values.log);
  if (level === undefined)
    throw new UsageError(`--log: expected one of ${LOG_LEVELS.join(', ')}, given ${values.log}.`);
  const port = values.port === undefined ? null : Number(values.port);
  if (port !== null && !(Number.isInteger(port) && port >= 0 && port <= 65_535))
    throw new UsageError(`--port: expected a port from 0 to 65535, given ${values.port ?? ''}.`);
  return { host: values.host ?? null, port, lab: values.lab, observe: values.observe, level };
};

const describePool = (pool: Pool): readonly string[] => {
  const width = Math.max(...[...pool.components.keys()].map((name) => name.length)) + 2;
  const lines = [...pool.components.values()].map(
    ({ name, deployments, effort }) => `  ${name.padEnd(width)}${deployments[0].id}  effort ${effort}`,
  );
  const models = [...pool.models.values()].map(({ name, components }) => `  ${name} = ${components.join(' | ')}`);
  return [...lines, ...models, ...pool.notes.map((note) => `  ${note}`)];
};

/** What to type here: a checkout is in nobody's PATH. */
const command = isCheckout ? `npx ${brand.binary}` : brand.binary;

/** `asksLab`: `--lab` was given, which no configuration file stands against. */
const describeOrigin = ({ path, origin }: LoadedConfiguration, asksLab: boolean): string => {
  if (path !== null) return `Configuration: ${path}`;
  if (origin === 'environment') return `No ${brand.configFile}: the pool comes from the environment.`;
  const why = asksLab ? `--lab, whatever a ${brand.configFile} says` : `No ${brand.configFile} and no provider key`;
  return `${why}: the pool comes from the lab (simulated, no model is called).`;
};

const announce = (loaded: LoadedConfiguration, url: string, asksLab: boolean): readonly string[] => [
  `${brand.name} ${packageVersion()} listens on ${url}`,
  describeOrigin(loaded, asksLab),
  ...describePool(loaded.pool),
  `Admin token: ${loaded.settings.home}/${ADMIN_TOKEN_FILE} (readable by you only)`,
  '',
  'Any OpenAI client:  ' +
    `export OPENAI_BASE_URL=${url}/v1 OPENAI_API_KEY=${loaded.pool.keys.length > 0 ? '<a client key>' : 'unused'}`,
  `Try:                ${command} ask "What is the capital of France?"`,
  `                    ${command} explain "Prove that the square root of 2 is irrational. Think hard about this."`,
];

/** What observing does here; without a unified model it does nothing. */
const observing = (pool: Pool): string => {
  const model = toObservedModel(pool);
  return model === null
    ? 'Observing nothing: the configuration has no unified model.'
    : `Observing: calls that name a provider's model are served by it; what ${model} would have done is recorded beside them.`;
};

/** One Ctrl-C arrives several times when npm, a shell and the entry each pass it on: within this time it is the same. */
const SIGNAL_ECHO_MS = 500;

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Resolves on the first request to stop. A second one aborts the signal it resolves with, a third exits at once. */
const untilStopped = (signal: AbortSignal): Promise<AbortSignal> =>
  new Promise((resolve) => {
    const stop = (): void => {
      const cutting = new AbortController();
      let heardAt = performance.now();
      for (const name of ['SIGINT', 'SIGTERM'] as const)
        process.on(name, () => {
          if (performance.now() - heardAt < SIGNAL_ECHO_MS) return;
          heardAt = performance.now();
          if (cutting.signal.aborted) process.exit(EXIT_CODES[name]);
          cutting.abort();
        });
      resolve(cutting.signal);
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });

const createServerContext = (
  loaded: LoadedConfiguration,
  gearbox: Gearbox,
  rest: Pick<ServerContext, 'log' | 'metrics' | 'adminToken' | 'isStopping'>,
): ServerContext => ({
  ...rest,
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
  version: packageVersion(),
});

interface Running {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly observes: boolean;
}

const start = async (loaded: LoadedConfiguration, { log, metrics, observes }: Running) => {
  const gearbox = await startGearbox(loaded, {
    observes,
    listeners: [metrics.observe],
    onWarning: (message, error) => {
      if (message.startsWith('the router failed')) metrics.countRouterFailure();
      log.error({ err: error }, message);
    },
  });
  let stopping = false;
  const adminToken = await loadAdminToken(loaded.settings.home);
  const server = createServerContext(loaded, gearbox, { log, metrics, adminToken, isStopping: () => stopping });
  try {
    const listening = await listen(server);
    return {
      gearbox,
      listening,
      log,
      stop: async (cutNow: AbortSignal): Promise<{ readonly cut: number }> => {
        stopping = true;
        const result = await listening.stop(cutNow);
        await gearbox.close();
        return result;
      },
    };
  } catch (error) {
    await gearbox.close();
    throw error;
  }
};

const run = async (context: CommandContext): Promise<ExitCode> => {
  const flags = parseFlags(context.args);
  const source = createSource({ flags: context.flags, settingFlags: flags, lab: flags.lab });
  try {
    const loaded = await source.load();
    for (const problem of loaded.problems) context.report(renderProblem(problem));
    const refused = checkBind({ host: loaded.settings.host, keys: loaded.pool.keys });
    if (refused !== null) throw refused;
    const running = await start(loaded, {
      log: createLogger(flags.level),
      metrics: createMetrics(),
      observes: flags.observe,
    });
    // Before the address is told: whoever knows it may send signals.
    const watching = await followConfiguration(source, loaded, { running, context });
    if (context.flags.json) context.print(JSON.stringify({ url: running.listening.url, config: loaded.path }));
    else for (const line of announce(loaded, running.listening.url, flags.lab)) context.print(line);
    if (flags.observe && !context.flags.json) context.print(observing(loaded.pool));
    // A killed process writes no compile cache; the next start should be a fast one all the same.
    flushCompileCache();
    writeServerFile(loaded.settings.home, { url: running.listening.url, pid: process.pid });
    const cutNow = await untilStopped(context.signal);
    context.report('Stopping: running answers may finish. Ctrl-C again cuts them.');
    removeServerFile(loaded.settings.home);
    await watching?.close();
    const { cut } = await running.stop(cutNow);
    context.report(
      cut === 0
        ? 'Stopped. Everything is on disk.'
        : `Stopped. Everything is on disk; ${cut} running ${cut === 1 ? 'answer was' : 'answers were'} cut.`,
    );
    return 0;
  } finally {
    await source.close();
  }
};

export const serveCommand: Command = {
  name: 'serve',
  summary: 'serve `auto` in front of your models (the lab without keys)',
  help: HELP,
  primary: true,
  run,
};
