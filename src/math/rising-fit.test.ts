import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toRisingFit } from './rising-fit.ts';

const even = (values: readonly number[]): Float64Array => toRisingFit(values.map((value) => ({ value, weight: 1 })));

test('a falling pair becomes its mean, back as far as needed', () => {
  assert.deepEqual([...even([1, 3, 2, 4])], [1, 2.5, 2.5, 4]);
  // 3 and 2 pool to 2.5, then 0 pulls all three down to 5/3, below which 1 stays.
  assert.deepEqual([...even([1, 3, 2, 0])], [1, 5 / 3, 5 / 3, 5 / 3]);
});

test('weights pull the pool', () => {
  assert.deepEqual(
    [
      ...toRisingFit([
        { value: 4, weight: 1 },
        { value: 1, weight: 3 },
      ]),
    ],
    [1.75, 1.75],
  );
});

test('a rising sequence stays, an empty one is empty', () => {
  assert.deepEqual([...even([1, 2, 2, 5])], [1, 2, 2, 5]);
  assert.deepEqual([...even([])], []);
});
