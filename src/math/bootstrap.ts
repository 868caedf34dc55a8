/** The group bootstrap: intervals where near-duplicates are drawn together, since they are not independent. */
import type { Random } from './random.ts';
import { percentileInterval, type Interval } from './statistics.ts';

export const DEFAULT_RESAMPLES = 1_000;

/** A statistic that is undefined in more than this share of the resamples has no interval. */
const MAX_UNDEFINED_SHARE = 0.01;

/** Rows' groups as whole numbers from 0. */
export interface GroupIndex {
  readonly ofRow: Int32Array;
  readonly count: number;
}

export const toGroupIndex = (groups: readonly string[]): GroupIndex => {
  const known = new Map<string, number>();
  const ofRow = Int32Array.from(groups, (group) => {
    const index = known.get(group) ?? known.size;
    known.set(group, index);
    return index;
  });
  return { ofRow, count: known.size };
};

/** Weights of one resample: as many groups as there are, with replacement; a row weighs how often its group was drawn. */
export const drawGroupWeights = (groups: GroupIndex, random: Random): Float64Array => {
  const drawn = new Float64Array(groups.count);
  for (let draw = 0; draw < groups.count; draw += 1) {
    const group = random.integer(groups.count);
    drawn[group] = (drawn[group] ?? 0) + 1;
  }
  return Float64Array.from(groups.ofRow, (group) => drawn[group] ?? 0);
};

export interface BootstrapOptions {
  readonly groups: readonly string[];
  readonly random: Random;
  readonly resamples?: number;
  /**
   * Every statistic of one weighted sample, always in the same order; NaN where it is undefined. Whatever a statistic
   * is compared with (hulls, baselines) is computed in here too, so that differences are paired.
   */
  readonly measure: (weights: Float64Array) => readonly number[];
}

const toInterval = (value: number, resampled: readonly number[]): Interval | null => {
  const defined = resampled.filter((each) => !Number.isNaN(each));
  const isUndefined = resampled.length - defined.length > resampled.length * MAX_UNDEFINED_SHARE;
  return Number.isNaN(value) || isUndefined ? null : percentileInterval(value, defined);
};

/**
 * 95 % intervals of every statistic: cluster bootstrap with percentile intervals (Davison and Hinkley 1997, section
 * 3.8; Efron and Tibshirani 1993, chapter 13). `value` is the statistic of the sample itself. Null where undefined.
 */
export const groupBootstrap = (options: BootstrapOptions): readonly (Interval | null)[] => {
  const { groups, random, measure, resamples = DEFAULT_RESAMPLES } = options;
  const index = toGroupIndex(groups);
  const values = measure(new Float64Array(groups.length).fill(1));
  const resampled = Array.from({ length: resamples }, () => measure(drawGroupWeights(index, random)));
  return values.map((value, statistic) =>
    toInterval(
      value,
      resampled.map((measured) => measured[statistic] ?? Number.NaN),
    ),
  );
};
