/** Turning scores into probabilities that mean what they say: isotonic regression and Platt scaling. */
import { logistic } from './probability.ts';

export interface CalibrationOptions {
  /** [rows] In any order; equal scores are allowed. */
  readonly scores: Float64Array;
  /** [rows] What was observed; for Platt scaling from 0 to 1. */
  readonly targets: Float64Array;
  /** [rows] How often each row counts, not negative; 1 when absent. */
  readonly weights?: Float64Array;
}

/** A non-decreasing map, linear between its knots and flat beyond them. The two lists are aligned. */
export interface Calibration {
  /** Ascending, none twice. */
  readonly scores: Float64Array;
  readonly values: Float64Array;
}

/** Neighbouring scores that share one value. */
interface Block {
  readonly low: number;
  readonly high: number;
  readonly weight: number;
  readonly value: number;
}

const merge = (left: Block, right: Block): Block => {
  const weight = left.weight + right.weight;
  return {
    low: left.low,
    high: right.high,
    weight,
    value: (left.weight * left.value + right.weight * right.value) / weight,
  };
};

const check = ({ scores, targets, weights }: CalibrationOptions): void => {
  if (targets.length !== scores.length || (weights !== undefined && weights.length !== scores.length)) {
    throw new RangeError(`${scores.length} scores, but ${targets.length} targets or another number of weights`);
  }
  if (weights?.every((weight) => weight >= 0) === false) {
    throw new RangeError('row weights must not be negative');
  }
};

/** One block a distinct score, ascending; rows without weight are left out. */
const toBlocks = ({ scores, targets, weights }: CalibrationOptions): readonly Block[] => {
  const order = Uint32Array.from(scores.keys()).sort(
    (one, other) => (scores[one] ?? 0) - (scores[other] ?? 0) || one - other,
  );
  const blocks: Block[] = [];
  for (const row of order) {
    const score = scores[row] ?? 0;
    const weight = weights === undefined ? 1 : (weights[row] ?? 0);
    const block = { low: score, high: score, weight, value: targets[row] ?? 0 };
    const last = blocks.at(-1);
    if (weight > 0 && last?.high === score) {
      blocks[blocks.length - 1] = merge(last, block);
    } else if (weight > 0) {
      blocks.push(block);
    }
  }
  return blocks;
};

/**
 * The non-decreasing map of least weighted squared error, by pooling adjacent violators (Ayer et al. 1955). A pooled
 * block is flat from its lowest to its highest score; between blocks the map is linear. Throws RangeError when no row
 * has weight, or lists are not aligned.
 */
export const fitIsotonic = (options: CalibrationOptions): Calibration => {
  check(options);
  const pooled: Block[] = [];
  for (const block of toBlocks(options)) {
    let last = block;
    for (let before = pooled.at(-1); before !== undefined && before.value >= last.value; before = pooled.at(-1)) {
      last = merge(before, last);
      pooled.pop();
    }
    pooled.push(last);
  }
  if (pooled.length === 0) {
    throw new RangeError('a calibration needs at least one row with weight');
  }
  const knots = pooled.flatMap(({ low, high, value }) =>
    low === high
      ? [{ score: low, value }]
      : [
          { score: low, value },
          { score: high, value },
        ],
  );
  return {
    scores: Float64Array.from(knots, ({ score }) => score),
    values: Float64Array.from(knots, ({ value }) => value),
  };
};

/** How many knots lie at or below a score. */
const countUpTo = (scores: Float64Array, score: number): number => {
  let low = 0;
  let high = scores.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((scores[middle] ?? 0) <= score) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
};

/** The calibrated value of one score. */
export const applyCalibration = ({ scores, values }: Calibration, score: number): number => {
  const right = countUpTo(scores, score);
  const left = right - 1;
  if (left < 0 || right >= scores.length) {
    return values[left < 0 ? 0 : left] ?? Number.NaN;
  }
  const from = scores[left] ?? 0;
  const share = (score - from) / ((scores[right] ?? 0) - from);
  return (values[left] ?? 0) * (1 - share) + (values[right] ?? 0) * share;
};

/** probability = logistic(slope × logit + offset) */
export interface PlattMap {
  readonly slope: number;
  readonly offset: number;
}

const MAX_NEWTON_STEPS = 100;
const MIN_STEP = 1e-10;
const GRADIENT_TOLERANCE = 1e-10;
/** Keeps the Hessian invertible where all scores are equal. */
const HESSIAN_FLOOR = 1e-12;

interface PlattRows {
  readonly scores: Float64Array;
  readonly targets: Float64Array;
  /** Sum to 1. */
  readonly weights: Float64Array;
}

const plattLoss = ({ scores, targets, weights }: PlattRows, { slope, offset }: PlattMap): number => {
  let loss = 0;
  for (let row = 0; row < scores.length; row += 1) {
    const score = slope * (scores[row] ?? 0) + offset;
    const crossEntropy = Math.max(score, 0) + Math.log1p(Math.exp(-Math.abs(score))) - (targets[row] ?? 0) * score;
    loss += (weights[row] ?? 0) * crossEntropy;
  }
  return loss;
};

interface NewtonStep {
  readonly slope: number;
  readonly offset: number;
  /** Decrease that a full step promises to first order; 0 or below at the minimum. */
  readonly decrease: number;
  readonly largestGradient: number;
}

const newtonStep = ({ scores, targets, weights }: PlattRows, { slope, offset }: PlattMap): NewtonStep => {
  let slopeGradient = 0;
  let offsetGradient = 0;
  let slopeCurvature = HESSIAN_FLOOR;
  let offsetCurvature = HESSIAN_FLOOR;
  let mixed = 0;
  for (let row = 0; row < scores.length; row += 1) {
    const score = scores[row] ?? 0;
    const probability = 1 / (1 + Math.exp(-(slope * score + offset)));
    const residual = (weights[row] ?? 0) * (probability - (targets[row] ?? 0));
    const curvature = (weights[row] ?? 0) * probability * (1 - probability);
    slopeGradient += residual * score;
    offsetGradient += residual;
    slopeCurvature += curvature * score * score;
    offsetCurvature += curvature;
    mixed += curvature * score;
  }
  const determinant = slopeCurvature * offsetCurvature - mixed * mixed;
  const slopeStep = -(offsetCurvature * slopeGradient - mixed * offsetGradient) / determinant;
  const offsetStep = -(slopeCurvature * offsetGradient - mixed * slopeGradient) / determinant;
  return {
    slope: slopeStep,
    offset: offsetStep,
    decrease: -(slopeGradient * slopeStep + offsetGradient * offsetStep),
    largestGradient: Math.max(Math.abs(slopeGradient), Math.abs(offsetGradient)),
  };
};

/** Targets drawn in from 0 and 1 as if one more row of each class had been seen (Platt 1999, section 2.2). */
const smoothTargets = (targets: Float64Array, weights: Float64Array): Float64Array => {
  let positives = 0;
  let negatives = 0;
  for (let row = 0; row < targets.length; row += 1) {
    positives += (weights[row] ?? 0) * (targets[row] ?? 0);
    negatives += (weights[row] ?? 0) * (1 - (targets[row] ?? 0));
  }
  const high = (positives + 1) / (positives + 2);
  const low = 1 / (negatives + 2);
  return targets.map((target) => target * high + (1 - target) * low);
};

/**
 * Platt scaling: logistic regression on one score (log odds), by Newton's method with step halving (Lin, Lin and Weng
 * 2007), on smoothed targets, so that separable scores do not give an infinite slope. A graded target counts as both
 * classes in its proportion. A negative slope means that the scores rank backwards. Throws RangeError without weight.
 */
export const fitPlatt = (options: CalibrationOptions): PlattMap => {
  check(options);
  const { scores } = options;
  const given = options.weights ?? new Float64Array(scores.length).fill(1);
  const total = given.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0)) {
    throw new RangeError('a calibration needs at least one row with weight');
  }
  const rows = {
    scores,
    targets: smoothTargets(options.targets, given),
    weights: given.map((weight) => weight / total),
  };
  let map: PlattMap = { slope: 0, offset: 0 };
  let loss = plattLoss(rows, map);
  for (let iteration = 0; iteration < MAX_NEWTON_STEPS; iteration += 1) {
    const step = newtonStep(rows, map);
    let length = step.largestGradient > GRADIENT_TOLERANCE ? 1 : 0;
    let next = map;
    let nextLoss = Number.POSITIVE_INFINITY;
    for (; length > MIN_STEP && !(nextLoss <= loss - 1e-4 * length * step.decrease); length /= 2) {
      next = { slope: map.slope + length * step.slope, offset: map.offset + length * step.offset };
      nextLoss = plattLoss(rows, next);
    }
    if (!(nextLoss < loss)) {
      return map;
    }
    map = next;
    loss = nextLoss;
  }
  return map;
};

/** The calibrated probability of one score, clipped away from certainty. */
export const applyPlatt = ({ slope, offset }: PlattMap, score: number): number => logistic(slope * score + offset);
