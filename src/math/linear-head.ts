/** A linear function of sparse rows: what the logistic and the ridge fits give. */
import { multiplyRows, type SparseRows } from './sparse.ts';

export interface LinearHead {
  /** [columns] */
  readonly weights: Float64Array;
  readonly intercept: number;
}

/** Intercept + Σ weights × row, for every row. */
export const predictLinear = (rows: SparseRows, head: LinearHead): Float64Array => {
  const predicted = new Float64Array(rows.rowCount);
  multiplyRows(rows, head.weights, predicted);
  for (let row = 0; row < rows.rowCount; row += 1) {
    predicted[row] = (predicted[row] ?? 0) + head.intercept;
  }
  return predicted;
};
