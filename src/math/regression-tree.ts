/** One regression tree, grown leaf by leaf on binned features from gradients and curvatures. */
import type { FeatureBins } from './feature-bins.ts';

/** Nodes from 0, the root. All lists are aligned. */
export interface RegressionTree {
  /** The feature that a node asks for; -1 at a leaf. */
  readonly feature: Int16Array;
  /** Values up to this go left, others and NaN right. */
  readonly threshold: Float32Array;
  readonly left: Uint16Array;
  readonly right: Uint16Array;
  /** A leaf's answer; 0 elsewhere. */
  readonly value: Float64Array;
}

/** The answer for the features that begin at `offset`. */
export const predictTree = (tree: RegressionTree, features: Float32Array, offset: number): number => {
  let node = 0;
  let feature = tree.feature[0] ?? -1;
  while (feature >= 0) {
    const goesLeft = (features[offset + feature] ?? Number.NaN) <= (tree.threshold[node] ?? 0);
    node = (goesLeft ? tree.left[node] : tree.right[node]) ?? 0;
    feature = tree.feature[node] ?? -1;
  }
  return tree.value[node] ?? 0;
};

export interface TreeLimits {
  /** The most leaves, at least 1. */
  readonly leafCount: number;
  /** The least sum of row weights in a leaf. */
  readonly minLeafWeight: number;
  /** Added to a leaf's curvature: a leaf's answer is -gradient / (curvature + penalty). */
  readonly leafPenalty: number;
}

/** [rows] First and second derivative of each row's loss by its prediction, and its weight. */
export interface Derivatives {
  readonly gradients: Float64Array;
  readonly curvatures: Float64Array;
  readonly weights: Float64Array;
}

/** Sums over a leaf's rows. */
interface Sums {
  readonly gradient: number;
  readonly curvature: number;
  readonly weight: number;
}

interface Split {
  readonly feature: number;
  /** Bins up to this go left. */
  readonly bin: number;
  readonly gain: number;
  readonly left: Sums;
}

interface Leaf {
  readonly node: number;
  /** The leaf's rows: `order` from `start` up to, not including, `end`. */
  readonly start: number;
  readonly end: number;
  readonly sums: Sums;
  /** [features × bins × 3] Gradient, curvature and weight of the rows in each bin. */
  readonly histogram: Float64Array;
  readonly split: Split | null;
}

/** Numbers of a bin in a histogram. */
const STRIDE = 3;

/** A gain below this share of the leaf's own score is rounding. */
const MIN_RELATIVE_GAIN = 1e-9;

interface Workspace {
  readonly bins: FeatureBins;
  readonly limits: TreeLimits;
  readonly order: Uint32Array;
  readonly spare: Uint32Array;
  /** Derivatives of a leaf's rows side by side, so that the histogram loop reads them in order. */
  readonly gathered: Derivatives;
  readonly histograms: readonly Float64Array[];
}

const gather = (
  { order, gathered }: Workspace,
  derivatives: Derivatives,
  { start, end }: Pick<Leaf, 'start' | 'end'>,
): Sums => {
  let [gradient, curvature, weight] = [0, 0, 0];
  for (let index = start; index < end; index += 1) {
    const row = order[index] ?? 0;
    const rowGradient = derivatives.gradients[row] ?? 0;
    const rowCurvature = derivatives.curvatures[row] ?? 0;
    const rowWeight = derivatives.weights[row] ?? 0;
    gathered.gradients[index] = rowGradient;
    gathered.curvatures[index] = rowCurvature;
    gathered.weights[index] = rowWeight;
    gradient += rowGradient;
    curvature += rowCurvature;
    weight += rowWeight;
  }
  return { gradient, curvature, weight };
};

/** Sums the gathered derivatives of a leaf's rows by feature and bin: where the time goes. */
const fillHistogram = (
  workspace: Workspace,
  histogram: Float64Array,
  { start, end }: Pick<Leaf, 'start' | 'end'>,
): void => {
  const { order, gathered } = workspace;
  const { gradients, curvatures, weights } = gathered;
  const { bins, featureCount, binCount, rowCount } = workspace.bins;
  histogram.fill(0);
  for (let feature = 0; feature < featureCount; feature += 1) {
    const firstBin = feature * rowCount;
    const firstSum = feature * binCount * STRIDE;
    for (let index = start; index < end; index += 1) {
      const at = firstSum + (bins[firstBin + (order[index] ?? 0)] ?? 0) * STRIDE;
      histogram[at] = (histogram[at] ?? 0) + (gradients[index] ?? 0);
      histogram[at + 1] = (histogram[at + 1] ?? 0) + (curvatures[index] ?? 0);
      histogram[at + 2] = (histogram[at + 2] ?? 0) + (weights[index] ?? 0);
    }
  }
};

/** Turns a parent's histogram into that of the child whose sibling's is known. */
const subtractHistogram = (parent: Float64Array, sibling: Float64Array): void => {
  for (let at = 0; at < parent.length; at += 1) {
    parent[at] = (parent[at] ?? 0) - (sibling[at] ?? 0);
  }
};

const subtract = (whole: Sums, part: Sums): Sums => ({
  gradient: whole.gradient - part.gradient,
  curvature: whole.curvature - part.curvature,
  weight: whole.weight - part.weight,
});

/** Twice the loss that a leaf's best answer saves, to second order (Chen and Guestrin 2016, equation 6). */
const toScore = (gradient: number, curvature: number, penalty: number): number =>
  curvature + penalty > 0 ? (gradient * gradient) / (curvature + penalty) : 0;

/** The best split of one feature if it beats `best`, else `best`. */
const splitFeature = (
  workspace: Workspace,
  feature: number,
  leaf: Omit<Leaf, 'split'> & { readonly best: Split | null },
): Split | null => {
  const { minLeafWeight, leafPenalty } = workspace.limits;
  const { histogram, sums, best } = leaf;
  const first = feature * workspace.bins.binCount * STRIDE;
  const cuts = workspace.bins.thresholds[feature]?.length ?? 0;
  const ownScore = toScore(sums.gradient, sums.curvature, leafPenalty);
  let [gradient, curvature, weight] = [0, 0, 0];
  let bestBin = -1;
  let bestGain = Math.max(best?.gain ?? 0, MIN_RELATIVE_GAIN * ownScore);
  let bestLeft = sums;
  for (let bin = 0; bin < cuts; bin += 1) {
    const at = first + bin * STRIDE;
    gradient += histogram[at] ?? 0;
    curvature += histogram[at + 1] ?? 0;
    weight += histogram[at + 2] ?? 0;
    const gain =
      toScore(gradient, curvature, leafPenalty) +
      toScore(sums.gradient - gradient, sums.curvature - curvature, leafPenalty) -
      ownScore;
    if (gain > bestGain && weight >= minLeafWeight && sums.weight - weight >= minLeafWeight) {
      bestBin = bin;
      bestGain = gain;
      bestLeft = { gradient, curvature, weight };
    }
  }
  return bestBin < 0 ? best : { feature, bin: bestBin, gain: bestGain, left: bestLeft };
};

const withSplit = (workspace: Workspace, leaf: Omit<Leaf, 'split'>): Leaf => {
  let best: Split | null = null;
  for (let feature = 0; feature < workspace.bins.featureCount; feature += 1) {
    best = splitFeature(workspace, feature, { ...leaf, best });
  }
  return { ...leaf, split: best };
};

/** Puts the rows that go left before the others, both in their old order; returns where the others begin. */
const partition = ({ bins, order, spare }: Workspace, { start, end }: Leaf, { feature, bin }: Split): number => {
  const first = feature * bins.rowCount;
  let left = start;
  let right = 0;
  for (let index = start; index < end; index += 1) {
    const row = order[index] ?? 0;
    if ((bins.bins[first + row] ?? 0) <= bin) {
      order[left] = row;
      left += 1;
    } else {
      spare[right] = row;
      right += 1;
    }
  }
  order.set(spare.subarray(0, right), left);
  return left;
};

/** A tree while it grows. */
interface Draft {
  readonly feature: number[];
  readonly threshold: number[];
  readonly left: number[];
  readonly right: number[];
  readonly value: number[];
}

const addNode = (draft: Draft): number => {
  draft.feature.push(-1);
  draft.threshold.push(0);
  draft.left.push(0);
  draft.right.push(0);
  draft.value.push(0);
  return draft.feature.length - 1;
};

interface Cut {
  readonly leaf: Leaf;
  readonly split: Split;
  /** Not in use by another leaf. */
  readonly histogram: Float64Array;
}

/** Divides a leaf: the smaller child's histogram is summed, the larger one's is the rest of the parent's. */
const divide = (
  workspace: Workspace,
  derivatives: Derivatives,
  { leaf, split, histogram, draft }: Cut & { readonly draft: Draft },
): readonly Leaf[] => {
  const middle = partition(workspace, leaf, split);
  const leftIsSmaller = middle - leaf.start <= leaf.end - middle;
  const smaller = leftIsSmaller ? { start: leaf.start, end: middle } : { start: middle, end: leaf.end };
  gather(workspace, derivatives, smaller);
  fillHistogram(workspace, histogram, smaller);
  subtractHistogram(leaf.histogram, histogram);
  const [leftHistogram, rightHistogram] = leftIsSmaller ? [histogram, leaf.histogram] : [leaf.histogram, histogram];
  const left = { node: addNode(draft), start: leaf.start, end: middle, sums: split.left, histogram: leftHistogram };
  const rightSums = subtract(leaf.sums, split.left);
  const right = { node: addNode(draft), start: middle, end: leaf.end, sums: rightSums, histogram: rightHistogram };
  draft.feature[leaf.node] = split.feature;
  draft.threshold[leaf.node] = workspace.bins.thresholds[split.feature]?.[split.bin] ?? 0;
  draft.left[leaf.node] = left.node;
  draft.right[leaf.node] = right.node;
  return [withSplit(workspace, left), withSplit(workspace, right)];
};

const mostGain = (leaves: readonly Leaf[]): Leaf | undefined =>
  leaves.reduce<Leaf | undefined>(
    (best, leaf) => ((leaf.split?.gain ?? 0) > (best?.split?.gain ?? 0) ? leaf : best),
    undefined,
  );

const toTree = (draft: Draft): RegressionTree => ({
  feature: Int16Array.from(draft.feature),
  threshold: Float32Array.from(draft.threshold),
  left: Uint16Array.from(draft.left),
  right: Uint16Array.from(draft.right),
  value: Float64Array.from(draft.value),
});

/** Grows a tree on some rows: whichever leaf gains most is divided next, until the limits hold. */
export type GrowTree = (rows: Uint32Array, derivatives: Derivatives) => RegressionTree;

/** A grower whose memory is reused from tree to tree. Not to be called from within itself. */
export const createTreeGrower = (bins: FeatureBins, limits: TreeLimits): GrowTree => {
  const { rowCount, featureCount, binCount } = bins;
  const workspace: Workspace = {
    bins,
    limits,
    order: new Uint32Array(rowCount),
    spare: new Uint32Array(rowCount),
    gathered: {
      gradients: new Float64Array(rowCount),
      curvatures: new Float64Array(rowCount),
      weights: new Float64Array(rowCount),
    },
    histograms: Array.from({ length: limits.leafCount }, () => new Float64Array(featureCount * binCount * STRIDE)),
  };
  return (rows, derivatives) => {
    const draft: Draft = { feature: [], threshold: [], left: [], right: [], value: [] };
    const [histogram = new Float64Array(0), ...unused] = workspace.histograms;
    workspace.order.set(rows);
    const whole = { start: 0, end: rows.length };
    const sums = gather(workspace, derivatives, whole);
    fillHistogram(workspace, histogram, whole);
    let leaves: readonly Leaf[] = [withSplit(workspace, { node: addNode(draft), ...whole, sums, histogram })];
    for (const free of unused) {
      const leaf = mostGain(leaves);
      if (leaf === undefined || leaf.split === null) {
        break;
      }
      const children = divide(workspace, derivatives, { leaf, split: leaf.split, histogram: free, draft });
      leaves = [...leaves.filter((other) => other !== leaf), ...children];
    }
    for (const { node, sums: leafSums } of leaves) {
      const curvature = leafSums.curvature + limits.leafPenalty;
      draft.value[node] = curvature > 0 ? -leafSums.gradient / curvature : 0;
    }
    return toTree(draft);
  };
};
