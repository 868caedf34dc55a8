/** Baselines over a pair of components: what a routing claim must stand beside to be evidence. */
import { assignShare, gainsOf, toShareOrder, type Performance } from './metrics.ts';
import { toPair, type ScoreMatrix } from './matrix.ts';
import { weightedMean } from '../math/statistics.ts';

/** A resample, and what the policy under test did on it: baselines at its share or cost follow it there. */
export interface Sample {
  readonly weights: Float64Array;
  readonly subject: Performance;
}

export interface PairPolicy {
  readonly name: string;
  /** Probability of a thinking call by prompt, 0..1. */
  readonly assign: (sample: Sample) => Float64Array;
}

/** Choices that were made once and stay: those of a live run, or of a policy under test. */
export const fixedPolicy = (name: string, thinking: Float64Array): PairPolicy => ({ name, assign: () => thinking });

const constant = (size: number, probability: number): Float64Array => new Float64Array(size).fill(probability);

/** One component for every prompt, under the component's own name. */
export const singlePolicies = (matrix: ScoreMatrix): readonly PairPolicy[] => {
  const { fast, thinking, size } = toPair(matrix);
  return [fixedPolicy(fast, constant(size, 0)), fixedPolicy(thinking, constant(size, 1))];
};

/** A coin for every prompt whose bias makes it cost what the subject cost. */
export const randomAtCost = (matrix: ScoreMatrix): PairPolicy => {
  const { fastCosts, thinkingCosts, size } = toPair(matrix);
  return {
    name: 'random',
    assign: ({ weights, subject }) => {
      const cheap = weightedMean(fastCosts, weights);
      const dear = weightedMean(thinkingCosts, weights);
      return constant(size, Math.min(1, Math.max(0, (subject.cost - cheap) / (dear - cheap))));
    },
  };
};

/** The longest prompts think, as many as the subject sent to thinking. */
export const longestAtShare = (matrix: ScoreMatrix): PairPolicy => {
  const order = toShareOrder(matrix.lengths);
  return { name: 'prompt-length', assign: ({ weights, subject }) => assignShare(order, subject.share, weights) };
};

/** The prompts with the largest gains think, as many as the subject sent to thinking. */
export const oracleAtShare = (matrix: ScoreMatrix): PairPolicy => {
  const order = toShareOrder(gainsOf(toPair(matrix)));
  return { name: 'oracle-same-share', assign: ({ weights, subject }) => assignShare(order, subject.share, weights) };
};

/** Thinking exactly where it scored higher: the best that any choice could have done, luck included. */
export const oraclePolicy = (matrix: ScoreMatrix): PairPolicy =>
  fixedPolicy(
    'oracle',
    gainsOf(toPair(matrix)).map((gain) => (gain > 0 ? 1 : 0)),
  );
