/** Calibration of predicted probabilities: debiased ECE, Brier score, AUROC, and how many prompts were answered at all. */

export interface Judged {
  /** [prompts] 0..1; NaN: the predictor abstained. */
  readonly predicted: Float64Array;
  /** [prompts] 0..1; a score between counts as right in its proportion. */
  readonly observed: Float64Array;
}

export interface Calibration {
  /** Debiased expected calibration error, 0..1; NaN where no bin has `MIN_BIN_PROMPTS`. */
  readonly ece: number;
  /** Mean squared difference of prediction and score. */
  readonly brier: number;
  /** P(a right prompt is ranked above a wrong one), ties half; NaN without both. */
  readonly auroc: number;
  /** Share of the prompts with a prediction. The other measures are over these alone, and mean nothing without it. */
  readonly answeredShare: number;
}

const BINS = 10;

/** A bin with fewer prompts says more about luck than about calibration. */
const MIN_BIN_PROMPTS = 100;
/** Bins are filled by parts of weights, so 100 prompts may come out as 99.999… */
const ROUNDING = 1e-6;

/** Answered prompts by rising prediction. Sort once; resamples differ in weights only. */
interface Ordered {
  readonly prompts: Int32Array;
  readonly predicted: Float64Array;
  readonly observed: Float64Array;
}

const toOrdered = ({ predicted, observed }: Judged): Ordered => {
  const prompts = Int32Array.from(predicted.keys())
    .filter((prompt) => !Number.isNaN(predicted[prompt]))
    .sort((one, other) => (predicted[one] ?? 0) - (predicted[other] ?? 0));
  return {
    prompts,
    predicted: Float64Array.from(prompts, (prompt) => predicted[prompt] ?? Number.NaN),
    observed: Float64Array.from(prompts, (prompt) => observed[prompt] ?? Number.NaN),
  };
};

interface Bin {
  weight: number;
  predicted: number;
  observed: number;
}

/** Equal masses by rank; a prompt that spans an edge is divided. Equal predictions keep the order of their prompts. */
const toBins = ({ predicted, observed }: Ordered, weights: Float64Array, total: number): readonly Bin[] => {
  const bins: Bin[] = Array.from({ length: BINS }, () => ({ weight: 0, predicted: 0, observed: 0 }));
  const size = total / BINS;
  let index = 0;
  for (let rank = 0; rank < predicted.length; rank += 1) {
    let left = weights[rank] ?? 0;
    while (left > 0) {
      const bin = bins[Math.min(index, BINS - 1)] as Bin; // BINS of them
      const part = index >= BINS - 1 ? left : Math.min(left, size - bin.weight);
      bin.weight += part;
      bin.predicted += part * (predicted[rank] ?? 0);
      bin.observed += part * (observed[rank] ?? 0);
      left -= part;
      index += bin.weight >= size ? 1 : 0;
    }
  }
  return bins;
};

/**
 * sqrt(max(0, Σ w_b [(p̄_b − ȳ_b)² − ȳ_b (1 − ȳ_b) / (n_b − 1)])) over equal-mass bins of at least 100 prompts; w_b are
 * their shares of what those bins hold. The second term is what luck alone adds to the first (Kumar, Liang and Ma 2019,
 * section 5): without it a perfect predictor shows .028 at 2,400 prompts. Graded scores vary less than right and wrong
 * do, so for them the term takes off too much: at small n the figure is then a lower bound.
 */
const debiasedEce = (bins: readonly Bin[]): number => {
  const counted = bins.filter(({ weight }) => weight >= MIN_BIN_PROMPTS - ROUNDING);
  const total = counted.reduce((sum, { weight }) => sum + weight, 0);
  const squared = counted.reduce((sum, { weight, predicted, observed }) => {
    const rate = observed / weight;
    const luck = (rate * (1 - rate)) / (weight - 1);
    return sum + (weight / total) * ((predicted / weight - rate) ** 2 - luck);
  }, 0);
  return counted.length === 0 ? Number.NaN : Math.sqrt(Math.max(0, squared));
};

/** Mann and Whitney's U over the number of pairs; a graded score is a right and a wrong prompt in its proportion. */
const aurocOf = ({ predicted, observed }: Ordered, weights: Float64Array): number => {
  let [rightBelow, wrongBelow, won] = [0, 0, 0];
  for (let rank = 0; rank < predicted.length;) {
    let [right, wrong] = [0, 0];
    const value = predicted[rank];
    for (; rank < predicted.length && predicted[rank] === value; rank += 1) {
      right += (weights[rank] ?? 0) * (observed[rank] ?? 0);
      wrong += (weights[rank] ?? 0) * (1 - (observed[rank] ?? 0));
    }
    won += right * (wrongBelow + wrong / 2);
    rightBelow += right;
    wrongBelow += wrong;
  }
  return won / (rightBelow * wrongBelow);
};

const brierOf = ({ predicted, observed }: Ordered, weights: Float64Array, total: number): number => {
  let squares = 0;
  for (let rank = 0; rank < predicted.length; rank += 1) {
    squares += (weights[rank] ?? 0) * ((predicted[rank] ?? 0) - (observed[rank] ?? 0)) ** 2;
  }
  return squares / total;
};

const totalOf = (weights: Float64Array): number => weights.reduce((sum, weight) => sum + weight, 0);

/** The measures of one component's predictions, for any weights by prompt, which count as repeats. */
export const createCalibration = (judged: Judged): ((weights: Float64Array) => Calibration) => {
  const ordered = toOrdered(judged);
  return (weights) => {
    const own = Float64Array.from(ordered.prompts, (prompt) => weights[prompt] ?? 0);
    const total = totalOf(own);
    return {
      ece: debiasedEce(toBins(ordered, own, total)),
      brier: brierOf(ordered, own, total),
      auroc: aurocOf(ordered, own),
      answeredShare: total / totalOf(weights),
    };
  };
};
