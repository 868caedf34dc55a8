import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toFeatureBins } from './feature-bins.ts';
import { createRandom } from './random.ts';

const bin = (values: readonly number[], binCount: number): { readonly cuts: number[]; readonly bins: number[] } => {
  const { thresholds, bins } = toFeatureBins({ features: Float32Array.from(values), featureCount: 1 }, binCount);
  return { cuts: [...(thresholds[0] ?? [])], bins: [...bins] };
};

test('few distinct values get a bin each, cut half-way', () => {
  assert.deepEqual(bin([5, 1, 1, 2, 5, 1, 1, 1], 4), { cuts: [1.5, 3.5], bins: [2, 0, 0, 1, 2, 0, 0, 0] });
  assert.deepEqual(bin([3, 3, 3], 4), { cuts: [], bins: [0, 0, 0] });
});

test('many values are shared out evenly, and a frequent one takes no bins from the rest', () => {
  assert.deepEqual(bin([1, 2, 3, 4, 5, 6, 7, 8], 4).cuts, [2.5, 4.5, 6.5]);
  // Six zeros fill one bin; the other three are left for the six other values.
  assert.deepEqual(bin([0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6], 4).cuts, [0.5, 2.5, 4.5]);
});

test('neighbouring single-precision numbers are told apart, and NaN is beyond everything', () => {
  const next = 1 + 2 ** -23;
  assert.deepEqual(bin([1, next], 2), { cuts: [1], bins: [0, 1] });
  assert.deepEqual(bin([Number.NaN, 4, Number.NaN, 2], 8), { cuts: [3, 4], bins: [2, 1, 2, 0] });
  const many = bin([1, 2, 3, ...Array.from({ length: 30 }, () => Number.NaN)], 4);
  assert.deepEqual(many.cuts, [1.5, 2.5, 3]);
});

test('features are read across rows and kept apart', () => {
  const table = toFeatureBins({ features: Float32Array.of(1, 30, 2, 20, 3, 10), featureCount: 2 }, 64);
  assert.deepEqual(table.bins, Uint8Array.of(0, 1, 2, 2, 1, 0));
  assert.deepEqual(table.thresholds, [Float32Array.of(1.5, 2.5), Float32Array.of(15, 25)]);
});

test('uniform values fill every bin to within one row, in order', () => {
  const random = createRandom(1);
  const values = Array.from({ length: 1_000 }, () => random.next());
  const { cuts, bins } = bin(values, 32);
  const counts = new Uint32Array(32);
  bins.forEach((each, row) => {
    counts[each] = (counts[each] ?? 0) + 1;
    assert.ok((cuts[each - 1] ?? -1) < (values[row] ?? 0) && (values[row] ?? 0) <= (cuts[each] ?? 2) + 1e-7);
  });
  assert.ok(
    counts.every((count) => count === 31 || count === 32),
    counts.join(' '),
  );
});

test('a ragged table and too many bins are refused', () => {
  assert.throws(() => toFeatureBins({ features: new Float32Array(5), featureCount: 2 }, 8), RangeError);
  assert.throws(() => toFeatureBins({ features: new Float32Array(4), featureCount: 2 }, 257), RangeError);
});
