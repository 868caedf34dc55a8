import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../math/random.ts';
import { ABILITY_PRIOR } from '../policy/published-score.ts';
import { fitComponentAbility, missingCalls, type GradedCall } from './component-ability.ts';

const logistic = (value: number): number => 1 / (1 + Math.exp(-value));

/** Calls of a component that deviates by `deviation` logits from what is predicted. */
const draw = (count: number, options: { type: string; predicted: number; deviation: number; seed: number }) => {
  const { type, predicted, deviation, seed } = options;
  const random = createRandom(seed);
  const truth = logistic(Math.log(predicted / (1 - predicted)) + deviation);
  return Array.from({ length: count }, (): GradedCall => ({ type, predicted, score: random.next() < truth ? 1 : 0 }));
};

test('without calls a component is what its tier is, as uncertain as the prior', () => {
  const { others, types, calls } = fitComponentAbility([]);
  assert.equal(calls, 0);
  assert.deepEqual(types, {});
  assert.ok(Math.abs(others.logits) < 1e-9);
  assert.ok(Math.abs(others.sd - Math.hypot(ABILITY_PRIOR.componentSd, ABILITY_PRIOR.typeSd)) < 0.02);
});

test('without calls a component with a published score is what the score says', () => {
  const { others } = fitComponentAbility([], { logits: 0.8, sd: 0.5 });
  assert.ok(Math.abs(others.logits - 0.8) < 0.01);
  assert.ok(Math.abs(others.sd - Math.hypot(0.5, ABILITY_PRIOR.typeSd)) < 0.02);
});

test('better on code and worse in chat is found on each, and shrinks as calls are few', () => {
  const calls = (count: number): readonly GradedCall[] => [
    ...draw(count, { type: 'code', predicted: 0.5, deviation: 1, seed: 1 }),
    ...draw(count, { type: 'chat', predicted: 0.8, deviation: -1, seed: 2 }),
  ];
  const many = fitComponentAbility(calls(500));
  assert.ok(Math.abs((many.types['code']?.logits ?? 0) - 1) < 0.3);
  assert.ok(Math.abs((many.types['chat']?.logits ?? 0) + 1) < 0.3);
  const few = fitComponentAbility(calls(10));
  assert.ok(Math.abs(few.types['code']?.logits ?? 0) < Math.abs(many.types['code']?.logits ?? 0));
  assert.ok((few.types['code']?.sd ?? 0) > (many.types['code']?.sd ?? 1));
});

test('a type without calls takes the level of the others, less surely than any of them', () => {
  const fit = fitComponentAbility(
    ['code', 'logic', 'mathematics'].flatMap((type, seed) =>
      draw(200, { type, predicted: 0.6, deviation: 0.9, seed: seed + 1 }),
    ),
  );
  assert.ok(fit.others.logits > 0.5);
  assert.ok(fit.others.sd > (fit.types['code']?.sd ?? 1));
});

test('who was only given hard requests does not look weak: each call is held against its own prediction', () => {
  const hard = draw(400, { type: 'mathematics', predicted: 0.2, deviation: 0, seed: 3 });
  const mean = hard.reduce((sum, { score }) => sum + score, 0) / hard.length;
  assert.ok(mean < 0.3);
  assert.ok(Math.abs(fitComponentAbility(hard).others.logits) < 0.3);
});

test('a score between counts as both outcomes in its proportion', () => {
  const half = Array.from({ length: 100 }, (): GradedCall => ({ type: 'code', predicted: 0.5, score: 0.5 }));
  const both = half.map((call, at) => ({ ...call, score: at % 2 }));
  const [left, right] = [fitComponentAbility(half), fitComponentAbility(both)];
  assert.ok(Math.abs((left.types['code']?.logits ?? 1) - (right.types['code']?.logits ?? 0)) < 1e-9);
});

test('extreme grades of extreme predictions stay finite', () => {
  const calls = [0.005, 0.995].flatMap((predicted) =>
    Array.from({ length: 2_000 }, (): GradedCall => ({ type: 'code', predicted, score: predicted < 0.5 ? 1 : 0 })),
  );
  const { types, others } = fitComponentAbility(calls);
  for (const { logits, sd } of [types['code'], others].filter((each) => each !== undefined))
    assert.ok(Number.isFinite(logits) && Number.isFinite(sd) && sd >= 0);
});

test('20 calls count if they are of three types, 50 if they are of one', () => {
  const of = (types: readonly string[], count: number) =>
    Array.from({ length: count }, (_, at) => ({ type: types[at % types.length] ?? '' }));
  assert.equal(missingCalls(of(['code', 'chat', 'logic'], 19)), 1);
  assert.equal(missingCalls(of(['code', 'chat', 'logic'], 20)), 0);
  assert.equal(missingCalls(of(['code'], 20)), 30);
  assert.equal(missingCalls(of(['code'], 50)), 0);
});
