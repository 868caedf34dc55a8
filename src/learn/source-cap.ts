/** The cap on examples of one source: without it, exam questions would be most of what a router is trained on. */
import { createHash } from 'node:crypto';
import { toSourcePath, type OutcomePrompt } from '../outcomes/prompt.ts';
import { readPrompts } from '../outcomes/read.ts';

/** Prompts kept of one source and data set. */
export const MAX_SOURCE_PROMPTS = 1_500;

const rankOf = (prompt: OutcomePrompt, seed: number): string =>
  createHash('sha256')
    .update(`${seed}\n${toSourcePath(prompt)}\n${prompt.promptId}`)
    .digest('hex');

const toId = (prompt: OutcomePrompt): string => `${toSourcePath(prompt)}\n${prompt.promptId}`;

/**
 * Ids of at most `limit` prompts of each source: those whose hash with the seed is smallest. A sample that depends on
 * neither the order of the file nor on which other prompts it holds.
 */
export const sampleBySource = async (
  folder: string,
  { seed, limit = MAX_SOURCE_PROMPTS }: { readonly seed: number; readonly limit?: number },
): Promise<(prompt: OutcomePrompt) => boolean> => {
  const bySource = new Map<string, { readonly id: string; readonly rank: string }[]>();
  for await (const prompt of readPrompts(folder)) {
    const source = toSourcePath(prompt);
    const ranked = bySource.get(source) ?? [];
    ranked.push({ id: toId(prompt), rank: rankOf(prompt, seed) });
    bySource.set(source, ranked);
  }
  const kept = [...bySource.values()].flatMap((ranked) =>
    ranked.sort((one, other) => (one.rank < other.rank ? -1 : 1)).slice(0, limit),
  );
  const ids = new Set(kept.map(({ id }) => id));
  return (prompt) => ids.has(toId(prompt));
};
