/** The row index: sparse rows by column, to compare one vector with all of them at the cost of the entries they share. */
import type { SparseRows, SparseVector } from './sparse.ts';

export interface RowIndex {
  readonly rowCount: number;
  /** [columns + 1] Entries of a column stand from `starts[column]` up to `starts[column + 1]`. */
  readonly starts: Uint32Array;
  /** The row of each entry. */
  readonly rows: Uint32Array;
  readonly values: Float32Array;
}

/** The same entries, column by column, rows ascending within each. */
export const toRowIndex = ({ rowCount, columnCount, starts: rowStarts, columns, values }: SparseRows): RowIndex => {
  const starts = new Uint32Array(columnCount + 1);
  for (let entry = 0; entry < columns.length; entry += 1) {
    const column = columns[entry] ?? 0;
    starts[column + 1] = (starts[column + 1] ?? 0) + 1;
  }
  for (let column = 0; column < columnCount; column += 1)
    starts[column + 1] = (starts[column + 1] ?? 0) + (starts[column] ?? 0);
  const next = starts.slice();
  const rows = new Uint32Array(columns.length);
  const byColumn = new Float32Array(columns.length);
  for (let row = 0; row < rowCount; row += 1) {
    const end = rowStarts[row + 1] ?? 0;
    for (let entry = rowStarts[row] ?? 0; entry < end; entry += 1) {
      const column = columns[entry] ?? 0;
      const place = next[column] ?? 0;
      rows[place] = row;
      byColumn[place] = values[entry] ?? 0;
      next[column] = place + 1;
    }
  }
  return { rowCount, starts, rows, values: byColumn };
};

/** Sums of one comparison, used again for the next with the same index: memory for each costs as much as a part of it. */
const scratch = new WeakMap<RowIndex, Float32Array>();

const clearSums = (index: RowIndex): Float32Array => {
  const known = scratch.get(index);
  if (known !== undefined) return known.fill(0);
  const sums = new Float32Array(index.rowCount);
  scratch.set(index, sums);
  return sums;
};

/**
 * [rows] Dot product of the vector with every row; cosines where all have unit length. Borrowed: holds until the next
 * comparison with the same index.
 */
export const similaritiesTo = (index: RowIndex, { columns, values }: SparseVector): Float32Array => {
  // Out of the loop by hand: the compiler may not assume that a write to the sums leaves the index's members alone.
  const { starts, rows, values: entries } = index;
  const sums = clearSums(index);
  for (let at = 0; at < columns.length; at += 1) {
    const column = columns[at] ?? 0;
    const value = values[at] ?? 0;
    const end = starts[column + 1] ?? 0;
    for (let entry = starts[column] ?? 0; entry < end; entry += 1) {
      const row = rows[entry] ?? 0;
      sums[row] = (sums[row] ?? 0) + value * (entries[entry] ?? 0);
    }
  }
  return sums;
};

/** The `keep` entries of largest size, ties by lower column, scaled to unit length. Columns ascend. */
export const pruneVector = ({ columns, values }: SparseVector, keep: number): SparseVector => {
  const order = Uint32Array.from(columns.keys()).sort(
    (one, other) => Math.abs(values[other] ?? 0) - Math.abs(values[one] ?? 0) || one - other,
  );
  const kept = order.slice(0, keep).sort();
  const chosen = Float32Array.from(kept, (entry) => values[entry] ?? 0);
  const length = Math.sqrt(chosen.reduce((sum, value) => sum + value * value, 0));
  return {
    columns: Uint32Array.from(kept, (entry) => columns[entry] ?? 0),
    values: length === 0 ? chosen : chosen.map((value) => value / length),
  };
};
