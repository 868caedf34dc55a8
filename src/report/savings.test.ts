import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleDecisionRow, sampleOutcome } from '../../test/samples/stored.ts';
import type { DecisionRow, StoredDecision } from '../store/store.ts';
import { toCompared, toLeftOut, totalSavings } from './savings.ts';

const BASELINE = { type: 'component', name: 'thinking' } as const;

const json = (members: object = {}): string =>
  JSON.stringify({
    signals: { conversation_type: { value: 'code', weight: 1 } },
    baseline: { component: 'thinking', micro_usd: 9_000 },
    ...members,
  });

/** A call of 2,000 micro-dollars where the baseline was expected to cost 9,000. */
const call = (members: Partial<DecisionRow> = {}, grades: readonly number[] = []): StoredDecision => ({
  decision: sampleDecisionRow({ json: json(), ...members }),
  attempts: [
    {
      id: 'att_1',
      decisionId: 'dec_1',
      n: 1,
      deployment: 'provider/small',
      result: 'ok',
      answeredModel: null,
      costMicroUsd: 2_000,
      costSource: 'usage',
      firstTokenMs: 1,
      totalMs: 2,
      json: JSON.stringify({ usage: { input_tokens: 10, output_tokens: 10 } }),
    },
  ],
  outcomes: grades.map((value) => sampleOutcome('correct', value)),
});

test('turns that a session keeps and calls that a limit or a failure moved are part of what routing costs', () => {
  const routed = ['router', 'session', 'limit', 'fallback', 'safe_default'].map((chosenBy) => call({ chosenBy }));
  const named = ['user', 'key', 'alias'].map((chosenBy) => call({ chosenBy }));
  const total = totalSavings(toCompared([...routed, ...named], BASELINE));
  assert.deepEqual([total.calls, total.actual, total.baseline], [5, 10_000, 45_000]);
});

test('routed calls that did not end well are left out by number and money, simulated ones without', () => {
  const all = [
    call({ result: 'failed', costMicroUsd: 500 }),
    call({ result: 'cancelled', costMicroUsd: 700 }),
    call({ result: 'failed', costMicroUsd: null, simulated: true }),
    call(),
  ];
  assert.deepEqual(toLeftOut(all, BASELINE), { calls: 2, microUsd: 1_200 });
  assert.equal(toCompared(all, BASELINE).length, 1);
  assert.deepEqual(toLeftOut(all, { type: 'asked' }), { calls: 0, microUsd: 0 });
});

test('what a solved task costs rests on the graded calls alone, those of the same answer included', () => {
  const same = call({ component: 'thinking', costMicroUsd: 9_000 }, [1]);
  const total = totalSavings(toCompared([call({}, [1]), call({}, [0]), same, call(), call()], BASELINE));
  assert.deepEqual([total.graded, total.solved, total.same], [3, 2, 1]);
  assert.equal(total.gradedActual, 2_000 + 2_000 + 9_000);
  assert.equal(total.actual, 4 * 2_000 + 9_000);
  assert.equal(total.claimed, 9_000 - 2_000 - 2_000);
});

test('a call whose words nobody read has no type', () => {
  const settled = call({ json: json({ signals: { conversation_type: { value: 'other', weight: 0 } } }) });
  assert.equal(toCompared([settled], BASELINE)[0]?.type, 'not read');
});
