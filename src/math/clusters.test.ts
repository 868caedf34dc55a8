import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitClusters, similarities, softAssign, type ClusterFit } from './clusters.ts';
import { createRandom } from './random.ts';
import { normaliseRows, toSparseRows, type SparseRows } from './sparse.ts';

const toRows = (dense: readonly (readonly number[])[]): SparseRows =>
  normaliseRows(
    toSparseRows(
      dense.map((row) => {
        const used = row.flatMap((value, column) => (value === 0 ? [] : [column]));
        return { columns: Uint32Array.from(used), values: Float32Array.from(used, (column) => row[column] ?? 0) };
      }),
      dense[0]?.length ?? 0,
    ),
  );

const near = (actual: number | undefined, expected: number): void => {
  assert.ok(Math.abs((actual ?? Number.NaN) - expected) < 1e-6, `${actual} is not ${expected}`);
};

/** Groups of cluster members, as sets of row numbers, whatever the clusters are called. */
const toGroups = ({ assignments, count }: ClusterFit): readonly string[] =>
  Array.from({ length: count }, (_, cluster) =>
    [...assignments.keys()].filter((row) => assignments[row] === cluster).join(' '),
  ).sort();

test('one cluster is the direction of the mean, with hand-computed cosines', () => {
  // (1, 0) and (0, 1) have the mean direction (1, 1) / √2.
  const rows = toRows([
    [1, 0, 0],
    [0, 0, 1],
  ]);
  const clusters = fitClusters({ rows, count: 1, random: createRandom(1), maxIterations: 5 });
  assert.deepEqual(clusters.positions, Int32Array.of(0, -1, 1));
  near(clusters.centroids[0], Math.SQRT1_2);
  near(clusters.centroids[1], Math.SQRT1_2);
  near(similarities(rows, 0, clusters)[0], Math.SQRT1_2);
  near(similarities(toRows([[0, 3, 4]]), 0, clusters)[0], 0.8 * Math.SQRT1_2);
});

test('two pairs of directions are told apart from every seed', () => {
  const rows = toRows([
    [10, 1, 0, 0],
    [0, 0, 1, 9],
    [9, 2, 0, 0],
    [0, 0, 2, 10],
  ]);
  for (let seed = 0; seed < 20; seed += 1) {
    const fit = fitClusters({ rows, count: 2, random: createRandom(seed), maxIterations: 10 });
    assert.deepEqual(toGroups(fit), ['0 2', '1 3']);
  }
});

test('planted groups among noise are found again', () => {
  const random = createRandom(4);
  const groupCount = 8;
  const rows = toRows(
    Array.from({ length: 400 }, (_, row) =>
      Array.from({ length: 160 }, (_unused, column) => {
        const isOwn = Math.floor(column / 20) === row % groupCount;
        return random.next() < (isOwn ? 0.5 : 0.04) ? 1 : 0;
      }),
    ),
  );
  const fit = fitClusters({ rows, count: groupCount, random: createRandom(2), maxIterations: 30 });
  const planted = Array.from({ length: groupCount }, (_, group) =>
    Array.from({ length: 50 }, (_unused, index) => group + index * groupCount).join(' '),
  ).sort();
  assert.deepEqual(toGroups(fit), planted);
  for (const row of [0, 123, 399]) {
    const nearest = softAssign(similarities(rows, row, fit), 0.1, 1).clusters[0];
    assert.equal(nearest, fit.assignments[row]);
  }
  const again = fitClusters({ rows, count: groupCount, random: createRandom(2), maxIterations: 30 });
  assert.deepEqual(again, fit);
});

test('no cluster stays empty while a row can be spared, even among copies', () => {
  const rows = toRows([
    [1, 0],
    [1, 0],
    [1, 0],
    [0, 1],
  ]);
  for (let seed = 0; seed < 10; seed += 1) {
    const fit = fitClusters({ rows, count: 3, random: createRandom(seed), maxIterations: 10 });
    assert.equal(new Set(fit.assignments).size, 3);
    assert.ok(toGroups(fit).includes('3'));
    near(fit.meanSimilarity, 1);
  }
});

test('a row of zeros disturbs nothing', () => {
  const rows = toRows([
    [1, 0],
    [0, 0],
    [0, 1],
  ]);
  const fit = fitClusters({ rows, count: 2, random: createRandom(3), maxIterations: 10 });
  assert.ok(fit.centroids.every((entry) => Number.isFinite(entry)));
  assert.notEqual(fit.assignments[0], fit.assignments[2]);
  assert.deepEqual(similarities(rows, 1, fit), new Float32Array(2));
});

test('more clusters than rows, or none, are refused', () => {
  const rows = toRows([[1, 0]]);
  for (const count of [0, 2, 1.5]) {
    assert.throws(() => fitClusters({ rows, count, random: createRandom(1), maxIterations: 1 }), RangeError);
  }
});

test('soft weights are a softmax over the nearest clusters alone', () => {
  // Similarities that differ by t ln 3 have weights in proportion 3 : 1.
  const { clusters, weights } = softAssign([0, 0.5, 0.5 - 0.1 * Math.log(3), -1], 0.1, 2);
  assert.deepEqual(clusters, Uint32Array.of(1, 2));
  near(weights[0], 0.75);
  near(weights[1], 0.25);
  const equal = softAssign(Float32Array.of(0.3, 0.3, 0.3), 1, 9);
  assert.deepEqual(equal.clusters, Uint32Array.of(0, 1, 2));
  equal.weights.forEach((weight) => near(weight, 1 / 3));
  assert.throws(() => softAssign([1], 0, 1), /above 0/u);
});

test('the nearest clusters are the first of all in order, ties by lower number', () => {
  const random = createRandom(3);
  for (let round = 0; round < 200; round += 1) {
    // Few distinct values, so that ties are common.
    const values = Float32Array.from({ length: 1 + random.integer(12) }, () => random.integer(4) / 4);
    const ordered = [...values.keys()].sort((one, other) => (values[other] ?? 0) - (values[one] ?? 0) || one - other);
    assert.deepEqual([...softAssign(values, 1, 3).clusters], ordered.slice(0, 3));
  }
});
