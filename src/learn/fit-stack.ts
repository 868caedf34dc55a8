/** Fits of the stack: non-negative least squares on predictions for examples that their makers had not seen. */
import { mean } from '../math/statistics.ts';
import { fitNonNegative } from '../math/non-negative.ts';
import type { Member, Stack } from '../policy/learned/stack.ts';

export interface StackInputs {
  readonly members: readonly Member[];
  /** [members][columns][examples], out of fold. */
  readonly predictions: readonly (readonly Float64Array[])[];
  /** [columns][examples] */
  readonly targets: readonly Float64Array[];
}

/** Mean over columns of every example, less the mean of all. */
const sharedPart = (columns: readonly Float64Array[]): Float64Array => {
  const size = columns[0]?.length ?? 0;
  const shared = new Float64Array(size);
  for (const column of columns)
    for (let row = 0; row < size; row += 1) shared[row] = (shared[row] ?? 0) + (column[row] ?? 0) / columns.length;
  const center = mean(shared);
  return shared.map((value) => value - center);
};

/** [columns × examples] Each column less its mean and less the shared part. */
const deviations = (columns: readonly Float64Array[], shared: Float64Array): Float64Array => {
  const size = shared.length;
  const apart = new Float64Array(size * columns.length);
  for (const [at, column] of columns.entries()) {
    const center = mean(column);
    for (let row = 0; row < size; row += 1) apart[at * size + row] = (column[row] ?? 0) - center - (shared[row] ?? 0);
  }
  return apart;
};

const join = (parts: readonly Float64Array[]): Float64Array => {
  const joined = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let start = 0;
  for (const part of parts) {
    joined.set(part, start);
    start += part.length;
  }
  return joined;
};

/**
 * Weights of the members (Wolpert 1992, stacked generalisation; Breiman 1996, why they must not be negative), for the
 * shared part and for the deviations apart. A weight below 1 is the shrinkage that the held-out examples ask for.
 */
export const fitStack = ({ members, predictions, targets }: StackInputs): Stack => {
  const shared = predictions.map(sharedPart);
  const targetShared = sharedPart(targets);
  const apart = predictions.map((columns, member) => deviations(columns, shared[member] ?? new Float64Array(0)));
  const single = targets.length === 1;
  return {
    members,
    shared: fitNonNegative({ columns: join(shared), columnCount: members.length, targets: targetShared }),
    // One column has nothing to stand apart from.
    deviation: single
      ? new Float64Array(members.length)
      : fitNonNegative({
          columns: join(apart),
          columnCount: members.length,
          targets: deviations(targets, targetShared),
        }),
    means: Float64Array.from(targets, mean),
    centers: Float64Array.from(predictions.flatMap((columns) => columns.map(mean))),
  };
};
