import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleDecided, type DecidedSample } from '../../test/samples/decided.ts';
import { samplePair } from '../../test/samples/policy.ts';
import { samplePool } from '../../test/samples/pool.ts';
import { samplePrompt, trainSampleRouter } from '../../test/samples/trained.ts';
import { createRandom } from '../math/random.ts';
import { guardPolicy } from '../policy/guard.ts';
import { createLearnedPolicy } from '../policy/learned/policy.ts';
import type { Policy } from '../policy/policy.ts';
import { createRulesPolicy } from '../policy/rules.ts';
import { createStaticPolicy } from '../policy/static.ts';
import type { DecisionRow } from '../store/store.ts';
import { toDecisionRecord } from './record.ts';
import { replayDecision, type ReplayContext, type ReplayResult } from './replay.ts';

const POOL = samplePool();

const recordOf = (sample: DecidedSample = {}): DecisionRow =>
  toDecisionRecord(
    {
      decided: sampleDecided({ pool: POOL, ...sample }),
      attempts: [],
      result: 'ok',
      requestId: 'r1',
      overheadMs: 1,
      answerText: null,
      handedTo: null,
    },
    { mode: 'none', keepMs: 0, features: 'hashed' },
  ).decision;

const rules = createRulesPolicy();

const replay = (row: DecisionRow, context: Partial<ReplayContext> = {}): Promise<ReplayResult> =>
  replayDecision(row, {
    policies: new Map<string, Policy>([[rules.version, rules]]),
    loadComponents: () => Promise.resolve(POOL.components),
    ...context,
  });

/** As much of a record's JSON as is tampered with below. */
interface Written {
  readonly candidates: readonly [object & { p: readonly number[] }, ...object[]];
  readonly signals: { readonly complexity: object };
  readonly input: { readonly objective: object };
  readonly versions: object;
}

/** The row with its JSON changed. It was written by `toDecisionRecord`, so that the cast holds. */
const tampered = (row: DecisionRow, change: (json: Written) => void): DecisionRow => {
  const json = JSON.parse(row.json) as Written;
  change(json);
  return { ...row, json: JSON.stringify(json) };
};

test('a record gives the same decision again, whoever settled it', async () => {
  for (const sample of [
    {},
    { controls: { mode: 'thinking' } },
    { controls: { objective: 'quality', max_effort: 'medium' } },
    { request: { model: 'auto/fast' } },
    { request: { model: 'auto/thinking', maxOutputTokens: 50 } },
    { controls: { allow: ['thinking'] } },
  ] as const)
    assert.deepEqual(await replay(recordOf(sample)), { type: 'identical' }, JSON.stringify(sample));
});

test('a static decision is replayed from the kept components, whatever the configuration says now', async () => {
  for (const component of ['fast', 'thinking'])
    assert.deepEqual(await replay(recordOf({ policy: createStaticPolicy({ component }) })), { type: 'identical' });
  const unknown = await replay(recordOf({ policy: createStaticPolicy({ component: 'gone' }) }));
  assert.match(unknown.type === 'not_replayable' ? unknown.reason : '', /made by static@/);
});

test('a direct call decided nothing', async () => {
  assert.deepEqual(await replay(recordOf({ request: { model: 'provider/fast' } })), { type: 'direct' });
  const pinned = recordOf({ pin: { decisionId: 'dec_1', component: 'provider/fast', effort: null } });
  assert.deepEqual(await replay(pinned), { type: 'direct' });
});

test('a record that was changed is found out, and what differs is named', async () => {
  const row = recordOf();
  const changes: readonly (readonly [RegExp, (json: Written) => void])[] = [
    [/chosen: recorded/, (json) => Object.assign(json, { chosen: 1 })],
    [/reason_codes: recorded/, (json) => Object.assign(json, { reason_codes: ['exploration'] })],
    [/cost\.p50: recorded/, (json) => Object.assign(json.candidates[0], { cost_micro_usd: [1, 2] })],
    [/p_success: recorded/, (json) => Object.assign(json.candidates[0], { p: [0.1, 0, 0.2] })],
    [/complexity|p_success|utility/, (json) => Object.assign(json.signals.complexity, { value: 0.99 })],
    [/utility: recorded/, (json) => Object.assign(json.input.objective, { microUsdPerSuccess: 1 })],
  ];
  for (const [expected, change] of changes) {
    const result = await replay(tampered(row, change));
    assert.equal(result.type, 'different', String(expected));
    assert.match(result.type === 'different' ? result.differences.join() : '', expected);
  }
});

test('a tiny difference of a prediction is none, a larger one is', async () => {
  const row = recordOf();
  const scale = (factor: number) =>
    tampered(row, (json) => {
      const [candidate] = json.candidates;
      candidate.p = candidate.p.map((value) => value * factor);
    });
  assert.equal((await replay(scale(1 + 1e-12))).type, 'identical');
  assert.equal((await replay(scale(1 + 1e-6))).type, 'different');
});

test('a record of another router, of a forgotten configuration or of a removed component says why it cannot be replayed', async () => {
  const row = recordOf();
  const other = await replay(tampered(row, (json) => Object.assign(json.versions, { router: 'rules@000000000000' })));
  assert.match(other.type === 'not_replayable' ? other.reason : '', /rules@000000000000; this build has rules@/);
  const forgotten = await replay(row, { loadComponents: () => Promise.resolve(undefined) });
  assert.match(forgotten.type === 'not_replayable' ? forgotten.reason : '', /configuration config000000/);
  const fewer = samplePool({ components: samplePair().slice(0, 1) }).components;
  const missing = await replay(row, { loadComponents: () => Promise.resolve(fewer) });
  assert.match(missing.type === 'not_replayable' ? missing.reason : '', /component thinking is missing/);
});

test('a row that this program did not write is an error', async () => {
  await assert.rejects(replay({ ...recordOf(), json: '{"chosen": 0}' }), { code: 'record_unreadable' });
});

const trained = trainSampleRouter();
const learned = createLearnedPolicy({ artifact: trained.artifact, artifactHash: trained.hash });

const learnedRecords = (): readonly DecisionRow[] => {
  const random = createRandom(5);
  return (['gains', 'equal'] as const).map((family) => {
    const text = samplePrompt(family, random);
    return recordOf({ policy: learned, request: { messages: [{ role: 'user', content: [{ type: 'text', text }] }] } });
  });
};

test('a learned decision is made again from its record, its words being kept as hashes', async () => {
  for (const row of learnedRecords()) {
    assert.doesNotMatch(row.json, /moraine|cadenza/);
    assert.deepEqual(await replay(row, { policies: new Map([[learned.version, learned]]) }), { type: 'identical' });
    const kept = (version: string): Promise<Policy | undefined> =>
      Promise.resolve(version === learned.version ? learned : undefined);
    assert.deepEqual(await replay(row, { loadPolicy: kept }), { type: 'identical' });
  }
});

test('a learned decision whose router is not kept says which version it needs', async () => {
  const [row = assert.fail()] = learnedRecords();
  const result = await replay(row, { loadPolicy: () => Promise.resolve(undefined) });
  assert.ok(result.type === 'not_replayable' && result.reason.includes(`made by ${learned.version}`), result.type);
});

test('another artifact is not taken for the one of the record, even where it decides the same', async () => {
  const [row = assert.fail()] = learnedRecords();
  const other = createLearnedPolicy({ artifact: trained.artifact, artifactHash: 'f'.repeat(64) });
  assert.equal((await replay(row, { policies: new Map([[other.version, other]]) })).type, 'not_replayable');
});

test('what a failed router left to the safe component is repeated without making it fail again', async () => {
  const broken = { ...rules, decide: () => assert.fail('broken') };
  const row = recordOf({ policy: guardPolicy(broken, { safeComponent: 'fast', onFailure: () => {} }) });
  assert.match(row.json, /router_failed/);
  assert.deepEqual(await replay(row), { type: 'identical' });
});
