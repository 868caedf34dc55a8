import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyCalibration, applyPlatt, fitIsotonic, fitPlatt } from './calibration.ts';
import { createRandom } from './random.ts';

const near = (actual: number, expected: number, within = 1e-9): void => {
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not within ${within} of ${expected}`);
};

const ramp = (length: number): Float64Array => Float64Array.from({ length }, (_, index) => index + 1);

test('violators are pooled to their means, again and again', () => {
  // 4, 3 → 3.5; then 2 → (4 + 3 + 2) / 3 = 3; 1 before stays; 6, 5 → 5.5.
  const fit = fitIsotonic({ scores: ramp(6), targets: Float64Array.of(1, 4, 3, 2, 6, 5) });
  assert.deepEqual(fit.scores, Float64Array.of(1, 2, 4, 5, 6));
  assert.deepEqual(fit.values, Float64Array.of(1, 3, 3, 5.5, 5.5));
});

test('weights count as copies, equal scores as one, and the order of rows does not matter', () => {
  // Score 2 has (3 × 0.8 + 1 × 0.4) / 4 = 0.7; score 3 has 0.3 with weight 2: pooled (4 × 0.7 + 2 × 0.3) / 6.
  const fit = fitIsotonic({
    scores: Float64Array.of(3, 2, 1, 2, 9),
    targets: Float64Array.of(0.3, 0.8, 0.1, 0.4, 0),
    weights: Float64Array.of(2, 3, 1, 1, 0),
  });
  assert.deepEqual(fit.scores, Float64Array.of(1, 2, 3));
  near(fit.values[0] ?? 0, 0.1);
  near(fit.values[1] ?? 0, 3.4 / 6);
  near(fit.values[2] ?? 0, 3.4 / 6);
});

test('the map is linear between knots and flat beyond', () => {
  const calibration = { scores: Float64Array.of(0, 1, 3), values: Float64Array.of(0.2, 0.4, 0.8) };
  const scores = [-5, 0, 0.5, 1, 2, 3, 99];
  const expected = [0.2, 0.2, 0.3, 0.4, 0.6, 0.8, 0.8];
  scores.forEach((score, index) => near(applyCalibration(calibration, score), expected[index] ?? Number.NaN));
  const single = fitIsotonic({ scores: Float64Array.of(4), targets: Float64Array.of(0.5) });
  assert.deepEqual([applyCalibration(single, 3), applyCalibration(single, 5)], [0.5, 0.5]);
});

test('no other monotone map that was tried is nearer to the targets', () => {
  const random = createRandom(8);
  const targets = Float64Array.from({ length: 30 }, () => random.next());
  const fit = fitIsotonic({ scores: ramp(30), targets });
  const error = (values: Float64Array): number =>
    values.reduce((sum, value, row) => sum + (value - (targets[row] ?? 0)) ** 2, 0);
  const fitted = ramp(30).map((score) => applyCalibration(fit, score));
  const best = error(fitted);
  for (let trial = 0; trial < 2_000; trial += 1) {
    const shifted = fitted.map((value) => value + (random.next() - 0.5) * 0.1).sort();
    assert.ok(error(shifted) >= best);
  }
  // The residuals of an isotonic fit sum to 0 (Ayer et al. 1955).
  near(
    fitted.reduce((sum, value, row) => sum + value - (targets[row] ?? 0), 0),
    0,
  );
});

test('Platt scaling passes through the smoothed means of two scores', () => {
  // Weights: 9 rows at score 1, of which 6 positive; 9 at -1, of which 3. Smoothed: 10/11 and 1/11.
  // Means: (6 × 10 + 3 × 1) / 99 = 63/99 and (3 × 10 + 6) / 99 = 36/99; log odds ±ln(63/36).
  const map = fitPlatt({
    scores: Float64Array.of(1, 1, -1, -1),
    targets: Float64Array.of(1, 0, 1, 0),
    weights: Float64Array.of(6, 3, 3, 6),
  });
  near(map.slope, Math.log(63 / 36));
  near(map.offset, 0);
  near(applyPlatt(map, 1), 63 / 99);
  const graded = fitPlatt({
    scores: Float64Array.of(1, -1),
    targets: Float64Array.of(6 / 9, 3 / 9),
    weights: Float64Array.of(9, 9),
  });
  near(graded.slope, map.slope);
});

test('a planted slope and offset are recovered', () => {
  const random = createRandom(3);
  const scores = Float64Array.from({ length: 5_000 }, () => random.next() * 8 - 4);
  const targets = scores.map((score) => 1 / (1 + Math.exp(-(0.6 * score - 0.7))));
  const map = fitPlatt({ scores, targets, weights: new Float64Array(5_000).fill(1e6) });
  near(map.slope, 0.6, 1e-6);
  near(map.offset, -0.7, 1e-6);
});

test('separable scores, equal scores and huge scores all give a finite map', () => {
  const separable = fitPlatt({ scores: Float64Array.of(-2, 2), targets: Float64Array.of(0, 1) });
  near(separable.slope, Math.log(2) / 2, 1e-8); // smoothed targets 1/3 and 2/3
  const equal = fitPlatt({ scores: Float64Array.of(5, 5, 5), targets: Float64Array.of(0, 1, 1) });
  near(applyPlatt(equal, 5), (2 * (3 / 4) + 1 / 3) / 3, 1e-6);
  const huge = fitPlatt({ scores: Float64Array.of(-1e6, 1e6), targets: Float64Array.of(0, 1) });
  near(applyPlatt(huge, 1e6), 2 / 3, 1e-6);
});

test('misaligned lists, negative weights and rows without weight are refused', () => {
  const scores = Float64Array.of(1, 2);
  const targets = Float64Array.of(0, 1);
  for (const fit of [fitIsotonic, fitPlatt]) {
    assert.throws(() => fit({ scores, targets: Float64Array.of(1) }), /2 scores/u);
    assert.throws(() => fit({ scores, targets, weights: Float64Array.of(1, -1) }), /negative/u);
    assert.throws(() => fit({ scores, targets, weights: new Float64Array(2) }), /with weight/u);
  }
});
