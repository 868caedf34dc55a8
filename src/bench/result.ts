/** Benchmark rows: one policy on one set, with intervals, as result files and tables hold them. */
import { DEFAULT_RESAMPLES, groupBootstrap } from '../math/bootstrap.ts';
import { createRandom } from '../math/random.ts';
import type { Interval } from '../math/statistics.ts';
import {
  longestAtShare,
  oracleAtShare,
  oraclePolicy,
  randomAtCost,
  singlePolicies,
  type PairPolicy,
  type Sample,
} from './baselines.ts';
import { toPair, type ScoreMatrix } from './matrix.ts';
import { createOracleQuality, headroomCaptured, mixQuality, performanceOf } from './metrics.ts';

/** Names and units of the result files. */
export interface BenchRow {
  readonly set: string;
  readonly policy: string;
  readonly quality: Interval;
  /** Mean cost of one call by the set's cost rule. */
  readonly cost_usd: Interval;
  readonly share: Readonly<Record<string, number>>;
  /** Area over the whole cost range; null for a policy that is one point. */
  readonly area: Interval | null;
  /** HC at the policy's own share; null where the share is that of a single component or the set cannot rank routers. */
  readonly headroom: Interval | null;
  /** Quality minus that of always thinking, in points; paired. */
  readonly gain_over_thinking_points: Interval | null;
  /** Quality minus mix(t) at the policy's own share, in points; paired. The numerator of HC. */
  readonly gain_over_random_points: Interval | null;
  /** Quality minus that of the prompt-length rule at the policy's own share, in points; paired. */
  readonly gain_over_length_points: Interval | null;
  readonly n: number;
  readonly groups: number;
  readonly seed: number;
}

export interface RowOptions {
  readonly matrix: ScoreMatrix;
  /** The policy under test; baselines "at the same share" take its share. */
  readonly subject: PairPolicy;
  readonly seed: number;
  readonly resamples?: number;
}

const POINTS = 100;
const STATISTICS = ['quality', 'cost', 'headroom', 'overThinking', 'overRandom', 'overLength'] as const;

/** Every policy's statistics of one weighted sample, in the order of `STATISTICS`. */
const createMeasure = ({ matrix, subject }: RowOptions, policies: readonly PairPolicy[]) => {
  const pair = toPair(matrix);
  const oracleQuality = createOracleQuality(pair);
  const longest = longestAtShare(matrix);
  const none = { share: 0, quality: 0, cost: 0 };
  const always = new Float64Array(pair.size).fill(1);

  const measureOne = (policy: PairPolicy, sample: Sample): readonly number[] => {
    const { weights } = sample;
    const own = performanceOf(pair, policy.assign(sample), weights);
    const mix = mixQuality(pair, own.share, weights);
    const oracle = oracleQuality(own.share, weights);
    const thinking = performanceOf(pair, always, weights).quality;
    const length = performanceOf(pair, longest.assign({ weights, subject: own }), weights).quality;
    return [
      own.quality,
      own.cost,
      headroomCaptured({ quality: own.quality, mix, oracle }),
      (own.quality - thinking) * POINTS,
      (own.quality - mix) * POINTS,
      (own.quality - length) * POINTS,
    ];
  };
  return (weights: Float64Array): readonly number[] => {
    const chosen = subject.assign({ weights, subject: none });
    const sample = { weights, subject: performanceOf(pair, chosen, weights) };
    return policies.flatMap((policy) => measureOne(policy, sample));
  };
};

/**
 * Rows of the single components, the random mixture at equal cost, the prompt-length rule and the oracle at the same
 * share, the oracle, and last the subject. One bootstrap over groups for all, so that differences are paired.
 */
export const toBenchRows = (options: RowOptions): readonly BenchRow[] => {
  const { matrix, subject, seed, resamples = DEFAULT_RESAMPLES } = options;
  const pair = toPair(matrix);
  const policies = [
    ...singlePolicies(matrix),
    randomAtCost(matrix),
    longestAtShare(matrix),
    oracleAtShare(matrix),
    oraclePolicy(matrix),
    subject,
  ];
  const measure = createMeasure(options, policies);
  const intervals = groupBootstrap({ groups: matrix.groups, random: createRandom(seed), resamples, measure });
  const weights = new Float64Array(pair.size).fill(1);
  const own = performanceOf(pair, subject.assign({ weights, subject: { share: 0, quality: 0, cost: 0 } }), weights);
  const groups = new Set(matrix.groups).size;
  return policies.map((policy, index) => {
    const [quality, cost, headroom, overThinking, overRandom, overLength] = intervals.slice(
      index * STATISTICS.length,
      (index + 1) * STATISTICS.length,
    );
    const { share } = performanceOf(pair, policy.assign({ weights, subject: own }), weights);
    if (!quality || !cost) {
      throw new RangeError('a row needs at least one prompt with scores and costs');
    }
    const isSingle = share === 0 || share === 1;
    return {
      set: matrix.set,
      policy: policy.name,
      quality,
      cost_usd: cost,
      share: { [pair.fast]: 1 - share, [pair.thinking]: share },
      area: null,
      headroom: isSingle ? null : (headroom ?? null),
      gain_over_thinking_points: overThinking ?? null,
      gain_over_random_points: overRandom ?? null,
      gain_over_length_points: overLength ?? null,
      n: pair.size,
      groups,
      seed,
    };
  });
};
