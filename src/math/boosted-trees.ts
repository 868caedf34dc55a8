/** Gradient boosting: a sum of small regression trees, each fitted to what the earlier ones left over. */
import { toFeatureBins } from './feature-bins.ts';
import { logit } from './probability.ts';
import type { Random } from './random.ts';
import { createTreeGrower, predictTree, type Derivatives, type RegressionTree } from './regression-tree.ts';
import { weightedMean } from './statistics.ts';

/** Cross-entropy of log odds, or half the squared error. */
export type BoostingLoss = 'logistic' | 'squared';

export interface BoostedTreesOptions {
  /** [rows × features] One row after the other. NaN counts as larger than everything. */
  readonly features: Float32Array;
  readonly featureCount: number;
  /** [rows] For the logistic loss from 0 to 1; a value between counts as both classes in its proportion. */
  readonly targets: Float64Array;
  /** [rows] How often each row counts, not negative; 1 when absent. */
  readonly weights?: Float64Array;
  readonly loss: BoostingLoss;
  /** Draws each tree's rows; not used while `rowShare` is 1. */
  readonly random: Random;
  readonly treeCount?: number;
  readonly learningRate?: number;
  readonly leafCount?: number;
  readonly minLeafWeight?: number;
  readonly leafPenalty?: number;
  /** The share of rows that each tree sees, above 0, up to 1. */
  readonly rowShare?: number;
  /** The most bins of a feature, 2 to 256. */
  readonly binCount?: number;
}

/** Plain data. The prediction is `base` and the answers of all trees, added up; for the logistic loss log odds. */
export interface BoostedTrees {
  readonly loss: BoostingLoss;
  readonly featureCount: number;
  readonly base: number;
  readonly trees: readonly RegressionTree[];
}

const DEFAULTS = {
  treeCount: 120,
  learningRate: 0.1,
  leafCount: 12,
  minLeafWeight: 20,
  leafPenalty: 1,
  rowShare: 1,
  binCount: 64,
} as const;

/** The sum of the trees for the features that begin at `offset`: log odds for the logistic loss. */
export const predictTrees = (model: BoostedTrees, features: Float32Array, offset: number): number => {
  let sum = model.base;
  for (const tree of model.trees) {
    sum += predictTree(tree, features, offset);
  }
  return sum;
};

type Settings = BoostedTreesOptions & Required<Pick<BoostedTreesOptions, keyof typeof DEFAULTS | 'weights'>>;

const check = (settings: Settings): void => {
  const { features, featureCount, targets, weights, loss, leafCount, rowShare } = settings;
  if (features.length !== targets.length * featureCount || weights.length !== targets.length || targets.length === 0) {
    throw new RangeError(`${targets.length} targets, ${weights.length} weights, ${features.length} feature values`);
  }
  if (loss === 'logistic' && !targets.every((target) => target >= 0 && target <= 1)) {
    throw new RangeError('targets of the logistic loss must lie between 0 and 1');
  }
  if (!weights.every((weight) => weight >= 0) || !weights.some((weight) => weight > 0)) {
    throw new RangeError('row weights must not be negative, and not all 0');
  }
  if (!(Number.isInteger(leafCount) && leafCount >= 1) || !(rowShare > 0 && rowShare <= 1)) {
    throw new RangeError(`a leaf count of ${leafCount}, a row share of ${rowShare}`);
  }
};

const writeDerivatives = (settings: Settings, scores: Float64Array, into: Derivatives): void => {
  const { targets, weights, loss } = settings;
  for (let row = 0; row < scores.length; row += 1) {
    const score = scores[row] ?? 0;
    const weight = weights[row] ?? 0;
    const predicted = loss === 'logistic' ? 1 / (1 + Math.exp(-score)) : score;
    into.gradients[row] = weight * (predicted - (targets[row] ?? 0));
    into.curvatures[row] = loss === 'logistic' ? weight * predicted * (1 - predicted) : weight;
  }
};

/** Exactly the asked share of rows, ascending (selection sampling: Knuth 1997, algorithm 3.4.2 S). */
const drawRows = (rowCount: number, share: number, random: Random): Uint32Array => {
  const drawn = new Uint32Array(Math.max(1, Math.round(rowCount * share)));
  let count = 0;
  for (let row = 0; row < rowCount && count < drawn.length; row += 1) {
    if (random.next() * (rowCount - row) < drawn.length - count) {
      drawn[count] = row;
      count += 1;
    }
  }
  return drawn;
};

const scaleTree = (tree: RegressionTree, factor: number): RegressionTree => ({
  ...tree,
  value: tree.value.map((value) => value * factor),
});

/**
 * Gradient boosting (Friedman 2001) with second-order leaves (Chen and Guestrin 2016) and histograms of quantile bins:
 * every tree minimises the loss's quadratic approximation plus ½ leafPenalty × value² of its leaves, grows best leaf
 * first, and is added times the learning rate. Throws RangeError for lists that are not aligned and values out of range.
 */
export const fitBoostedTrees = (options: BoostedTreesOptions): BoostedTrees => {
  const settings: Settings = { ...DEFAULTS, weights: new Float64Array(options.targets.length).fill(1), ...options };
  check(settings);
  const { features, featureCount, targets, weights, loss, rowShare, random } = settings;
  const rowCount = targets.length;
  const grow = createTreeGrower(toFeatureBins(settings, settings.binCount), settings);
  const prior = weightedMean(targets, weights);
  const base = loss === 'logistic' ? logit(prior) : prior;
  const scores = new Float64Array(rowCount).fill(base);
  const derivatives = { gradients: new Float64Array(rowCount), curvatures: new Float64Array(rowCount), weights };
  const all = Uint32Array.from({ length: rowCount }, (_, row) => row);
  const trees: RegressionTree[] = [];
  for (let index = 0; index < settings.treeCount; index += 1) {
    writeDerivatives(settings, scores, derivatives);
    const rows = rowShare < 1 ? drawRows(rowCount, rowShare, random) : all;
    const tree = scaleTree(grow(rows, derivatives), settings.learningRate);
    for (let row = 0; row < rowCount; row += 1) {
      scores[row] = (scores[row] ?? 0) + predictTree(tree, features, row * featureCount);
    }
    trees.push(tree);
  }
  return { loss, featureCount, base, trees };
};
