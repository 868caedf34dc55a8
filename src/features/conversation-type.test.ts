import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { extractFeatures } from './extract.ts';
import { normalise } from './normalise.ts';
import { assistant, image, tool, toolCall, toolResult, toRequest, user } from './request.test-data.ts';
import { CONVERSATION_TYPES } from './signals.ts';
import { parseCorpus, readType, THINKING_TYPES, type CorpusEntry } from './type-corpus.test-data.ts';

const loadCorpus = (name: string): readonly CorpusEntry[] =>
  parseCorpus(readFileSync(new URL(`../../test/corpus/${name}`, import.meta.url), 'utf8'));

/** Rules are tuned on the first part and never on the second. */
const developmentCorpus = loadCorpus('conversation-types.tsv');
const heldOutCorpus = loadCorpus('conversation-types-held-out.tsv');

const typeOf = (text: string): string => readType({ form: '-', text });

const shareOf = (entries: readonly CorpusEntry[], holds: (read: string, entry: CorpusEntry) => boolean): number =>
  entries.filter((entry) => holds(readType(entry), entry)).length / entries.length;

const isRight = (read: string, { expected }: CorpusEntry): boolean => expected.includes(read);
const meant = (entries: readonly CorpusEntry[], type: string): readonly CorpusEntry[] =>
  entries.filter((entry) => entry.expected[0] === type);

/** Recall of these decides how hard a model thinks; the others only have to stay away from them. */
const STRUCTURED: ReadonlySet<string> = new Set(['mathematics', 'code', 'logic']);

test('the corpus has both parts, all types, many languages and forms of logic, and no prompt twice', () => {
  assert.ok(developmentCorpus.length >= 450);
  assert.ok(heldOutCorpus.length >= 150);
  for (const part of [developmentCorpus, heldOutCorpus]) {
    assert.deepEqual(new Set(part.map(({ expected }) => expected[0])), new Set(CONVERSATION_TYPES));
    assert.ok(new Set(part.map((entry) => entry.language)).size >= 15);
    const forms = new Set(meant(part, 'logic').map((entry) => entry.form));
    assert.ok(forms.size >= 14, [...forms].join(' '));
    assert.ok(part.filter((entry) => entry.form === 'lookalike').length >= 50);
  }
  const texts = [...developmentCorpus, ...heldOutCorpus].map((entry) => `${entry.form} ${normalise(entry.text)}`);
  assert.equal(new Set(texts).size, texts.length);
});

test('mathematics, code and logic are found in at least 9 of 10 prompts', (context) => {
  for (const type of CONVERSATION_TYPES) {
    const entries = meant(developmentCorpus, type);
    const recall = shareOf(entries, isRight);
    context.diagnostic(`${type}: recall ${recall.toFixed(3)} of ${entries.length}`);
    for (const entry of entries) {
      const read = readType(entry);
      if (isRight(read, entry)) continue;
      context.diagnostic(`  ${entry.language} ${type} read as ${read}: ${entry.text.slice(0, 90)}`);
    }
    assert.ok(recall >= (STRUCTURED.has(type) ? 0.9 : 0.75), `${type}: ${recall}`);
  }
});

test('so they are in prompts that no rule was tuned on', (context) => {
  for (const type of CONVERSATION_TYPES) {
    const entries = meant(heldOutCorpus, type);
    const recall = shareOf(entries, isRight);
    // No prompts here: who reads them would tune on them.
    context.diagnostic(`${type}: recall ${recall.toFixed(3)} of ${entries.length}`);
    assert.ok(!STRUCTURED.has(type) || recall >= 0.9, `${type}: ${recall}`);
  }
});

test('at most 1 of 10 writing or chat prompts is taken for a type that is worth thinking about', (context) => {
  for (const [name, part] of [
    ['development', developmentCorpus],
    ['held out', heldOutCorpus],
  ] as const) {
    const entries = [...meant(part, 'writing'), ...meant(part, 'chat')];
    const alarms = shareOf(entries, (read) => THINKING_TYPES.has(read));
    context.diagnostic(`${name}: ${alarms.toFixed(3)} of ${entries.length}`);
    assert.ok(alarms <= 0.1);
    const lookalikes = part.filter((entry) => entry.form === 'lookalike');
    assert.ok(shareOf(lookalikes, (read) => THINKING_TYPES.has(read)) <= 0.1);
  }
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

test('three actions in one instruction are a chain of calls when tools are on offer, a question about them is none', () => {
  const tools = [tool('read'), tool('send')];
  const read = (text: string) => extractFeatures(toRequest([user(text)], { tools })).signals.conversationType.value;
  assert.equal(read('Download the list, remove the duplicates and mail it to Ann.'), 'agentic_tools');
  assert.notEqual(read('How do people sort, compare and delete photos?'), 'agentic_tools');
});

test('a question about given statements is logic, the same words without a question or about oneself are not', () => {
  assert.equal(typeOf('The vase is in the crate. The crate is in the truck. Is the vase in the truck?'), 'logic');
  assert.notEqual(typeOf('The vase is in the crate. The crate is in the truck.'), 'logic');
  assert.notEqual(typeOf('I love my truck. My truck is old. Should I sell my truck?'), 'logic');
});

test('a language of programming is a program only when something is asked of it', () => {
  assert.equal(typeOf('How do I read a file in Ruby?'), 'code');
  assert.equal(typeOf('Who created Ruby?'), 'lookup');
});
