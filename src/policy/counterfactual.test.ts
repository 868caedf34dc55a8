import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import {
  BALANCED,
  sampleFeatures,
  sampleInput,
  samplePair,
  sampleRequest,
  type FeaturesSample,
} from '../../test/samples/policy.ts';
import { listCandidates, type CandidateQuestion } from './candidates.ts';
import { NO_CONSTRAINTS, type RequestConstraints } from './constraints.ts';
import { whatWouldChange } from './counterfactual.ts';
import type { Policy } from './policy.ts';
import { createRulesPolicy } from './rules.ts';

const rules = createRulesPolicy();

const ask = (features: FeaturesSample, constraints: Partial<RequestConstraints> = {}, policy: Policy = rules) => {
  const question: CandidateQuestion = {
    components: samplePair(),
    request: sampleRequest(),
    features: sampleFeatures(features),
    constraints: { ...NO_CONSTRAINTS, ...constraints },
  };
  const input = {
    ...sampleInput(),
    features: question.features,
    candidates: listCandidates(question),
    objective: BALANCED,
    preference: { effort: question.constraints.effort, componentChosen: false },
  };
  return whatWouldChange({ policy, input, question });
};

const find = (changes: ReturnType<typeof ask>, start: string) =>
  changes.find(({ condition }) => condition.startsWith(start));

test('without the words that ask for depth an easy chat goes to fast', () => {
  const change = find(ask({ type: 'chat', complexity: 0.1, intent: 'think' }), 'the words');
  assert.equal(change?.outcome, 'fast at effort none');
});

test('an effort asked for changes a chat, and taking it away changes it back', () => {
  assert.equal(find(ask({ type: 'chat', complexity: 0.1 }), 'effort high')?.outcome, 'thinking at effort high');
  const asked = ask({ type: 'chat', complexity: 0.1 }, { effort: 'high' });
  assert.equal(find(asked, 'no effort')?.outcome, 'fast at effort none');
});

test('another objective is named only where it chooses otherwise', () => {
  const changes = ask({ type: 'mathematics', complexity: 0.5 });
  assert.equal(find(changes, 'objective were latency')?.outcome, 'fast at effort none');
  assert.equal(find(changes, 'objective were balanced'), undefined);
});

test('the complexity threshold is where the decision really flips', () => {
  const change = find(ask({ type: 'mathematics', complexity: 0.02 }), 'complexity');
  const threshold = Number(/at least ([\d.]+) /.exec(change?.condition ?? '')?.[1]);
  assert.ok(threshold > 0.02 && threshold < 1);
  const nameAt = (complexity: number) => {
    const input = sampleInput({ features: { type: 'mathematics', complexity } });
    return input.candidates[rules.decide(input).chosen]?.component.name;
  };
  assert.equal(nameAt(threshold - 0.02), 'fast');
  assert.equal(nameAt(threshold + 0.02), 'thinking');
});

test('the price factor is where the decision really flips', () => {
  const change = find(ask({ type: 'mathematics', complexity: 0.5 }), 'thinking cost');
  const factor = Number(/cost ([\d.]+) times/.exec(change?.condition ?? '')?.[1]);
  assert.ok(factor > 1);
  assert.match(change?.outcome ?? '', /^fast/);
  const nameAt = (scale: number) => {
    const components = samplePair().map((component) => {
      const [deployment] = component.deployments;
      const { price } = deployment.model;
      if (component.name !== 'thinking' || price === null) return component;
      const base = { ...price.base, input: price.base.input * scale, output: price.base.output * scale };
      const model = { ...deployment.model, price: { ...price, base } };
      return { ...component, deployments: [{ ...deployment, model }] as const };
    });
    const input = sampleInput({ components, features: { type: 'mathematics', complexity: 0.5 } });
    return input.candidates[rules.decide(input).chosen]?.component.name;
  };
  assert.equal(nameAt(factor * 0.93), 'thinking');
  assert.equal(nameAt(factor * 1.07), 'fast');
});

test('constraints still hold in every probe', () => {
  const changes = ask({ type: 'logic', complexity: 0.6 }, { allow: ['fast'] });
  assert.ok(changes.every(({ outcome }) => outcome.startsWith('fast')));
});

test('the work is bounded', () => {
  let decisions = 0;
  const counting: Policy = {
    version: rules.version,
    usesDraw: false,
    readsGrams: false,
    decide: (input) => {
      decisions += 1;
      return rules.decide(input);
    },
  };
  for (const type of ['chat', 'mathematics'] as const) {
    for (const intent of ['none', 'think'] as const) {
      decisions = 0;
      ask({ type, intent, complexity: 0.4 }, { effort: 'medium' }, counting);
      assert.ok(decisions <= 53, `${decisions} decisions`);
    }
  }
});
