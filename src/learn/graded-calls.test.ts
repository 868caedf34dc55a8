import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleDecisionRow, sampleOutcome as outcome } from '../../test/samples/stored.ts';
import type { DecisionRow, OutcomeRow, StoredDecision } from '../store/store.ts';
import { collectGradedCalls, meanGradeOf, toAbility, type PredictedCall } from './graded-calls.ts';

const decision = (members: Partial<DecisionRow> = {}, json: object = {}): DecisionRow =>
  sampleDecisionRow({ deployment: 'openai/small', json: JSON.stringify(json), ...members });

const stored = (row: DecisionRow, outcomes: readonly OutcomeRow[] = [outcome('correct', 1)]): StoredDecision => ({
  decision: row,
  attempts: [],
  outcomes,
});

async function* all(rows: readonly StoredDecision[]): AsyncIterable<StoredDecision> {
  yield* rows;
}

const PREDICTED: PredictedCall = { conversationType: 'code', usesTools: false, predicted: 0.7, published: null };

const collect = (rows: readonly StoredDecision[], predicted: PredictedCall | null = PREDICTED, simulated = false) =>
  collectGradedCalls(all(rows), { predict: async () => predicted, simulated, onProgress: () => {} });

test('correctness and tests are grades; thumbs, preferences and events are not', () => {
  assert.equal(meanGradeOf([outcome('correct', 0.25)]), 0.25);
  assert.equal(meanGradeOf([outcome('tests', { passed: 3, failed: 1 })]), 0.75);
  assert.equal(meanGradeOf([outcome('correct', 1), outcome('tests', { passed: 0, failed: 2 })]), 0.5);
  for (const other of [outcome('thumb', 1), outcome('valid', true), outcome('reask', null), outcome('edit', 0)])
    assert.equal(meanGradeOf([other]), null);
});

test('calls of tools are collected apart, and predictions near certainty are held back', async () => {
  const { components } = await collect([stored(decision())], { ...PREDICTED, usesTools: true, predicted: 1 });
  assert.deepEqual(components, [
    {
      name: 'fast',
      deployment: 'openai/small',
      simulated: false,
      published: null,
      text: [],
      tools: [{ type: 'code', predicted: 0.995, score: 1 }],
    },
  ]);
});

test('what may not be used is counted by reason, and shadows are no calls', async () => {
  const { components, unused } = await collect([
    stored(decision()),
    stored(decision({ simulated: true })),
    stored(decision({}, { no_train: true })),
    stored(decision({}, { handed_to: { component: 'thinking' } })),
    stored(decision({ deployment: 'openai/older' })),
    stored(decision({ shadow: true })),
    stored(decision(), []),
  ]);
  assert.equal(components[0]?.text.length, 1);
  assert.deepEqual(unused, { simulated: 1, no_train: 1, handed_over: 1, former_model: 1, unreadable: 0 });
  assert.equal((await collect([stored(decision())], null)).unused.unreadable, 1);
});

test('made-up grades are used alone, when they are asked for', async () => {
  const { components, unused } = await collect(
    [stored(decision()), stored(decision({ simulated: true }))],
    PREDICTED,
    true,
  );
  assert.equal(components[0]?.simulated, true);
  assert.equal(unused.simulated, 1);
});

test('19 grades make no ability, 20 of three types do', () => {
  const types = ['code', 'chat', 'logic'];
  const of = (count: number) => ({
    name: 'fast',
    deployment: 'openai/small',
    simulated: false,
    published: null,
    text: Array.from({ length: count }, (_, at) => ({ type: types[at % 3] ?? '', predicted: 0.5, score: 1 })),
    tools: [],
  });
  assert.equal(toAbility(of(19)), null);
  const ability = toAbility(of(20));
  assert.equal(ability?.text?.calls, 20);
  assert.ok((ability?.text?.types['code']?.logits ?? 0) > 0.5);
  assert.equal(ability?.tools, null);
});

test('the published score of the newest call is where the fit begins, for words and not for tools', async () => {
  const published = { logits: 2, sd: 0.5 };
  const { components } = await collect([stored(decision()), stored(decision())], { ...PREDICTED, published });
  assert.deepEqual(components[0]?.published, published);
  const calls = Array.from({ length: 50 }, (_, at) => ({ type: 'code', predicted: 0.5, score: at % 2 }));
  const graded = { name: 'fast', deployment: 'openai/small', simulated: false, text: calls, tools: calls };
  const [scored, unscored] = [toAbility({ ...graded, published }), toAbility({ ...graded, published: null })];
  assert.ok((scored?.text?.others.logits ?? 0) > (unscored?.text?.others.logits ?? 0) + 0.5);
  assert.deepEqual(scored?.tools, unscored?.tools);
});
