/** A made-up data folder with a planted pattern, on disk, as `bench routing` reads it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRandom } from '../../src/math/random.ts';
import { PLANTED, plantedPrompt, type Kind } from './planted-examples.ts';

interface PlantedFolder {
  readonly size: number;
  readonly seed: number;
}

const toLines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

const writeFolder = async (folder: string, { size, seed }: PlantedFolder): Promise<void> => {
  const random = createRandom(seed);
  const prompts: object[] = [];
  const outcomes: object[] = [];
  for (let at = 0; at < size; at += 1) {
    const kind: Kind = at % 2 === 0 ? 'riddle' : 'recipe';
    const key = { source: 'made', dataset: kind === 'riddle' ? 'up' : 'down', prompt_id: `${seed}-${at}` };
    prompts.push({ ...key, prompt: plantedPrompt(kind, random), group: `${seed}-${at}`, category: kind });
    for (const [column, model] of ['small', 'large'].entries()) {
      outcomes.push({ ...key, model, score: Number(random.next() < (PLANTED[kind][column] ?? 0)) });
    }
  }
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'prompts.jsonl'), toLines(prompts));
  await writeFile(join(folder, 'outcomes.jsonl'), toLines(outcomes));
};

/** Sets `mix-4` and `mix-fast-thinking` over the same two models; thinking helps on riddles and not on recipes. */
export const writePlantedData = async (folder: string, size: number): Promise<void> => {
  await writeFolder(join(folder, 'train'), { size, seed: 3 });
  await writeFolder(join(folder, 'bench'), { size: size / 2, seed: 4 });
  const sets = {
    sets: [
      { id: 'mix-4', sources: ['made/*'], models: ['small', 'large'], cost: { usd_per_call: [0.001, 0.02] } },
      {
        id: 'mix-fast-thinking',
        fast_cost: 0.001,
        thinking_cost: 0.02,
        by_source: { 'made/*': { fast: ['small'], thinking: ['large'] } },
      },
    ],
  };
  await writeFile(join(folder, 'sets.json'), JSON.stringify(sets));
};
