/** Components, deployments and unified models: what the configuration is turned into, as plain data. */
import type { Effort, Verbosity } from '../canonical/effort.ts';
import type { UpstreamProtocol } from '../canonical/protocol.ts';
import type { Ability, PublishedAbility, PublishedScore } from './ability.ts';
import type { CatalogModel } from './model.ts';

/** The six standard roles; any other string is a specialist (`coder`, `vision`). */
export const ROLES = ['fast', 'fast-mini', 'thinking', 'thinking-mini', 'thinking-nano', 'pro'] as const;

export type Role = (typeof ROLES)[number] | (string & {});

/** One place where a model can be reached. Holds a reference to credentials, never the secret. */
export interface Deployment {
  /** `<provider>/<upstream model id>`, as written in configuration and shown to clients. */
  readonly id: string;
  readonly provider: string;
  readonly protocol: UpstreamProtocol;
  /** Serves the Responses protocol as well: see `toCallProtocol`. */
  readonly alsoResponses: boolean;
  readonly baseUrl: string;
  /** Id sent upstream as `model`. */
  readonly upstreamModel: string;
  /** `env:NAME`, `file:PATH`, or null for servers without keys. */
  readonly credentials: string | null;
  /** Facts about the model; for one that the catalog does not know, conservative ones. */
  readonly model: CatalogModel;
  /** False: the catalog does not know this model and `model` is a guess that `explain` marks. */
  readonly inCatalog: boolean;
}

/** `auto`: the router decides. `provider`: nothing is sent, the model decides. Else a fixed level. */
export type EffortSetting = Effort | 'auto' | 'provider';

export interface Instructions {
  readonly text: string;
  /** First 12 hex digits of the text's SHA-256. */
  readonly hash: string;
  readonly path: string | null;
}

/** A limit of `count` calls in a rolling window. Enforced from a later part on; carried and shown from the start. */
export interface CallLimit {
  readonly count: number;
  readonly windowMs: number;
}

export interface Component {
  readonly name: string;
  readonly role: Role;
  /** First is where calls go; the others are fallbacks. Never empty. */
  readonly deployments: readonly [Deployment, ...Deployment[]];
  readonly effort: EffortSetting;
  readonly verbosity: Verbosity | null;
  readonly maxOutputTokens: number | null;
  readonly instructions: Instructions | null;
  /** Conversation types that a specialist is for; empty: every type. */
  readonly for: readonly string[];
  readonly limits: { readonly router: CallLimit | null; readonly user: CallLimit | null };
  /** Name of the component that takes over at the limit; null when none is set. */
  readonly mini: string | null;
  /** The lab answers, not a model: every row of this component is marked simulated. */
  readonly simulated: boolean;
  /** Absent: none is configured. */
  readonly score?: PublishedScore;
  /** What the score says beside those of other components. Absent: there is none of the same benchmark. */
  readonly published?: PublishedAbility;
  /** First 12 hex digits of the SHA-256 over everything above. */
  readonly hash: string;
  /** Absent: no calls were graded, or too few; the component is taken to be what its role says. */
  readonly ability?: Ability;
}

export const OBJECTIVE_NAMES = ['cost', 'balanced', 'quality', 'latency'] as const;

export type ObjectiveName = (typeof OBJECTIVE_NAMES)[number];

/** A preset, or what one more solved task is worth in micro-dollars. */
export type ObjectiveSetting =
  | { readonly type: 'preset'; readonly name: ObjectiveName }
  | { readonly type: 'value'; readonly microUsdPerSuccess: number };

export interface UnifiedModel {
  readonly name: string;
  /** Names, in the order of preference on exact ties. Never empty. */
  readonly components: readonly string[];
  readonly objective: ObjectiveSetting;
  /** Component for the would-have cost; null: no savings are claimed. */
  readonly baseline: string | null;
  readonly policy: 'learned' | 'rules' | 'static';
  /** File of a trained router, as written; null: the one that comes with the package. For `learned` only. */
  readonly router: string | null;
  /** Largest number of points of P(success) below the best candidate; null: no band. */
  readonly bandPoints: number | null;
  readonly maxWaitMs: number | null;
}

export interface Alias {
  readonly name: string;
  /** A component, a unified model, or `<provider>/<model id>`. */
  readonly to: string;
  readonly effort: Effort | null;
  readonly verbosity: Verbosity | null;
  readonly deprecatedOn: string | null;
  readonly sunsetOn: string | null;
}
