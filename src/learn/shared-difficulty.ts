/** How hard prompts are for all models, as their words show it: log odds of the mean score, predicted out of fold. */
import { toGroupFolds } from '../math/group-folds.ts';
import { fitLogistic, predictLogits } from '../math/logistic.ts';
import { createRandom } from '../math/random.ts';
import { selectRows, type SparseRows } from '../math/sparse.ts';

export interface DifficultyOptions {
  /** Gram vectors. */
  readonly rows: SparseRows;
  /** [rows] Mean score over models; NaN where none was asked, which is then predicted and not learned from. */
  readonly means: Float64Array;
  readonly groups: readonly string[];
  readonly seed: number;
}

const FOLDS = 3;
const INVERSE_PENALTY = 1;

/** Only an order of prompts is wanted, which stands long before the last digits do. */
const MAX_ITERATIONS = 60;
const TOLERANCE = 1e-4;

const indexesWhere = (length: number, isWanted: (index: number) => boolean): Uint32Array =>
  Uint32Array.from({ length }, (_, index) => index).filter(isWanted);

/** [rows] Log odds that a model answers well: each prompt's from prompts of other groups. */
export const predictSharedDifficulty = ({ rows, means, groups, seed }: DifficultyOptions): Float64Array => {
  const folds = toGroupFolds(groups, FOLDS, createRandom(seed));
  const predicted = new Float64Array(rows.rowCount);
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const training = indexesWhere(rows.rowCount, (row) => folds[row] !== fold && !Number.isNaN(means[row]));
    const heldOut = indexesWhere(rows.rowCount, (row) => folds[row] === fold);
    const head = fitLogistic({
      rows: selectRows(rows, training),
      targets: Float64Array.from(training, (row) => means[row] ?? 0),
      inversePenalty: INVERSE_PENALTY,
      maxIterations: MAX_ITERATIONS,
      tolerance: TOLERANCE,
    });
    const logits = predictLogits(selectRows(rows, heldOut), head);
    for (const [place, row] of heldOut.entries()) predicted[row] = logits[place] ?? 0;
  }
  return predicted;
};
