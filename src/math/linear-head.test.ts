import assert from 'node:assert/strict';
import { test } from 'node:test';
import { predictLinear } from './linear-head.ts';
import { toSparseRows } from './sparse.ts';

test('predictions are the intercept plus weighted entries', () => {
  const rows = toSparseRows(
    [
      { columns: Uint32Array.of(0, 2), values: Float32Array.of(2, 3) },
      { columns: Uint32Array.of(), values: Float32Array.of() },
    ],
    3,
  );
  assert.deepEqual(
    predictLinear(rows, { weights: Float64Array.of(10, 100, -1), intercept: 0.5 }),
    Float64Array.of(17.5, 0.5),
  );
});
