/**
 * Linear heads side by side: the weights that all heads give a column lie together. A sparse row then meets distant memory
 * once a column; head after head it does so once a column and head, which takes several times as long.
 */
import type { LinearHead } from './linear-head.ts';
import type { SparseVector } from './sparse.ts';

export interface PackedHeads {
  readonly headCount: number;
  /** [columns × heads] */
  readonly weights: Float64Array;
  /** [heads] */
  readonly intercepts: Float64Array;
}

/** Heads of the same number of columns. */
export const packHeads = (heads: readonly LinearHead[]): PackedHeads => {
  const headCount = heads.length;
  const columnCount = heads[0]?.weights.length ?? 0;
  const weights = new Float64Array(columnCount * headCount);
  for (const [head, each] of heads.entries())
    for (let column = 0; column < columnCount; column += 1)
      weights[column * headCount + head] = each.weights[column] ?? 0;
  return { headCount, weights, intercepts: Float64Array.from(heads, ({ intercept }) => intercept) };
};

/**
 * [heads] Intercept + Σ vector[c] weights[c] of every head; columns beyond the weights count as weight 0. Added up in the
 * order in which a single head is, so that the sums are equal to the last bit.
 */
export const scoreHeads = ({ headCount, weights, intercepts }: PackedHeads, vector: SparseVector): Float64Array => {
  const { columns, values } = vector;
  const sums = new Float64Array(headCount);
  for (let entry = 0; entry < columns.length; entry += 1) {
    const value = values[entry] ?? 0;
    const start = (columns[entry] ?? 0) * headCount;
    for (let head = 0; head < headCount; head += 1)
      sums[head] = (sums[head] ?? 0) + value * (weights[start + head] ?? 0);
  }
  for (let head = 0; head < headCount; head += 1) sums[head] = (intercepts[head] ?? 0) + (sums[head] ?? 0);
  return sums;
};
