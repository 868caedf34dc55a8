/** Baselines of the strong-and-weak protocol: lengths, a table that is told the subject, and the oracle. */
import { createRandom } from '../math/random.ts';
import { createTrueTaskTable } from './category-table.ts';
import { FOLDS, type PredictionMaker } from './cross-fit.ts';
import { toGroupFolds } from '../math/group-folds.ts';
import { createLengthLogistic } from './length-logistic.ts';
import type { Keys } from './routellm-keys.ts';
import type { RouteLlmSet } from './routellm-set.ts';

/** P(strong) − P(weak) of a maker, each fold's from the other folds. */
const crossFitGain = (set: RouteLlmSet, make: PredictionMaker, folds: Uint8Array): Float64Array => {
  const keys = new Float64Array(set.size);
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const known = Int32Array.from(folds.keys()).filter((prompt) => folds[prompt] !== fold);
    const asked = Int32Array.from(folds.keys()).filter((prompt) => folds[prompt] === fold);
    const scores = [set.weak, set.strong].map((column) =>
      Float64Array.from(known, (prompt) => column[prompt] ?? Number.NaN),
    );
    const [weak, strong] = make({ prompts: known, scores, costs: [] }, asked);
    asked.forEach((prompt, row) => {
      keys[prompt] = (strong?.[row] ?? Number.NaN) - (weak?.[row] ?? Number.NaN);
    });
  }
  return keys;
};

export const SUBJECT_TABLE = 'true subject (cheating)';

/** Names that are not learned from words; `units` are held out together, as for the routers. */
export const baselineKeys = (set: RouteLlmSet, units: readonly string[], seed: number): Keys => {
  const folds = toGroupFolds(units, FOLDS, createRandom(seed));
  const lengths = set.lengths.slice(0, set.size);
  return {
    random: new Float64Array(set.size),
    'prompt length': lengths,
    'length, fitted': crossFitGain(set, createLengthLogistic(lengths).make, folds),
    [SUBJECT_TABLE]: crossFitGain(set, createTrueTaskTable(set.subjects).make, folds),
    oracle: set.strong.map((score, prompt) => score - (set.weak[prompt] ?? 0)),
  };
};
