import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addScaled, dot, largestMagnitude, scaleBy } from './dense-vector.ts';

test('products, sums and magnitudes have their hand-computed values', () => {
  const vector = Float64Array.of(1, -4, 2);
  assert.equal(dot(vector, Float64Array.of(3, 1, 0.5)), 0);
  assert.equal(largestMagnitude(vector), 4);
  assert.equal(largestMagnitude(new Float64Array(0)), 0);
  addScaled(vector, -2, Float64Array.of(1, 1, 3));
  assert.deepEqual(vector, Float64Array.of(-1, -6, -4));
  scaleBy(vector, 0.5);
  assert.deepEqual(vector, Float64Array.of(-0.5, -3, -2));
});
