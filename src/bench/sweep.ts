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

/** Weighted sums. [stands][folds + 1]: the last column is all folds together. */
export interface Sums {
  readonly costs: Float64Array;
  readonly qualities: Float64Array;
}

export interface Sweep {
  /** folds + 1 */
  readonly columns: number;
  /** [folds + 1] Sums of weights, the last of all folds. */
  readonly weights: Float64Array;
  readonly stops: Sums;
  readonly singles: Sums;
  /** Fills the sums from weights by prompt. */
  readonly run: (sample: Float64Array) => void;
  /**
   * [folds + 1] Hulls of the sums of the last run, tagged by stand: for a fold, of what the other folds did; the last,
   * of what all of them did. Valid until the next call.
   */
  readonly toHulls: () => readonly GrowingHull[];
}

/** Changes in order of falling λ, and what each adds for its prompt. */
interface Steps {
  readonly prompts: Int32Array;
  readonly folds: Uint8Array;
  readonly costs: Float64Array;
  readonly qualities: Float64Array;
  /** [changes] 1 where the next change has another λ: only there is the curve a point that some λ gives. */
  readonly ends: Uint8Array;
  readonly stopCount: number;
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
    stopCount: 1 + ends.reduce((sum, end) => sum + end, 0),
  };
};

const createSums = (stands: number, columns: number): Sums => ({
  costs: new Float64Array(stands * columns),
  qualities: new Float64Array(stands * columns),
});

const add = (into: Float64Array, index: number, amount: number): void => {
  into[index] = (into[index] ?? 0) + amount;
};

/** Fills the last column of every row with the sum of the others. */
const fillTotals = (values: Float64Array, columns: number): void => {
  for (let row = 0; row < values.length; row += columns) {
    let total = 0;
    for (let column = 0; column < columns - 1; column += 1) {
      total += values[row + column] ?? 0;
    }
    values[row + columns - 1] = total;
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
    fillTotals(values, columns);
  }
};

/** Starts the row after `row` as its copy. */
const copyRow = ({ costs, qualities }: Sums, row: number, columns: number): void => {
  for (let column = row; column < row + columns; column += 1) {
    costs[column + columns] = costs[column] ?? 0;
    qualities[column + columns] = qualities[column] ?? 0;
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
      const cost = weight * (costs[change] ?? 0);
      const quality = weight * (qualities[change] ?? 0);
      add(stops.costs, row + (folds[change] ?? 0), cost);
      add(stops.qualities, row + (folds[change] ?? 0), quality);
      add(stops.costs, row + columns - 1, cost);
      add(stops.qualities, row + columns - 1, quality);
    }
    isNewRow = ends[change] === 1;
  }
};

/** Adds what the other folds (for the last column: all folds) did at every stand of `sums` to a hull. */
const addToHull = (hull: GrowingHull, sums: Sums, at: HullColumn): void => {
  const { costs, qualities } = sums;
  const { column, columns, toStand } = at;
  const isAll = column === columns - 1;
  let [lastCost, lastQuality] = [Number.NaN, Number.NaN];
  for (let row = 0, place = 0; row < costs.length; row += columns, place += 1) {
    const cost = (costs[row + columns - 1] ?? 0) - (isAll ? 0 : (costs[row + column] ?? 0));
    const quality = (qualities[row + columns - 1] ?? 0) - (isAll ? 0 : (qualities[row + column] ?? 0));
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
    stops: createSums(steps.stopCount, columns),
    singles: createSums(matrix.components.length, columns),
  };
  const hulls = Array.from({ length: columns }, createGrowingHull);
  return {
    ...places,
    run: (sample) => {
      startSums(options, places, sample);
      walkStops(steps, places, sample);
    },
    toHulls: () => {
      for (const [column, hull] of hulls.entries()) {
        hull.clear();
        if (withSingles) {
          addToHull(hull, places.singles, { column, columns, toStand: toSingleStand });
        }
        addToHull(hull, places.stops, { column, columns, toStand: (stop) => stop });
      }
      return hulls;
    },
  };
};
