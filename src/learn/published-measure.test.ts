import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_GRAMS } from '../features/word-grams.ts';
import { createRandom } from '../math/random.ts';
import type { OnboardingPrompt } from './onboarding-data.ts';
import { measurePublished } from './published-measure.ts';

const MODELS = 12;
const PROMPTS = 400;

/** P(success) of each model at a source: words share one order of the models, tools have another. */
const chanceAt = (family: string, model: number): number => {
  const rank = family === 'tools' ? (5 * model) % MODELS : model;
  const logits = (rank - (MODELS - 1) / 2) / (family === 'exam' ? 3 : 4);
  return 1 / (1 + Math.exp(-logits));
};

const makePrompts = (family: string, seed: number): readonly OnboardingPrompt[] => {
  const random = createRandom(seed);
  return Array.from({ length: PROMPTS }, (_, index) => ({
    family,
    task: family,
    group: `${family}${index}`,
    features: { grams: NO_GRAMS, structural: [] },
    service: { type: 'code', predicted: 0.5 },
    scores: new Map(
      Array.from({ length: MODELS }, (__, model) => [
        `model-${model}`,
        random.next() < chanceAt(family, model) ? 1 : 0,
      ]),
    ),
  }));
};

const rows = measurePublished([...makePrompts('exam', 1), ...makePrompts('work', 2), ...makePrompts('tools', 3)]);
const rowOf = (family: string, benchmark: string) =>
  rows.find((row) => row.family === family && row.benchmark === benchmark);

test('a score on tasks of one kind says where models stand on others of that kind', () => {
  const row = rowOf('work', 'exam');
  assert.ok(row !== undefined && row.models === MODELS);
  assert.ok(row.withScore < 0.7 * row.byRole, `${row.withScore} of ${row.byRole}`);
  assert.ok(row.ordered > 0.85, String(row.ordered));
  assert.ok(Math.abs(row.slope - 0.75) < 0.15, String(row.slope));
});

test('a score on tasks of another kind is reported to say nothing', () => {
  const row = rowOf('work', 'tools');
  assert.ok(row !== undefined && row.withScore > row.byRole);
});

test('sources with fewer than five models in common have no row', () => {
  const few = makePrompts('few', 4).map((prompt) => ({ ...prompt, scores: new Map([...prompt.scores].slice(0, 4)) }));
  assert.deepEqual(measurePublished([...makePrompts('exam', 1), ...few]), []);
});
