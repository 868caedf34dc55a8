/** Which prompts to grade first: a sample that is spread over all strata. */
import { shuffle, type Random } from '../math/random.ts';

export interface DrawOptions {
  /** Prompts to choose from. */
  readonly prompts: readonly number[];
  /** By prompt. */
  readonly strata: ArrayLike<number>;
  readonly labels: number;
  readonly random: Random;
}

/**
 * Systematic sampling in the order of the strata, shuffled within: every stratum gets its share, rounded up or down at
 * random (Cochran 1977, chapter 8). All prompts where `labels` is not below their number.
 */
export const drawLabels = ({ prompts, strata, labels, random }: DrawOptions): readonly number[] => {
  if (labels >= prompts.length) return prompts;
  const ordered = shuffle(prompts, random).toSorted((one, other) => (strata[one] ?? 0) - (strata[other] ?? 0));
  const step = ordered.length / labels;
  const start = random.next() * step;
  return Array.from({ length: labels }, (_, label) => ordered[Math.floor(start + label * step)] ?? 0);
};
