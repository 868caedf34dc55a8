import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plantedExamples, plantedPrompt } from '../../../test/samples/planted-examples.ts';
import { trainArtifact } from '../../learn/train.ts';
import { createRandom } from '../../math/random.ts';
import type { OutcomeSet } from '../../outcomes/set.ts';
import { perturbPrompt } from '../perturbed-choices.ts';
import { measureRobustness, type RobustnessRow } from './robustness.ts';

const random = createRandom(7);
const artifact = trainArtifact(plantedExamples(400, 3), { name: 'planted', seed: 1 });

const cell = (score: number) => ({ score, answered: 1, cost: 1, outputTokens: null });
const set: OutcomeSet = {
  id: 'planted',
  components: ['fast', 'thinking'],
  costRule: 'per-call',
  incompleteRows: 0,
  rows: Array.from({ length: 60 }, (_, at) => ({
    prompt: {
      source: 'planted',
      dataset: 'planted',
      promptId: String(at),
      routable: { prompt: plantedPrompt(at % 2 === 0 ? 'riddle' : 'recipe', random), tools: [] },
      group: `g${at}`,
      labels: { category: null, difficulty: null, answer: null, date: null, split: null },
    },
    folder: 'planted',
    cells: [cell(0), cell(1)],
  })),
};

test('case and blanks flip nothing; every change has a row with its aim', () => {
  const section = measureRobustness({ artifact, set, seed: 1, resamples: 20 });
  const rows = section.rows as readonly RobustnessRow[];
  assert.deepEqual(
    rows.map(({ perturbation, pairs }) => [perturbation, pairs]),
    ['typos', 'lower-case', 'upper-case', 'blanks', 'filler'].map((name) => [name, 60]),
  );
  for (const { perturbation, flips } of rows.slice(1, 4)) assert.equal(flips, 0, perturbation);
  assert.match(section.markdown, /\| blanks \| 60 \| 0 \| 0\.00 \[0\.00, 0\.00\]/);
  assert.match(section.markdown, /% of the prompts to thinking/);
});

test('only what the user wrote is changed', () => {
  const changed = perturbPrompt(
    {
      prompt: [
        { role: 'system', content: 'be brief' },
        { role: 'user', content: 'who are you' },
      ],
      tools: [],
    },
    (text) => text.toUpperCase(),
    random,
  );
  assert.deepEqual(changed.prompt, [
    { role: 'system', content: 'be brief' },
    { role: 'user', content: 'WHO ARE YOU' },
  ]);
});
