/** `serve --observe`: calls by name are served as they are, and what the router would have done is written beside them. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { listBaselines, toCompared, toSavings, totalSavings } from '../../src/report/savings.ts';
import type { StoredDecision } from '../../src/store/store.ts';
import { PAIR_YAML, send, startGearbox, type Json, type TestGearbox } from './gearbox.ts';

const YAML = `${PAIR_YAML}models:
  auto: { components: [fast, thinking], baseline: thinking }
`;

const EASY = 'What is the capital of France?';
const HARD = 'Prove that the square root of 2 is irrational. Think hard about this.';

let gearbox: TestGearbox;

before(async () => {
  gearbox = await startGearbox({ yaml: YAML, environment: { OPENAI_API_KEY: 'sk' }, observes: true });
});

after(() => gearbox.close());

const ask = async (model: string, content: string): Promise<Json> => {
  const body = { model, messages: [{ role: 'user', content }] };
  const { status, json, text } = await send(`${gearbox.url}/v1/chat/completions`, { body });
  assert.equal(status, 200, text);
  return json;
};

const stored = async (): Promise<readonly StoredDecision[]> => {
  await gearbox.gearbox.store.flush();
  return gearbox.gearbox.reader.decisions({ limit: 100 });
};

const detail = ({ decision }: StoredDecision): Json => JSON.parse(decision.json);

test('a call by name is served by the model named, unchanged, and gets a shadow with what auto would have chosen', async () => {
  const answer = await ask('openai/gpt-6.1-sol', EASY);
  assert.equal(answer.gearbox.model, 'openai/gpt-6.1-sol');
  const [shadow, served] = (await stored()).toSorted(
    (first, second) => Number(second.decision.shadow) - Number(first.decision.shadow),
  );
  assert.ok(shadow && served);
  assert.equal(served.decision.id, answer.gearbox.decision_id);
  assert.equal(shadow.decision.shadow, true);
  assert.equal(shadow.decision.component, 'fast');
  assert.equal(shadow.decision.unifiedModel, 'auto');
  assert.deepEqual([shadow.attempts.length, shadow.decision.costMicroUsd], [0, null]);
  const { observed } = detail(shadow);
  assert.equal(observed.decision_id, served.decision.id);
  assert.equal(observed.cost_micro_usd, served.decision.costMicroUsd);
  assert.ok(observed.same_tokens_micro_usd < observed.list_micro_usd);
  assert.equal(observed.is_same, false);
});

test('a call of auto has no shadow', async () => {
  const count = (await stored()).length;
  await ask('auto', EASY);
  assert.equal((await stored()).length, count + 1);
});

test('savings are claimed for the same answer only; the rest is unknown', async () => {
  await ask('openai/gpt-6.1-sol', HARD);
  const all = await stored();
  const compared = toCompared(all, { type: 'asked' });
  assert.equal(compared.length, 2);
  assert.deepEqual(compared.map(({ evidence }) => evidence).toSorted(), ['same', 'unknown']);
  const total = totalSavings(compared);
  assert.equal(total.claimed, 0);
  const easy = compared.find(({ evidence }) => evidence === 'unknown');
  assert.equal(total.unknownBaseline, easy?.baseline);
  assert.equal(
    toSavings(compared).reduce((sum, { calls }) => sum + calls, 0),
    2,
  );
  assert.deepEqual(listBaselines(all).toSorted(), ['asked', 'thinking']);
});

test('against the declared baseline a graded answer counts, and one that failed counts as lost', async () => {
  const first = await ask('auto', 'What is the capital of Peru?');
  const second = await ask('auto', 'What is the capital of Chile?');
  for (const [answer, value] of [
    [first, 1],
    [second, 0],
  ] as const) {
    const body = { decision_id: answer.gearbox.decision_id, kind: 'correct', value, evaluator: 'exact-match' };
    assert.equal((await send(`${gearbox.url}/v1/gearbox/outcomes`, { body })).status, 200);
  }
  const compared = toCompared(await stored(), { type: 'component', name: 'thinking' });
  const graded = compared.filter(({ evidence }) => evidence === 'graded');
  assert.equal(graded.length, 2);
  const { claimed, solved } = totalSavings(graded);
  const [won, lost] = [graded.find(({ isSolved }) => isSolved), graded.find(({ isSolved }) => isSolved === false)];
  assert.ok(won && lost);
  assert.equal(claimed, (won.baseline ?? 0) - (won.actual ?? 0) - (lost.actual ?? 0));
  assert.equal(solved, 1);
  assert.deepEqual(toCompared(await stored(), { type: 'component', name: 'nobody' }), []);
});

test('a shadow is replayed to the same choice as any decision', async () => {
  const [shadow] = (await stored()).filter(({ decision }) => decision.shadow);
  assert.ok(shadow);
  assert.equal(detail(shadow).versions.router.length > 0, true);
  assert.equal(typeof detail(shadow).input.grams, 'string');
});
