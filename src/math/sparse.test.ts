import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from './random.ts';
import {
  addScaledRows,
  compactColumns,
  dotRow,
  dotVector,
  expandWeights,
  multiplyRows,
  normaliseRows,
  rowAt,
  selectRows,
  toSparseRows,
  type SparseVector,
} from './sparse.ts';

const vector = (entries: Readonly<Record<number, number>>): SparseVector => ({
  columns: Uint32Array.from(Object.keys(entries), Number),
  values: Float32Array.from(Object.values(entries)),
});

// 1 0 2 0 0
// 0 0 0 0 0
// 0 3 0 0 4
const rows = toSparseRows([vector({ 0: 1, 2: 2 }), vector({}), vector({ 1: 3, 4: 4 })], 5);

test('rows are joined in order, an empty row included', () => {
  assert.deepEqual(rows.starts, Uint32Array.of(0, 2, 2, 4));
  assert.deepEqual(rows.columns, Uint32Array.of(0, 2, 1, 4));
  assert.deepEqual(rows.values, Float32Array.of(1, 2, 3, 4));
  assert.deepEqual([rows.rowCount, rows.columnCount], [3, 5]);
  assert.deepEqual(rowAt(rows, 2), vector({ 1: 3, 4: 4 }));
});

test('columns that descend, repeat or lie outside are refused, and so are values without a column', () => {
  const columns = [Uint32Array.of(2, 1), Uint32Array.of(1, 1), Uint32Array.of(1, 5)];
  for (const each of columns) {
    assert.throws(() => toSparseRows([{ columns: each, values: Float32Array.of(1, 1) }], 5), /ascend below 5/u);
  }
  assert.throws(() => toSparseRows([{ columns: Uint32Array.of(1), values: Float32Array.of(1, 1) }], 5), /2 values/u);
});

test('a selection keeps its own order and may repeat a row', () => {
  const selected = selectRows(rows, Uint32Array.of(2, 0, 2, 1));
  assert.deepEqual(selected.starts, Uint32Array.of(0, 2, 4, 6, 6));
  assert.deepEqual(selected.columns, Uint32Array.of(1, 4, 0, 2, 1, 4));
  assert.deepEqual(selected.values, Float32Array.of(3, 4, 1, 2, 3, 4));
  assert.equal(selected.columnCount, 5);
  assert.throws(() => selectRows(rows, Uint32Array.of(3)), RangeError);
});

test('products have their hand-computed values', () => {
  const weights = Float64Array.of(1, 10, 100, 1_000, 10_000);
  assert.deepEqual(
    [0, 1, 2].map((row) => dotRow(rows, row, weights)),
    [201, 0, 40_030],
  );
  assert.equal(dotVector(vector({ 1: 3, 4: 4 }), Float32Array.from(weights)), 40_030);
  const product = new Float64Array(3).fill(7);
  multiplyRows(rows, weights, product);
  assert.deepEqual(product, Float64Array.of(201, 0, 40_030));
  const sums = new Float64Array(5).fill(1);
  addScaledRows(rows, Float64Array.of(2, 5, -1), sums);
  assert.deepEqual(sums, Float64Array.of(3, -2, 5, 1, -3));
});

test('columns that the weights do not reach count for nothing', () => {
  assert.equal(dotRow(rows, 2, Float64Array.of(1, 10)), 30);
  assert.equal(dotVector(vector({ 1: 3, 4: 4 }), Float64Array.of(1, 10)), 30);
});

test('compacted columns give the same products, and weights find their way back', () => {
  const compact = compactColumns(rows);
  assert.deepEqual(compact.columnIds, Uint32Array.of(0, 1, 2, 4));
  assert.deepEqual(compact.rows.columns, Uint32Array.of(0, 2, 1, 3));
  const weights = Float64Array.of(1, 10, 100, 10_000);
  assert.equal(dotRow(compact.rows, 2, weights), 40_030);
  assert.deepEqual(expandWeights(weights, compact.columnIds, 5), Float64Array.of(1, 10, 100, 0, 10_000));
});

test('products agree with a dense matrix that was planted', () => {
  const random = createRandom(5);
  const dense = Array.from({ length: 40 }, () =>
    Array.from({ length: 30 }, () => (random.next() < 0.2 ? Math.fround(random.next() - 0.5) : 0)),
  );
  const planted = toSparseRows(
    dense.map((row) => vector(Object.fromEntries(row.map((value, column) => [column, value])))),
    30,
  );
  const weights = Float64Array.from({ length: 30 }, () => random.next());
  const expected = dense.map((row) => row.reduce((sum, value, column) => sum + value * (weights[column] ?? 0), 0));
  const product = new Float64Array(40);
  multiplyRows(planted, weights, product);
  assert.deepEqual(product, Float64Array.from(expected));
});

test('normalised rows have length 1, and a row of zeros stays one', () => {
  const normalised = normaliseRows(toSparseRows([vector({ 0: 3, 2: -4 }), vector({ 1: 0 })], 3));
  assert.deepEqual(normalised.values, Float32Array.of(0.6, -0.8, 0));
});
