/** Measures as other benchmarks publish them, to stand beside their figures. Ours are in `headroom.ts`. */
import { concaveHull, qualityAtCost, type CostQuality } from '../math/hull.ts';

const ARENA_BETA = 0.1;
/** USD per 1,000 queries at which RouterArena's cost score is 0 and 1. */
const ARENA_DEAREST = 200;
const ARENA_CHEAPEST = 0.0044;

export interface ArenaInputs {
  /** Mean accuracy, 0..1. */
  readonly accuracy: number;
  /** USD per 1,000 queries, above 0. */
  readonly costPer1000: number;
}

/** RouterArena's score, 0..1: weighted harmonic mean of accuracy and of cost on a log scale, β = 0.1 (its public code). */
export const arenaScore = ({ accuracy, costPer1000 }: ArenaInputs): number => {
  const cost = Math.log2(ARENA_DEAREST / costPer1000) / Math.log2(ARENA_DEAREST / ARENA_CHEAPEST);
  return ((1 + ARENA_BETA) * accuracy * cost) / (ARENA_BETA * accuracy + cost);
};

export interface CostRange {
  readonly least: number;
  readonly most: number;
}

/**
 * RouterBench's AIQ (Hu and others 2024): the mean over a range of costs of the non-decreasing concave hull of a router's
 * points, flat beyond its ends. Print it less that of the single components' points (its "zero router") over one range.
 */
export const averageImprovementInQuality = (points: readonly CostQuality[], { least, most }: CostRange): number => {
  const hull = concaveHull(points);
  const within = hull.map(({ cost }) => cost).filter((cost) => cost > least && cost < most);
  const costs = [least, ...within, most];
  const area = costs.reduce((sum, cost, index) => {
    const before = costs[index - 1] ?? cost;
    return sum + ((cost - before) * (qualityAtCost(hull, cost) + qualityAtCost(hull, before))) / 2;
  }, 0);
  return area / (most - least);
};

/** LLMRouterBench's PerfGain: the best quality of any setting over the best single component's, less 1. */
export const performanceGain = (points: readonly CostQuality[], best: CostQuality): number =>
  Math.max(...points.map(({ quality }) => quality)) / best.quality - 1;

/** LLMRouterBench's CostSave: 1 less the cheapest setting that is no worse than the best single component, over its cost. Null where none is. */
export const costSaving = (points: readonly CostQuality[], best: CostQuality): number | null => {
  const costs = points.filter(({ quality }) => quality >= best.quality).map(({ cost }) => cost);
  return costs.length === 0 ? null : 1 - Math.min(...costs) / best.cost;
};
