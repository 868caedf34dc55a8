import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logistic } from '../math/probability.ts';
import { createRandom } from '../math/random.ts';
import { STRUCTURAL_NAMES } from '../features/structural.ts';
import type { OnboardingPrompt } from './onboarding-data.ts';
import { GRADE_COUNTS } from './service-measure.ts';
import { POOL_IDEAS } from './onboarding-pools.ts';
import { measureOnboarding, type OnboardingResult, type PoolRow, type TableRow } from './onboarding.ts';

const MODELS = 16;
const TASKS = 6;

/** Six tasks with ten words of their own each, and models of rising ability that find some tasks harder than others. */
const plantPrompts = (seed: number): readonly OnboardingPrompt[] => {
  const random = createRandom(seed);
  const levels = [-1.5, -0.8, -0.2, 0.4, 1, 1.6];
  return Array.from({ length: 1_200 }, (_, prompt) => {
    const task = prompt % TASKS;
    const words = new Set(Array.from({ length: 5 }, () => 100 * (task + 1) + random.integer(10)));
    words.add(10_000 + prompt);
    const buckets = Uint16Array.from(words).sort();
    const scores = Array.from({ length: MODELS }, (__, model): [string, number] => {
      const slope = 0.6 + 0.2 * task;
      const chance = logistic((levels[task] ?? 0) + slope * ((4 * model) / (MODELS - 1) - 2));
      return [`model-${String(model).padStart(2, '0')}`, random.next() < chance ? 1 : 0];
    });
    return {
      family: 'made-up',
      task: `task-${task}`,
      group: `group-${prompt}`,
      features: {
        grams: { buckets, counts: new Uint8Array(buckets.length).fill(1) },
        structural: STRUCTURAL_NAMES.map(() => 0),
      },
      service: { type: ['code', 'chat', 'logic'][task % 3] ?? 'other', predicted: 0.7 },
      scores: new Map(scores),
    };
  });
};

const measure = (): OnboardingResult =>
  measureOnboarding({
    prompts: plantPrompts(1),
    families: ['made-up'],
    seed: 1,
    draws: 2,
    limitModels: 6,
    report: () => {},
  });

const result = measure();

const tableAt = (labels: number): TableRow => {
  const row = result.table.find((each) => each.labels === labels);
  assert.ok(row !== undefined);
  return row;
};

const poolAt = (labels: number): PoolRow => {
  const row = result.pools.find((each) => each.labels === labels && each.family === 'all');
  assert.ok(row !== undefined);
  return row;
};

test('The error of a new model’s table shrinks with labels', () => {
  const errors = [0, 50, 300].map((labels) => tableAt(labels).errors.mapAndCalls);
  assert.ok((errors[1] ?? 0) < 0.6 * (errors[0] ?? 0), errors.join(', '));
  assert.ok((errors[2] ?? 0) < (errors[1] ?? 0), errors.join(', '));
});

test('With 50 labels the map beats the plain mean, and the table by task even though it is not told the task', () => {
  const { mapAndCalls, mean, betaBinomial } = tableAt(50).errors;
  assert.ok(mapAndCalls < 0.6 * mean, `${mapAndCalls} ${mean}`);
  assert.ok(mapAndCalls < betaBinomial, `${mapAndCalls} ${betaBinomial}`);
});

test('A published score stands in for labels', () => {
  const { mapWithScore, mapAndCalls } = tableAt(0).errors;
  assert.ok(mapWithScore < 0.5 * mapAndCalls, `${mapWithScore} ${mapAndCalls}`);
});

test('Routing with a new model keeps most of its gain with 300 labels', () => {
  const { fullPoints, kept } = poolAt(300);
  assert.ok(fullPoints > 0.3, String(fullPoints));
  assert.ok(kept !== null && kept > 0.8, String(kept));
});

test('The same seed measures the same', () => {
  assert.deepEqual(measure(), result);
});

test('grades make single predictions in service better, and count once there are enough of several types', () => {
  const rows = result.service.filter(({ family }) => family === 'all');
  assert.deepEqual(
    rows.map(({ grades }) => grades),
    [...GRADE_COUNTS],
  );
  const [none, few, , , many] = rows;
  assert.equal(none?.inForce, 0);
  assert.equal(many?.inForce, 1);
  assert.ok((few?.logLoss ?? 1) < (none?.logLoss ?? 0));
  assert.ok((many?.logLoss ?? 1) < (few?.logLoss ?? 0));
  assert.ok((many?.typeError ?? 1) < 0.5 * (none?.typeError ?? 0));
});

test('ideas for the new model have a figure wherever the router has one, and ignore its own calls where they say so', () => {
  for (const row of result.pools) {
    assert.equal(row.ideas.length, Object.keys(POOL_IDEAS).length);
    assert.ok(row.ideas.every((kept) => (kept === null) === (row.kept === null)));
  }
  const mapAlone = Object.keys(POOL_IDEAS).indexOf('map alone');
  assert.notEqual(poolAt(300).ideas[mapAlone], poolAt(300).kept);
});
