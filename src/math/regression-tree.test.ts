import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toFeatureBins } from './feature-bins.ts';
import { createRandom } from './random.ts';
import { createTreeGrower, predictTree, type Derivatives } from './regression-tree.ts';

/** Derivatives of half the squared error at a prediction of 0. */
const toDerivatives = (targets: Float64Array): Derivatives => ({
  gradients: targets.map((target) => -target),
  curvatures: new Float64Array(targets.length).fill(1),
  weights: new Float64Array(targets.length).fill(1),
});

const allRows = (count: number): Uint32Array => Uint32Array.from({ length: count }, (_, row) => row);

test('two levels of splits have their hand-computed nodes', () => {
  // Feature 1 tells 8 from 1 and 3; feature 0 then tells 1 from 3.
  const table = { features: Float32Array.of(0, 0, 1, 0, 0, 1, 1, 1), featureCount: 2 };
  const grow = createTreeGrower(toFeatureBins(table, 8), { leafCount: 3, minLeafWeight: 1, leafPenalty: 0 });
  const tree = grow(allRows(4), toDerivatives(Float64Array.of(1, 3, 8, 8)));
  assert.deepEqual(tree, {
    feature: Int16Array.of(1, 0, -1, -1, -1),
    threshold: Float32Array.of(0.5, 0.5, 0, 0, 0),
    left: Uint16Array.of(1, 3, 0, 0, 0),
    right: Uint16Array.of(2, 4, 0, 0, 0),
    value: Float64Array.of(0, 0, 8, 1, 3),
  });
  assert.deepEqual(
    [0, 2, 4, 6].map((offset) => predictTree(tree, table.features, offset)),
    [1, 3, 8, 8],
  );
});

test('only the given rows count, and a grower starts afresh for every tree', () => {
  const table = { features: Float32Array.of(1, 2, 3, 4), featureCount: 1 };
  const grow = createTreeGrower(toFeatureBins(table, 8), { leafCount: 4, minLeafWeight: 1, leafPenalty: 0 });
  const derivatives = toDerivatives(Float64Array.of(1, 1, 5, 9));
  const first = grow(allRows(4), derivatives);
  const part = grow(Uint32Array.of(0, 3), derivatives);
  assert.deepEqual([predictTree(part, table.features, 0), predictTree(part, table.features, 3)], [1, 9]);
  assert.deepEqual(grow(allRows(4), derivatives), first);
});

test('every leaf of a tree on planted rows is the mean of the rows that reach it', () => {
  const random = createRandom(3);
  const features = Float32Array.from({ length: 2_000 }, () => random.next());
  const targets = Float64Array.from({ length: 500 }, (_, row) => (features[row * 4] ?? 0) + random.next());
  const limits = { leafCount: 9, minLeafWeight: 20, leafPenalty: 0 };
  const tree = createTreeGrower(toFeatureBins({ features, featureCount: 4 }, 32), limits)(
    allRows(500),
    toDerivatives(targets),
  );
  const reached = new Map<number, number[]>();
  targets.forEach((target, row) => {
    const answer = predictTree(tree, features, row * 4);
    reached.set(answer, [...(reached.get(answer) ?? []), target]);
  });
  assert.equal(reached.size, 9);
  for (const [answer, reaching] of reached) {
    assert.ok(reaching.length >= 20);
    const mean = reaching.reduce((sum, target) => sum + target, 0) / reaching.length;
    assert.ok(Math.abs(mean - answer) < 1e-12);
  }
  assert.equal(tree.feature[0], 0);
});
