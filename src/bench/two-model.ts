/**
 * Measures for a strong and a weak component, as RouteLLM defines them (Ong and others 2024, section 3): PGR, APGR and
 * CPT, by the 11 points of its evaluation program and by the fine curve of every threshold.
 */
import { fitIsotonic } from '../math/calibration.ts';
import { weightedMean } from '../math/statistics.ts';
import type { ComponentPair } from './matrix.ts';
import { toShareOrder, type ShareOrder } from './metrics.ts';

/** Shares of the gap that CPT(20), CPT(50) and CPT(80) ask for. */
export const CPT_TARGETS: readonly number[] = [0.2, 0.5, 0.8];

/** The evaluation program cuts win rates into so many bins of equal size and takes their edges as thresholds. */
const PROTOCOL_BINS = 10;

export interface TwoModelMeasures {
  /** ∫ PGR over the share of strong calls: about 0.5 for random choices; above 1 for an oracle. */
  readonly apgr: number;
  /** [targets] Share of strong calls, 0..1, at which 20, 50 and 80 % of the gap are recovered. */
  readonly cpt: readonly number[];
}

export interface TwoModelResult {
  /** By the 11 thresholds, read as RouteLLM's program reads them: what published figures are comparable with. */
  readonly protocol: TwoModelMeasures;
  /** By every threshold, calls among equal keys given out evenly; CPT on the isotonic fit of the curve. */
  readonly fine: TwoModelMeasures;
}

interface QualityAtShare {
  /** Of strong calls, 0..1. */
  readonly share: number;
  readonly quality: number;
}

/** Share of strong calls and mean score when every prompt with at least `key` goes to the strong component. */
export interface SharePoint extends QualityAtShare {
  readonly key: number;
}

interface Ends {
  readonly weak: number;
  readonly strong: number;
}

/** Performance gap recovered: 0 is the weak component's quality, 1 the strong one's. */
export const gapRecovered = (quality: number, { weak, strong }: Ends): number => (quality - weak) / (strong - weak);

const totalOf = (weights: Float64Array): number => weights.reduce((sum, weight) => sum + weight, 0);

/** The curve over every threshold, from no strong call to all: a point at the end of each block of equal keys. */
export const toShareCurve = (
  { pair, keys, order }: { readonly pair: ComponentPair; readonly keys: Float64Array; readonly order: ShareOrder },
  weights: Float64Array,
): readonly SharePoint[] => {
  const weak = weightedMean(pair.fastScores, weights);
  const total = totalOf(weights);
  const points: SharePoint[] = [{ key: Number.POSITIVE_INFINITY, share: 0, quality: weak }];
  let [called, gained, position] = [0, 0, 0];
  for (const end of order.blockEnds) {
    const before = called;
    for (; position < end; position += 1) {
      const prompt = order.prompts[position] ?? 0;
      const weight = weights[prompt] ?? 0;
      called += weight;
      gained += weight * ((pair.thinkingScores[prompt] ?? 0) - (pair.fastScores[prompt] ?? 0));
    }
    if (called > before) {
      const key = keys[order.prompts[end - 1] ?? 0] ?? Number.NaN;
      points.push({ key, share: called / total, quality: weak + gained / total });
    }
  }
  return points;
};

/** (∫ a − ∫ a_weak) / (∫ a_strong − ∫ a_weak), trapezoids over the shares that the points reach. */
const areaRecovered = (points: readonly SharePoint[], ends: Ends): number => {
  let [own, whole] = [0, 0];
  for (const [index, { share, quality }] of points.entries()) {
    const before = points[index - 1] ?? { share, quality };
    const width = share - before.share;
    own += (width * (gapRecovered(quality, ends) + gapRecovered(before.quality, ends))) / 2;
    whole += width;
  }
  return own / whole;
};

/**
 * The key at each of the 11 quantiles of the weighted prompts (weights count as repeats), linear between order
 * statistics as pandas' `qcut` has it. The points of a fine curve hold the distinct keys, highest first.
 */
const toThresholds = (curve: readonly SharePoint[], total: number): readonly number[] => {
  const ascending = curve.slice(1).toReversed();
  /** Ranks below this have at most the key: the share of higher keys is the share at the next point up. */
  const reached = ascending.map((_, index) => total - Math.round((ascending[index + 1]?.share ?? 0) * total));
  const keyAtRank = (rank: number): number => {
    const index = reached.findIndex((end) => rank < end);
    return (ascending[index] ?? ascending.at(-1))?.key ?? Number.NaN;
  };
  return Array.from({ length: PROTOCOL_BINS + 1 }, (_, edge) => {
    const at = ((total - 1) * edge) / PROTOCOL_BINS;
    const below = keyAtRank(Math.floor(at));
    const above = keyAtRank(Math.ceil(at));
    return below + (above - below) * (at - Math.floor(at));
  });
};

/** One point per threshold, by rising share: strong where the key reaches it; at the last, only where it exceeds it. */
const toProtocolPoints = (curve: readonly SharePoint[], total: number): readonly SharePoint[] => {
  const thresholds = toThresholds(curve, total);
  const points = thresholds.map((threshold, edge) => {
    const isLast = edge === thresholds.length - 1;
    return curve.findLast(({ key }) => (isLast ? key > threshold : key >= threshold));
  });
  return points.filter((point) => point !== undefined).toReversed();
};

/**
 * The share at a quality, linear between points and flat beyond them, by bisection: numpy's `interp`, which supposes that
 * quality rises. Where it does not, any reading is arbitrary, numpy's too.
 */
const shareAt = (points: readonly QualityAtShare[], quality: number): number => {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.quality ?? 0) <= quality) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  const [left, right] = [points[low - 1], points[low]];
  if (left === undefined || right === undefined) {
    return (left ?? right)?.share ?? Number.NaN;
  }
  return left.share + ((right.share - left.share) * (quality - left.quality)) / (right.quality - left.quality);
};

/** The knots of the curve's isotonic fit: quality that never falls with the share. */
const toRisingCurve = (curve: readonly SharePoint[]): readonly QualityAtShare[] => {
  const shares = Float64Array.from(curve, ({ share }) => share);
  // A point stands for the prompts that it adds; the first, which adds none, for as many as the second.
  const weights = shares.map((share, index) => share - (shares[index - 1] ?? 0));
  weights[0] = weights[1] ?? 1;
  const { scores, values } = fitIsotonic({
    scores: shares,
    targets: Float64Array.from(curve, ({ quality }) => quality),
    weights,
  });
  return Array.from(scores, (share, knot) => ({ share, quality: values[knot] ?? Number.NaN }));
};

/**
 * The measures of one way to order prompts, for any weights. `keys` by prompt: the higher, the sooner it goes to the
 * strong (dearer) component: P(strong wins), predicted gain, length. All NaN where the strong one is not the better.
 */
export const createTwoModel = (
  pair: ComponentPair,
  keys: Float64Array,
): ((weights: Float64Array) => TwoModelResult) => {
  const order = toShareOrder(keys);
  return (weights) => {
    const curve = toShareCurve({ pair, keys, order }, weights);
    const ends = { weak: curve.at(0)?.quality ?? Number.NaN, strong: curve.at(-1)?.quality ?? Number.NaN };
    const measure = (points: readonly SharePoint[], read: readonly QualityAtShare[]): TwoModelMeasures => ({
      apgr: ends.strong > ends.weak ? areaRecovered(points, ends) : Number.NaN,
      cpt: CPT_TARGETS.map((target) =>
        ends.strong > ends.weak ? shareAt(read, ends.weak + target * (ends.strong - ends.weak)) : Number.NaN,
      ),
    });
    const points = toProtocolPoints(curve, totalOf(weights));
    return { protocol: measure(points, points), fine: measure(curve, toRisingCurve(curve)) };
  };
};
