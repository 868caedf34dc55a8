import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogisticObjective, fitLogistic, predictLogits } from './logistic.ts';
import { createRandom } from './random.ts';
import { selectRows, toSparseRows, type SparseRows } from './sparse.ts';

const near = (actual: number | undefined, expected: number, within: number): void => {
  assert.ok(Math.abs((actual ?? Number.NaN) - expected) <= within, `${actual} is not within ${within} of ${expected}`);
};

const logistic = (logit: number): number => 1 / (1 + Math.exp(-logit));

/** Rows with `width` entries each in random columns, about half of them negative. */
const drawRows = (rowCount: number, columnCount: number, width: number): SparseRows => {
  const random = createRandom(11);
  const vectors = Array.from({ length: rowCount }, () => {
    const columns = new Set(Array.from({ length: width }, () => random.integer(columnCount)));
    const ascending = Uint32Array.from(columns).sort();
    return { columns: ascending, values: Float32Array.from(ascending, () => random.next() * 2 - 1) };
  });
  return toSparseRows(vectors, columnCount);
};

const single = (values: readonly number[]): SparseRows =>
  toSparseRows(
    values.map((value) => ({ columns: Uint32Array.of(3), values: Float32Array.of(value) })),
    8,
  );

test('one symmetric column has the solution of w = 2 C (1 - logistic(w))', () => {
  // Rows +1 and -1 with targets 1 and 0: the intercept is 0, and ½ w² + 2 C log(1 + e^-w) is least where
  // w = 2 C / (1 + e^w). With C = 1 and w = ln 2 × k this has no closed form; with 2 C = 3 ln 2, w = ln 2 solves it.
  const head = fitLogistic({
    rows: single([1, -1]),
    targets: Float64Array.of(1, 0),
    inversePenalty: (3 * Math.LN2) / 2,
    tolerance: 1e-12,
  });
  near(head.weights[3], Math.LN2, 1e-10);
  near(head.intercept, 0, 1e-10);
  assert.equal(head.weights.length, 8);
  assert.ok(head.isConverged);
});

test('almost without a penalty, two groups get the log odds of their graded targets', () => {
  // Column 3 marks the second group. First group: mean target 0.25; second: (0.9 + 3 × 0.7) / 4 = 0.75.
  const head = fitLogistic({
    rows: single([0, 0, 1, 1]),
    targets: Float64Array.of(0.5, 0, 0.9, 0.7),
    weights: Float64Array.of(1, 1, 1, 3),
    inversePenalty: 1e9,
    tolerance: 1e-12,
  });
  near(head.intercept, Math.log(1 / 3), 1e-6);
  near(head.weights[3], 2 * Math.log(3), 1e-6);
  assert.deepEqual(
    predictLogits(single([2]), head),
    Float64Array.of(head.intercept + 2 * (head.weights[3] ?? Number.NaN)),
  );
});

test('the gradient is that of finite differences', () => {
  const rows = drawRows(30, 12, 5);
  const random = createRandom(2);
  const draw = (length: number): Float64Array => Float64Array.from({ length }, () => random.next());
  const objective = createLogisticObjective({ rows, targets: draw(30), weights: draw(30), inversePenalty: 0.3 });
  const at = draw(13).map((value) => 2 * value - 1);
  const gradient = new Float64Array(13);
  objective(at, gradient);
  for (let index = 0; index < 13; index += 1) {
    const shifted = (by: number): number =>
      objective(
        at.map((value, other) => (other === index ? value + by : value)),
        new Float64Array(13),
      );
    near((shifted(1e-5) - shifted(-1e-5)) / 2e-5, gradient[index] ?? Number.NaN, 1e-9);
  }
});

test('logits far outside leave the loss finite', () => {
  const objective = createLogisticObjective({
    rows: single([1_000, -1_000]),
    targets: Float64Array.of(0, 0.5),
    weights: Float64Array.of(1, 1),
    inversePenalty: Number.POSITIVE_INFINITY,
  });
  const at = new Float64Array(9);
  at[3] = 1;
  // The first row costs 1,000, the second 500; the mean is 750.
  assert.equal(objective(at, new Float64Array(9)), 750);
});

test('planted weights are recovered from graded targets, and unused columns stay 0', () => {
  const rows = drawRows(3_000, 50, 8);
  const planted = Float64Array.from({ length: 60 }, (_, column) => (column < 50 ? Math.sin(column) : 0));
  const wide = { ...rows, columnCount: 60 };
  const targets = predictLogits(wide, { weights: planted, intercept: -0.4 }).map(logistic);
  const head = fitLogistic({ rows: wide, targets, inversePenalty: 1e6, tolerance: 1e-10 });
  near(head.intercept, -0.4, 1e-4);
  for (let column = 0; column < 60; column += 1) {
    near(head.weights[column], planted[column] ?? Number.NaN, 1e-4);
  }
});

test('a weight of 2 is a row twice, and a half target is one of each', () => {
  const rows = drawRows(40, 20, 4);
  const targets = Float64Array.from({ length: 40 }, (_, row) => (row % 3) / 2);
  const all = Uint32Array.from({ length: 80 }, (_, index) => index >> 1);
  const twice = fitLogistic({
    rows: selectRows(rows, all),
    targets: Float64Array.from(all, (row, index) => {
      const target = targets[row] ?? 0;
      return target === 0.5 ? index % 2 : target;
    }),
    inversePenalty: 1,
    tolerance: 1e-11,
  });
  const weighted = fitLogistic({
    rows,
    targets,
    weights: new Float64Array(40).fill(2),
    inversePenalty: 1,
    tolerance: 1e-11,
  });
  near(weighted.intercept, twice.intercept, 1e-8);
  for (let column = 0; column < 20; column += 1) {
    near(weighted.weights[column], twice.weights[column] ?? Number.NaN, 1e-8);
  }
});

test('a start at the solution ends there, and two runs agree to the bit', () => {
  const rows = drawRows(200, 40, 6);
  const targets = Float64Array.from({ length: 200 }, (_, row) => row % 2);
  const options = { rows, targets, inversePenalty: 1 };
  const head = fitLogistic(options);
  assert.deepEqual(fitLogistic(options), head);
  assert.equal(fitLogistic({ ...options, start: head }).iterations, 0);
});

test('targets that all agree do not run away', () => {
  const head = fitLogistic({ rows: single([1, 2]), targets: Float64Array.of(1, 1), inversePenalty: 1 });
  assert.ok(head.isConverged && head.intercept > 10 && head.intercept < 20);
});

test('misaligned lists, targets outside 0..1 and a C of 0 are refused', () => {
  const rows = single([1, 2]);
  const targets = Float64Array.of(0, 1);
  assert.throws(() => fitLogistic({ rows, targets: Float64Array.of(1), inversePenalty: 1 }), /2 rows, but 1 targets/u);
  assert.throws(() => fitLogistic({ rows, targets: Float64Array.of(0, 1.1), inversePenalty: 1 }), /0 and 1/u);
  assert.throws(() => fitLogistic({ rows, targets, inversePenalty: 0 }), /above 0/u);
  assert.throws(() => fitLogistic({ rows, targets, weights: new Float64Array(2), inversePenalty: 1 }), /not all 0/u);
});
