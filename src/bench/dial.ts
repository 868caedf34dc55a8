/**
 * Dial fidelity: a cost is asked for, one λ is calibrated to it on the other folds, and a cost is paid. What a running
 * router with a fixed λ does, where headroom takes the best mixture of two; the difference is the price of one λ.
 */
import { createPoints, divide, ownSum, settle, type Points } from './router-curve.ts';
import { createSweep, type Sweep, type SweepOptions } from './sweep.ts';

export interface DialReading extends Points {
  /** [budgets] Mean cost asked for. */
  readonly asked: Float64Array;
  /** Mean of |paid − asked| over the highest cost asked for. */
  readonly meanError: number;
  /** Largest paid / asked − 1 upwards: what an overdrawn budget would have shown. */
  readonly worstOverrun: number;
}

/** The stop whose cost on the other folds is nearest to the one asked for; of equally near ones the cheaper. */
const nearestStop = ({ stops, columns, lambdas }: Sweep, column: number, cost: number): number => {
  let [nearest, distance] = [0, Number.POSITIVE_INFINITY];
  for (let stop = 0; stop < lambdas.length; stop += 1) {
    const own = Math.abs((stops.costs[stop * columns + column] ?? Number.NaN) - cost);
    if (own < distance) {
      [nearest, distance] = [stop, own];
    }
  }
  return nearest;
};

/** For weights by prompt and mean costs of one call. NaN where a fold has weight but no other fold has. */
export const createDial = (options: SweepOptions): ((weights: Float64Array, asked: Float64Array) => DialReading) => {
  const sweep = createSweep({ ...options, withSingles: false });
  const all = sweep.columns - 1;
  return (weights, asked) => {
    sweep.run(weights);
    const total = sweep.weights[all] ?? 0;
    const sums = createPoints(asked.length);
    for (const [budget, cost] of asked.entries()) {
      for (let column = 0; column < all; column += 1) {
        const others = sweep.weights[column] ?? 0;
        const stand = others > 0 ? settle(sweep, nearestStop(sweep, column, cost * others), column) : Number.NaN;
        for (const values of ['costs', 'qualities'] as const) {
          const own = others < total ? ownSum(values, sweep, { stand, column }) : 0;
          sums[values][budget] = (sums[values][budget] ?? 0) + own;
        }
      }
    }
    const points = divide(sums, total);
    const errors = points.costs.map((cost, budget) => Math.abs(cost - (asked[budget] ?? 0)));
    const overruns = points.costs.map((cost, budget) => cost / (asked[budget] ?? 0) - 1);
    return {
      ...points,
      asked,
      meanError: errors.reduce((sum, error) => sum + error, 0) / errors.length / Math.max(...asked),
      worstOverrun: Math.max(0, ...overruns),
    };
  };
};
