import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packHeads, scoreHeads } from './packed-heads.ts';
import { createRandom } from './random.ts';
import { dotVector } from './sparse.ts';

test('packed heads score as each of them does by itself, to the last bit', () => {
  const random = createRandom(1);
  const heads = Array.from({ length: 7 }, () => ({
    weights: Float64Array.from({ length: 100 }, () => random.next() - 0.5),
    intercept: random.next(),
  }));
  const packed = packHeads(heads);
  for (let round = 0; round < 50; round += 1) {
    const columns = Uint32Array.from({ length: 20 }, () => random.integer(120));
    const vector = { columns, values: Float32Array.from(columns, () => random.next()) };
    const expected = heads.map(({ weights, intercept }) => intercept + dotVector(vector, weights));
    assert.deepEqual([...scoreHeads(packed, vector)], expected);
  }
});

test('no heads have no scores', () => {
  const vector = { columns: Uint32Array.of(3), values: Float32Array.of(1) };
  assert.equal(scoreHeads(packHeads([]), vector).length, 0);
});
