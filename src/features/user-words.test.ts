import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { growthOf, LINEAR_AT_MOST } from '../../test/samples/cpu-time.ts';
import { assistant, image, system, toolCall, toolResult, toRequest, user } from './request.test-data.ts';
import { WINDOW_CHARACTERS } from './text-window.ts';
import { readUserWords } from './user-words.ts';

const wordsOf = (text: string): string => readUserWords(toRequest([user(text)])).text;

test('a harness block around the words is cut out', () => {
  assert.equal(wordsOf('<system-reminder>\nBe careful.\n</system-reminder>\nFix the tests.'), 'Fix the tests.');
  assert.equal(
    wordsOf('<task>\nAdd a button\n</task>\n<environment_details>\n# Open tabs\n</environment_details>'),
    'Add a button',
  );
  assert.equal(wordsOf('<additional_data>x</additional_data>\n<user_query>\nrename it\n</user_query>'), 'rename it');
});

test('messages that hold only harness blocks are skipped, backwards to the words', () => {
  const turns = [user('Sort the list.'), user('<environment_context>\n<cwd>/tmp</cwd>\n</environment_context>')];
  assert.equal(readUserWords(toRequest(turns)).text, 'Sort the list.');
});

test('tool results in user role are no words', () => {
  const turns = [user('Read the file.'), toolCall('a'), toolResult('a', 'think hard', 'user')];
  assert.equal(readUserWords(toRequest(turns)).text, 'Read the file.');
});

test('system, assistant and tool messages are never read', () => {
  assert.equal(readUserWords(toRequest([system('s'), assistant('a'), toolResult('x', 't')])).text, '');
});

test('attached files and quoted lines are material', () => {
  const words = readUserWords(
    toRequest([user('<file path="a.txt">\nthink hard\n</file>\n> quick answer\n\nWhat is this?')]),
  );
  assert.equal(words.text, 'What is this?');
  assert.match(words.document, /think hard/);
  assert.match(words.document, /quick answer/);
});

test("the question of a retrieval frame is the person's, its context is not", () => {
  const words = readUserWords(
    toRequest([user('Use the context below.\nContext: Bern is a city.\n\nQuestion: Where is Bern?\nHelpful Answer:')]),
  );
  assert.equal(words.text, 'Where is Bern?');
  assert.match(words.document, /Bern is a city/);
});

test('of a chat frame that waits for its reply the last human words count', () => {
  assert.equal(wordsOf('Human: Hi\nAI: Hello\nHuman: What is 2+2?\nAI:'), 'What is 2+2?');
});

test('what a model-graded evaluation judges is material', () => {
  const words = readUserWords(
    toRequest([user('Which is better?\n[BEGIN DATA]\n[Question]: think hard\n[END DATA]\nAnswer A or B.')]),
  );
  assert.equal(words.text.replace(/\n+/, ' '), 'Which is better? Answer A or B.');
  assert.match(words.document, /think hard/);
});

test('fenced, unfenced and unclosed code is told from prose', () => {
  const fenced = readUserWords(toRequest([user('Why?\n```py\nprint(1)\n```\nThanks')]));
  assert.deepEqual([fenced.text, fenced.code, fenced.fences], ['Why?\nThanks', 'print(1)', 1]);
  const pasted = readUserWords(toRequest([user('Explain this please.\nconst a = 1;\nconst b = 2;\nreturn a + b;\n')]));
  assert.deepEqual([pasted.text, pasted.code.split('\n').length], ['Explain this please.', 3]);
  assert.equal(readUserWords(toRequest([user('Why?\n```\nx = 1')])).code, 'x = 1');
});

test('HTML in a question stays, and a long unknown block is material', () => {
  assert.match(wordsOf('How do I center <div>this</div>?'), /<div>/);
  const words = readUserWords(toRequest([user(`<notes>\n${'a b c '.repeat(100)}\n</notes>\nSum it up.`)]));
  assert.equal(words.text, 'Sum it up.');
});

test('images of the turn are counted, and an image alone is a turn', () => {
  assert.equal(readUserWords(toRequest([user('x', image)])).images, 1);
  assert.equal(
    readUserWords(toRequest([user('Hello'), assistant('Hi'), { role: 'user', content: [image] }])).messageIndex,
    2,
  );
});

test('only the ends of a long text are read', () => {
  const text = `start ${'x'.repeat(9_000)} MIDDLE ${'y'.repeat(9_000)} end`;
  const words = wordsOf(text);
  assert.ok(words.length <= 2 * WINDOW_CHARACTERS + 2);
  assert.ok(words.startsWith('start') && words.endsWith('end') && !words.includes('MIDDLE'));
});

test('tags that never close cost linear time', () => {
  for (const piece of ['<file>', '<a>\n', '\nQuestion:', '\n  # '])
    assert.ok(growthOf((size) => wordsOf(piece.repeat(size)), 400) < LINEAR_AT_MOST, piece);
});
