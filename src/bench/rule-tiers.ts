/** The rules of the prior tables as a maker of predictions: a pool's components stand for tiers by their cost alone. */
import { mean } from '../math/statistics.ts';
import { tierSuccess, toPredictionContext } from '../policy/predict.ts';
import type { Tier } from '../policy/tier.ts';
import type { BenchPool } from './bench-pool.ts';
import type { PredictionBaseline } from './cross-fit.ts';

const THIRD = 1 / 3;

/** [components] The cheapest third stands for `fast`, the dearest for `thinking`, what is between for `thinking-mini`. */
export const toTiersByCost = (meanCosts: readonly number[]): readonly Tier[] =>
  meanCosts.map((cost, component) => {
    const cheaper = meanCosts.filter((other, at) => other < cost || (other === cost && at < component)).length;
    const place = (cheaper + 0.5) / meanCosts.length;
    if (place < THIRD) return 'fast';
    return place < 2 * THIRD ? 'thinking-mini' : 'thinking';
  });

/** Knows no outcome: only which component costs more, from the training prompts, and the prior tables. */
export const createRulesRouter = ({ features }: BenchPool): PredictionBaseline => {
  const contexts = features.map((each) => toPredictionContext(each, null));
  return {
    name: 'rules',
    isCheating: false,
    make: ({ costs }, heldOut) =>
      toTiersByCost(costs.map((column) => mean(column))).map((tier) =>
        Float64Array.from(heldOut, (prompt) => {
          const context = contexts[prompt];
          if (context === undefined) throw new RangeError(`prompt ${prompt} of ${contexts.length}`);
          return tierSuccess(context, tier);
        }),
      ),
  };
};
