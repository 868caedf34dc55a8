import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadOnboardingPrompts } from './onboarding-data.ts';

const PROMPTS = [
  { source: 'exam', dataset: 'pro', prompt_id: '1', prompt: 'What is torque?', group: 'a', category: 'physics' },
  { source: 'exam', dataset: 'pro', prompt_id: '2', prompt: 'What is a tort?', group: 'b', category: 'law' },
];

const OUTCOMES = [
  { source: 'exam', dataset: 'pro', prompt_id: '1', model: 'GPT-4O(history)', score: 1 },
  { source: 'exam', dataset: 'pro', prompt_id: '2', model: 'GPT-4O(history)', score: 0.5 },
];

const toLines = (rows: readonly object[]): string => rows.map((row) => JSON.stringify(row)).join('\n');

test('Prompts are read with their true task, data set and category, and scores by the models’ one name', async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'onboarding-'));
  context.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'prompts.jsonl'), toLines(PROMPTS));
  await writeFile(join(folder, 'outcomes.jsonl'), toLines(OUTCOMES));
  const prompts = await loadOnboardingPrompts({ folder });
  assert.deepEqual(
    prompts.map(({ family, task, group, scores }) => ({ family, task, group, scores: [...scores] })),
    [
      { family: 'exam', task: 'pro/physics', group: 'a', scores: [['gpt-4o', 1]] },
      { family: 'exam', task: 'pro/law', group: 'b', scores: [['gpt-4o', 0.5]] },
    ],
  );
});
