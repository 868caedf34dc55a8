/** Statistics of plain number lists: means, quantiles, intervals. */

/** Arithmetic mean; NaN for an empty list. */
export const mean = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) {
    sum += values[index] ?? 0;
  }
  return sum / values.length;
};

/** Of a sample, with n − 1; 0 for fewer than two values. */
export const standardDeviation = (values: readonly number[]): number => {
  const center = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - center) ** 2, 0);
  return values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1));
};

/** Σ w x / Σ w; NaN where the weights sum to 0. The lists are aligned. */
export const weightedMean = (values: ArrayLike<number>, weights: ArrayLike<number>): number => {
  let sum = 0;
  let total = 0;
  for (let index = 0; index < values.length; index += 1) {
    const weight = weights[index] ?? 0;
    sum += weight * (values[index] ?? 0);
    total += weight;
  }
  return sum / total;
};

const sorted = (values: ArrayLike<number>): Float64Array => Float64Array.from(values).sort();

const quantileOfSorted = (ordered: Float64Array, share: number): number => {
  const at = (ordered.length - 1) * share;
  const below = ordered[Math.floor(at)] ?? Number.NaN;
  const above = ordered[Math.ceil(at)] ?? Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
};

/** The quantile at `share` (0..1), linear between order statistics (Hyndman and Fan 1996, type 7). NaN when empty. */
export const quantile = (values: ArrayLike<number>, share: number): number => quantileOfSorted(sorted(values), share);

export const median = (values: ArrayLike<number>): number => quantile(values, 0.5);

export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export const CONFIDENCE = 0.95;

/** The middle 95 % of resampled values: percentile interval (Efron and Tibshirani 1993, equation 13.5). */
export const percentileInterval = (value: number, resampled: ArrayLike<number>): Interval => {
  const ordered = sorted(resampled);
  const tail = (1 - CONFIDENCE) / 2;
  return { value, low: quantileOfSorted(ordered, tail), high: quantileOfSorted(ordered, 1 - tail) };
};
