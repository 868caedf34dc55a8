import assert from 'node:assert/strict';
import { test } from 'node:test';
import { predictLinear } from './linear-head.ts';
import { createRandom } from './random.ts';
import { fitDenseRidge, fitRidge } from './ridge.ts';
import { toSparseRows, type SparseRows } from './sparse.ts';

const near = (actual: number | undefined, expected: number, within = 1e-9): void => {
  assert.ok(Math.abs((actual ?? Number.NaN) - expected) <= within, `${actual} is not within ${within} of ${expected}`);
};

const toRows = (features: ArrayLike<number>, columnCount: number): SparseRows =>
  toSparseRows(
    Array.from({ length: features.length / columnCount }, (_, row) => {
      const used = Array.from({ length: columnCount }, (_unused, column) => column).filter(
        (column) => features[row * columnCount + column] !== 0,
      );
      return {
        columns: Uint32Array.from(used),
        values: Float32Array.from(used, (column) => features[row * columnCount + column] ?? 0),
      };
    }),
    columnCount,
  );

test('one column has its hand-computed slope and intercept, sparse and dense', () => {
  // x 0, 1, 2, 3 (mean 1.5, squares 5) and y 1, 3, 5, 7: products 10. Slope 10 / (5 + 5) = 1, intercept 4 - 1.5.
  const features = Float64Array.of(0, 1, 2, 3);
  const targets = Float64Array.of(1, 3, 5, 7);
  for (const head of [
    fitRidge({ rows: toRows(features, 1), targets, penalty: 5 }),
    fitDenseRidge({ features, columnCount: 1, targets, penalty: 5 }),
  ]) {
    near(head.weights[0], 1);
    near(head.intercept, 2.5);
  }
  const exact = fitDenseRidge({ features, columnCount: 1, targets, penalty: 0 });
  near(exact.weights[0], 2);
  near(exact.intercept, 1);
});

test('row weights count as copies', () => {
  // (0, 0) once and (1, 3) three times: mean x ¾, squares ¾; mean y 9/4, products 9/4. Slope (9/4) / (¾ + ¾).
  const options = { targets: Float64Array.of(0, 3), weights: Float64Array.of(1, 3), penalty: 0.75 };
  const features = Float32Array.of(0, 1);
  const sparse = fitRidge({ rows: toRows(features, 1), ...options });
  const dense = fitDenseRidge({ features, columnCount: 1, ...options });
  near(sparse.weights[0], 1.5);
  near(sparse.intercept, 2.25 - 1.5 * 0.75);
  near(dense.weights[0], 1.5);
  near(dense.intercept, sparse.intercept);
});

const draw = (rowCount: number, columnCount: number): Float32Array => {
  const random = createRandom(12);
  return Float32Array.from({ length: rowCount * columnCount }, () => (random.next() < 0.3 ? random.next() * 2 - 1 : 0));
};

test('both fits agree, and a shift of the targets moves the intercept alone', () => {
  const features = draw(300, 40);
  const random = createRandom(13);
  const targets = Float64Array.from({ length: 300 }, () => random.next());
  const weights = Float64Array.from({ length: 300 }, () => random.next());
  const rows = toRows(features, 40);
  const sparse = fitRidge({ rows, targets, weights, penalty: 2, tolerance: 1e-12 });
  const dense = fitDenseRidge({ features, columnCount: 40, targets, weights, penalty: 2 });
  const shifted = fitRidge({ rows, targets: targets.map((target) => target + 1_000), weights, penalty: 2 });
  assert.ok(sparse.isConverged);
  near(sparse.intercept, dense.intercept);
  near(shifted.intercept, sparse.intercept + 1_000, 1e-6);
  dense.weights.forEach((weight, column) => {
    near(sparse.weights[column], weight);
    near(shifted.weights[column], weight, 1e-6);
  });
});

test('planted weights are recovered, and a column without entries stays 0', () => {
  const features = draw(500, 30);
  const rows = { ...toRows(features, 30), columnCount: 31 };
  const planted = Float64Array.from({ length: 31 }, (_, column) => (column < 30 ? Math.cos(column) : 0));
  const targets = predictLinear(rows, { weights: planted, intercept: 7 });
  const head = fitRidge({ rows, targets, penalty: 1e-9, tolerance: 1e-12 });
  near(head.intercept, 7, 1e-7);
  planted.forEach((weight, column) => near(head.weights[column], weight, 1e-7));
  assert.deepEqual(fitRidge({ rows, targets, penalty: 1e-9, tolerance: 1e-12 }), head);
});

test('equal targets need no weights', () => {
  const head = fitRidge({ rows: toRows(draw(20, 4), 4), targets: new Float64Array(20).fill(3), penalty: 1 });
  assert.deepEqual([head.intercept, head.isConverged, [...head.weights]], [3, true, [0, 0, 0, 0]]);
});

test('what cannot be fitted is refused', () => {
  const rows = toRows([1, 2], 1);
  const targets = Float64Array.of(1, 2);
  assert.throws(() => fitRidge({ rows, targets, penalty: 0 }), /above 0/u);
  assert.throws(() => fitRidge({ rows, targets: Float64Array.of(1), penalty: 1 }), /1 targets/u);
  assert.throws(() => fitRidge({ rows, targets, weights: new Float64Array(2), penalty: 1 }), /not all 0/u);
  const copies = Float32Array.of(1, 1, 2, 2);
  assert.throws(() => fitDenseRidge({ features: copies, columnCount: 2, targets, penalty: 0 }), /mixtures/u);
  const wide = { features: new Float32Array(402), columnCount: 201, targets, penalty: 1 };
  assert.throws(() => fitDenseRidge(wide), /at most 200/u);
});
