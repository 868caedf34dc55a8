import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { normalise } from './normalise.ts';
import { tokenise } from './tokens.ts';
import { parseGramBytes, toGramBytes } from './word-grams-code.ts';
import { GRAM_BUCKETS, GRAM_WORDS, NO_GRAMS, readWordGrams, type WordGrams } from './word-grams.ts';

const gramsOf = (text: string): WordGrams => readWordGrams(tokenise(normalise(text)));

const total = ({ counts }: WordGrams): number => counts.reduce((sum, count) => sum + count, 0);

test('a text of n words has n words and n - 1 pairs', () => {
  assert.equal(total(gramsOf('the cat sat on the mat')), 6 + 5);
  const repeated = gramsOf('ha ha ha');
  assert.deepEqual(
    [...repeated.counts].sort((one, other) => one - other),
    [2, 3],
  );
});

test('buckets ascend, and stay below their number', () => {
  const { buckets } = gramsOf('Why do the leaves of a maple turn red before those of an oak?');
  for (let at = 1; at < buckets.length; at += 1) assert.ok((buckets[at] ?? 0) > (buckets[at - 1] ?? 0));
  assert.ok((buckets.at(-1) ?? 0) < GRAM_BUCKETS);
});

test('case, blanks, marks and accents change no gram; the order of words does', () => {
  assert.deepEqual(gramsOf('Déjà  VU — again!'), gramsOf('deja vu again'));
  assert.notDeepEqual(gramsOf('not all'), gramsOf('all not'));
});

test('only the ends of a long text are read, and no pair joins them', () => {
  const words = (from: number, size: number): string =>
    Array.from({ length: size }, (_, at) => `w${from + at}`).join(' ');
  const long = gramsOf(`${words(0, GRAM_WORDS)} ${words(10_000, 500)} ${words(20_000, GRAM_WORDS)}`);
  assert.deepEqual(long, gramsOf(`${words(0, GRAM_WORDS)} ${words(30_000, 900)} ${words(20_000, GRAM_WORDS)}`));
  assert.equal(total(long), 4 * GRAM_WORDS - 2);
});

test('a text without words has no grams', () => {
  assert.deepEqual(gramsOf('?!… ---'), NO_GRAMS);
});

test('bytes hold the grams exactly', () => {
  const grams = fc.uniqueArray(fc.integer({ min: 0, max: GRAM_BUCKETS - 1 }), { maxLength: 400 }).chain((buckets) =>
    fc
      .array(fc.integer({ min: 1, max: 255 }), { minLength: buckets.length, maxLength: buckets.length })
      .map((counts): WordGrams => ({
        buckets: Uint16Array.from(buckets).sort(),
        counts: Uint8Array.from(counts),
      })),
  );
  fc.assert(fc.property(grams, (each) => assert.deepEqual(parseGramBytes(toGramBytes(each)), each)));
});

test('bytes that were cut or damaged are refused', () => {
  const bytes = toGramBytes(gramsOf('ha ha ha, said the very long owl'));
  assert.throws(() => parseGramBytes(Uint8Array.of(0xff)), RangeError);
  assert.throws(() => parseGramBytes(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x01)), RangeError);
  assert.throws(() => parseGramBytes(Uint8Array.of(1)), RangeError, 'a count is missing');
  assert.ok(bytes.length > 0);
});

test('the longest turn fits into 4 kB as base64', () => {
  const distinct = Array.from({ length: 5_000 }, (_, at) => `word${at * 7919}`).join(' ');
  const bytes = toGramBytes(gramsOf(distinct));
  assert.ok(Math.ceil(bytes.length / 3) * 4 <= 4_096, `${bytes.length} bytes`);
});
