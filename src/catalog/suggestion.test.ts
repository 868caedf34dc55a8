import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { editDistance, suggest } from './suggestion.ts';

test('the distance counts insertions, deletions, replacements and swaps of neighbours', () => {
  const cases: readonly (readonly [string, string, number])[] = [
    ['', '', 0],
    ['', 'abc', 3],
    ['kitten', 'sitting', 3],
    ['hihg', 'high', 1],
    ['ca', 'abc', 3],
    ['same', 'same', 0],
  ];
  for (const [left, right, distance] of cases) assert.equal(editDistance(left, right), distance, `${left} ${right}`);
});

test('the distance is symmetric, and 0 exactly for equal words', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (left, right) => {
      assert.equal(editDistance(left, right), editDistance(right, left));
      assert.equal(editDistance(left, right) === 0, left === right);
    }),
  );
});

test('only near words are suggested, nearest first', () => {
  assert.deepEqual(suggest('gpt-5.55', ['gpt-4o', 'gpt-5', 'gpt-5.5'], 2), ['gpt-5.5']);
  assert.deepEqual(suggest('lsit', ['list', 'show', 'diff']), ['list']);
  assert.deepEqual(suggest('xyz', ['list', 'show', 'diff']), []);
  assert.deepEqual(suggest('a'.repeat(5_000), ['list']), []);
});
