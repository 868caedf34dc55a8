import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitBoostedTrees, predictTrees, type BoostedTrees, type BoostedTreesOptions } from './boosted-trees.ts';
import { createRandom } from './random.ts';

const near = (actual: number | undefined, expected: number, within = 1e-9): void => {
  assert.ok(Math.abs((actual ?? Number.NaN) - expected) <= within, `${actual} is not within ${within} of ${expected}`);
};

/** Four rows of one feature, low targets low, high targets high; one full step of one tree. */
const small: BoostedTreesOptions = {
  features: Float32Array.of(1, 2, 3, 4),
  featureCount: 1,
  targets: Float64Array.of(0, 0, 1, 1),
  loss: 'squared',
  random: createRandom(1),
  treeCount: 1,
  learningRate: 1,
  leafCount: 2,
  minLeafWeight: 1,
  leafPenalty: 0,
};

const predictAll = (model: BoostedTrees, features: Float32Array): readonly number[] =>
  Array.from({ length: features.length / model.featureCount }, (_, row) =>
    predictTrees(model, features, row * model.featureCount),
  );

test('one split of four rows has its hand-computed threshold and values', () => {
  const model = fitBoostedTrees(small);
  assert.equal(model.base, 0.5);
  assert.deepEqual(model.trees[0], {
    feature: Int16Array.of(0, -1, -1),
    threshold: Float32Array.of(2.5, 0, 0),
    left: Uint16Array.of(1, 0, 0),
    right: Uint16Array.of(2, 0, 0),
    value: Float64Array.of(0, -0.5, 0.5),
  });
  assert.deepEqual(predictAll(model, small.features), [0, 0, 1, 1]);
  assert.equal(predictTrees(model, Float32Array.of(9, Number.NaN), 1), 1);
});

test('the penalty, the learning rate and the logistic loss enter as they should', () => {
  // Squared: gradient of the right leaf -1, curvature 2; with penalty 2 and rate 0.1: 0.1 × 1 / 4.
  const shrunk = fitBoostedTrees({ ...small, leafPenalty: 2, learningRate: 0.1 });
  near(shrunk.trees[0]?.value[2], 0.025);
  // Logistic at log odds 0: gradient -1, curvature 2 × ¼, so 2.
  const logistic = fitBoostedTrees({ ...small, loss: 'logistic' });
  assert.equal(logistic.base, 0);
  near(logistic.trees[0]?.value[2], 2);
});

test('row weights move the base, the leaves and the least leaf', () => {
  const weights = Float64Array.of(1, 3, 4, 4);
  const model = fitBoostedTrees({ ...small, targets: Float64Array.of(0, 1, 3, 3), weights, minLeafWeight: 4 });
  // Base (3 + 12 + 12) / 12 = 2.25; left leaf (0 + 3) / 4 = 0.75; a leaf of the first row alone would weigh 1.
  assert.equal(model.base, 2.25);
  assert.deepEqual(predictAll(model, small.features), [0.75, 0.75, 3, 3]);
  const stump = fitBoostedTrees({ ...small, minLeafWeight: 3 });
  assert.deepEqual(stump.trees[0]?.feature, Int16Array.of(-1));
  near(predictTrees(stump, small.features, 0), 0.5);
});

test('the leaf that gains most is divided first', () => {
  // Cuts between 2 and 3 (large), then between 3 and 4 (12.5 to gain) before 1 and 2 (0.5).
  const targets = Float64Array.of(0, 1, 20, 25);
  const model = fitBoostedTrees({ ...small, targets, leafCount: 3 });
  assert.deepEqual(predictAll(model, small.features), [0.5, 0.5, 20, 25]);
});

interface Planted {
  readonly features: Float32Array;
  readonly truth: Float64Array;
}

/** An interaction of two features, a step of a third, and seven features of noise. */
const plant = (rowCount: number, seed: number): Planted => {
  const random = createRandom(seed);
  const features = Float32Array.from({ length: rowCount * 10 }, () => random.next());
  const truth = Float64Array.from({ length: rowCount }, (_, row) => {
    const [first = 0, second = 0, third = 0] = features.subarray(row * 10, row * 10 + 3);
    return (first > 0.5 === second > 0.3 ? 1 : -1) + (third > 0.7 ? 1 : 0);
  });
  return { features, truth };
};

test('a planted interaction is learned among noise, and the noise is left alone', () => {
  const { features, truth } = plant(3_000, 1);
  const model = fitBoostedTrees({
    features,
    featureCount: 10,
    targets: truth,
    loss: 'squared',
    random: createRandom(1),
  });
  const fresh = plant(1_000, 2);
  const predicted = predictAll(model, fresh.features);
  const error = fresh.truth.reduce((sum, value, row) => sum + (value - (predicted[row] ?? 0)) ** 2, 0) / 1_000;
  assert.ok(error < 0.06, `squared error ${error}, of a variance of 1.2`);
  const asked = model.trees.slice(0, 20).flatMap((tree) => [...tree.feature].filter((feature) => feature >= 0));
  assert.ok(asked.length > 0 && asked.filter((feature) => feature < 3).length > 0.9 * asked.length);
});

test('graded targets give planted log odds, with rows drawn anew for every tree', () => {
  const { features, truth } = plant(4_000, 3);
  const options: BoostedTreesOptions = {
    features,
    featureCount: 10,
    targets: truth.map((value) => 1 / (1 + Math.exp(-value))),
    loss: 'logistic',
    random: createRandom(5),
    rowShare: 0.6,
    treeCount: 200,
    binCount: 32,
  };
  const model = fitBoostedTrees(options);
  const fresh = plant(1_000, 4);
  const predicted = predictAll(model, fresh.features);
  const error = fresh.truth.reduce((sum, value, row) => sum + Math.abs(value - (predicted[row] ?? 0)), 0) / 1_000;
  assert.ok(error < 0.1, `mean error of log odds ${error}`);
  assert.deepEqual(fitBoostedTrees({ ...options, random: createRandom(5) }), model);
  assert.notDeepEqual(fitBoostedTrees({ ...options, random: createRandom(6) }), model);
});

test('the training loss falls with every tree', () => {
  const { features, truth } = plant(500, 7);
  const options: BoostedTreesOptions = {
    features,
    featureCount: 10,
    targets: truth,
    loss: 'squared',
    random: createRandom(1),
  };
  const model = fitBoostedTrees({ ...options, treeCount: 30 });
  const losses = Array.from({ length: 31 }, (_, count) => {
    const predicted = predictAll({ ...model, trees: model.trees.slice(0, count) }, features);
    return truth.reduce((sum, value, row) => sum + (value - (predicted[row] ?? 0)) ** 2, 0);
  });
  assert.ok(losses.every((loss, index) => index === 0 || loss <= (losses[index - 1] ?? 0)));
});

test('leaves stay within their limit, and lists that are not aligned are refused', () => {
  const { features, truth } = plant(500, 8);
  const options: BoostedTreesOptions = {
    features,
    featureCount: 10,
    targets: truth,
    loss: 'squared',
    random: createRandom(1),
  };
  for (const tree of fitBoostedTrees({ ...options, leafCount: 5 }).trees) {
    assert.ok(tree.feature.filter((feature) => feature < 0).length <= 5);
  }
  assert.throws(() => fitBoostedTrees({ ...options, featureCount: 9 }), RangeError);
  assert.throws(() => fitBoostedTrees({ ...options, loss: 'logistic' }), /between 0 and 1/u);
  assert.throws(() => fitBoostedTrees({ ...options, rowShare: 0 }), /row share of 0/u);
  assert.throws(() => fitBoostedTrees({ ...options, weights: new Float64Array(500) }), /not all 0/u);
});
