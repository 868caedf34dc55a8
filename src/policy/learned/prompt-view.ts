/** What the quality model reads of a prompt: its words as a vector, its structure as numbers. Nothing else. */
import type { Features } from '../../features/signals.ts';
import type { SparseVector } from '../../math/sparse.ts';
import { toGramVector, type GramWeights } from './gram-vector.ts';
import { clipStructuralInput, toStructuralInput, type StructuralRange } from './structural-input.ts';

export interface PromptView {
  readonly vector: SparseVector;
  /** [STRUCTURAL_INPUT_NAMES], clipped to what training saw. */
  readonly structure: Float32Array;
}

export interface ViewSettings {
  readonly gramWeights: GramWeights;
  readonly range: StructuralRange;
}

export const toPromptView = (
  { grams, structural }: Pick<Features, 'grams' | 'structural'>,
  { gramWeights, range }: ViewSettings,
): PromptView => ({
  vector: toGramVector(grams, gramWeights),
  structure: clipStructuralInput(toStructuralInput(structural), range),
});
