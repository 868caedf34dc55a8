import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleDecided } from '../../test/samples/decided.ts';
import { sampleComponent, samplePair } from '../../test/samples/policy.ts';
import { sampleAlias, sampleKey, samplePool } from '../../test/samples/pool.ts';
import { samplePrompt, trainSampleRouter } from '../../test/samples/trained.ts';
import { NoCandidateError } from '../errors.ts';
import { createRandom } from '../math/random.ts';
import { guardPolicy } from '../policy/guard.ts';
import { createLearnedPolicy } from '../policy/learned/policy.ts';
import { createRulesPolicy } from '../policy/rules.ts';
import type { CanonicalRequest } from '../canonical/request.ts';
import { toTarget } from './decide.ts';
import type { Decided } from './decided.ts';

const says = (text: string): Partial<CanonicalRequest> => ({
  messages: [{ role: 'user', content: [{ type: 'text', text }] }],
});

const effort = (level: CanonicalRequest['reasoning']['effort']): Partial<CanonicalRequest> => ({
  reasoning: { effort: level, budgetTokens: null, summary: null, mode: null },
});

const warned = ({ warnings }: Decided): readonly string[] =>
  warnings.map(({ code, param }) => `${code}:${param ?? ''}`);

test('one component named by the caller is taken without asking the policy, and predicted all the same', () => {
  const policy = { ...createRulesPolicy(), decide: () => assert.fail('the policy was asked') };
  const decided = sampleDecided({ request: { model: 'auto/fast' }, policy });
  assert.deepEqual(decided.decision.reasonCodes, ['explicit_choice']);
  assert.deepEqual([decided.chosenBy, decided.decision.confidence], ['user', 'known']);
  assert.ok((decided.decision.scores[0]?.prediction?.pSuccess.value ?? 0) > 0);
});

test('a mode is the reason, and the policy only picks the effort', () => {
  const decided = sampleDecided({ controls: { mode: 'thinking' } });
  assert.equal(decided.chosen.component.name, 'thinking');
  assert.deepEqual([decided.decision.reasonCodes, decided.chosenBy], [['explicit_choice'], 'user']);
  const deep = sampleDecided({ controls: { mode: 'thinking' }, request: effort('high') });
  assert.deepEqual(deep.decision.reasonCodes, ['explicit_choice', 'effort_asked']);
  assert.equal(deep.effort.applied, 'high');
});

test('a name that beat a mode is still the reason', () => {
  const decided = sampleDecided({ request: { model: 'auto/thinking' }, controls: { mode: 'fast' } });
  assert.deepEqual(decided.decision.reasonCodes, ['explicit_choice']);
});

test('a policy that fails leaves the safe component, and says so', () => {
  const broken = { ...createRulesPolicy(), decide: () => assert.fail('broken') };
  const policy = guardPolicy(broken, { safeComponent: 'fast', onFailure: () => {} });
  const decided = sampleDecided({ policy });
  assert.equal(decided.chosenBy, 'safe_default');
  assert.ok(decided.decision.reasonCodes.includes('router_failed'));
});

test('an effort that a comparison on known ground chose is learned; one that words or a fixed level chose is not', () => {
  const { artifact, hash } = trainSampleRouter();
  const policy = createLearnedPolicy({ artifact, artifactHash: hash });
  const text = samplePrompt('gains', createRandom(1));
  for (const [words, component, how] of [
    [text, 'thinking', 'learned'],
    [`${text}. Think hard about this.`, 'thinking', 'rule'],
    ['Prove that there are infinitely many primes.', 'thinking', 'rule'],
  ] as const) {
    const decided = sampleDecided({ request: says(words), policy });
    assert.deepEqual([decided.chosen.component.name, decided.effort.how], [component, how], words);
  }
});

test('effort: how it came to be', () => {
  for (const [sample, applied, how] of [
    [{ request: { model: 'auto/thinking', ...effort('high') } }, 'high', 'asked'],
    [{ request: { model: 'auto/fast' } }, 'none', 'rule'],
    [{ request: { model: 'provider/fast' } }, null, 'provider'],
    [{ request: { model: 'auto/thinking', ...effort('high') }, controls: { max_effort: 'low' } }, 'low', 'clamped'],
    [{ request: { model: 'auto/fast', ...effort('high') } }, 'none', 'clamped'],
    [{ request: { model: 'auto/fast', ...effort('none') } }, 'none', 'asked'],
    [{ request: effort('high'), controls: { mode: 'fast' } }, 'none', 'clamped'],
    [{ request: { model: 'provider/fast', ...effort('high') } }, 'high', 'asked'],
  ] as const) {
    const decided = sampleDecided(sample);
    assert.deepEqual([decided.effort.applied, decided.effort.how], [applied, how], JSON.stringify(sample));
    assert.equal(warned(decided).includes('param_clamped:reasoning_effort'), how === 'clamped');
  }
});

/** One model at two settings: what the effort of a request must not turn into one. */
const HYBRID = samplePool({
  components: [
    sampleComponent('fast', { effort: 'none', model: { id: 'lab/hybrid' } }),
    sampleComponent('thinking', { effort: 'high', model: { id: 'lab/hybrid' } }),
  ],
  aliases: [
    sampleAlias('deep-fast', 'fast', { effort: 'high' }),
    sampleAlias('plain-fast', 'fast'),
    sampleAlias('deep', 'auto', { effort: 'high' }),
  ],
});

test('a fixed level clamps the effort of the request, by mode, by name and by alias, and the warning names the level', () => {
  for (const sample of [
    { request: effort('high'), controls: { mode: 'fast' } },
    { request: { model: 'auto/fast', ...effort('high') } },
    { request: { model: 'plain-fast', ...effort('high') } },
    { request: { model: 'deep' }, controls: { mode: 'fast' } },
    { request: { model: 'auto/fast', ...effort('high') }, controls: { max_effort: 'low' } },
  ]) {
    const decided = sampleDecided({ pool: HYBRID, ...sample });
    const label = JSON.stringify(sample);
    assert.equal(decided.chosen.component.name, 'fast', label);
    assert.deepEqual([decided.effort.applied, decided.effort.how], ['none', 'clamped'], label);
    const [warning] = decided.warnings;
    assert.deepEqual([warning?.code, warning?.requested, warning?.applied], ['param_clamped', 'high', 'none'], label);
    assert.match(warning?.message ?? '', /the component fast is fixed at none/, label);
  }
  const raised = sampleDecided({ pool: HYBRID, request: { model: 'auto/thinking', ...effort('low') } });
  assert.deepEqual([raised.effort.applied, raised.effort.how], ['high', 'clamped']);
});

test('the effort of an alias or a pin is part of the choice and replaces a fixed level', () => {
  const alias = sampleDecided({ pool: HYBRID, request: { model: 'deep-fast', ...effort('low') } });
  assert.deepEqual([alias.chosen.component.name, alias.effort.applied], ['fast', 'high']);
  assert.deepEqual(warned(alias), ['overridden:reasoning_effort']);
  const strict = sampleDecided({ pool: HYBRID, request: { model: 'deep-fast' }, controls: { strict_params: true } });
  assert.equal(strict.effort.applied, 'high');
  const pin = { decisionId: 'dec_01KAR3Q8ZC5V9M7T2H4N6PXWYB', component: 'fast', effort: 'medium' } as const;
  assert.equal(sampleDecided({ pool: HYBRID, pin }).effort.applied, 'medium');
});

test('strict_params refuses an effort that would be clamped, with field, expected, given and fix', () => {
  const refusal = (sample: Parameters<typeof sampleDecided>[0]): NoCandidateError => {
    try {
      sampleDecided({ pool: HYBRID, ...sample, controls: { strict_params: true, ...sample?.controls } });
    } catch (error) {
      assert.ok(error instanceof NoCandidateError);
      return error;
    }
    return assert.fail(JSON.stringify(sample));
  };
  for (const sample of [
    { request: { model: 'auto/fast', ...effort('high') } },
    { request: { model: 'plain-fast', ...effort('high') } },
  ]) {
    const error = refusal(sample);
    assert.deepEqual([error.status, error.field], [400, 'reasoning_effort']);
    const [blocking] = error.blocking;
    assert.deepEqual([blocking?.expected, blocking?.given], ['none, at which fast is fixed', 'high']);
    assert.match(blocking?.fix ?? '', /reasoning_effort/);
  }
  const byMode = refusal({ request: effort('high'), controls: { mode: 'fast' } });
  const named = byMode.blocking.find(({ constraint }) => constraint === 'reasoning_effort');
  assert.equal(named?.expected, 'none, at which fast is fixed');
  // The catalog's word on a direct call's model: the sample's thinks at every level but minimal.
  const direct = refusal({ pool: samplePool(), request: { model: 'provider/fast', ...effort('minimal') } });
  assert.deepEqual([direct.field, direct.blocking[0]?.given], ['reasoning_effort', 'minimal']);
  const routed = sampleDecided({ pool: HYBRID, request: effort('high'), controls: { strict_params: true } });
  assert.deepEqual([routed.chosen.component.name, routed.effort.applied], ['thinking', 'high']);
});

test('words for depth that a fixed level leaves without effect are named as losers', () => {
  const pool = samplePool({
    components: [sampleComponent('fast', { effort: 'none' }), sampleComponent('thinking', { effort: 'low' })],
  });
  const decided = sampleDecided({ pool, request: says('What is the capital of France? Think hard about this.') });
  assert.deepEqual([decided.chosen.component.name, decided.effort.applied], ['thinking', 'low']);
  assert.deepEqual(warned(decided), ['overridden:explicit_intent']);
});

test('verbosity is native where the model has it, emulated elsewhere, and the alias says it first', () => {
  const mute = sampleComponent('mute', { model: { capabilities: { verbosity: false } } });
  const pool = samplePool({
    components: [...samplePair(), mute],
    aliases: [sampleAlias('brief', 'fast', { verbosity: 'low' })],
  });
  for (const [model, asked, expected] of [
    ['auto/fast', 'high', { requested: 'high', applied: 'high', how: 'native' }],
    ['auto/mute', 'high', { requested: 'high', applied: 'high', how: 'emulated' }],
    ['auto/mute', null, { requested: null, applied: null, how: 'provider' }],
    ['brief', 'high', { requested: 'high', applied: 'low', how: 'native' }],
  ] as const)
    assert.deepEqual(sampleDecided({ pool, request: { model, verbosity: asked } }).verbosity, expected);
});

test('words that lose against a control are named as losers, and words that win are not', () => {
  const think = says('What is the capital of France? Think hard about this.');
  const quick = says('Prove that the square root of 2 is irrational. Quick answer please.');
  const lost = 'overridden:explicit_intent';
  assert.deepEqual(warned(sampleDecided({ request: think })), []);
  assert.deepEqual(warned(sampleDecided({ request: quick })), []);
  for (const sample of [
    { request: { ...think, model: 'auto/fast' } },
    { request: { ...think, ...effort('none') } },
    { request: { ...quick, ...effort('high') } },
    { request: think, controls: { mode: 'fast' } },
    { request: think, controls: { allow: ['fast'] } },
    { request: think, controls: { max_effort: 'low' } },
    { request: think, key: sampleKey({ models: ['auto/fast'] }) },
  ])
    assert.ok(warned(sampleDecided(sample)).includes(lost), JSON.stringify(sample.controls ?? sample.request));
  assert.deepEqual(warned(sampleDecided({ request: { ...think, ...effort('high') } })), []);
});

test('a key that leaves one component chose it; one that leaves two leaves the router to choose', () => {
  assert.equal(sampleDecided({ key: sampleKey({ models: ['auto/thinking'] }) }).chosenBy, 'key');
  assert.equal(sampleDecided({ key: sampleKey({ models: ['auto/fast', 'auto/thinking'] }) }).chosenBy, 'router');
});

test('bounds of the caller hold for direct calls too, and an unknown price cannot promise one', () => {
  const refusal = (model: string, controls: Record<string, unknown>): NoCandidateError => {
    try {
      sampleDecided({ request: { model }, controls });
    } catch (error) {
      assert.ok(error instanceof NoCandidateError);
      return error;
    }
    return assert.fail(`${model} was decided`);
  };
  for (const model of ['auto', 'auto/thinking', 'provider/thinking']) {
    assert.equal(refusal(model, { max_cost_usd: 1e-6 }).blocking[0]?.constraint, 'max_cost_usd', model);
    assert.equal(refusal(model, { max_latency_ms: 1 }).blocking[0]?.constraint, 'max_latency_ms', model);
  }
  assert.match(refusal('openai/never-seen', { max_cost_usd: 100 }).blocking[0]?.expected ?? '', /price is unknown/);
  assert.equal(
    sampleDecided({ request: { model: 'provider/thinking' }, controls: { max_cost_usd: 100 } }).chosenBy,
    'user',
  );
  const low = sampleDecided({
    request: { model: 'provider/thinking', ...effort('high') },
    controls: { max_effort: 'low' },
  });
  assert.deepEqual([low.effort.applied, low.effort.how], ['low', 'clamped']);
});

test('a bound means the same whether the router or the caller picks the component', () => {
  const request = says('What is the capital of France?');
  const free = sampleDecided({ request });
  assert.equal(free.chosen.component.name, 'fast');
  const p90MicroUsd = free.decision.scores[free.decision.chosen]?.prediction?.costMicroUsd?.p90 ?? Number.NaN;
  const controls = { max_cost_usd: (p90MicroUsd * 1.01) / 1e6 };
  assert.equal(sampleDecided({ request, controls }).chosen.component.name, 'fast');
  assert.equal(sampleDecided({ request: { ...request, model: 'auto/fast' }, controls }).chosenBy, 'user');
});

test('the target is what the decision says: deployment, effort, verbosity, limit, instructions', () => {
  const instructions = { text: 'Be exact.', hash: '0123456789ab', path: null };
  const fast = sampleComponent('fast', { effort: 'none', maxOutputTokens: 900, verbosity: 'low', instructions });
  const pool = samplePool({ components: [fast] });
  const decided = sampleDecided({ pool, request: { model: 'auto/fast' } });
  const target = toTarget(decided, decided.chosen, { 'x-a': 'b' });
  assert.deepEqual(
    [target.deployment.id, target.effort, target.verbosity, target.maxOutputTokens, target.instructions?.text],
    ['provider/fast', 'none', 'low', 900, 'Be exact.'],
  );
  assert.deepEqual(target.forwardHeaders, { 'x-a': 'b' });
  const limited = sampleDecided({ pool, request: { model: 'auto/fast', maxOutputTokens: 5 } });
  const asked = toTarget(limited, limited.chosen, {});
  assert.equal(asked.maxOutputTokens, 5);
});
