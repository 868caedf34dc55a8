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
  /** What the mixture costs where it was chosen, in the hull's own units. */
  readonly cost: number;
}

/** Mean cost paid and mean score over all prompts, by budget. */
export interface Points {
  readonly costs: Float64Array;
  readonly qualities: Float64Array;
}

export interface RouterPoints {
  readonly crossFitted: Points;
  /**
   * Mean cost by budget that the mixtures promised where they were chosen: the budget, or less where the router is best
   * before it has spent that much.
   */
  readonly promisedCosts: Float64Array;
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
  return { low: hull.tagAt(low), high: hull.tagAt(high), part, cost: hull.costAt(low) + part * span };
};

/** A fold's own sum at a stand; of the last column, the sum of all. */
export const ownSum = (
  values: keyof Sums,
  { stops, singles, columns }: Sweep,
  at: { stand: Stand; column: number },
): number => {
  const sums = (at.stand < 0 ? singles : stops)[values];
  const row = (at.stand < 0 ? -1 - at.stand : at.stand) * columns;
  const all = sums[row + columns - 1] ?? Number.NaN;
  return at.column === columns - 1 ? all : all - (sums[row + at.column] ?? Number.NaN);
};

/** Adds a column's weighted sums under a mixture to the points of a budget. */
const addMixture = (points: Points, sweep: Sweep, at: { mixture: Mixture; column: number; budget: number }): void => {
  const { mixture, column, budget } = at;
  for (const values of ['costs', 'qualities'] as const) {
    const low = ownSum(values, sweep, { stand: mixture.low, column });
    const high = ownSum(values, sweep, { stand: mixture.high, column });
    points[values][budget] = (points[values][budget] ?? 0) + low + mixture.part * (high - low);
  }
};

export const createPoints = (size: number): Points => ({
  costs: new Float64Array(size),
  qualities: new Float64Array(size),
});

export const divide = ({ costs, qualities }: Points, total: number): Points => ({
  costs: costs.map((cost) => cost / total),
  qualities: qualities.map((quality) => quality / total),
});

/**
 * A stop of λ for a fold, where the other folds do not care which of several: the middle, on a log scale, of the λ
 * between which none of them changes. At the end of that range a prediction of the fold that differs in its last digits
 * from the others', as those of a table do, would fall on the wrong side.
 */
export const settle = ({ stops, lambdas, columns }: Sweep, stand: Stand, column: number): Stand => {
  if (stand <= 0) {
    return stand;
  }
  const isSame = (stop: number): boolean =>
    stops.costs[stop * columns + column] === stops.costs[stand * columns + column] &&
    stops.qualities[stop * columns + column] === stops.qualities[stand * columns + column];
  let end = stand + 1;
  while (end < lambdas.length && isSame(end)) {
    end += 1;
  }
  const middle = Math.sqrt((lambdas[stand] ?? 0) * (lambdas[end] ?? 0));
  let stop = stand;
  while (stop + 1 < end && (lambdas[stop + 1] ?? 0) >= middle) {
    stop += 1;
  }
  return stop;
};

/** Mixtures of every column by budget, their costs as means, on the hulls of the sample that the sweep ran last. */
type Choose = (budgets: Float64Array) => readonly (readonly Mixture[])[];

const createChoice = (sweep: Sweep): Choose => {
  const totals = Float64Array.from(sweep.weights);
  const hulls = sweep.toHulls();
  const choose = (hull: GrowingHull, column: number, budget: number): Mixture => {
    const total = totals[column] ?? 0;
    const { low, high, part, cost } = mixtureAt(hull, budget * total);
    return { low: settle(sweep, low, column), high: settle(sweep, high, column), part, cost: cost / total };
  };
  return (budgets) =>
    hulls.map((hull, column) =>
      totals[column] === 0 ? [] : Array.from(budgets, (budget) => choose(hull, column, budget)),
    );
};

const UNKNOWN: Mixture = { low: 0, high: 0, part: Number.NaN, cost: Number.NaN };

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
    const promisedCosts = new Float64Array(budgets.length);
    const total = sweep.weights[all] ?? 0;
    for (let budget = 0; budget < budgets.length; budget += 1) {
      for (let column = 0; column < all; column += 1) {
        const weight = total - (sweep.weights[column] ?? 0);
        if (weight > 0) {
          const mixture = mixtures[column]?.[budget] ?? UNKNOWN;
          addMixture(crossFitted, sweep, { mixture, column, budget });
          promisedCosts[budget] = (promisedCosts[budget] ?? 0) + weight * mixture.cost;
        }
      }
      addMixture(hindsight, sweep, { mixture: own[all]?.[budget] ?? UNKNOWN, column: all, budget });
    }
    return {
      crossFitted: divide(crossFitted, total),
      promisedCosts: promisedCosts.map((cost) => cost / total),
      hindsight: divide(hindsight, total),
      mixtures,
    };
  };
};
