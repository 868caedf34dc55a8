/** What a call left in its provider's prompt cache, as far as its usage and price tell. */
import type { Usage } from '../canonical/usage.ts';
import type { ModelPrice } from '../catalog/model.ts';

export interface CachedTokens {
  readonly tokens: number;
  readonly lifetimeMs: number;
}

/** Shorter prompts are cached by no provider that says so. */
export const MIN_CACHED_TOKENS = 1_024;
/** How long a cache stays warm without being read, unless a longer life was paid for. Most providers: 5 to 10 minutes. */
export const CACHE_LIFETIME_MS = 5 * 60_000;
const LONG_CACHE_LIFETIME_MS = 60 * 60_000;

const NOTHING: CachedTokens = { tokens: 0, lifetimeMs: CACHE_LIFETIME_MS };

/**
 * What the provider counted as read or written is cached. Where it counted neither, a model with a cheaper price for cached
 * input and none for writing caches by itself, and will have cached the whole input; any other caches nothing unasked.
 */
export const toCachedTokens = (usage: Usage, price: ModelPrice | null): CachedTokens => {
  if (price === null || price.base.cacheRead === null) return NOTHING;
  const long = usage.cacheWriteOneHourTokens ?? 0;
  const counted = (usage.cacheReadTokens ?? 0) + (usage.cacheWriteTokens ?? 0) + long;
  const cachesByItself = price.base.cacheWrite === null;
  const tokens = cachesByItself ? Math.max(counted, usage.inputTokens ?? 0) : counted;
  if (tokens < MIN_CACHED_TOKENS) return NOTHING;
  return { tokens, lifetimeMs: long > 0 ? LONG_CACHE_LIFETIME_MS : CACHE_LIFETIME_MS };
};
