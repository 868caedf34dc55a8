/** Measures of routing over a score matrix: the static hull, and the headroom that a policy of two components captures. */
import { concaveHull, type CostQuality, type Hull } from '../math/hull.ts';
import { weightedMean } from '../math/statistics.ts';
import type { ComponentPair, ScoreMatrix } from './matrix.ts';

/** Below this difference of quality (one point) between oracle and baseline, a set cannot rank routers. */
export const MIN_HEADROOM = 0.01;

const singlePoints = ({ scores, costs }: ScoreMatrix, weights: Float64Array): readonly CostQuality[] =>
  scores.map((column, component) => ({
    cost: weightedMean(costs[component] ?? [], weights),
    quality: weightedMean(column, weights),
  }));

/** H(c): what random mixtures of single components reach, from the cheapest to the most accurate. */
export const staticHull = (matrix: ScoreMatrix, weights: Float64Array): Hull =>
  concaveHull(singlePoints(matrix, weights));

/** Prompts in an order in which thinking calls are given out, ties in blocks: a rule cannot tell them apart. */
export interface ShareOrder {
  readonly prompts: Int32Array;
  /** End (exclusive) of each block of equal keys. */
  readonly blockEnds: readonly number[];
}

/** Highest key first. */
export const toShareOrder = (keys: Float64Array): ShareOrder => {
  const key = (prompt: number): number => keys[prompt] ?? 0;
  const prompts = Int32Array.from(keys.keys()).sort((one, other) => key(other) - key(one));
  const blockEnds = [...prompts.keys()]
    .filter((index) => index === prompts.length - 1 || key(prompts[index] ?? 0) !== key(prompts[index + 1] ?? 0))
    .map((index) => index + 1);
  return { prompts, blockEnds };
};

/**
 * Probability of a thinking call by prompt when a share of all calls goes to the front of the order. The block in which
 * the share ends gets it evenly, which is the expectation over random tie-breaks.
 */
export const assignShare = (order: ShareOrder, share: number, weights: Float64Array): Float64Array => {
  const assigned = new Float64Array(weights.length);
  let left = share * weights.reduce((sum, weight) => sum + weight, 0);
  let start = 0;
  for (const end of order.blockEnds) {
    if (left <= 0) {
      break;
    }
    const block = order.prompts.subarray(start, end);
    const weight = block.reduce((sum, prompt) => sum + (weights[prompt] ?? 0), 0);
    const part = weight === 0 ? 0 : Math.min(1, left / weight);
    for (const prompt of block) {
      assigned[prompt] = part;
    }
    left -= weight;
    start = end;
  }
  return assigned;
};

/** What a policy that calls thinking with the given probabilities does on a weighted sample, in expectation. */
export interface Performance {
  /** Share of thinking calls. */
  readonly share: number;
  readonly quality: number;
  readonly cost: number;
}

export const performanceOf = (pair: ComponentPair, thinking: Float64Array, weights: Float64Array): Performance => {
  let [total, share, quality, cost] = [0, 0, 0, 0];
  for (let prompt = 0; prompt < pair.size; prompt += 1) {
    const weight = weights[prompt] ?? 0;
    const slow = weight * (thinking[prompt] ?? 0);
    const quick = weight - slow;
    total += weight;
    share += slow;
    quality += quick * (pair.fastScores[prompt] ?? 0) + slow * (pair.thinkingScores[prompt] ?? 0);
    cost += quick * (pair.fastCosts[prompt] ?? 0) + slow * (pair.thinkingCosts[prompt] ?? 0);
  }
  return { share: share / total, quality: quality / total, cost: cost / total };
};

export const gainsOf = ({ fastScores, thinkingScores }: ComponentPair): Float64Array =>
  thinkingScores.map((score, prompt) => score - (fastScores[prompt] ?? 0));

/** mix(t): quality of a random choice with share t of thinking calls. */
export const mixQuality = (pair: ComponentPair, share: number, weights: Float64Array): number =>
  (1 - share) * weightedMean(pair.fastScores, weights) + share * weightedMean(pair.thinkingScores, weights);

/**
 * oracle(t): the best quality with at most a share t of thinking calls, those with the largest gains. Where fewer
 * prompts gain, the rest stays unused: like O(c) it never falls.
 */
export const createOracleQuality = (pair: ComponentPair): ((share: number, weights: Float64Array) => number) => {
  const gains = gainsOf(pair);
  const order = toShareOrder(gains);
  return (share, weights) => {
    const assigned = assignShare(order, share, weights);
    const used = assigned.map((part, prompt) => ((gains[prompt] ?? 0) > 0 ? part : 0));
    return performanceOf(pair, used, weights).quality;
  };
};

export interface HeadroomInputs {
  readonly quality: number;
  readonly mix: number;
  readonly oracle: number;
}

/** HC = (q − mix(t)) / (oracle(t) − mix(t)); NaN where the denominator is below `MIN_HEADROOM`. */
export const headroomCaptured = ({ quality, mix, oracle }: HeadroomInputs): number =>
  oracle - mix < MIN_HEADROOM ? Number.NaN : (quality - mix) / (oracle - mix);
