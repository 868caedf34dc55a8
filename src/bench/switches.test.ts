import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../math/random.ts';
import { toConstantCosts } from './predictions.ts';
import { choicesAt, toSwitches } from './switches.ts';

const columns = (...rows: readonly (readonly number[])[]): readonly Float64Array[] =>
  (rows[0] ?? []).map((_, component) => Float64Array.from(rows, (row) => row[component] ?? 0));

test('changes come in order of falling λ, dominated components never', () => {
  // Prompt 0: .4 for 1 more, then .3 for 2 more. Prompt 1: the middle one is worse. Prompt 2: nothing is worth money.
  const predictions = columns([0.2, 0.6, 0.9], [0.5, 0.4, 0.8], [0.7, 0.7, 0.1]);
  const { first, prompts, from, to, lambdas } = toSwitches(predictions, toConstantCosts([0, 1, 3], 3));
  assert.deepEqual([...first], [0, 0, 0]);
  assert.deepEqual([...prompts], [0, 0, 1]);
  assert.deepEqual([...from], [0, 1, 0]);
  assert.deepEqual([...to], [1, 2, 2]);
  [0.4, 0.15, 0.1].forEach((lambda, change) => assert.ok(Math.abs((lambdas[change] ?? 0) - lambda) < 1e-12));
});

test('of two components that take over at one λ the dearer does, since no λ stops at the other', () => {
  const { to } = toSwitches(columns([0, 0.25, 0.5]), toConstantCosts([0, 1, 2], 1));
  assert.deepEqual([...to], [2]);
});

test('of equally cheap components the better begins', () => {
  const { first, to } = toSwitches(columns([0.1, 0.3]), toConstantCosts([2, 2], 1));
  assert.deepEqual([[...first], [...to]], [[1], []]);
});

test('choices at any λ are the argmax of p − λ c', () => {
  const random = createRandom(8);
  const draw = (): Float64Array => Float64Array.from({ length: 300 }, () => random.next());
  const predictions = [draw(), draw(), draw(), draw()];
  const costs = [draw(), draw(), draw(), draw()];
  const switches = toSwitches(predictions, costs);
  for (const lambda of [0.01, 0.2, 0.5, 1, 3, 40]) {
    const choices = choicesAt(switches, lambda);
    const valueOf = (component: number, prompt: number): number =>
      (predictions[component]?.[prompt] ?? 0) - lambda * (costs[component]?.[prompt] ?? 0);
    choices.forEach((choice, prompt) => {
      const best = Math.max(...[0, 1, 2, 3].map((component) => valueOf(component, prompt)));
      assert.ok(Math.abs(valueOf(choice, prompt) - best) < 1e-12);
    });
  }
});

test('a prediction that is missing is refused by name of component and prompt', () => {
  assert.throws(
    () => toSwitches([Float64Array.of(0, 1), Float64Array.of(1, Number.NaN)], toConstantCosts([0, 1], 2)),
    /component 1 needs a number for each of 2 prompts, given NaN at prompt 1/,
  );
});
