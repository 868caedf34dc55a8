import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { BASE_COMPLEXITY, inheritComplexity, scoreComplexity } from './complexity.ts';
import { extractFeatures } from './extract.ts';
import { readTurn } from './reading.ts';
import { tool, toolCall, toolResult, toRequest, user } from './request.test-data.ts';
import { estimateTextTokens } from './token-estimate.ts';
import { readUserWords } from './user-words.ts';

const complexityOf = (text: string): number => extractFeatures(toRequest([user(text)])).signals.complexity.value;
const readingOf = (text: string) => readTurn(readUserWords(toRequest([user(text)])));

test('the formula: base of the type plus length, by hand', () => {
  // 100 characters without any cue: 0.03 · log2(1 + 100/100) = 0.03 above the base.
  const text = `${'zzz '.repeat(24)}zzzz`;
  assert.equal(text.length, 100);
  assert.ok(Math.abs(scoreComplexity(readingOf(text), 'other').value - (BASE_COMPLEXITY.other + 0.03)) < 1e-12);
});

test('adding a constraint, a question, a formula or code never makes a turn easier', () => {
  const base = 'Write a function that merges two sorted lists.';
  for (const more of [
    ' It must be stable.',
    ' Why is it correct?',
    ' Prove that f(n) = 2n + 1.',
    '\n```\nfor (;;) {}\n```',
  ]) {
    assert.ok(
      scoreComplexity(readingOf(base + more), 'code').value >= scoreComplexity(readingOf(base), 'code').value,
      more,
    );
  }
});

test('complexity orders plain cases as a person would', () => {
  const ordered = [
    'thanks!',
    'What is the capital of Peru?',
    'Write a Python function that sorts a list.',
    'Prove that every finite group of order p^2 is abelian, and derive the number of such groups. The proof must not use Sylow theorems.',
  ];
  const values = ordered.map(complexityOf);
  assert.deepEqual(
    values.toSorted((left, right) => left - right),
    values,
  );
});

test('complexity stays within 0 and 1', () => {
  const hard = 'Prove x^2 + 1 = 0 must derive if taller than? optimize analyze '.repeat(200);
  assert.ok(complexityOf(hard) <= 1 && complexityOf('') >= 0);
});

test('a follow-up inherits three quarters, and never less than its own', () => {
  const of = (value: number) => ({ value, weight: 0.5, evidence: [] });
  assert.ok(Math.abs(inheritComplexity(of(0.1), of(0.8)).value - 0.6) < 1e-12);
  assert.equal(inheritComplexity(of(0.5), of(0.4)).value, 0.5);
});

test('tool needs follow from what is offered, forbidden, begun and asked', () => {
  const needs = (messages: Parameters<typeof toRequest>[0], members: Parameters<typeof toRequest>[1] = {}) =>
    extractFeatures(toRequest(messages, members)).signals.toolNeeds.value;
  const tools = [tool('search'), tool('mail')];
  assert.equal(needs([user('Weather in Bern?')]), 'none');
  assert.equal(needs([user('Weather in Bern?')], { tools, toolChoice: { type: 'none' } }), 'none');
  assert.equal(needs([user('Weather in Bern?')], { tools }), 'single');
  assert.equal(needs([user('Search flights, then compare them, and then mail me the best.')], { tools }), 'multi_step');
  assert.equal(needs([user('Thanks!')], { tools }), 'none');
  assert.equal(
    needs([user('Go'), toolCall('a'), toolResult('a', 'x'), toolCall('b'), toolResult('b', 'y')], { tools }),
    'multi_step',
  );
  assert.equal(
    needs([user('Fix the bug')], { tools: ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => tool(name)) }),
    'multi_step',
  );
});

test('tokens are estimated by script, and a long text by samples of it', () => {
  assert.equal(estimateTextTokens('abcd'.repeat(10)), 10);
  assert.ok(Math.abs(estimateTextTokens('漢'.repeat(30)) - 20) < 1e-9);
  assert.ok(Math.abs(estimateTextTokens('a'.repeat(1_000_000)) - 250_000) < 1);
});

test('one step of small arithmetic is trivial, and more steps or larger numbers are not', () => {
  for (const text of ['what is 2+2?', '17*3', 'What is 12 * 13?', '2 + 2 =', 'calculate 45/9 please'])
    assert.ok(complexityOf(text) < 0.15, `${text}: ${complexityOf(text)}`);
  for (const text of ['what is 123456789 * 987654321?', '2+2*3-1', 'Solve 3x + 2 = 11', 'Prove that 2+2 is 4.'])
    assert.ok(complexityOf(text) > 0.3, `${text}: ${complexityOf(text)}`);
});
