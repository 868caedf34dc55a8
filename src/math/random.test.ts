import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom, createRandomFromState, shuffle } from './random.ts';

test('xoshiro128** from state 1, 2, 3, 4 gives the numbers of its reference code', () => {
  const random = createRandomFromState([1, 2, 3, 4]);
  const drawn = Array.from({ length: 6 }, () => random.next32());
  assert.deepEqual(drawn, [11_520, 0, 5_927_040, 70_819_200, 2_031_721_883, 1_637_235_492]);
});

test('the same seed repeats, and neighbouring seeds differ', () => {
  const draw = (seed: number): readonly number[] => {
    const random = createRandom(seed);
    return Array.from({ length: 5 }, () => random.next());
  };
  assert.deepEqual(draw(7), draw(7));
  assert.notDeepEqual(draw(7), draw(8));
});

test('whole numbers fill their range evenly', () => {
  const random = createRandom(1);
  const counts = Array.from({ length: 10 }, () => 0);
  for (let draw = 0; draw < 20_000; draw += 1) {
    const value = random.integer(10);
    counts[value] = (counts[value] ?? 0) + 1;
  }
  // 2,000 expected, standard deviation 42; chi-square of 9 degrees stays below 27.9 with probability 0.999.
  const chiSquare = counts.reduce((sum, count) => sum + (count - 2_000) ** 2 / 2_000, 0);
  assert.ok(chiSquare < 27.9, `chi-square ${chiSquare}`);
});

test('a shuffle keeps every item and leaves its argument alone', () => {
  const items = [1, 2, 3, 4, 5, 6, 7, 8];
  const shuffled = shuffle(items, createRandom(3));
  assert.deepEqual(
    [...shuffled].sort((one, other) => one - other),
    [1, 2, 3, 4, 5, 6, 7, 8],
  );
  assert.notDeepEqual(shuffled, items);
  assert.deepEqual(items, [1, 2, 3, 4, 5, 6, 7, 8]);
});
