/**
 * Known ground: whether a prompt is like those of training. A model of words says something about every prompt; where
 * nothing like it was seen, what it says is not evidence, and the policy must fall back on what it knows without it.
 */
import { similaritiesTo, type RowIndex } from '../../math/row-index.ts';
import type { SparseRows, SparseVector } from '../../math/sparse.ts';

export interface KnownGround {
  /** Training prompts of unit length, one a row; and the same by column. */
  readonly rows: SparseRows;
  readonly exemplars: RowIndex;
  /** Smallest `groundSimilarity` of known ground: the 10th percentile between training prompts. */
  readonly threshold: number;
}

const NEAREST = 3;

/** Mean cosine of the three nearest exemplars, 0 to 1. */
export const groundSimilarity = ({ exemplars }: Pick<KnownGround, 'exemplars'>, vector: SparseVector): number => {
  const nearest = new Float64Array(NEAREST);
  for (const similarity of similaritiesTo(exemplars, vector)) {
    if (similarity <= (nearest[0] ?? 0)) continue;
    nearest[0] = similarity;
    nearest.sort();
  }
  return nearest.reduce((sum, similarity) => sum + similarity, 0) / NEAREST;
};

export const isKnownGround = (ground: KnownGround, vector: SparseVector): boolean =>
  groundSimilarity(ground, vector) >= ground.threshold;
