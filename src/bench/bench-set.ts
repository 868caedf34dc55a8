/** A set as benchmarks need it: its score matrix, and the features of every prompt, aligned. */
import type { Features } from '../features/signals.ts';
import { toPromptFeatures } from '../learn/example.ts';
import type { TrainingSet } from '../learn/training-set.ts';
import type { OutcomeSet } from '../outcomes/set.ts';
import { toMatrix, type ScoreMatrix } from './matrix.ts';

export interface BenchSet {
  readonly matrix: ScoreMatrix;
  /** By prompt; made from the routable part alone. */
  readonly features: readonly Features[];
  /** By prompt: the source, for template words only. */
  readonly sources: readonly string[];
}

export const toBenchSet = (set: OutcomeSet): BenchSet => ({
  matrix: toMatrix(set),
  features: set.rows.map(({ prompt }) => toPromptFeatures(prompt.routable)),
  sources: set.rows.map(({ prompt }) => prompt.source),
});

/** Labelled prompts of a set as a training set; scores [components][prompts] as the maker was given them. */
export const toTrainingSet = (
  { matrix, features, sources }: BenchSet,
  prompts: Int32Array,
  scores: readonly Float64Array[],
): TrainingSet => {
  const pick = <Value>(values: readonly Value[]): readonly Value[] =>
    Array.from(prompts, (prompt) => values[prompt] as Value); // prompts are places in the set
  return {
    columns: matrix.components,
    features: pick(features),
    sources: pick(sources),
    groups: pick(matrix.groups),
    targets: scores,
  };
};
