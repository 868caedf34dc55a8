/**
 * Ideas against predictions that are too sure on a family that training never saw. What a family is corrected by is learned
 * from how far off the predictions of the other families were when those were left out; its own scores are never read.
 */
import { logistic, logit } from '../math/probability.ts';
import { softplus } from '../math/softplus.ts';
import { mean } from '../math/statistics.ts';

/** Predictions and scores of the other families, each prompt predicted without its family. */
export interface OthersPredicted {
  readonly predicted: Float64Array;
  readonly observed: Float64Array;
}

/** Makes the correction of one family's predictions. */
export type Recalibration = (others: OthersPredicted) => (predicted: number) => number;

const TEMPERATURES = Array.from({ length: 25 }, (_, at) => 0.1 + 0.05 * at);
const SHIFTS = Array.from({ length: 41 }, (_, at) => -2 + 0.1 * at);

const logLossOf = ({ predicted, observed }: OthersPredicted, slope: number, shift: number): number => {
  let total = 0;
  for (let prompt = 0; prompt < predicted.length; prompt += 1) {
    const at = slope * logit(predicted[prompt] ?? 0.5) + shift;
    total += softplus(at) - (observed[prompt] ?? 0) * at;
  }
  return total;
};

/** The best pair on a grid: two numbers need no finer search. */
const bestOf = (others: OthersPredicted, slopes: readonly number[], shifts: readonly number[]) => {
  let best = { slope: 1, shift: 0, loss: Number.POSITIVE_INFINITY };
  for (const slope of slopes)
    for (const shift of shifts) {
      const loss = logLossOf(others, slope, shift);
      if (loss < best.loss) best = { slope, shift, loss };
    }
  return best;
};

const scaled =
  (slopes: readonly number[], shifts: readonly number[]): Recalibration =>
  (others) => {
    const { slope, shift } = bestOf(others, slopes, shifts);
    return (predicted) => logistic(slope * logit(predicted) + shift);
  };

/** Part of the way to the mean score of the other families. */
const towardsMean =
  (part: number): Recalibration =>
  ({ observed }) => {
    const center = mean(observed);
    return (predicted) => (1 - part) * predicted + part * center;
  };

export const RECALIBRATIONS: Readonly<Record<string, Recalibration>> = {
  'a temperature': scaled(TEMPERATURES, [0]),
  'a shift': scaled([1], SHIFTS),
  'a temperature and a shift': scaled(TEMPERATURES, SHIFTS),
  'a quarter towards the mean': towardsMean(0.25),
  'half towards the mean': towardsMean(0.5),
};

export interface LeftOutColumn {
  /** [prompts] NaN: not answered. */
  readonly predicted: Float64Array;
  /** [prompts] */
  readonly observed: Float64Array;
  /** [prompts] */
  readonly families: readonly string[];
}

/** [prompts] Every family corrected by what the others teach. */
export const recalibrate = ({ predicted, observed, families }: LeftOutColumn, idea: Recalibration): Float64Array => {
  const corrected = new Float64Array(predicted.length).fill(Number.NaN);
  const answered = [...predicted.keys()].filter((prompt) => !Number.isNaN(predicted[prompt]));
  for (const family of new Set(families)) {
    const others = answered.filter((prompt) => families[prompt] !== family);
    const correct = idea({
      predicted: Float64Array.from(others, (prompt) => predicted[prompt] ?? Number.NaN),
      observed: Float64Array.from(others, (prompt) => observed[prompt] ?? Number.NaN),
    });
    for (const prompt of answered)
      if (families[prompt] === family) corrected[prompt] = correct(predicted[prompt] ?? Number.NaN);
  }
  return corrected;
};
