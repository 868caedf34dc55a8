/** Rows that an artifact can hold: few entries each, values in a byte. Snapped before anything is computed from them. */
import { pruneVector } from '../math/row-index.ts';
import { toSparseRows, type SparseRows, type SparseVector } from '../math/sparse.ts';

const MAX_CODE = 127;

export interface StoredRows {
  /** [rows + 1] */
  readonly starts: Uint32Array;
  readonly columns: Uint16Array;
  readonly codes: Int8Array;
  /** [rows] value = scale × code. */
  readonly scales: Float32Array;
}

/** The largest magnitude of a row over 127; 0 for a row of zeros. */
const scaleOf = (values: Float32Array): number => {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return Math.fround(largest / MAX_CODE);
};

const encode = (value: number, scale: number): number => (scale === 0 ? 0 : Math.round(value / scale));

/** Keeps the largest `entries` of each vector at unit length, rounded to what `toStoredRows` can hold. */
export const toStorableRows = (
  vectors: readonly SparseVector[],
  { entries, columnCount }: { readonly entries: number; readonly columnCount: number },
): SparseRows =>
  toSparseRows(
    vectors.map((vector) => {
      const { columns, values } = pruneVector(vector, entries);
      const scale = scaleOf(values);
      return { columns, values: values.map((value) => encode(value, scale) * scale) };
    }),
    columnCount,
  );

/** Exact for rows from `toStorableRows`. */
export const toStoredRows = ({ rowCount, starts, columns, values }: SparseRows): StoredRows => {
  const scales = new Float32Array(rowCount);
  const codes = new Int8Array(values.length);
  for (let row = 0; row < rowCount; row += 1) {
    const own = values.subarray(starts[row], starts[row + 1]);
    const scale = scaleOf(own);
    scales[row] = scale;
    for (let entry = 0; entry < own.length; entry += 1)
      codes[(starts[row] ?? 0) + entry] = encode(own[entry] ?? 0, scale);
  }
  return { starts, columns: Uint16Array.from(columns), codes, scales };
};

export const fromStoredRows = ({ starts, columns, codes, scales }: StoredRows, columnCount: number): SparseRows => {
  const values = new Float32Array(codes.length);
  for (let row = 0; row < scales.length; row += 1) {
    const scale = scales[row] ?? 0;
    const end = starts[row + 1] ?? 0;
    for (let entry = starts[row] ?? 0; entry < end; entry += 1) values[entry] = (codes[entry] ?? 0) * scale;
  }
  return { rowCount: scales.length, columnCount, starts, columns: Uint32Array.from(columns), values };
};
