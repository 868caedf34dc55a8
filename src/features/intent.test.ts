import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { CanonicalRequest } from '../canonical/request.ts';
import { extractFeatures } from './extract.ts';
import { assistant, system, toolCall, toolResult, toRequest, user } from './request.test-data.ts';

interface Case {
  readonly language: string;
  readonly expected: string;
  readonly category: string;
  readonly text: string;
  readonly knownMiss: boolean;
}

const load = (file: string): readonly Case[] =>
  readFileSync(new URL(`../../test/corpus/${file}`, import.meta.url), 'utf8')
    .split('\n')
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => {
      const [language = '', expected = '', category = '', text = '', note = ''] = line.split('\t');
      return { language, expected, category, text: text.replaceAll('\\n', '\n'), knownMiss: note === 'known_miss' };
    });

const QUESTION = 'What is photosynthesis?';

/** The case's text stands where its category says; elsewhere stands a question without a wish. */
const toCaseRequest = ({ category, text }: Case): CanonicalRequest => {
  switch (category) {
    case 'assistant':
      return toRequest([user('Hello'), assistant(text), user(QUESTION)]);
    case 'tool':
      return toRequest([user(QUESTION), toolCall('c1'), toolResult('c1', text)]);
    case 'system':
      return toRequest([system(text), user(QUESTION)]);
    default:
      return toRequest([user(text)]);
  }
};

const readCase = (entry: Case): string => extractFeatures(toCaseRequest(entry)).signals.explicitIntent.value;

interface Tally {
  cases: number;
  right: number;
  triggered: number;
  rightlyTriggered: number;
  wished: number;
}

const tallyByLanguage = (cases: readonly Case[]): ReadonlyMap<string, Tally> => {
  const tallies = new Map<string, Tally>();
  for (const entry of cases) {
    const tally = tallies.get(entry.language) ?? { cases: 0, right: 0, triggered: 0, rightlyTriggered: 0, wished: 0 };
    tallies.set(entry.language, tally);
    const value = readCase(entry);
    tally.cases += 1;
    tally.right += value === entry.expected ? 1 : 0;
    tally.triggered += value === 'none' ? 0 : 1;
    tally.wished += entry.expected === 'none' ? 0 : 1;
    tally.rightlyTriggered += value !== 'none' && value === entry.expected ? 1 : 0;
  }
  return tallies;
};

const accuracyOf = (cases: readonly Case[]): number =>
  cases.filter((entry) => readCase(entry) === entry.expected).length / cases.length;

const corpus = load('intent.tsv');

test('the corpus is large, multilingual, and at least two fifths of it must not trigger', () => {
  assert.ok(corpus.length >= 450);
  assert.ok(new Set(corpus.map((entry) => entry.language)).size >= 15);
  assert.ok(corpus.filter((entry) => entry.expected === 'none').length >= 0.4 * corpus.length);
  assert.ok(corpus.filter((entry) => entry.knownMiss).length <= 0.02 * corpus.length);
});

test('explicit intent is read right in at least 98 of 100 cases, and every miss is a known one', (context) => {
  for (const [language, tally] of tallyByLanguage(corpus)) {
    const precision = (tally.rightlyTriggered / tally.triggered).toFixed(3);
    const recall = (tally.rightlyTriggered / tally.wished).toFixed(3);
    context.diagnostic(`${language}: ${tally.right}/${tally.cases} right, precision ${precision}, recall ${recall}`);
  }
  const missed = corpus.filter((entry) => readCase(entry) !== entry.expected);
  assert.deepEqual(
    missed
      .filter((entry) => !entry.knownMiss)
      .map((entry) => `${entry.language} ${entry.expected}: ${entry.text} → ${readCase(entry)}`),
    [],
  );
  assert.ok(accuracyOf(corpus) >= 0.98);
});

test('quoted words, code, envelopes, assistant turns, tool output and system prompts never trigger', () => {
  const silent = new Set(['quoted', 'code', 'assistant', 'tool', 'system', 'document']);
  const cases = corpus.filter((entry) => silent.has(entry.category) && entry.expected === 'none');
  assert.ok(cases.length > 80);
  for (const entry of cases) assert.equal(readCase(entry), 'none', entry.text);
});

/**
 * Written without looking at the rules, and measured before any rule was changed for it: 96 of 105 right (0.914), 1 false
 * trigger among 41. That is the honest figure for sentences nobody tuned for. The causes found were then mended, so from
 * here on the file only guards against regressions.
 */
test('the second set, once held out, stays right in at least 95 of 100 cases with no false trigger', () => {
  const second = load('intent-held-out.tsv');
  assert.ok(second.length >= 100);
  assert.ok(accuracyOf(second) >= 0.95);
  for (const entry of second.filter(({ expected }) => expected === 'none'))
    assert.equal(readCase(entry), 'none', entry.text);
});
