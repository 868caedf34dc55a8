import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INTENT_LANGUAGES } from './intent.ts';
import { foldText } from './normalise.ts';
import { createPhraseIndex, expandPattern, type PhraseIndex } from './phrase-index.ts';
import { tokenise, wordsOf } from './tokens.ts';
import { TYPE_CUES } from './type-cues.ts';
import { hashWord } from './word-hash.ts';

const TABLES: readonly string[] = [
  ...INTENT_LANGUAGES.flatMap((language) => [
    ...language.phrases.flatMap(({ patterns }) => patterns),
    ...language.openers,
    ...language.negators,
    ...language.conjunctions,
    ...language.closers,
    ...language.others,
    ...language.mentions,
    ...language.handlers,
    ...language.subjects,
  ]),
  ...Object.values(TYPE_CUES).flat(),
];

const isWhole = (index: PhraseIndex<string>, text: string): boolean => {
  const tokens = tokenise(foldText(text));
  return tokens.starts.length === 0 || index.matchAt(tokens, 0).some(({ end }) => end === tokens.starts.length);
};

test('every reading of every pattern of the tables is found as a whole', () => {
  const index = createPhraseIndex(TABLES.map((pattern) => ({ pattern, meaning: 'any' })));
  const missed = TABLES.flatMap(expandPattern).filter((plain) => !isWhole(index, plain));
  assert.deepEqual(missed, []);
});

test('a pattern is found in no other reading than its own', () => {
  const index = createPhraseIndex([
    { pattern: 'think (very|really |)hard', meaning: 'think' },
    { pattern: '(please |)(do not (rush|hurry)|wait)', meaning: 'slow' },
    { pattern: '(再|)仔细(地|)想(一想|)', meaning: 'zh' },
  ]);
  const found = (text: string): readonly string[] =>
    index.matchAt(tokenise(foldText(text)), 0).map(({ meaning, end }) => `${meaning} ${end}`);
  // "(very|…)hard" reads "veryhard": a bracket beside a letter joins it, as in the written-out form.
  assert.deepEqual(found('think veryhard'), ['think 2']);
  assert.deepEqual(found('think really hard'), ['think 3']);
  assert.deepEqual(found('think very hard'), []);
  assert.deepEqual(found('please do not hurry'), ['slow 4']);
  assert.deepEqual(found('please do not wait'), []);
  assert.deepEqual(found('please wait'), ['slow 2']);
  assert.deepEqual(found('仔细想'), ['zh 3']);
  assert.deepEqual(found('再仔细地想一想'), ['zh 5', 'zh 7']);
});

test('a number in a pattern stands for any number, and a phrase has each meaning once', () => {
  const index = createPhraseIndex([
    { pattern: 'in # (words|word|words)', meaning: 'short' },
    { pattern: 'in # words', meaning: 'brief' },
  ]);
  const hits = index.matchAt(tokenise('in 50 words'), 0);
  assert.deepEqual(
    hits.map(({ meaning }) => meaning),
    ['short', 'brief'],
  );
  assert.deepEqual(index.matchAt(tokenise('in words'), 0), []);
});

test('no two words of the tables share a hash, for one would hide the other', () => {
  const words = TABLES.flatMap(expandPattern).flatMap((plain) => wordsOf(tokenise(foldText(plain))));
  const wordsByHash = new Map(words.map((word) => [hashWord(word), word]));
  assert.deepEqual(
    words.filter((word) => wordsByHash.get(hashWord(word)) !== word),
    [],
  );
});
