import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toGroupFolds } from './group-folds.ts';
import { createRandom } from './random.ts';

const sizesOf = (folds: Uint8Array, foldCount: number): readonly number[] =>
  Array.from({ length: foldCount }, (_, fold) => folds.filter((each) => each === fold).length);

test('no group is on both sides of a fold', () => {
  const random = createRandom(1);
  const groups = Array.from({ length: 1_000 }, () => `group ${random.integer(150)}`);
  const folds = toGroupFolds(groups, 5, createRandom(2));
  const foldOf = new Map<string, number>();
  groups.forEach((group, row) => {
    assert.equal(folds[row], foldOf.get(group) ?? folds[row]);
    foldOf.set(group, folds[row] ?? -1);
  });
  // A fold is behind the largest by at most the largest group, which has 6.7 rows on average.
  const sizes = sizesOf(folds, 5);
  assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 20, sizes.join(' '));
});

test('groups of one row give folds of equal size', () => {
  const groups = Array.from({ length: 103 }, (_, row) => `${row}`);
  assert.deepEqual(sizesOf(toGroupFolds(groups, 10, createRandom(3)), 10), [11, 11, 11, 10, 10, 10, 10, 10, 10, 10]);
});

test('a large group has a fold to itself while the others share the rest', () => {
  const groups = [...Array.from({ length: 50 }, () => 'large'), ...Array.from({ length: 50 }, (_, row) => `${row}`)];
  for (let seed = 0; seed < 10; seed += 1) {
    const folds = toGroupFolds(groups, 2, createRandom(seed));
    // The large group lands in the smaller fold, at most 25 rows in; whatever comes after goes to the other.
    const withLarge = folds.filter((fold) => fold === folds[0]).length;
    assert.ok(withLarge >= 50 && withLarge <= 75, `${withLarge} rows`);
  }
});

test('the same seed gives the same folds, another seed others', () => {
  const groups = Array.from({ length: 60 }, (_, row) => `${row >> 1}`);
  assert.deepEqual(toGroupFolds(groups, 3, createRandom(7)), toGroupFolds(groups, 3, createRandom(7)));
  assert.notDeepEqual(toGroupFolds(groups, 3, createRandom(7)), toGroupFolds(groups, 3, createRandom(8)));
});

test('fewer groups than folds, or a single fold, are refused', () => {
  assert.throws(() => toGroupFolds(['a', 'a', 'b'], 3, createRandom(1)), /3 folds of 2 groups/u);
  assert.throws(() => toGroupFolds(['a', 'b'], 1, createRandom(1)), RangeError);
});
