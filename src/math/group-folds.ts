/** Cross-validation folds of whole groups, so that near-duplicates are never on both sides. */
import { toGroupIndex } from './bootstrap.ts';
import { shuffle, type Random } from './random.ts';

const MAX_FOLDS = 256;

const indexOfSmallest = (values: Uint32Array): number =>
  values.reduce((best, value, index) => (value < (values[best] ?? 0) ? index : best), 0);

/**
 * [rows] Each row's fold, from 0. Groups are shuffled, then each goes to the fold with the fewest rows so far, the first
 * of equals. Throws RangeError unless 2 <= foldCount <= 256 and there is a group for every fold.
 */
export const toGroupFolds = (groups: readonly string[], foldCount: number, random: Random): Uint8Array => {
  const index = toGroupIndex(groups);
  if (!(Number.isInteger(foldCount) && foldCount >= 2 && foldCount <= Math.min(MAX_FOLDS, index.count))) {
    throw new RangeError(`${foldCount} folds of ${index.count} groups`);
  }
  const groupSizes = new Uint32Array(index.count);
  for (const group of index.ofRow) {
    groupSizes[group] = (groupSizes[group] ?? 0) + 1;
  }
  const foldSizes = new Uint32Array(foldCount);
  const foldOfGroup = new Uint8Array(index.count);
  for (const group of shuffle([...groupSizes.keys()], random)) {
    const fold = indexOfSmallest(foldSizes);
    foldOfGroup[group] = fold;
    foldSizes[fold] = (foldSizes[fold] ?? 0) + (groupSizes[group] ?? 0);
  }
  return Uint8Array.from(index.ofRow, (group) => foldOfGroup[group] ?? 0);
};
