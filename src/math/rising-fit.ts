/** Isotonic regression: the closest sequence that never falls. */

export interface WeightedValue {
  readonly value: number;
  /** Above 0. */
  readonly weight: number;
}

/**
 * The never-falling sequence with the least Σ w (fit − value)², by pooling adjacent violators (Ayer and others 1955).
 * Aligned with `values`.
 */
export const toRisingFit = (values: readonly WeightedValue[]): Float64Array => {
  const fit = new Float64Array(values.length);
  /** Pools of neighbours with one fitted value: their mean, their weight, and the end of each. */
  const means: number[] = [];
  const weights: number[] = [];
  const ends: number[] = [];
  for (const [index, { value, weight }] of values.entries()) {
    let [mean, total] = [value, weight];
    while (means.length > 0 && (means.at(-1) ?? 0) >= mean) {
      const other = weights.pop() ?? 0;
      mean = (mean * total + (means.pop() ?? 0) * other) / (total + other);
      total += other;
      ends.pop();
    }
    means.push(mean);
    weights.push(total);
    ends.push(index + 1);
  }
  ends.forEach((end, pool) => fit.fill(means[pool] ?? Number.NaN, ends[pool - 1] ?? 0, end));
  return fit;
};
