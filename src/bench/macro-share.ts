/** Measures of a two-component policy with every source weighing the same, however many prompts it has. */
import { groupBootstrap } from '../math/bootstrap.ts';
import { createRandom } from '../math/random.ts';
import type { Interval } from '../math/statistics.ts';
import { longestAtShare, type PairPolicy } from './baselines.ts';
import { toPair, type ScoreMatrix } from './matrix.ts';
import { createOracleQuality, headroomCaptured, mixQuality, performanceOf } from './metrics.ts';

/** Weights scaled so that the prompts of every source weigh 1 together; a source without weight stays without. */
export const balanceSources = (weights: Float64Array, sources: readonly string[]): Float64Array => {
  const totals = new Map<string, number>();
  for (const [prompt, source] of sources.entries())
    totals.set(source, (totals.get(source) ?? 0) + (weights[prompt] ?? 0));
  return weights.map((weight, prompt) => {
    const total = totals.get(sources[prompt] ?? '') ?? 0;
    return total === 0 ? 0 : weight / total;
  });
};

export interface MacroRow {
  /** HC at the policy's own share. */
  readonly headroom: Interval | null;
  /** HC of the length rule at that share. */
  readonly length_headroom: Interval | null;
  /** Paired; null where either is undefined. */
  readonly headroom_over_length: Interval | null;
  /** Quality minus that of always thinking, in points. */
  readonly gain_over_thinking_points: Interval | null;
}

export interface MacroOptions {
  readonly matrix: ScoreMatrix;
  readonly subject: PairPolicy;
  /** By prompt. All equal: every prompt weighs the same. */
  readonly sources: readonly string[];
  readonly seed: number;
  readonly resamples: number;
}

const POINTS = 100;

export const toMacroRow = ({ matrix, subject, sources, seed, resamples }: MacroOptions): MacroRow => {
  const pair = toPair(matrix);
  const oracleQuality = createOracleQuality(pair);
  const longest = longestAtShare(matrix);
  const none = { share: 0, quality: 0, cost: 0 };
  const always = new Float64Array(pair.size).fill(1);
  const measure = (sample: Float64Array): readonly number[] => {
    const weights = balanceSources(sample, sources);
    const own = performanceOf(pair, subject.assign({ weights, subject: none }), weights);
    const mix = mixQuality(pair, own.share, weights);
    const oracle = oracleQuality(own.share, weights);
    const byLength = performanceOf(pair, longest.assign({ weights, subject: own }), weights).quality;
    const headroom = headroomCaptured({ quality: own.quality, mix, oracle });
    const lengthHeadroom = headroomCaptured({ quality: byLength, mix, oracle });
    const thinking = performanceOf(pair, always, weights).quality;
    return [headroom, lengthHeadroom, headroom - lengthHeadroom, (own.quality - thinking) * POINTS];
  };
  const [headroom, length, over, loss] = groupBootstrap({
    groups: matrix.groups,
    random: createRandom(seed),
    resamples,
    measure,
  });
  return {
    headroom: headroom ?? null,
    length_headroom: length ?? null,
    headroom_over_length: over ?? null,
    gain_over_thinking_points: loss ?? null,
  };
};
