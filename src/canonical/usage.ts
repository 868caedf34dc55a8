/** Token usage of one upstream call. */

/** Counts are tokens. `null` means that the provider did not say, which is not the same as 0. */
export interface Usage {
  /** All input tokens: fresh + read from cache + written to cache. */
  readonly inputTokens: number | null;
  readonly cacheReadTokens: number | null;
  /** Written to a cache with the provider's default lifetime (Anthropic: 5 minutes). */
  readonly cacheWriteTokens: number | null;
  /** Written to a cache with a one-hour lifetime, priced apart; not part of `cacheWriteTokens`. */
  readonly cacheWriteOneHourTokens: number | null;
  /** All output tokens, reasoning included. */
  readonly outputTokens: number | null;
  readonly reasoningTokens: number | null;
  /** Searches that the provider made for the answer and bills apart from tokens. */
  readonly searches: number | null;
  /** Tier that served the call, as the provider named it. */
  readonly serviceTier: string | null;
  /** The provider's own object, kept for the record. */
  readonly raw: unknown;
}

export const NO_USAGE: Usage = {
  inputTokens: null,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  cacheWriteOneHourTokens: null,
  outputTokens: null,
  reasoningTokens: null,
  searches: null,
  serviceTier: null,
  raw: null,
};
