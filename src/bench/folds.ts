/** Folds: which prompts are held out together. Groups (near-duplicates) and families are never cut. */
import { toGroupIndex } from '../math/bootstrap.ts';
import { shuffle, type Random } from '../math/random.ts';

/** Folds are bytes. */
export const MAX_FOLDS = 256;

export interface FoldOptions {
  /** By prompt. */
  readonly groups: readonly string[];
  readonly count: number;
  readonly random: Random;
}

/** Whole groups in random order, each to the fold that has the fewest prompts so far. */
export const toGroupFolds = ({ groups, count, random }: FoldOptions): Uint8Array => {
  const { ofRow, count: groupCount } = toGroupIndex(groups);
  if (count < 2 || count > MAX_FOLDS || groupCount < count) {
    throw new RangeError(
      `expected 2 to ${MAX_FOLDS} folds and a group for each, given ${count} of ${groupCount} groups`,
    );
  }
  const sizes = new Int32Array(groupCount);
  for (const group of ofRow) {
    sizes[group] = (sizes[group] ?? 0) + 1;
  }
  const foldSizes = new Int32Array(count);
  const foldOf = new Uint8Array(groupCount);
  for (const group of shuffle([...sizes.keys()], random)) {
    const fold = foldSizes.indexOf(Math.min(...foldSizes));
    foldOf[group] = fold;
    foldSizes[fold] = (foldSizes[fold] ?? 0) + (sizes[group] ?? 0);
  }
  return Uint8Array.from(ofRow, (group) => foldOf[group] ?? 0);
};

export interface FamilyFolds {
  /** In the order of their first prompts; fold i is families[i]. */
  readonly families: readonly string[];
  readonly folds: Uint8Array;
}

/**
 * One fold per family. Throws RangeError where a group stands in two families: its copy would be trained on while it is
 * scored.
 */
export const toFamilyFolds = (families: readonly string[], groups: readonly string[]): FamilyFolds => {
  const { ofRow, count } = toGroupIndex(families);
  if (count < 2 || count > MAX_FOLDS) {
    throw new RangeError(`expected 2 to ${MAX_FOLDS} families, given ${count}`);
  }
  const familyOf = new Map<string, string>();
  for (const [prompt, group] of groups.entries()) {
    const family = families[prompt] ?? '';
    const known = familyOf.get(group) ?? family;
    if (known !== family) {
      throw new RangeError(`group ${group} stands in families ${known} and ${family}: join them or drop its copies`);
    }
    familyOf.set(group, family);
  }
  return { families: [...new Set(families)], folds: Uint8Array.from(ofRow) };
};
