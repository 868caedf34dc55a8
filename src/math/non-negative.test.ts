import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitNonNegative, fitSimplex, type NonNegativeOptions } from './non-negative.ts';
import { createRandom, type Random } from './random.ts';

const near = (actual: Float64Array, expected: readonly number[], within = 1e-9): void => {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, index) => {
    const wanted = expected[index] ?? Number.NaN;
    assert.ok(Math.abs(value - wanted) <= within, `[${[...actual].join(', ')}] is not [${expected.join(', ')}]`);
  });
};

const squaredError = (
  { columns, columnCount, targets, rowWeights, ridge }: NonNegativeOptions,
  weights: Float64Array,
): number => {
  const rows = targets.length;
  const error = targets.reduce((sum, target, row) => {
    let fitted = 0;
    for (let column = 0; column < columnCount; column += 1) {
      fitted += (weights[column] ?? 0) * (columns[column * rows + row] ?? 0);
    }
    return sum + (rowWeights?.[row] ?? 1) * (fitted - target) ** 2;
  }, 0);
  const pull = weights.reduce((sum, weight, column) => sum + (weight - (ridge?.towards[column] ?? 0)) ** 2, 0);
  return error + (ridge?.strength ?? 0) * pull;
};

/** Independent check of optimality: no small shift among weights, or of one alone, lowers the error. */
const isBest = (options: NonNegativeOptions, weights: Float64Array, isSumFixed: boolean): boolean => {
  const best = squaredError(options, weights) - 1e-9;
  const shifted = (changes: ReadonlyMap<number, number>): boolean => {
    const moved = weights.map((weight, column) => weight + (changes.get(column) ?? 0));
    return moved.some((weight) => weight < 0) || squaredError(options, moved) >= best;
  };
  const all = [...weights.keys()];
  return all.every((one) =>
    isSumFixed
      ? all.every(
          (other) =>
            other === one ||
            shifted(
              new Map([
                [one, 1e-4],
                [other, -1e-4],
              ]),
            ),
        )
      : shifted(new Map([[one, 1e-4]])) && shifted(new Map([[one, -1e-4]])),
  );
};

test('a weight that would be negative is 0, and the others are fitted without it', () => {
  // Columns (1, 0, 1) and (0, 1, 1), targets (2, -1, 1): freely 2 and -1. Without the second: (2 + 1) / 2 = 1.5.
  const columns = Float64Array.of(1, 0, 1, 0, 1, 1);
  near(fitNonNegative({ columns, columnCount: 2, targets: Float64Array.of(2, -1, 1) }), [1.5, 0]);
  near(fitNonNegative({ columns, columnCount: 2, targets: Float64Array.of(2, 3, 5) }), [2, 3]);
  near(fitNonNegative({ columns, columnCount: 2, targets: Float64Array.of(-2, -3, -5) }), [0, 0]);
});

test('rows count by their weight', () => {
  const options = { columns: Float64Array.of(1, 1), columnCount: 1, targets: Float64Array.of(1, 4) };
  near(fitNonNegative({ ...options, rowWeights: Float64Array.of(2, 1) }), [2]);
});

test('a ridge pulls towards its weights', () => {
  // (x - 1)² + (x - 3)² + 2 (x - 5)² is least at (1 + 3 + 10) / 4.
  const options = { columns: Float64Array.of(1, 1), columnCount: 1, targets: Float64Array.of(1, 3) };
  near(fitNonNegative({ ...options, ridge: { strength: 2, towards: Float64Array.of(5) } }), [3.5]);
});

test('shares of a whole are the nearest point of a simplex', () => {
  // Unit columns: the projection of the targets. (0.9, 0.5) → (0.7, 0.3); (2, 0.1) → (1, 0); (0.3, 0.2) stays if it may.
  const columns = Float64Array.of(1, 0, 0, 1);
  const fit = (targets: Float64Array, sum: 'one' | 'at-most-one'): Float64Array =>
    fitSimplex({ columns, columnCount: 2, targets, sum });
  near(fit(Float64Array.of(0.9, 0.5), 'one'), [0.7, 0.3]);
  near(fit(Float64Array.of(0.9, 0.5), 'at-most-one'), [0.7, 0.3]);
  near(fit(Float64Array.of(2, 0.1), 'at-most-one'), [1, 0]);
  near(fit(Float64Array.of(0.3, 0.2), 'at-most-one'), [0.3, 0.2]);
  near(fit(Float64Array.of(0.3, 0.2), 'one'), [0.55, 0.45]);
  near(fit(Float64Array.of(-1, -5), 'one'), [1, 0]);
});

test('columns that are copies or zeros do no harm', () => {
  const columns = Float64Array.of(1, 2, 1, 2, 0, 0);
  const options = { columns, columnCount: 3, targets: Float64Array.of(0.5, 1) };
  for (const weights of [fitNonNegative(options), fitSimplex({ ...options, sum: 'one' })]) {
    assert.ok(squaredError(options, weights) < 1e-18);
    assert.ok(weights.every((weight) => weight >= 0));
  }
  near(fitSimplex({ ...options, sum: 'one' }), [0.5, 0, 0.5]);
});

const drawProblem = (random: Random, columnCount: number): NonNegativeOptions => {
  const rows = 60;
  const common = Float64Array.from({ length: rows }, () => random.next());
  const columns = Float64Array.from(
    { length: rows * columnCount },
    (_, at) => (common[at % rows] ?? 0) + random.next() * 0.3,
  );
  return { columns, columnCount, targets: common.map((value) => value + random.next() * 0.3), rowWeights: common };
};

test('planted weights come back from columns that resemble each other', () => {
  const random = createRandom(9);
  const problem = drawProblem(random, 12);
  const planted = [0.3, 0, 0, 0.25, 0, 0.05, 0, 0, 0.4, 0, 0, 0];
  const targets = problem.targets.map((_, row) =>
    planted.reduce((sum, weight, column) => sum + weight * (problem.columns[column * 60 + row] ?? 0), 0),
  );
  near(fitNonNegative({ ...problem, targets }), planted, 1e-8);
  near(fitSimplex({ ...problem, targets, sum: 'one' }), planted, 1e-8);
});

test('no neighbouring weights do better, whatever the problem', () => {
  const random = createRandom(10);
  for (let trial = 0; trial < 60; trial += 1) {
    const columnCount = 1 + (trial % 12);
    const problem = {
      ...drawProblem(random, columnCount),
      ridge: { strength: trial % 3, towards: Float64Array.from({ length: columnCount }, () => random.next()) },
    };
    assert.ok(isBest(problem, fitNonNegative(problem), false), `trial ${trial}`);
    const shares = fitSimplex({ ...problem, sum: 'one' });
    assert.ok(isBest(problem, shares, true), `trial ${trial} on the simplex`);
    assert.ok(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) < 1e-12);
    assert.ok(shares.every((share) => share >= 0));
    const atMost = fitSimplex({ ...problem, sum: 'at-most-one' });
    assert.ok(squaredError(problem, atMost) <= squaredError(problem, shares) + 1e-12);
    assert.deepEqual(fitSimplex({ ...problem, sum: 'one' }), shares);
  }
});

test('lists that are not aligned are refused', () => {
  const targets = Float64Array.of(1, 2);
  assert.throws(() => fitNonNegative({ columns: new Float64Array(3), columnCount: 2, targets }), /not 3 numbers/u);
  const options = { columns: new Float64Array(4), columnCount: 2, targets };
  assert.throws(() => fitNonNegative({ ...options, rowWeights: Float64Array.of(1, -1) }), /not negative/u);
  assert.throws(() => fitNonNegative({ ...options, ridge: { strength: 1, towards: targets.slice(1) } }), /2 weights/u);
});
