/** The training set: examples as columns, aligned by example. What a quality model is fitted on. */
import type { Features } from '../features/signals.ts';

export interface TrainingSet {
  readonly columns: readonly string[];
  readonly features: readonly Pick<Features, 'grams' | 'structural'>[];
  /** Only template words are found by it. */
  readonly sources: readonly string[];
  /** Near-duplicates share a group and never stand on both sides of a fold. */
  readonly groups: readonly string[];
  /** [columns][examples] Graded scores, 0 to 1; complete. */
  readonly targets: readonly Float64Array[];
}

export const sizeOf = ({ features }: TrainingSet): number => features.length;
