/** The public surface: Gearbox inside another program, without HTTP. The server and the command line are built on it. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { IdSources } from './canonical/identifier.ts';
import type { JsonValue } from './canonical/json.ts';
import type { Component } from './catalog/component.ts';
import type { Pool } from './catalog/pool.ts';
import type { ServerSettings } from './config/settings.ts';
import { warmUpExtraction } from './features/extract.ts';
import { keepRouter } from './learn/kept-routers.ts';
import { loadRouter, SHIPPED_ROUTER_FILE } from './learn/router-file.ts';
import { renderUnloadable, type LoadedRouter, type RouterRelease, type Routers } from './policy/learned/release.ts';
import type { ProxySettings } from './providers/connection.ts';
import type { FindForward } from './providers/provider.ts';
import { createProviders, type Providers } from './providers/registry.ts';
import { createDraw } from './router/draw.ts';
import { createEndedBatch, type EndedBatch } from './router/ended-batch.ts';
import type { ExchangeListener } from './router/exchange.ts';
import { toPin } from './router/pin.ts';
import { createPolicies } from './router/policies.ts';
import { toDecisionRecord } from './router/record.ts';
import { createShadow, type Shadow, type ShadowOptions } from './router/shadow.ts';
import { openMemories } from './router/memories.ts';
import { createRouter, type Router, type Snapshot } from './router/router.ts';
import { createSubstitutionWatch, type Substitution, type SubstitutionWatch } from './router/substitution-watch.ts';
import { loadInstallSecret } from './server/admin-token.ts';
import { createResponseMemory, type ResponseMemory } from './server/response-memory.ts';
import { createSealedBox } from './server/sealed-box.ts';
import { MS_PER_DAY } from './store/retention-limits.ts';
import { createDeferredReader } from './store/deferred-reader.ts';
import { openReader } from './store/sqlite-reader.ts';
import { openStore } from './store/sqlite-writer.ts';
import type { Store, StoreReader } from './store/store.ts';
import type { StartWorker } from './store/worker-channel.ts';

export { openaiChatCodec } from './wire/openai-chat/codec.ts';
export type { Pool, Router, ServerSettings, Store, StoreReader };

/** Name of the store inside the home folder. */
export const STORE_FILE = 'store.db';

/** Folder of every router that was in force, inside the home folder. */
export const ROUTERS_FOLDER = 'routers';

/** Routers of one's own by unified model. */
export type OwnRouters = ReadonlyMap<string, LoadedRouter>;

export interface GearboxOptions {
  readonly pool: Pool;
  /** For the unified models that name a router of their own. */
  readonly routers?: OwnRouters;
  /** File of the router for the others; the one that comes with the package when absent. */
  readonly shippedRouter?: string;
  readonly settings: ServerSettings;
  /** The value behind `env:NAME` or `file:PATH`. */
  readonly resolveSecret: (reference: string) => Promise<string>;
  /** Proxy variables of the environment; the others are ignored. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Calls of a provider's model by its name get a shadow decision: what the router would have done. Default: no. */
  readonly observes?: boolean;
  /** Told about every exchange that ends. */
  readonly listeners?: readonly ExchangeListener[];
  /** Told about what was survived: a policy that failed, a store that had to drop records. */
  readonly onWarning?: (message: string, error?: Error) => void;
  /** Starts the store's thread; for tests, which must get hold of it to end it. */
  readonly startStoreWorker?: StartWorker;
}

export interface Gearbox {
  readonly router: Router;
  readonly pool: () => Pool;
  /** The pool in force with the policies and connections that belong to it. */
  readonly snapshot: () => Snapshot;
  readonly store: Store;
  readonly reader: StoreReader;
  /** Answers that requests of the Responses protocol may name. */
  readonly responses: ResponseMemory;
  /** Passes calls of a provider on as they are: embeddings. */
  readonly findForward: FindForward;
  /** Answers by other models than were asked for, since the start. */
  readonly substitutions: () => readonly Substitution[];
  readonly ids: IdSources;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
  /**
   * Puts another pool with its routers in force. Requests under way finish with the one they began with. Throws
   * ConfigError, and changes nothing, when the pool names a router that is not among them.
   */
  readonly replacePool: (pool: Pool, routers?: OwnRouters) => void;
  /** Flushes the store and closes every connection. */
  readonly close: () => Promise<void>;
}

/** Random bytes are drawn in blocks: one system call for many ids. */
const RANDOM_BLOCK_BYTES = 4_096;

const createRandomBytes = (): ((length: number) => Uint8Array) => {
  let block = randomBytes(RANDOM_BLOCK_BYTES);
  let used = 0;
  return (length) => {
    if (used + length > block.length) {
      block = randomBytes(RANDOM_BLOCK_BYTES);
      used = 0;
    }
    used += length;
    return block.subarray(used - length, used);
  };
};

/** A request that has its decision and still reads its key sends with the old connections: a closed one would fail it. */
const RETIRE_AFTER_MS = 5_000;

const toError = (value: unknown): Error => (value instanceof Error ? value : new Error(String(value)));

/** The usual variables, in either case. `NO_PROXY` without a proxy means nothing and does no harm. */
const toProxySettings = (environment: GearboxOptions['environment']): ProxySettings => {
  const read = (name: string): string | undefined => environment[name] ?? environment[name.toLowerCase()];
  const httpProxy = read('HTTP_PROXY');
  const httpsProxy = read('HTTPS_PROXY');
  const noProxy = read('NO_PROXY');
  return {
    ...(httpProxy ? { httpProxy } : {}),
    ...(httpsProxy ? { httpsProxy } : {}),
    ...(noProxy ? { noProxy } : {}),
  };
};

/** The providers of a pool, with the proxies and the patience of an installation. */
export const connectProviders = (
  pool: Pool,
  { settings, environment, resolveSecret }: Pick<GearboxOptions, 'settings' | 'environment' | 'resolveSecret'>,
): Providers =>
  createProviders(pool.providers.values(), {
    ...toProxySettings(environment),
    resolveSecret,
    now: Date.now,
    connectTimeoutMs: settings.timeouts.connectMs,
    headersTimeoutMs: settings.timeouts.firstByteMs,
    bodyTimeoutMs: settings.timeouts.idleMs,
  });

/** Under which name the components of a pool are kept, so that old decisions can be replayed after a change. */
export const poolStateName = (config: string, catalog: string): string => `pool:${config}:${catalog}`;

const keepPool = (store: Store, pool: Pool): Promise<void> => {
  // Components are plain data, so JSON keeps them exactly.
  const components = [...pool.components.values()] as unknown as JsonValue;
  return store.putState(poolStateName(pool.configHash, pool.catalog.hash), components);
};

/** The components that a record was decided with; undefined when they are not kept. */
export const loadPoolComponents = async (
  reader: StoreReader,
  versions: { readonly config: string; readonly catalog: string },
): Promise<ReadonlyMap<string, Component> | undefined> => {
  const state = await reader.state(poolStateName(versions.config, versions.catalog));
  if (!Array.isArray(state)) return undefined;
  // Written by keepPool from the same type.
  const components = state as unknown as readonly Component[];
  return new Map(components.map((component) => [component.name, component]));
};

/** The writer, except that what waits in the batch, shadows included, counts as written before it. */
const withBatch = (writer: Store, batch: EndedBatch, shadow: Shadow | null): Store => ({
  ...writer,
  addOutcomes: (rows) => {
    batch.flush();
    return writer.addOutcomes(rows);
  },
  flush: async () => {
    batch.flush();
    await shadow?.settled();
    await writer.flush();
  },
  close: async () => {
    batch.flush();
    await shadow?.settled();
    await writer.close();
  },
});

const NO_ROUTERS: OwnRouters = new Map();

/** Copies every router that can be asked beside the store, so that its decisions can be replayed after it is replaced. */
const keepRouters = async (home: string, { shipped, own }: Routers): Promise<void> => {
  for (const release of [shipped, ...own.values()])
    if (release.type === 'loaded') await keepRouter(join(home, ROUTERS_FOLDER), release);
};

interface Snapshots {
  readonly current: () => Snapshot;
  readonly findForward: FindForward;
  readonly replace: (pool: Pool, own: OwnRouters) => void;
  readonly close: () => Promise<void>;
}

/** The pool in force with its connections and policies; they change together. */
const createSnapshots = (options: GearboxOptions, shipped: RouterRelease): Snapshots => {
  const { onWarning = () => {} } = options;
  const connect = (pool: Pool): Providers => connectProviders(pool, options);
  const policiesOf = (pool: Pool, own: OwnRouters) => createPolicies(pool, { shipped, own });
  const policies = policiesOf(options.pool, options.routers ?? NO_ROUTERS);
  let providers = connect(options.pool);
  /** Replaced, but maybe still to be called by a request that was decided before. */
  const retiring = new Set<Providers>();
  let snapshot: Snapshot = { pool: options.pool, findProvider: providers.find, policies };
  return {
    current: () => snapshot,
    findForward: (name) => providers.findForward(name),
    replace: (pool, own) => {
      // First, because it may throw.
      const next = policiesOf(pool, own);
      const previous = providers;
      providers = connect(pool);
      snapshot = { pool, findProvider: providers.find, policies: next };
      // Resolves once the requests that still use the old connections are done; nobody waits for that.
      retiring.add(previous);
      setTimeout(() => {
        retiring.delete(previous);
        previous.close().catch((error: unknown) => onWarning('old connections could not be closed', toError(error)));
      }, RETIRE_AFTER_MS).unref();
    },
    close: async () => {
      await Promise.all([...retiring, providers].map((one) => one.close()));
    },
  };
};

/** Whatever fails after the store was opened, it is closed again: another start must find it free. */
const closingOnThrow = async <Value>(store: Store, make: () => Value): Promise<Value> => {
  try {
    return make();
  } catch (error) {
    await store.close();
    throw error;
  }
};

const toStoreOptions = (
  { settings: { store }, startStoreWorker }: GearboxOptions,
  path: string,
  onWarning: NonNullable<GearboxOptions['onWarning']>,
): Parameters<typeof openStore>[0] => ({
  path,
  now: Date.now,
  retentionDays: store.retentionDays,
  maxStoreBytes: store.maxStoreBytes,
  onFailure: (error) => onWarning('the store failed: decisions are no longer recorded', error),
  onWarning,
  ...(startStoreWorker === undefined ? {} : { startWorker: startStoreWorker }),
});

interface Kept {
  /** Keeps what a reload put in force; a failure is a warning, since only replays suffer. */
  readonly add: (pool: Pool, own: OwnRouters) => void;
  readonly settled: () => Promise<void>;
}

/** Copies of every pool and router that was in force, beside the store, for replays. */
const createKept = (
  { settings, routers = NO_ROUTERS, onWarning = () => {} }: GearboxOptions,
  { writer, shipped }: { readonly writer: Store; readonly shipped: RouterRelease },
): Kept => {
  const keep = (own: OwnRouters): Promise<void> =>
    keepRouters(settings.home, { shipped, own }).catch((error: unknown) =>
      onWarning('a router was not kept for replays', toError(error)),
    );
  let keeping = keep(routers);
  return {
    settled: () => keeping,
    add: (pool, own) => {
      keeping = keeping.then(() => keep(own));
      keepPool(writer, pool).catch((error: unknown) =>
        onWarning(`configuration ${pool.configHash} was not kept for replays`, toError(error)),
      );
    },
  };
};

/** Null where nothing is observed. */
const openShadow = (
  { observes, settings, onWarning = () => {} }: GearboxOptions,
  parts: Pick<ShadowOptions, 'decide' | 'pool'> & { readonly writer: Store },
): Shadow | null =>
  observes !== true
    ? null
    : createShadow({
        ...parts,
        features: settings.privacy.features,
        write: (record) => void parts.writer.writeRecord(record),
        onFailure: (error) => onWarning('an observed call has no shadow decision', toError(error)),
      });

const openMemory = (
  { settings, onWarning = () => {} }: GearboxOptions,
  parts: { readonly store: Store; readonly reader: StoreReader; readonly installSecret: string },
): ResponseMemory =>
  createResponseMemory({
    ...parts,
    box: createSealedBox(parts.installSecret, 'responses'),
    now: Date.now,
    keepMs: settings.store.retentionDays * MS_PER_DAY,
    onFailure: (error) => onWarning('an answer could not be kept for later reference', toError(error)),
  });

/** An operator who pays for one model and gets another should read it where failures are read. */
const watchSubstitutions = (onWarning: NonNullable<GearboxOptions['onWarning']>): SubstitutionWatch =>
  createSubstitutionWatch({
    now: Date.now,
    onAlarm: ({ asked, answered, count }) =>
      onWarning(`the provider answers ${asked} with ${answered} (${count} times so far); billed by what answered`),
  });

/** Records, shadows and metrics of exchanges that ended. */
const openBatch = (
  { settings, listeners = [] }: GearboxOptions,
  { writer, shadow, substitutions }: { writer: Store; shadow: Shadow | null; substitutions: SubstitutionWatch },
): EndedBatch => {
  const { text: mode, keepMs, features } = settings.privacy;
  return createEndedBatch([
    (ended) => void writer.writeRecord(toDecisionRecord(ended, { mode, keepMs, features })),
    ...(shadow === null ? [] : [shadow.listener]),
    substitutions.listener,
    ...listeners,
  ]);
};

/** Opens the store, connects the providers and returns a router that is ready. Rejects with StoreError or ConfigError. */
export const createGearbox = async (options: GearboxOptions): Promise<Gearbox> => {
  const { settings, onWarning = () => {} } = options;
  const path = join(settings.home, STORE_FILE);
  const installSecret = await loadInstallSecret(settings.home);
  const opening = openStore(toStoreOptions(options, path, onWarning));
  // While the store's thread starts.
  warmUpExtraction();
  const [writer, shipped] = await Promise.all([opening, loadRouter(options.shippedRouter ?? SHIPPED_ROUTER_FILE)]);
  if (shipped.type === 'unloadable')
    onWarning(
      'the default router could not be loaded: the safe component answers',
      new Error(renderUnloadable(shipped)),
    );
  // Serving needs no reader, so nobody waits for its thread to start; the first question does.
  const reader = createDeferredReader(openReader({ path }));
  const ids: IdSources = { now: Date.now, randomBytes: createRandomBytes() };
  const clock = (): number => performance.now();
  const snapshots = await closingOnThrow(writer, () => createSnapshots(options, shipped));
  await keepPool(writer, options.pool);
  const kept = createKept(options, { writer, shipped });
  const shadow = openShadow(options, {
    decide: (call) => router.decide(call),
    pool: () => snapshots.current().pool,
    writer,
  });
  const substitutions = watchSubstitutions(onWarning);
  const [memories, sessions] = await openMemories({
    now: ids.now,
    home: settings.home,
    onFailure: (error) => onWarning('conversations could not be carried over', toError(error)),
  });
  const batch = openBatch(options, { writer, shadow, substitutions });
  const store = withBatch(writer, batch, shadow);
  const router = createRouter({
    snapshot: snapshots.current,
    ids,
    clock,
    draw: createDraw(installSecret),
    findPin: async (question) => {
      await store.flush();
      return toPin(await reader.decision(question.decisionId), question);
    },
    listeners: [batch.listener],
    onRouterFailure: (error) => onWarning('the router failed and the safe component took over', error),
    ...memories,
    keepsText: settings.privacy.text !== 'none',
  });
  return {
    router,
    pool: () => snapshots.current().pool,
    snapshot: snapshots.current,
    store,
    reader,
    findForward: snapshots.findForward,
    substitutions: substitutions.list,
    responses: openMemory(options, { store, reader, installSecret }),
    ids,
    clock,
    replacePool: (pool, own = NO_ROUTERS) => {
      snapshots.replace(pool, own);
      kept.add(pool, own);
    },
    close: async () => {
      await kept.settled();
      // Behind the batch, whose exchanges are the last turns.
      await store.close();
      await sessions.close();
      await reader.close();
      await snapshots.close();
    },
  };
};
