import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../math/random.ts';
import { inLowerCase, inUpperCase, PERTURBATIONS, withBlanks, withFiller, withTypos } from './perturbations.ts';

const TEXT = `Compute the sum of 1234 and 5678, then explain in two lines why the carry moves to the left.
Give the result as an integer and name every step that you took on the way.`;

/** Insertions, deletions, replacements and swaps of neighbours that lead from one text to the other. */
const editDistance = (one: string, other: string): number => {
  const rows = Array.from({ length: one.length + 1 }, (_, row) =>
    Array.from({ length: other.length + 1 }, (_, column) => (row === 0 ? column : column === 0 ? row : 0)),
  );
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let row = 1; row <= one.length; row += 1) {
    for (let column = 1; column <= other.length; column += 1) {
      const isSwap = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      rows[row]?.splice(
        column,
        1,
        Math.min(
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          at(row - 1, column - 1) + (one[row - 1] === other[column - 1] ? 0 : 1),
          isSwap ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
  }
  return at(one.length, other.length);
};

test('typing slips hit one character in a hundred, letters only', () => {
  const slips = Math.round(TEXT.length / 100);
  const changed = Array.from({ length: 60 }, (_, seed) => withTypos(TEXT, createRandom(seed)));
  for (const text of changed) {
    assert.ok(editDistance(TEXT, text) <= slips && text !== TEXT, text);
    assert.equal(text.replace(/[^0-9,.\n]/g, ''), TEXT.replace(/[^0-9,.\n]/g, ''));
  }
  assert.equal(new Set(changed).size > 55, true);
  // Letters are dropped, doubled, and replaced or swapped.
  assert.equal(new Set(changed.map(({ length }) => Math.sign(length - TEXT.length))).size, 3);
});

test('a short text gets one slip, a text without letters none', () => {
  assert.equal(editDistance('why?', withTypos('why?', createRandom(1))), 1);
  assert.equal(withTypos('12 + 30 = ?', createRandom(1)), '12 + 30 = ?');
});

test('a replaced key is a neighbour on the keyboard, in the same case', () => {
  const replaced = new Set(Array.from({ length: 400 }, (_, seed) => withTypos('G', createRandom(seed))));
  assert.deepEqual([...replaced].sort(), ['', 'F', 'GG', 'H']);
});

test('blanks change no word, and every line keeps its place', () => {
  const blank = withBlanks(TEXT, createRandom(2));
  assert.notEqual(blank, TEXT);
  assert.match(blank, /\t/);
  assert.match(blank, / {2}/);
  assert.match(blank, / \n/);
  assert.deepEqual(
    blank.split('\n').map((line) => line.trim().split(/[ \t]+/)),
    TEXT.split('\n').map((line) => line.split(' ')),
  );
});

test('an indent is part of the task and stays', () => {
  const code = 'def f(x):\n    return x + 1';
  assert.match(withBlanks(code, createRandom(4)), /\n {4}return\b/);
});

test('filler stands around the text, which stays whole', () => {
  const texts = Array.from({ length: 100 }, (_, seed) => withFiller(TEXT, createRandom(seed)));
  for (const text of texts) {
    assert.ok(text.includes(TEXT) && !text.startsWith(TEXT) && !text.endsWith(TEXT));
  }
  assert.ok(new Set(texts).size > 20);
});

test('case changes the letters alone', () => {
  const random = createRandom(1);
  assert.equal(inLowerCase(TEXT, random), TEXT.toLowerCase());
  assert.equal(inUpperCase(TEXT, random), TEXT.toUpperCase());
});

test('every perturbation is a function of text and seed', () => {
  for (const { name, perturb } of PERTURBATIONS) {
    assert.equal(perturb(TEXT, createRandom(6)), perturb(TEXT, createRandom(6)), name);
    assert.notEqual(perturb(TEXT, createRandom(6)), TEXT, name);
    assert.doesNotThrow(() => perturb('', createRandom(6)), name);
  }
});
