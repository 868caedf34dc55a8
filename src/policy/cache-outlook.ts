/** What providers are expected to have cached of a request: it makes the same tokens cheaper at one than at another. */
import type { Component } from '../catalog/component.ts';
import { estimateCostMicroUsd } from '../catalog/cost.ts';

export interface WarmCache {
  readonly component: string;
  /** Tokens from the request's beginning, as the provider counted them. */
  readonly tokens: number;
}

export interface CacheOutlook {
  /** At most one entry a component. */
  readonly warm: readonly WarmCache[];
  /** The client marks what is to be cached, so what is not cached yet will be written, where that has a price. */
  readonly isMarked: boolean;
}

export const NO_CACHE: CacheOutlook = { warm: [], isMarked: false };

export const cachedTokensOf = ({ warm }: CacheOutlook, component: string): number => {
  for (const each of warm) if (each.component === component) return each.tokens;
  return 0;
};

/** The largest cache, whoever has it; 0 where nothing is warm. */
export const mostCachedTokens = ({ warm }: CacheOutlook): number =>
  warm.reduce((most, { tokens }) => Math.max(most, tokens), 0);

/** As if each of `components` had the largest cache: what is left then is what a move costs beside the lost cache. */
export const warmEverywhere = (cache: CacheOutlook, components: readonly string[]): CacheOutlook => {
  const tokens = mostCachedTokens(cache);
  return { ...cache, warm: [...new Set(components)].map((component) => ({ component, tokens })) };
};

/**
 * What `component` would pay, in micro-dollars, because it does not have what the largest cache holds: 0 for whoever has
 * it; null where the price is unknown. `inputTokens`: the whole request's.
 */
export const cacheLossMicroUsd = (component: Component, inputTokens: number, cache: CacheOutlook): number | null => {
  const [{ model }] = component.deployments;
  const call = { inputTokens, writesCache: cache.isMarked, outputTokens: 0, price: model.price };
  const cost = estimateCostMicroUsd({ ...call, cachedTokens: cachedTokensOf(cache, component.name) });
  const cached = estimateCostMicroUsd({ ...call, cachedTokens: mostCachedTokens(cache) });
  return cost === null || cached === null ? null : cost - cached;
};
