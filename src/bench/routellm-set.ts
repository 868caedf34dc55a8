/** RouteLLM's rows as fits need them: words as sparse rows, structure as numbers, and what the two models scored. */
import type { Features } from '../features/signals.ts';
import { toPromptFeatures } from '../learn/example.ts';
import { toGramRows } from '../learn/gram-rows.ts';
import { fitGramWeights } from '../learn/gram-weights.ts';
import { fitStructuralRange } from '../learn/structural-range.ts';
import type { SparseRows } from '../math/sparse.ts';
import type { RouteLlmRow } from '../outcomes/routellm.ts';
import { toPromptView, type ViewSettings } from '../policy/learned/prompt-view.ts';
import { STRUCTURAL_INPUT_NAMES } from '../policy/learned/structural-input.ts';
import type { ComponentPair } from './matrix.ts';

/** Prompts without their outcomes. */
export interface PromptTable {
  readonly features: readonly Features[];
  readonly words: SparseRows;
  /** [prompts × structureCount] */
  readonly structure: Float32Array;
  readonly structureCount: number;
  readonly lengths: Float64Array;
}

export interface RouteLlmSet extends PromptTable {
  readonly size: number;
  readonly weak: Float64Array;
  readonly strong: Float64Array;
  readonly groups: readonly string[];
  readonly subjects: readonly string[];
}

/** Weights of words and ranges of structure come from the prompts' text alone: no label is read. */
const fitView = (features: readonly Features[], sources: readonly string[]): ViewSettings => ({
  gramWeights: fitGramWeights(
    features.map(({ grams }) => grams),
    sources,
  ),
  range: fitStructuralRange(features.map(({ structural }) => structural)),
});

/** `sources` by prompt: template words are found by them. */
export const toPromptTable = (prompts: readonly string[], sources: readonly string[]): PromptTable => {
  const features = prompts.map((prompt) => toPromptFeatures({ prompt, tools: [] }));
  const view = fitView(features, sources);
  const structureCount = STRUCTURAL_INPUT_NAMES.length;
  const structure = new Float32Array(prompts.length * structureCount);
  for (const [prompt, each] of features.entries())
    structure.set(toPromptView(each, view).structure, prompt * structureCount);
  return {
    features,
    words: toGramRows(
      features.map(({ grams }) => grams),
      view.gramWeights,
    ),
    structure,
    structureCount,
    lengths: Float64Array.from(prompts, (prompt) => prompt.length),
  };
};

/** Prompts of other data, whose text stands in the set's table behind its rows so that heads can read both. */
export interface OtherPrompts {
  readonly prompts: readonly string[];
  readonly sources: readonly string[];
}

export const toRouteLlmSet = (rows: readonly RouteLlmRow[], other?: OtherPrompts): RouteLlmSet => ({
  ...toPromptTable(
    [...rows.map(({ prompt }) => prompt), ...(other?.prompts ?? [])],
    [...rows.map(({ benchmark }) => benchmark), ...(other?.sources ?? [])],
  ),
  size: rows.length,
  weak: Float64Array.from(rows, ({ weak }) => weak),
  strong: Float64Array.from(rows, ({ strong }) => strong),
  groups: rows.map(({ group }) => group),
  subjects: rows.map(({ subject }) => subject),
});

/** A strong call is the unit of cost. */
export const toStrongWeakPair = ({ size, weak, strong }: RouteLlmSet): ComponentPair => ({
  size,
  fast: 'weak',
  thinking: 'strong',
  fastScores: weak,
  thinkingScores: strong,
  fastCosts: new Float64Array(size),
  thinkingCosts: new Float64Array(size).fill(1),
});
