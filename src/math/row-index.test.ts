import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from './random.ts';
import { pruneVector, similaritiesTo, toRowIndex } from './row-index.ts';
import { dotRow, toSparseRows, type SparseVector } from './sparse.ts';

const vector = (entries: Readonly<Record<number, number>>): SparseVector => ({
  columns: Uint32Array.from(Object.keys(entries), Number),
  values: Float32Array.from(Object.values(entries)),
});

test('similarities are the dot products with every row', () => {
  const rows = toSparseRows([vector({ 0: 1, 2: 2 }), vector({}), vector({ 2: 3, 4: -1 })], 5);
  assert.deepEqual([...similaritiesTo(toRowIndex(rows), vector({ 1: 9, 2: 2, 4: 4 }))], [4, 0, 2]);
});

test('the index agrees with row by row products on random rows', () => {
  const random = createRandom(3);
  const draw = (): SparseVector =>
    vector(Object.fromEntries(Array.from({ length: 12 }, () => [random.integer(60), random.integer(16) / 4])));
  const rows = toSparseRows(Array.from({ length: 40 }, draw), 60);
  const query = draw();
  const dense = new Float64Array(60);
  query.columns.forEach((column, at) => (dense[column] = query.values[at] ?? 0));
  const found = similaritiesTo(toRowIndex(rows), query);
  for (let row = 0; row < 40; row += 1) assert.equal(found[row], dotRow(rows, row, dense));
});

test('pruning keeps the largest entries and unit length', () => {
  const pruned = pruneVector(vector({ 1: 0.1, 5: -3, 7: 0.2, 9: 4 }), 2);
  assert.deepEqual([...pruned.columns], [5, 9]);
  assert.ok(Math.abs((pruned.values[0] ?? 0) + 0.6) < 1e-6 && Math.abs((pruned.values[1] ?? 0) - 0.8) < 1e-6);
  assert.equal(pruneVector(vector({}), 3).columns.length, 0);
});
