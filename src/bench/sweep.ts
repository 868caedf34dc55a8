/**
 * One sweep along a router's curve: sums of cost and quality by fold at every λ where its choices change, for any
 * weights of the prompts. The changes are sorted once; a sweep only adds, so a resample costs milliseconds.
 */
import { createGrowingHull, type GrowingHull } from '../math/growing-hull.ts';
import type { ScoreMatrix } from './matrix.ts';
import type { Switches } from './switches.ts';

export interface SweepOptions {
  readonly matrix: ScoreMatrix;
  readonly switches: Switches;
  /** [prompts] Fold of each prompt, from 0. */
  readonly folds: Uint8Array;
}

/**
 * Where a router can stand: a stop of λ (0 is λ = ∞, k is after the k-th value of λ at which anything changes) or, below
 * 0, the component −1 − stand on every prompt.
 */
export type Stand = number;

export const toSingleStand = (component: number): Stand => -1 - component;

/**
 * Weighted sums. [stands][folds + 1]: for a fold, over the prompts of the other folds; the last column is over all. Kept
 * for the others and not for the fold, so that a change in the fold leaves them the same to the last bit: else rounding
 * would choose between stops that are one for the others but not for the fold.
 */
export interface Sums {
  readonly costs: Float64Array;
  readonly qualities: Float64Array;
}

export interface Sweep {
  /** folds + 1 */
  readonly columns: number;
  /** [folds + 1] Sums of weights, laid out like `Sums`. */
  readonly weights: Float64Array;
  readonly stops: Sums;
  readonly singles: Sums;
  /** [stops] The λ that the stop begins at; it lasts down to, and without, that of the next. Infinity first. */
  readonly lambdas: Float64Array;
  /** Fills the sums from weights by prompt. */
  readonly run: (sample: Float64Array) => void;
  /**
   * [folds + 1] Hulls of the sums of the last run, tagged by stand: for a fold, of what the other folds did; the last,
   * of what all of them did. Valid until the next call.
   */
  readonly toHulls: () => readonly GrowingHull[];
}

/** [stops] The λ that each stop begins at, falling; infinity first. */
export const toStopLambdas = ({ lambdas }: Switches): Float64Array => {
  const ofStops = lambdas.filter((lambda, change) => lambda !== lambdas[change + 1]);
  const withStart = new Float64Array(ofStops.length + 1);
  withStart[0] = Number.POSITIVE_INFINITY;
  withStart.set(ofStops, 1);
  return withStart;
};

/** Changes in order of falling λ, and what each adds for its prompt. */
interface Steps {
  readonly prompts: Int32Array;
  readonly folds: Uint8Array;
  readonly costs: Float64Array;
  readonly qualities: Float64Array;
  /** [changes] 1 where the next change has another λ: only there is the curve a point that some λ gives. */
  readonly ends: Uint8Array;
  /** [stops] */
  readonly lambdas: Float64Array;
}

const toSteps = ({ matrix, switches, folds }: SweepOptions): Steps => {
  const { prompts, from, to, lambdas } = switches;
  const difference = (columns: readonly Float64Array[]): Float64Array =>
    Float64Array.from(
      prompts,
      (prompt, change) => (columns[to[change] ?? 0]?.[prompt] ?? 0) - (columns[from[change] ?? 0]?.[prompt] ?? 0),
    );
  const ends = Uint8Array.from(lambdas, (lambda, change) => (lambda === lambdas[change + 1] ? 0 : 1));
  return {
    prompts,
    folds: Uint8Array.from(prompts, (prompt) => folds[prompt] ?? 0),
    costs: difference(matrix.costs),
    qualities: difference(matrix.scores),
    ends,
    lambdas: toStopLambdas(switches),
  };
};

const createSums = (stands: number, columns: number): Sums => ({
  costs: new Float64Array(stands * columns),
  qualities: new Float64Array(stands * columns),
});

const add = (into: Float64Array, index: number, amount: number): void => {
  into[index] = (into[index] ?? 0) + amount;
};

/** Turns rows of sums by fold, their last column unused, into the layout of `Sums`. */
const toOthers = (values: Float64Array, columns: number): void => {
  for (let row = 0; row < values.length; row += columns) {
    const all = row + columns - 1;
    values[all] = 0;
    for (let column = row; column < all; column += 1) {
      add(values, all, values[column] ?? 0);
    }
    for (let column = row; column < all; column += 1) {
      values[column] = (values[all] ?? 0) - (values[column] ?? 0);
    }
  }
};

type Places = Pick<Sweep, 'columns' | 'weights' | 'stops' | 'singles'>;

/** Fills the weights, the sums of every component alone, and those of λ = ∞. */
const startSums = ({ matrix, switches, folds }: SweepOptions, places: Places, sample: Float64Array): void => {
  const { columns, weights, stops, singles } = places;
  const first: Sums = { costs: stops.costs.subarray(0, columns), qualities: stops.qualities.subarray(0, columns) };
  const filled = [weights, singles.costs, singles.qualities, first.costs, first.qualities];
  for (const values of filled) {
    values.fill(0);
  }
  for (let prompt = 0; prompt < folds.length; prompt += 1) {
    add(weights, folds[prompt] ?? 0, sample[prompt] ?? 0);
  }
  for (const [component, scores] of matrix.scores.entries()) {
    const costs = matrix.costs[component] ?? scores;
    for (let prompt = 0; prompt < folds.length; prompt += 1) {
      const fold = folds[prompt] ?? 0;
      const weight = sample[prompt] ?? 0;
      const cost = weight * (costs[prompt] ?? 0);
      const quality = weight * (scores[prompt] ?? 0);
      const isFirst = switches.first[prompt] === component ? 1 : 0;
      add(singles.costs, component * columns + fold, cost);
      add(singles.qualities, component * columns + fold, quality);
      add(first.costs, fold, isFirst * cost);
      add(first.qualities, fold, isFirst * quality);
    }
  }
  for (const values of filled) {
    toOthers(values, columns);
  }
};

/** Starts the row after `row` as its copy. */
const copyRow = ({ costs, qualities }: Sums, row: number, columns: number): void => {
  for (let column = row; column < row + columns; column += 1) {
    costs[column + columns] = costs[column] ?? 0;
    qualities[column + columns] = qualities[column] ?? 0;
  }
};

interface RowFold {
  readonly row: number;
  readonly columns: number;
  readonly fold: number;
}

const addToOthers = (values: Float64Array, { row, columns, fold }: RowFold, amount: number): void => {
  for (let column = 0; column < columns; column += 1) {
    if (column !== fold) {
      add(values, row + column, amount);
    }
  }
};

/** Fills the stops after the first; each is the one before it and the changes between. */
const walkStops = (steps: Steps, { columns, stops }: Places, sample: Float64Array): void => {
  const { prompts, folds, costs, qualities, ends } = steps;
  let isNewRow = true;
  let row = 0;
  for (let change = 0; change < prompts.length; change += 1) {
    if (isNewRow) {
      copyRow(stops, row, columns);
      row += columns;
    }
    const weight = sample[prompts[change] ?? 0] ?? 0;
    if (weight > 0) {
      addToOthers(stops.costs, { row, columns, fold: folds[change] ?? 0 }, weight * (costs[change] ?? 0));
      addToOthers(stops.qualities, { row, columns, fold: folds[change] ?? 0 }, weight * (qualities[change] ?? 0));
    }
    isNewRow = ends[change] === 1;
  }
};

/** Adds a column's sums at every stand to its hull. */
const addToHull = (hull: GrowingHull, sums: Sums, at: HullColumn): void => {
  const { costs, qualities } = sums;
  const { column, columns, toStand } = at;
  let [lastCost, lastQuality] = [Number.NaN, Number.NaN];
  for (let index = column, place = 0; index < costs.length; index += columns, place += 1) {
    const cost = costs[index] ?? 0;
    const quality = qualities[index] ?? 0;
    if (cost !== lastCost || quality !== lastQuality) {
      hull.add(cost, quality, toStand(place));
    }
    lastCost = cost;
    lastQuality = quality;
  }
};

interface HullColumn {
  readonly column: number;
  readonly columns: number;
  readonly toStand: (place: number) => Stand;
}

export const createSweep = (options: SweepOptions & { readonly withSingles: boolean }): Sweep => {
  const { matrix, folds, withSingles } = options;
  const steps = toSteps(options);
  const columns = folds.reduce((highest, fold) => Math.max(highest, fold), 0) + 2;
  const places: Places = {
    columns,
    weights: new Float64Array(columns),
    stops: createSums(steps.lambdas.length, columns),
    singles: createSums(matrix.components.length, columns),
  };
  const hulls = Array.from({ length: columns }, createGrowingHull);
  return {
    ...places,
    lambdas: steps.lambdas,
    run: (sample) => {
      startSums(options, places, sample);
      walkStops(steps, places, sample);
    },
    toHulls: () => {
      for (const [column, hull] of hulls.entries()) {
        hull.clear();
        addToHull(hull, places.stops, { column, columns, toStand: (stop) => stop });
        if (withSingles) {
          // Last, since a hull takes points fastest in order of rising cost.
          addToHull(hull, places.singles, { column, columns, toStand: toSingleStand });
        }
      }
      return hulls;
    },
  };
};
