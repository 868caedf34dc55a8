/**
 * A router's cost and quality at given budgets, cross-fitted. As λ falls, argmax_m p_m − λ ĉ_m draws a curve; for each
 * fold, the concave hull of what the curve did on the other folds says which two of its vertices to mix to spend a
 * budget there, and that mixture, in expectation and not as a draw, is what happens on the fold.
 *
 * Hulls and mixtures are derived again for every weighted sample, exactly: see `sweep.ts`. What a resample does not
 * repeat is the fitting of the predictions.
 */
import type { GrowingHull } from '../math/growing-hull.ts';
import { createSweep, type Stand, type Sums, type Sweep, type SweepOptions } from './sweep.ts';

export interface CurveOptions extends SweepOptions {
  /** Whether always calling one component is a choice of the router, beside its own curve. */
  readonly withSingles: boolean;
  /**
   * `resample`: mixtures are chosen on the other folds of each resample. `sample`: they were chosen once, on the whole
   * sample; for left-out families, of which a resample may hold a single one.
   */
  readonly chosenOn: 'resample' | 'sample';
}

/** Two neighbouring vertices of a hull, and how much of the second: 0..1. */
export interface Mixture {
  readonly low: Stand;
  readonly high: Stand;
  readonly part: number;
}

/** Mean cost paid and mean score over all prompts, by budget. */
export interface Points {
  readonly costs: Float64Array;
  readonly qualities: Float64Array;
}

export interface RouterPoints {
  readonly crossFitted: Points;
  /** One mixture for all prompts, chosen on the very prompts that it is scored on. Flatters. */
  readonly hindsight: Points;
  /** [folds][budgets] Empty where a fold has no weight. */
  readonly mixtures: readonly (readonly Mixture[])[];
}

/** The mixture that spends `cost`, and not more than the hull's dearest vertex nor less than its cheapest. */
export const mixtureAt = (hull: GrowingHull, cost: number): Mixture => {
  let high = 0;
  while (high < hull.size() - 1 && hull.costAt(high) < cost) {
    high += 1;
  }
  const low = Math.max(0, high - 1);
  const span = hull.costAt(high) - hull.costAt(low);
  const part = span === 0 ? 1 : Math.min(1, Math.max(0, (cost - hull.costAt(low)) / span));
  return { low: hull.tagAt(low), high: hull.tagAt(high), part };
};

const valueAt = (
  values: keyof Sums,
  { stops, singles, columns }: Sweep,
  at: { stand: Stand; column: number },
): number => {
  const sums = at.stand < 0 ? singles : stops;
  const row = at.stand < 0 ? -1 - at.stand : at.stand;
  return sums[values][row * columns + at.column] ?? Number.NaN;
};

/** Adds a column's weighted sums under a mixture to the points of a budget. */
const addMixture = (points: Points, sweep: Sweep, at: { mixture: Mixture; column: number; budget: number }): void => {
  const { mixture, column, budget } = at;
  for (const values of ['costs', 'qualities'] as const) {
    const low = valueAt(values, sweep, { stand: mixture.low, column });
    const high = valueAt(values, sweep, { stand: mixture.high, column });
    points[values][budget] = (points[values][budget] ?? 0) + low + mixture.part * (high - low);
  }
};

const createPoints = (size: number): Points => ({
  costs: new Float64Array(size),
  qualities: new Float64Array(size),
});

const divide = ({ costs, qualities }: Points, total: number): Points => ({
  costs: costs.map((cost) => cost / total),
  qualities: qualities.map((quality) => quality / total),
});

/** What the hulls of a column stand for: the weight of the prompts that they were summed over. */
const hullWeights = ({ weights, columns }: Sweep): Float64Array =>
  weights.map((weight, column) => (weights[columns - 1] ?? 0) - (column === columns - 1 ? 0 : weight));

/** Mixtures of every column by budget on the hulls of the sample that the sweep ran last. */
type Choose = (budgets: Float64Array) => readonly (readonly Mixture[])[];

const createChoice = (sweep: Sweep): Choose => {
  const totals = hullWeights(sweep);
  const hulls = sweep.toHulls();
  return (budgets) =>
    hulls.map((hull, column) =>
      hull.size() === 0 || totals[column] === 0
        ? []
        : Array.from(budgets, (budget) => mixtureAt(hull, budget * (totals[column] ?? 0))),
    );
};

const chooseOnSample = (options: CurveOptions): Choose => {
  const sweep = createSweep(options);
  sweep.run(new Float64Array(options.folds.length).fill(1));
  return createChoice(sweep);
};

/**
 * The points of a router for weights by prompt and budgets (mean cost of one call). NaN where a fold has weight but no
 * other fold has: nothing says then which λ to take. Throws RangeError for fewer than two folds.
 */
export const createRouterCurve = (
  options: CurveOptions,
): ((sample: Float64Array, budgets: Float64Array) => RouterPoints) => {
  const sweep = createSweep(options);
  const all = sweep.columns - 1;
  if (all < 2) {
    throw new RangeError(`cross-fitting needs at least two folds, given ${all}`);
  }
  const fixed = options.chosenOn === 'sample' ? chooseOnSample(options) : null;
  return (sample, budgets) => {
    sweep.run(sample);
    const own = createChoice(sweep)(budgets);
    const mixtures = (fixed === null ? own : fixed(budgets)).slice(0, all);
    const crossFitted = createPoints(budgets.length);
    const hindsight = createPoints(budgets.length);
    const absent: Mixture = { low: 0, high: 0, part: Number.NaN };
    for (let budget = 0; budget < budgets.length; budget += 1) {
      for (let column = 0; column < all; column += 1) {
        if ((sweep.weights[column] ?? 0) > 0) {
          addMixture(crossFitted, sweep, { mixture: mixtures[column]?.[budget] ?? absent, column, budget });
        }
      }
      addMixture(hindsight, sweep, { mixture: own[all]?.[budget] ?? absent, column: all, budget });
    }
    const total = sweep.weights[all] ?? 0;
    return { crossFitted: divide(crossFitted, total), hindsight: divide(hindsight, total), mixtures };
  };
};
