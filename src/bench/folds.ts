/** Folds of families: which prompts are held out together when a kind of task is left out. Groups are never cut. */
import { toGroupIndex } from '../math/bootstrap.ts';

/** Folds are bytes. */
const MAX_FOLDS = 256;

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
