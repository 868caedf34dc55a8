/**
 * Baselines for pools that need no learner. As predictions they go through the same cross-fitting and the same choice
 * of λ as a router, so that nothing but what they know differs.
 */
import { createRandom } from '../math/random.ts';
import { mean } from '../math/statistics.ts';
import type { PredictionBaseline, PredictionMaker, TrainingRows } from './cross-fit.ts';
import type { Predictions } from './predictions.ts';

const meansOf = ({ scores }: TrainingRows): readonly number[] => scores.map((column) => mean(column));

const constant = (values: readonly number[], size: number): Predictions =>
  values.map((value) => new Float64Array(size).fill(value));

const honest = (name: string, make: PredictionMaker): PredictionBaseline => ({ name, isCheating: false, make });

/** The training means for every prompt: all that mixing single components can do. */
export const createStaticHull = (): PredictionBaseline =>
  honest('static-hull', (training, heldOut) => constant(meansOf(training), heldOut.length));

/** Noise: for each prompt and component a number of its own, which knows nothing of either. */
export const createRandomScores = (seed: number): PredictionBaseline =>
  honest('random', ({ scores }, heldOut) =>
    scores.map((_, component) =>
      // Seeded by prompt, so that a prompt's number does not depend on the folds.
      Float64Array.from(heldOut, (prompt) => createRandom(seed + prompt * scores.length + component).next()),
    ),
  );

/** One component wherever λ allows it. */
export const createSingle = (name: string, component: number): PredictionBaseline =>
  honest(name, ({ scores }, heldOut) =>
    constant(
      scores.map((_, each) => (each === component ? 1 : 0)),
      heldOut.length,
    ),
  );

/** The component that was best on the training prompts. With a family left out: the transported static choice. */
export const createTransportedStatic = (): PredictionBaseline =>
  honest('transported-static', (training, heldOut) => {
    const means = meansOf(training);
    const best = means.indexOf(Math.max(...means));
    return constant(
      means.map((_, component) => (component === best ? 1 : 0)),
      heldOut.length,
    );
  });

/** How many of the rising lengths are below `length`, or, with `isInclusive`, not above it. */
const countBelow = (sorted: Float64Array, length: number, isInclusive: boolean): number => {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = sorted[middle] ?? 0;
    if (other < length || (isInclusive && other === length)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
};

/** Share of the training prompts that are shorter, half of those of equal length counted. */
const rankAmong = (sorted: Float64Array, length: number): number =>
  (countBelow(sorted, length, false) + countBelow(sorted, length, true)) / 2 / sorted.length;

/**
 * Longer prompts get better components: a component's lead over the worst counts in proportion to the prompt's rank by
 * length among the training prompts. `lengths` by prompt of the set.
 */
export const createLengthRule = (lengths: Float64Array): PredictionBaseline =>
  honest('prompt-length', (training, heldOut) => {
    const means = meansOf(training);
    const worst = Math.min(...means);
    const sorted = Float64Array.from(training.prompts, (prompt) => lengths[prompt] ?? 0).sort();
    const ranks = Float64Array.from(heldOut, (prompt) => rankAmong(sorted, lengths[prompt] ?? 0));
    return means.map((value) => ranks.map((rank) => rank * (value - worst)));
  });
