import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dequantise, quantise } from './quantise.ts';
import { createRandom } from './random.ts';

test('codes round to the nearest, halves away from zero', () => {
  // The largest is 127, so the scale is 1.
  const { scales, codes } = quantise(Float64Array.of(127, 0.5, -0.5, 1.49, -2.5, 0.49, 0));
  assert.deepEqual(scales, Float32Array.of(1));
  assert.deepEqual(codes, Int8Array.of(127, 1, -1, 1, -3, 0, 0));
});

test('every block of 256 has its own scale, the last may be short', () => {
  const weights = new Float64Array(513);
  weights[0] = -254;
  weights[256] = 12.7;
  weights[512] = 127 / 4;
  const quantised = quantise(weights);
  assert.deepEqual(quantised.scales, Float32Array.of(2, 0.1, 0.25));
  assert.deepEqual([quantised.codes[0], quantised.codes[256], quantised.codes[512]], [-127, 127, 127]);
  assert.deepEqual([dequantise(quantised)[0], dequantise(quantised)[512]], [-254, 127 / 4]);
});

test('no weight is off by more than half a step of its block', () => {
  const random = createRandom(2);
  const weights = Float64Array.from({ length: 10_000 }, (_, index) => (random.next() - 0.5) * 10 ** (index % 7));
  const quantised = quantise(weights);
  const restored = dequantise(quantised);
  weights.forEach((weight, index) => {
    const step = quantised.scales[Math.floor(index / 256)] ?? 0;
    const error = Math.abs(weight - (restored[index] ?? Number.NaN));
    assert.ok(error <= (step / 2) * (1 + 1e-5), `weight ${index} is off by ${error}, its step is ${step}`);
  });
  assert.deepEqual(quantise(restored).codes, quantised.codes);
});

test('zeros stay zeros, the tiniest weights do not overflow, and no weights give none', () => {
  assert.deepEqual(dequantise(quantise(new Float64Array(300))), new Float64Array(300));
  assert.deepEqual(quantise(Float64Array.of(1e-300, -1e-300)).codes, Int8Array.of(0, 0));
  assert.ok(Math.abs(quantise(Float64Array.of(2.2e-43)).codes[0] ?? 0) <= 127);
  assert.equal(quantise(new Float64Array(0)).codes.length, 0);
});

test('weights that are not finite are refused', () => {
  for (const weight of [Number.NaN, Number.NEGATIVE_INFINITY, 1e300]) {
    assert.throws(() => quantise(Float64Array.of(0, weight)), /weights 0 to 1 are not all finite/u);
  }
});
