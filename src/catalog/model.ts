/** A catalog model: facts about one model of one lab, as reviewed data. */
import type { Effort } from '../canonical/effort.ts';

/** Where a group of facts comes from, and on which day it was true. */
export interface FactSource {
  /** Name or address of the source. */
  readonly source: string;
  /** `YYYY-MM-DD`; empty where the operator's own configuration is the source. */
  readonly asOf: string;
  /** False where only the press says so. */
  readonly verified: boolean;
}

export type Modality = 'text' | 'image' | 'audio' | 'video' | 'pdf';

/** Prices in integer micro-dollars per million tokens. `null` is unknown, never free. */
export interface TokenPrices {
  readonly input: number;
  readonly output: number;
  /** Null: the provider has no cheaper cached input, or nobody says; priced as `input`. */
  readonly cacheRead: number | null;
  /** Null: writing to the cache costs what fresh input costs, or nobody says; priced as `input`. */
  readonly cacheWrite: number | null;
  /** Null: nobody says. It is never cheaper than a short write, so tokens written so have an unknown cost, not `input`. */
  readonly cacheWriteOneHour: number | null;
}

/** Prices that replace the base ones for the whole call once its input exceeds the threshold. */
export interface ContextTier {
  readonly aboveInputTokens: number;
  readonly prices: TokenPrices;
}

/** Prices of a service tier other than the standard one (`fast`, `priority`, `flex`, `batch`). */
export interface ServiceTier {
  readonly name: string;
  readonly prices: TokenPrices;
}

export interface ModelPrice {
  readonly base: TokenPrices;
  /** Ascending by threshold. */
  readonly contextTiers: readonly ContextTier[];
  readonly serviceTiers: readonly ServiceTier[];
}

/** What one host of open weights charges; each sets a price of its own. */
export interface HostPrice {
  /** A known provider's name. */
  readonly provider: string;
  readonly price: ModelPrice;
  readonly source: FactSource;
}

/**
 * How reasoning is controlled.
 * `effort`: a named effort. `budget`: a number of tokens. `adaptive`: the model decides, an effort steers it.
 * `toggle`: on or off, perhaps with an effort when on. `none`: the model does not reason, or always does and
 * lets nobody control it: nothing is sent.
 */
export type ReasoningControl = 'none' | 'effort' | 'budget' | 'adaptive' | 'toggle';

export interface ReasoningFacts {
  readonly control: ReasoningControl;
  /**
   * Efforts that the model accepts, in ladder order. Contains `none` exactly if reasoning can be turned off. Empty for
   * `none`; for `budget`, the efforts that are translated into tokens; for `toggle`, `high` stands for "on".
   */
  readonly efforts: readonly Effort[];
  /** What the provider applies when nothing is sent; null when unknown. */
  readonly defaultEffort: Effort | null;
  /** Smallest and largest budget in tokens, where the control is `budget`. */
  readonly budgetTokens: { readonly minimum: number; readonly maximum: number } | null;
}

export interface ModelCapabilities {
  readonly tools: boolean;
  /** `response_format: json_schema` or its equivalent. */
  readonly structuredOutput: boolean;
  /** When temperature, top_p and the like are accepted. */
  readonly sampling: 'always' | 'without-reasoning' | 'never';
  /** A forced tool_choice is accepted. */
  readonly forcedToolChoice: boolean;
  readonly verbosity: boolean;
  /** Function calling over Chat Completions: always, only at effort none, or never (Responses only). */
  readonly chatTools: 'always' | 'without-reasoning' | 'never';
}

export interface ModelLimits {
  readonly contextTokens: number;
  readonly outputTokens: number;
}

/** `preview` may vanish at two weeks' notice; `deprecated` has a shutdown date or a successor; `retired` answers no more. */
export type ModelStatus = 'active' | 'preview' | 'deprecated' | 'retired';

export interface CatalogModel {
  /** `<lab>/<model>`, equal to the file's path below `models/` without `.toml`. */
  readonly id: string;
  readonly lab: string;
  readonly name: string;
  /** Id that the lab's own API takes, where it differs from the last part of `id` (`claude-opus-4-8`); else absent. */
  readonly apiId?: string;
  /** Further exact ids under which providers serve the model: dated ones, repository names of open weights. */
  readonly aliases?: readonly string[];
  readonly releasedOn: string | null;
  readonly status: ModelStatus;
  readonly shutdownOn: string | null;
  readonly successors: readonly string[];
  readonly openWeights: boolean;
  readonly limits: ModelLimits;
  readonly input: readonly Modality[];
  readonly output: readonly Modality[];
  readonly capabilities: ModelCapabilities;
  readonly reasoning: ReasoningFacts;
  /** Null: nobody says what it costs. Cost is then unknown, never 0. */
  readonly price: ModelPrice | null;
  /** Prices at hosts other than the model's own lab, where they are known; absent: none is. */
  readonly hosts?: readonly HostPrice[];
  readonly sources: { readonly facts: FactSource; readonly price: FactSource | null };
}

export interface Catalog {
  readonly models: ReadonlyMap<string, CatalogModel>;
  /** First 12 hex digits of the SHA-256 over ids and facts without prices and sources, in the order of the ids. */
  readonly hash: string;
  /** The same over ids and prices only: a price change moves this one alone. */
  readonly pricesHash: string;
}
