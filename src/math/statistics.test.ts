import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawGroupWeights, groupBootstrap, toGroupIndex } from './bootstrap.ts';
import { concaveHull, qualityAtCost } from './hull.ts';
import { createRandom } from './random.ts';
import { mean, median, percentileInterval, quantile, weightedMean } from './statistics.ts';

test('means and quantiles have their hand-computed values', () => {
  assert.equal(mean([1, 2, 6]), 3);
  assert.equal(weightedMean([1, 2, 6], [2, 0, 1]), 8 / 3);
  assert.equal(quantile([4, 1, 3, 2], 0.25), 1.75);
  assert.equal(median([5, 1, 9]), 5);
  assert.ok(Number.isNaN(mean([])) && Number.isNaN(quantile([], 0.5)));
});

test('the percentile interval leaves 2.5 % on either side', () => {
  const resampled = Array.from({ length: 201 }, (_, index) => index);
  const { value, low, high } = percentileInterval(99, resampled);
  assert.deepEqual([value, Math.round(low * 1e9), Math.round(high * 1e9)], [99, 5e9, 195e9]);
});

test('the hull drops what a mixture beats and what is dearer without being better', () => {
  const points = [
    { cost: 1, quality: 0.5 },
    { cost: 2, quality: 0.55 }, // below the line from 1 to 3
    { cost: 3, quality: 0.8 },
    { cost: 4, quality: 0.7 }, // dearer and worse
    { cost: 1, quality: 0.4 }, // as cheap and worse
  ];
  const hull = concaveHull(points);
  assert.deepEqual(hull, [points[0], points[2]]);
  assert.equal(qualityAtCost(hull, 2), 0.65);
  assert.equal(qualityAtCost(hull, 9), 0.8);
  assert.equal(qualityAtCost(hull, 0), 0.5);
  assert.throws(() => concaveHull([]), RangeError);
});

test('points on one line leave only its ends', () => {
  const hull = concaveHull([0, 1, 2, 3].map((at) => ({ cost: at, quality: at })));
  assert.deepEqual(
    hull.map(({ cost }) => cost),
    [0, 3],
  );
});

test('a resample draws whole groups', () => {
  const index = toGroupIndex(['a', 'b', 'a', 'c']);
  for (let seed = 0; seed < 20; seed += 1) {
    const weights = drawGroupWeights(index, createRandom(seed));
    assert.equal(weights[0], weights[2]);
    assert.equal((weights[0] ?? 0) + (weights[1] ?? 0) + (weights[3] ?? 0), 3);
  }
});

test('the bootstrap of a mean agrees with its standard error, and grows when rows are duplicates', () => {
  const values = Array.from({ length: 400 }, (_, index) => index % 2);
  const measure = (weights: Float64Array): readonly number[] => [weightedMean(values, weights)];
  const width = (groups: readonly string[]): number => {
    const [interval] = groupBootstrap({ groups, random: createRandom(1), resamples: 1_000, measure });
    assert.ok(interval);
    assert.equal(interval.value, 0.5);
    return interval.high - interval.low;
  };
  // Standard error 0.5 / sqrt(400) = 0.025; 2 x 1.96 of it is 0.098.
  assert.ok(Math.abs(width(values.map((_, index) => `g${index}`)) - 0.098) < 0.012);
  // Groups of four equal values (rows 0, 2, 4, 6 …): 100 effective rows, twice the width.
  const grouped = values.map((value, index) => `${value}-${Math.floor(index / 8)}`);
  assert.ok(Math.abs(width(grouped) - 0.196) < 0.025);
});

test('a statistic that is undefined in many resamples has no interval', () => {
  let calls = 0;
  const measure = (): readonly number[] => {
    calls += 1;
    return [calls % 2 === 1 ? 1 : Number.NaN, 2];
  };
  const [first, second] = groupBootstrap({ groups: ['a'], random: createRandom(1), resamples: 50, measure });
  assert.equal(first, null);
  assert.deepEqual(second, { value: 2, low: 2, high: 2 });
});
