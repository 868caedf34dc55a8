/** Length alone, but fitted: a logistic curve of each component's score over the logarithm of the prompt's length. */
import { fitLogistic, predictLogits } from '../math/logistic.ts';
import { logistic } from '../math/probability.ts';
import { toSparseRows, type SparseRows } from '../math/sparse.ts';
import { mean } from '../math/statistics.ts';
import type { PredictionBaseline } from './cross-fit.ts';

const INVERSE_PENALTY = 1;

const toColumn = (values: Float64Array): SparseRows =>
  toSparseRows(
    Array.from(values, (value) => ({ columns: Uint32Array.of(0), values: Float32Array.of(value) })),
    1,
  );

/** `lengths` by prompt of the set, in characters. */
export const createLengthLogistic = (lengths: Float64Array): PredictionBaseline => ({
  name: 'length-logistic',
  isCheating: false,
  make: ({ prompts: training, scores }, heldOut) => {
    const logLength = (prompt: number): number => Math.log1p(lengths[prompt] ?? 0);
    const known = Float64Array.from(training, logLength);
    const centre = mean(known);
    const spread = Math.sqrt(mean(known.map((value) => (value - centre) ** 2))) || 1;
    const standardise = (values: Float64Array): SparseRows =>
      toColumn(values.map((value) => (value - centre) / spread));
    const rows = standardise(known);
    const asked = standardise(Float64Array.from(heldOut, logLength));
    return scores.map((targets) => {
      const head = fitLogistic({ rows, targets, inversePenalty: INVERSE_PENALTY });
      return predictLogits(asked, head).map(logistic);
    });
  },
});
