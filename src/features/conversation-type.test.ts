import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { extractFeatures } from './extract.ts';
import { assistant, image, tool, toolCall, toolResult, toRequest, user } from './request.test-data.ts';

interface Case {
  readonly language: string;
  readonly expected: string;
  readonly text: string;
}

const corpus: readonly Case[] = readFileSync(
  new URL('../../test/corpus/conversation-types.tsv', import.meta.url),
  'utf8',
)
  .split('\n')
  .slice(1)
  .filter((line) => line !== '')
  .map((line) => {
    const [language = '', expected = '', text = ''] = line.split('\t');
    return { language, expected, text: text.replaceAll('\\n', '\n') };
  });

const typeOf = (text: string): string => extractFeatures(toRequest([user(text)])).signals.conversationType.value;

const shareOf = (cases: readonly Case[], holds: (read: string, entry: Case) => boolean): number =>
  cases.filter((entry) => holds(typeOf(entry.text), entry)).length / cases.length;

const STRUCTURED = new Set(['mathematics', 'code', 'logic']);

test('the corpus holds at least 300 prompts of ten types in fifteen languages', () => {
  assert.ok(corpus.length >= 300);
  assert.ok(new Set(corpus.map((entry) => entry.language)).size >= 15);
  assert.ok(new Set(corpus.map((entry) => entry.expected)).size >= 10);
});

test('mathematics, code and logic are found in at least 9 of 10 prompts', (context) => {
  for (const type of new Set(corpus.map((entry) => entry.expected))) {
    const cases = corpus.filter((entry) => entry.expected === type);
    const recall = shareOf(cases, (read, entry) => read === entry.expected);
    context.diagnostic(`${type}: recall ${recall.toFixed(3)} of ${cases.length}`);
    for (const entry of cases) {
      const read = typeOf(entry.text);
      if (read !== type) context.diagnostic(`  ${entry.language} ${type} read as ${read}: ${entry.text.slice(0, 90)}`);
    }
    assert.ok(recall >= (STRUCTURED.has(type) ? 0.9 : 0.75), `${type}: ${recall}`);
  }
});

test('at most 1 of 10 writing or chat prompts is taken for mathematics, code or logic', () => {
  const cases = corpus.filter((entry) => entry.expected === 'writing' || entry.expected === 'chat');
  assert.ok(shareOf(cases, (read) => STRUCTURED.has(read)) <= 0.1);
});

test('a topic word alone is no task: the history of calculus is looked up, a poem about algorithms is written', () => {
  assert.equal(typeOf('What is the history of calculus?'), 'lookup');
  assert.equal(typeOf('Write a poem about algorithms.'), 'writing');
  assert.equal(typeOf('Write a story about a Python programmer'), 'writing');
});

test('an image that the words are about makes the turn vision', () => {
  const { conversationType } = extractFeatures(toRequest([user('What is in this picture?', image)])).signals;
  assert.equal(conversationType.value, 'vision');
});

test('an image of an earlier turn does not', () => {
  const turns = [user('What is this?', image), assistant('A cat.'), user('Write a poem about cats.')];
  assert.equal(extractFeatures(toRequest(turns)).signals.conversationType.value, 'writing');
});

test('tools on offer and a chain of calls make the turn agentic, tools alone do not', () => {
  const tools = [tool('read'), tool('edit')];
  const running = [
    user('Fix the failing test.'),
    toolCall('a'),
    toolResult('a', 'x'),
    toolCall('b'),
    toolResult('b', 'y'),
  ];
  assert.equal(extractFeatures(toRequest(running, { tools })).signals.conversationType.value, 'agentic_tools');
  assert.notEqual(
    extractFeatures(toRequest([user('Write a poem about tools.')], { tools })).signals.conversationType.value,
    'agentic_tools',
  );
});
