import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { sampleFeatures, sampleInput } from '../../test/samples/policy.ts';
import { NoCandidateError } from '../errors.ts';
import { guardPolicy } from './guard.ts';
import type { Policy, PolicyDecision, PolicyInput } from './policy.ts';
import { createRulesPolicy } from './rules.ts';

const rules = createRulesPolicy();

const run = (decide: Policy['decide'], input: PolicyInput, safeComponent = 'thinking') => {
  const failures: Error[] = [];
  const policy = guardPolicy(
    { version: 'broken@1', usesDraw: false, readsGrams: false, decide },
    { safeComponent, onFailure: (error) => failures.push(error) },
  );
  const decision = policy.decide(input);
  return { decision, failures, name: input.candidates[decision.chosen]?.component.name };
};

const spoiled = (change: (decision: PolicyDecision) => Partial<PolicyDecision>): Policy['decide'] => {
  return (input) => {
    const decision = rules.decide(input);
    return { ...decision, ...change(decision) };
  };
};

const BROKEN: readonly (readonly [string, Policy['decide'], RegExp])[] = [
  [
    'throws',
    () => {
      throw new RangeError('weights are missing');
    },
    /broken@1 threw/,
  ],
  ['chooses an index that does not exist', spoiled(() => ({ chosen: 99 })), /chose candidate 99/],
  ['chooses NaN', spoiled(() => ({ chosen: Number.NaN })), /chose candidate NaN/],
  [
    'computes a utility that is NaN',
    spoiled(({ scores }) => ({ scores: scores.map((score) => ({ ...score, utilityMicroUsd: Number.NaN })) })),
    /utility/,
  ],
  [
    'gives probabilities that do not sum to 1',
    spoiled(({ scores }) => ({ scores: scores.map((score) => ({ ...score, probability: 1 })) })),
    /probabilities/,
  ],
  ['scores too few candidates', spoiled(({ scores }) => ({ scores: scores.slice(1) })), /scored/],
];

for (const [title, decide, message] of BROKEN) {
  test(`a policy that ${title} gives the safe component, flagged and reported`, () => {
    const { decision, failures, name } = run(decide, sampleInput());
    assert.equal(name, 'thinking');
    assert.deepEqual(decision.reasonCodes, ['router_failed']);
    assert.equal(failures.length, 1);
    assert.match(failures[0]?.message ?? '', message);
    assert.equal(
      decision.scores.reduce((sum, { probability }) => sum + probability, 0),
      1,
    );
  });
}

test('a thrown cause is kept', () => {
  const cause = new RangeError('weights are missing');
  const { failures } = run(() => {
    throw cause;
  }, sampleInput());
  assert.equal(failures[0]?.cause, cause);
});

test('features that are not numbers make the rules fail and the guard decide', () => {
  for (const features of [{ complexity: Number.NaN }, { inputTokens: Number.NaN }]) {
    const input = { ...sampleInput(), features: sampleFeatures(features) };
    const { decision, failures, name } = run(rules.decide, input, 'fast');
    assert.equal(name, 'fast');
    assert.deepEqual(decision.reasonCodes, ['router_failed']);
    assert.equal(failures.length, 1);
  }
});

test('an excluded choice is refused, and an infeasible safe component gives way to the first feasible one', () => {
  const input = sampleInput({ constraints: { allow: ['fast'] } });
  const excluded = input.candidates.findIndex((candidate) => candidate.excluded !== null);
  const { name, failures } = run(
    spoiled(() => ({ chosen: excluded })),
    input,
  );
  assert.equal(name, 'fast');
  assert.match(failures[0]?.message ?? '', /excluded by not_allowed/);
});

test('a sound decision passes unchanged, and its version too', () => {
  const input = sampleInput({ features: { type: 'logic' } });
  const { decision, failures } = run(rules.decide, input);
  assert.deepEqual(decision, rules.decide(input));
  assert.equal(failures.length, 0);
  assert.equal(guardPolicy(rules, { safeComponent: 'fast', onFailure: () => undefined }).version, rules.version);
});

test('nothing feasible is an error of the request, not of the router', () => {
  const input = sampleInput({ constraints: { allow: ['nobody'] } });
  assert.throws(() => run(rules.decide, input), NoCandidateError);
});
