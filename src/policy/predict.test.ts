import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { sampleComponent, type ComponentSample } from '../../test/samples/policy.ts';
import { EFFORTS, type Effort } from '../canonical/effort.ts';
import type { Ability } from '../catalog/ability.ts';
import type { Component } from '../catalog/component.ts';
import { CONVERSATION_TYPES, type ConversationType } from '../features/signals.ts';
import { logit } from '../math/probability.ts';
import { NO_CACHE } from './cache-outlook.ts';
import { OBJECTIVE_PRESETS, resolveObjective } from './objective.ts';
import { predict, type PredictionContext } from './predict.ts';
import { TIERS } from './tier.ts';

const CONTEXT: PredictionContext = {
  type: 'mathematics',
  usesTools: false,
  complexity: 0.5,
  inputTokens: 1000,
  maxOutputTokens: null,
  learned: null,
  cache: NO_CACHE,
};

const contextOf = (type: ConversationType): PredictionContext => ({ ...CONTEXT, type });

/** Prediction for a component in a context, middle mathematics unless another is given. */
const of = (
  name: string,
  effort: Effort | null,
  more: ComponentSample & { readonly context?: PredictionContext } = {},
) => {
  const { context = CONTEXT, ...sample } = more;
  return predict(context, { component: sampleComponent(name, sample), effort });
};

const near = (actual: number, expected: number): void => {
  assert.ok(Math.abs(actual - expected) < 1e-9, `expected ${expected}, given ${actual}`);
};

test('at middle complexity and medium effort the gain of thinking is .18 where steps build on each other, else .02', () => {
  const stepwise: readonly ConversationType[] = ['mathematics', 'code', 'logic', 'planning', 'agentic_tools'];
  for (const type of CONVERSATION_TYPES) {
    const context = { ...CONTEXT, type };
    const gain = of('thinking', 'medium', { context }).pSuccess.value - of('fast', 'none', { context }).pSuccess.value;
    near(gain, stepwise.includes(type) ? 0.18 : 0.02);
  }
});

test('complexity moves P(success) along a logistic curve of slope 6', () => {
  // logit(.72) = .9445; at complexity 1 it is .9445 − 3 = −2.0555, whose logistic is .1135.
  near(of('fast', 'none').pSuccess.value, 0.72);
  const hard = of('fast', 'none', { context: { ...CONTEXT, complexity: 1 } }).pSuccess.value;
  assert.equal(hard.toFixed(4), '0.1135');
});

test('effort has diminishing returns in success and growing ones in cost and waiting', () => {
  const predictions = EFFORTS.map((effort) => of('thinking', effort));
  const logits = predictions.map(({ pSuccess: { value } }) => Math.log(value / (1 - value)));
  for (let index = 1; index < predictions.length; index += 1) {
    assert.ok((logits[index] ?? 0) > (logits[index - 1] ?? 0));
    assert.ok((predictions[index]?.costMicroUsd?.p50 ?? 0) > (predictions[index - 1]?.costMicroUsd?.p50 ?? 0));
    assert.ok((predictions[index]?.totalMs ?? 0) > (predictions[index - 1]?.totalMs ?? 0));
  }
  const perToken = (from: number, to: number): number => ((logits[to] ?? 0) - (logits[from] ?? 0)) / (to - from);
  assert.ok(perToken(3, 6) < perToken(0, 3));
});

test('a reasoning tier that does not reason answers like its unreasoned tier', () => {
  near(of('thinking', 'none').pSuccess.value, of('fast', 'none').pSuccess.value);
  near(of('thinking-mini', 'none').pSuccess.value, of('fast-mini', 'none').pSuccess.value);
});

test('cost is input and expected output at list price, its 90th percentile 2.5 times the output', () => {
  // 1,000 · $2/M + (500 visible + 1,200 reasoning) · $10/M = $0.002 + $0.017.
  const { costMicroUsd } = of('thinking', 'medium', { model: { price: { input: 2, output: 10 } } });
  assert.deepEqual(costMicroUsd, { p50: 19_000, p90: 44_500 });
});

test('the requested output caps cost and waiting', () => {
  const context = { ...CONTEXT, maxOutputTokens: 100 };
  const { costMicroUsd, totalMs } = of('thinking', 'high', { model: { price: { input: 0, output: 10 } }, context });
  assert.deepEqual(costMicroUsd, { p50: 1000, p90: 1000 });
  // 900 ms to start and 100 tokens at 80 a second.
  assert.equal(totalMs, 2150);
});

test('the price of a long context replaces the base price', () => {
  const component = sampleComponent('fast', { model: { price: { input: 1, output: 0 } } });
  const [deployment] = component.deployments;
  const { price } = deployment.model;
  assert.ok(price);
  const tier = { aboveInputTokens: 1000, prices: { ...price.base, input: 2_000_000 } };
  const model = { ...deployment.model, price: { ...price, contextTiers: [tier] } };
  const long: typeof component = { ...component, deployments: [{ ...deployment, model }] };
  const cost = (inputTokens: number) =>
    predict({ ...CONTEXT, inputTokens }, { component: long, effort: 'none' }).costMicroUsd?.p50;
  assert.equal(cost(1000), 1000);
  assert.equal(cost(1001), 2002);
});

test('an unknown price gives no cost, and the reference price of the tier for comparison only', () => {
  const { costMicroUsd, comparedMicroUsd } = of('fast', 'none', { model: { price: null } });
  assert.equal(costMicroUsd, null);
  // 1,000 · $0.20/M + 500 · $1.20/M = $0.0002 + $0.0006.
  assert.equal(comparedMicroUsd, 800);
});

test('a specialist has the tier of its model and a bonus on its own types only', () => {
  const coder = (context: PredictionContext) => of('coder', 'medium', { for: ['code'], context }).pSuccess.value;
  const thinking = (context: PredictionContext) => of('thinking', 'medium', { context }).pSuccess.value;
  near(coder(CONTEXT), thinking(CONTEXT));
  assert.ok(coder({ ...CONTEXT, type: 'code' }) > thinking({ ...CONTEXT, type: 'code' }));
  near(of('vision', 'none', { effort: 'none', for: ['vision'] }).pSuccess.value, of('fast', 'none').pSuccess.value);
});

test('graded calls of a component move its own predictions, by type and apart for tools, and narrow their interval', () => {
  const component = sampleComponent('fast', { effort: 'none' });
  const ability: Ability = {
    deployment: component.deployments[0].id,
    simulated: false,
    text: { calls: 60, types: { mathematics: { logits: 1, sd: 0.2 } }, others: { logits: -1, sd: 0.5 } },
    tools: null,
  };
  const measured = { ...component, ability };
  const at = (context: PredictionContext, of: Component) => predict(context, { component: of, effort: 'none' });
  const [before, after] = [at(CONTEXT, component), at(CONTEXT, measured)];
  near(logit(after.pSuccess.value) - logit(before.pSuccess.value), 1);
  near((logit(after.pSuccess.high) - logit(after.pSuccess.low)) / 2, 1.645 * 0.2);
  assert.deepEqual([before.source, after.source], ['prior', 'measured']);
  assert.equal(before.abilityDeviation, 0);
  near(after.abilityDeviation, after.pSuccess.value * (1 - after.pSuccess.value) * 0.2);
  const chat = contextOf('chat');
  near(logit(at(chat, measured).pSuccess.value) - logit(at(chat, component).pSuccess.value), -1);
  const tools = { ...CONTEXT, usesTools: true };
  assert.deepEqual(at(tools, measured), at(tools, component));
});

test('a published score moves predictions of words until graded calls say more, and leaves them as unsure as a prior', () => {
  const published = { benchmark: 'exam 2026-06', compared: 2, logits: 0.6, sd: 0.9 };
  const component = sampleComponent('fast', { effort: 'none' });
  const at = (of: Component, context = CONTEXT) => predict(context, { component: of, effort: 'none' });
  const [before, after] = [at(component), at({ ...component, published })];
  near(logit(after.pSuccess.value) - logit(before.pSuccess.value), 0.6);
  near(
    logit(after.pSuccess.high) - logit(after.pSuccess.low),
    logit(before.pSuccess.high) - logit(before.pSuccess.low),
  );
  assert.equal(after.source, 'prior');
  const tools = { ...CONTEXT, usesTools: true };
  assert.deepEqual(at({ ...component, published }, tools), at(component, tools));
  const text = { calls: 60, types: {}, others: { logits: -1, sd: 0.5 } };
  const ability: Ability = { deployment: component.deployments[0].id, simulated: false, text, tools: null };
  assert.deepEqual(at({ ...component, published, ability }), at({ ...component, ability }));
});

test('intervals contain the value, stay inside 0 and 1 and are wide', () => {
  for (const tier of TIERS) {
    const { value, low, high } = of(tier, 'medium').pSuccess;
    assert.ok(low > 0 && low < value && value < high && high < 1);
  }
  const { low, high } = of('fast', 'none').pSuccess;
  assert.deepEqual([low.toFixed(2), high.toFixed(2)], ['0.49', '0.87']);
});

test('bigger tiers are predicted better on every type at their own usual effort', () => {
  for (const type of CONVERSATION_TYPES) {
    const at = (tier: string, effort: Effort) => of(tier, effort, { context: contextOf(type) }).pSuccess.value;
    assert.ok(at('fast-mini', 'none') < at('fast', 'none'));
    assert.ok(at('thinking-nano', 'medium') <= at('thinking-mini', 'medium'));
    assert.ok(at('thinking-mini', 'medium') < at('thinking', 'medium'));
    assert.ok(at('thinking', 'medium') < at('pro', 'medium'));
  }
});

test('the documented arithmetic of the presets holds', () => {
  const waitSeconds = 18;
  const pays = (name: keyof typeof OBJECTIVE_PRESETS, gain: number, extraMicroUsd: number): boolean => {
    const { microUsdPerSuccess, microUsdPerSecond } = OBJECTIVE_PRESETS[name];
    return microUsdPerSuccess * gain > extraMicroUsd + microUsdPerSecond * waitSeconds;
  };
  // The cheapest usual thinking against the dearest usual fast answer, and the other way round.
  assert.ok(!pays('balanced', 0.02, 9000) && pays('balanced', 0.18, 29_800));
  assert.ok(pays('balanced', 0.18, 71_900) && !pays('balanced', 0.18, 72_100));
  assert.ok(!pays('cost', 0.02, 0) && pays('cost', 0.18, 14_300) && !pays('cost', 0.18, 14_500));
  assert.ok(pays('quality', 0.18, 29_800) && !pays('quality', 0.02, 4100) && pays('quality', 0.02, 3900));
  assert.ok(!pays('latency', 0.18, 0));
});

test('a number as objective sets the worth of a success and keeps the waiting price of balanced', () => {
  const objective = resolveObjective({ type: 'value', microUsdPerSuccess: 40_000 }, { bandPoints: 2, maxWaitMs: 9000 });
  assert.deepEqual(objective, { microUsdPerSuccess: 40_000, microUsdPerSecond: 1000, bandPoints: 2, maxWaitMs: 9000 });
});

test('predictions are finite for every type, tier and effort', () => {
  for (const type of CONVERSATION_TYPES) {
    for (const tier of TIERS) {
      for (const effort of [null, ...EFFORTS]) {
        const { pSuccess, totalMs, firstTokenMs } = of(tier, effort, { context: contextOf(type) });
        assert.ok(Number.isFinite(pSuccess.value) && Number.isFinite(totalMs) && firstTokenMs <= totalMs);
      }
    }
  }
});
