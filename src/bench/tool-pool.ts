/** The pool of models that call tools: four price classes on recorded function calls. */
import { join } from 'node:path';
import { loadOutcomeSet } from '../outcomes/set.ts';
import type { OutcomeSetDefinition } from '../outcomes/set-definition.ts';
import { toBenchPool, type BenchPool } from './bench-pool.ts';

/** By model: USD per million tokens [in, out], list prices of 2024. */
const PRICES: Readonly<Record<string, readonly [number, number]>> = {
  'gpt-4o-mini-2024-07-18-FC': [0.15, 0.6],
  'gemini-1.5-flash-preview-0514': [0.35, 0.53],
  'gpt-4o-2024-08-06-FC': [2.5, 10],
  'claude-3-5-sonnet-20240620': [3, 15],
};

const SOURCE = 'bfcl/*';

const DEFINITION: OutcomeSetDefinition = {
  id: 'bfcl-4',
  columns: Object.keys(PRICES).map((model) => ({
    component: model,
    bySource: [{ pattern: SOURCE, models: [model] }],
  })),
  cost: { type: 'per-million-tokens', usdInOut: Object.values(PRICES) },
  aliases: new Map(),
};

export const loadToolPool = async (data: string): Promise<BenchPool> =>
  toBenchPool(
    await loadOutcomeSet({ folders: ['train', 'bench'].map((folder) => join(data, folder)), definition: DEFINITION }),
  );
