/** Sparse rows of numbers in compressed form: what hashed text features are, and the few products that fitting needs. */

/** One row. Columns ascend, none twice; `values` is aligned with `columns`. */
export interface SparseVector {
  readonly columns: Uint32Array;
  readonly values: Float32Array;
}

/** Compressed sparse rows: row r owns the entries from `starts[r]` up to, not including, `starts[r + 1]`. */
export interface SparseRows {
  readonly rowCount: number;
  readonly columnCount: number;
  /** [rowCount + 1] */
  readonly starts: Uint32Array;
  readonly columns: Uint32Array;
  readonly values: Float32Array;
}

/** Weights by column. */
export type DenseVector = Float64Array | Float32Array;

const checkColumns = (columns: Uint32Array, columnCount: number): void => {
  let previous = -1;
  for (const column of columns) {
    if (column <= previous || column >= columnCount) {
      throw new RangeError(`columns must ascend below ${columnCount}, but ${column} follows ${previous}`);
    }
    previous = column;
  }
};

/** Joins rows. Throws RangeError where columns do not ascend, reach `columnCount`, or are not aligned with values. */
export const toSparseRows = (rows: readonly SparseVector[], columnCount: number): SparseRows => {
  const starts = new Uint32Array(rows.length + 1);
  let entries = 0;
  for (const [row, { columns, values }] of rows.entries()) {
    if (columns.length !== values.length) {
      throw new RangeError(`row ${row} has ${columns.length} columns, but ${values.length} values`);
    }
    checkColumns(columns, columnCount);
    entries += columns.length;
    starts[row + 1] = entries;
  }
  const joined = { columns: new Uint32Array(entries), values: new Float32Array(entries) };
  for (const [row, { columns, values }] of rows.entries()) {
    joined.columns.set(columns, starts[row]);
    joined.values.set(values, starts[row]);
  }
  return { rowCount: rows.length, columnCount, starts, ...joined };
};

/** One row as views of the rows' memory, not copies. Throws RangeError outside 0..rowCount - 1. */
export const rowAt = (rows: SparseRows, row: number): SparseVector => {
  const start = rows.starts[row];
  const end = rows.starts[row + 1];
  if (start === undefined || end === undefined) {
    throw new RangeError(`no row ${row} of ${rows.rowCount}`);
  }
  return { columns: rows.columns.subarray(start, end), values: rows.values.subarray(start, end) };
};

/** Copies of the rows at `indexes`, in their order; an index may repeat, as in a resample. Throws as `rowAt` does. */
export const selectRows = (rows: SparseRows, indexes: Uint32Array): SparseRows => {
  const starts = new Uint32Array(indexes.length + 1);
  for (let index = 0; index < indexes.length; index += 1) {
    starts[index + 1] = (starts[index] ?? 0) + rowAt(rows, indexes[index] ?? 0).columns.length;
  }
  const entries = starts[indexes.length] ?? 0;
  const columns = new Uint32Array(entries);
  const values = new Float32Array(entries);
  for (let index = 0; index < indexes.length; index += 1) {
    const row = rowAt(rows, indexes[index] ?? 0);
    columns.set(row.columns, starts[index]);
    values.set(row.values, starts[index]);
  }
  return { rowCount: indexes.length, columnCount: rows.columnCount, starts, columns, values };
};

/** Σ row[c] weights[c]. Columns beyond the weights count as weight 0. */
export const dotRow = (rows: SparseRows, row: number, weights: DenseVector): number => {
  const { columns, values } = rows;
  const end = rows.starts[row + 1] ?? 0;
  let sum = 0;
  for (let entry = rows.starts[row] ?? 0; entry < end; entry += 1) {
    sum += (values[entry] ?? 0) * (weights[columns[entry] ?? 0] ?? 0);
  }
  return sum;
};

/** Σ vector[c] weights[c]. Columns beyond the weights count as weight 0. */
export const dotVector = ({ columns, values }: SparseVector, weights: DenseVector): number => {
  let sum = 0;
  for (let entry = 0; entry < columns.length; entry += 1) {
    sum += (values[entry] ?? 0) * (weights[columns[entry] ?? 0] ?? 0);
  }
  return sum;
};

/** Writes the product of the rows and `weights` [columnCount] to `into` [rowCount]. */
export const multiplyRows = (rows: SparseRows, weights: DenseVector, into: Float64Array): void => {
  for (let row = 0; row < rows.rowCount; row += 1) {
    into[row] = dotRow(rows, row, weights);
  }
};

/** Adds Σ scales[r] row r to `into` [columnCount]: the transposed product, rows in order. */
export const addScaledRows = (rows: SparseRows, scales: Float64Array, into: Float64Array): void => {
  const { starts, columns, values, rowCount } = rows;
  for (let row = 0; row < rowCount; row += 1) {
    const scale = scales[row] ?? 0;
    const end = starts[row + 1] ?? 0;
    for (let entry = starts[row] ?? 0; entry < end; entry += 1) {
      const column = columns[entry] ?? 0;
      into[column] = (into[column] ?? 0) + scale * (values[entry] ?? 0);
    }
  }
};

export interface CompactRows {
  /** The same entries, columns renumbered from 0. */
  readonly rows: SparseRows;
  /** [rows.columnCount] What each column was called before, ascending. */
  readonly columnIds: Uint32Array;
}

/** Drops the columns that no row has an entry in: hashed features leave most of a wide table unused. */
export const compactColumns = (rows: SparseRows): CompactRows => {
  const used = new Uint8Array(rows.columnCount);
  for (const column of rows.columns) {
    used[column] = 1;
  }
  const numbers = new Uint32Array(rows.columnCount);
  const columnIds = new Uint32Array(used.reduce((sum, flag) => sum + flag, 0));
  let next = 0;
  for (let column = 0; column < rows.columnCount; column += 1) {
    if (used[column] === 1) {
      numbers[column] = next;
      columnIds[next] = column;
      next += 1;
    }
  }
  const columns = rows.columns.map((column) => numbers[column] ?? 0);
  return { rows: { ...rows, columnCount: columnIds.length, columns }, columnIds };
};

/** Puts weights of compacted columns back where they came from; unused columns get 0. */
export const expandWeights = (weights: Float64Array, columnIds: Uint32Array, columnCount: number): Float64Array => {
  const expanded = new Float64Array(columnCount);
  for (let column = 0; column < columnIds.length; column += 1) {
    expanded[columnIds[column] ?? 0] = weights[column] ?? 0;
  }
  return expanded;
};

/** Every row divided by its Euclidean length; a row of zeros stays one. */
export const normaliseRows = (rows: SparseRows): SparseRows => {
  const { starts, rowCount } = rows;
  const values = new Float32Array(rows.values.length);
  for (let row = 0; row < rowCount; row += 1) {
    const end = starts[row + 1] ?? 0;
    let squares = 0;
    for (let entry = starts[row] ?? 0; entry < end; entry += 1) {
      squares += (rows.values[entry] ?? 0) ** 2;
    }
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let entry = starts[row] ?? 0; entry < end; entry += 1) {
      values[entry] = (rows.values[entry] ?? 0) * scale;
    }
  }
  return { ...rows, values };
};
