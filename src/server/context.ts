/** What every handler of the server needs, put together once when the server is made. */
import type { ServerSettings } from '../config/settings.ts';
import type { Pool } from '../catalog/pool.ts';
import type { IdSources } from '../canonical/identifier.ts';
import type { FindForward } from '../providers/provider.ts';
import type { Router, Snapshot } from '../router/router.ts';
import type { Substitution } from '../router/substitution-watch.ts';
import type { Store, StoreReader } from '../store/store.ts';
import type { BodyLimits } from './body.ts';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { ResponseMemory } from './response-memory.ts';
import type { RunningCalls } from './running-calls.ts';
import type { StreamTiming } from './stream.ts';

export interface ServerContext {
  readonly settings: ServerSettings;
  /** The pool now in force; another one after a reload. */
  readonly pool: () => Pool;
  /** The same with the policies that decide for it. */
  readonly snapshot: () => Pick<Snapshot, 'pool' | 'policies'>;
  readonly router: Router;
  readonly store: Store;
  readonly reader: StoreReader;
  readonly adminToken: string;
  readonly responses: ResponseMemory;
  readonly findForward: FindForward;
  readonly substitutions: () => readonly Substitution[];
  readonly ids: IdSources;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Version of the package. */
  readonly version: string;
  /** For tests; `STREAM_TIMING` when absent. */
  readonly timing?: StreamTiming;
  /** True once a stop was asked for: `/readyz` says so and load balancers send nothing new. */
  readonly isStopping: () => boolean;
}

/** The server's context with what listening adds to it. */
export interface HandlerContext extends ServerContext {
  readonly running: RunningCalls;
  readonly bodyLimits: BodyLimits;
}
