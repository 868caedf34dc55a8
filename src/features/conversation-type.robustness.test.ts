import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createRandom } from '../math/random.ts';
import { parseCorpus, readType, THINKING_TYPES } from './type-corpus.test-data.ts';

const corpus = ['conversation-types.tsv', 'conversation-types-held-out.tsv'].flatMap((name) =>
  parseCorpus(readFileSync(new URL(`../../test/corpus/${name}`, import.meta.url), 'utf8')),
);
const thinks = corpus.map((entry) => THINKING_TYPES.has(readType(entry)));

/** Prompts whose changed text goes to the other kind of model. */
const flipsOf = (change: (text: string) => string): number =>
  corpus.filter((entry, at) => THINKING_TYPES.has(readType({ ...entry, text: change(entry.text) })) !== thinks[at])
    .length;

test('neither case nor blanks move any prompt between thinking and not thinking', () => {
  assert.equal(
    flipsOf((text) => text.toUpperCase()),
    0,
  );
  assert.equal(
    flipsOf((text) => text.toLowerCase()),
    0,
  );
  assert.equal(
    flipsOf((text) => text.replaceAll(' ', '  ')),
    0,
  );
  assert.equal(
    flipsOf((text) => ` \u200b${text}\u200b\n`),
    0,
  );
});

/** One letter in a hundred is left out, doubled or swapped with the next one. */
const misspell = (text: string, random: () => number): string => {
  const letters = Array.from(text);
  letters.forEach((letter, at) => {
    if (!/\p{L}/u.test(letter) || random() >= 0.01) return;
    const next = letters[at + 1];
    const kind = Math.floor(random() * 3);
    if (kind === 0) letters[at] = '';
    else if (kind === 1 || next === undefined) letters[at] = letter + letter;
    else [letters[at], letters[at + 1]] = [next, letter];
  });
  return letters.join('');
};

test('one misspelt letter in a hundred moves at most 4 prompts of 100', (context) => {
  const seeds = [1, 2, 3];
  const flips = seeds.map((seed) => {
    const random = createRandom(seed).next;
    return flipsOf((text) => misspell(text, random));
  });
  const share = flips.reduce((total, count) => total + count, 0) / (seeds.length * corpus.length);
  context.diagnostic(share.toFixed(4));
  assert.ok(share > 0 && share <= 0.04, `${share}`);
});

/** Sentences before and behind a request, some in the tables of courtesies and some in none. */
const FILLERS = [
  ['Hi there! I hope you are doing well.', ''],
  ['Hello, thanks for your help earlier.', 'Thanks in advance!'],
  ['', 'Thank you so much for your help!'],
  ['Hallo, ich hoffe, es geht dir gut.', 'Vielen Dank im Voraus!'],
  ['Quick one before lunch.', ''],
  ['Good evening!', 'Any help is appreciated.'],
  ['', 'You are the best!'],
  ['Sorry to bother you again, I have been stuck on this all morning.', 'That would be lovely, have a nice day!'],
] as const;

test('greetings, thanks and chatter around a request move at most 6 prompts of 100', (context) => {
  for (const [before, behind] of FILLERS) {
    const share = flipsOf((text) => `${before} ${text} ${behind}`.trim()) / corpus.length;
    context.diagnostic(`${share.toFixed(4)} ${before} … ${behind}`);
    assert.ok(share <= 0.06, `${share}: ${before} … ${behind}`);
  }
});
