/** What every router on a set is measured between: the static hull below, the oracle's above, at the same 20 budgets. */
import type { Hull } from '../math/hull.ts';
import type { ScoreMatrix } from './matrix.ts';
import { staticHull } from './metrics.ts';
import { createOracleHull } from './oracle.ts';

export const BUDGETS = 20;

export interface Yardstick {
  readonly static: Hull;
  readonly oracle: Hull;
  /** [20] Mean cost of one call, rising; the middles of equal steps from the cheapest to the most accurate component. */
  readonly budgets: Float64Array;
}

/** B_i = c_min + (c_best − c_min)(i − ½)/20: the ends of the static hull are these two components. */
const toBudgets = (hull: Hull): Float64Array => {
  const cheapest = hull.at(0)?.cost ?? Number.NaN;
  const best = hull.at(-1)?.cost ?? Number.NaN;
  return Float64Array.from({ length: BUDGETS }, (_, step) => cheapest + ((best - cheapest) * (step + 0.5)) / BUDGETS);
};

/** The yardstick of a weighted sample. Make it once for a set: routers share it, and so their differences are paired. */
export const createYardstick = (matrix: ScoreMatrix): ((weights: Float64Array) => Yardstick) => {
  const oracleHull = createOracleHull(matrix);
  return (weights) => {
    const hull = staticHull(matrix, weights);
    return { static: hull, oracle: oracleHull(weights), budgets: toBudgets(hull) };
  };
};
