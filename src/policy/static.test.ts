import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { sampleComponent, sampleInput, samplePair, type InputSample } from '../../test/samples/policy.ts';
import { createStaticPolicy } from './static.ts';

const choose = (component: string, sample: InputSample = {}) => {
  const input = sampleInput(sample);
  const decision = createStaticPolicy({ component }).decide(input);
  const candidate = input.candidates[decision.chosen];
  return { name: candidate?.component.name, effort: candidate?.effort, decision };
};

test('the static policy takes its component whatever is asked', () => {
  for (const type of ['chat', 'mathematics'] as const) {
    for (const intent of ['none', 'think'] as const) {
      assert.equal(choose('fast', { features: { type, intent } }).name, 'fast');
      assert.equal(choose('thinking', { features: { type, intent } }).name, 'thinking');
    }
  }
});

test('it applies the effort asked for, else the default of the model, else the lowest of the ladder', () => {
  assert.equal(choose('thinking', { constraints: { effort: 'xhigh' } }).effort, 'xhigh');
  const thinking = sampleComponent('thinking', { model: { defaultEffort: 'medium' } });
  assert.equal(choose('thinking', { components: [thinking] }).effort, 'medium');
  assert.equal(choose('thinking').effort, 'low');
});

test('where its component cannot serve, the first that can does, and the reason says so', () => {
  const blind = sampleComponent('fast', { effort: 'none', model: { contextTokens: 4000 } });
  const components = [blind, ...samplePair().slice(1)];
  const { name, decision } = choose('fast', { components, features: { inputTokens: 50_000 } });
  assert.equal(name, 'thinking');
  assert.deepEqual(decision.reasonCodes, ['only_feasible']);
  assert.deepEqual(choose('fast').decision.reasonCodes, ['type_default']);
});

test('its version names the component', () => {
  const { version } = createStaticPolicy({ component: 'fast' });
  assert.match(version, /^static@[0-9a-f]{12}$/);
  assert.notEqual(version, createStaticPolicy({ component: 'thinking' }).version);
});
