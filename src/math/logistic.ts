/** Logistic regression on sparse rows with graded targets. */
import { minimise, type Objective } from './lbfgs.ts';
import { predictLinear, type LinearHead } from './linear-head.ts';
import { logit } from './probability.ts';
import { compactColumns, dotRow, expandWeights, type SparseRows } from './sparse.ts';
import { weightedMean } from './statistics.ts';

export interface LogisticOptions {
  readonly rows: SparseRows;
  /** [rows] From 0 to 1; a value between is the share of a row that counts as positive. */
  readonly targets: Float64Array;
  /** [rows] How often each row counts, not negative; 1 when absent. */
  readonly weights?: Float64Array;
  /** C, above 0: the smaller, the closer the weights stay to 0. */
  readonly inversePenalty: number;
  /** Where to start, for instance at a neighbouring C's solution. */
  readonly start?: LinearHead;
  readonly maxIterations?: number;
  /** Largest component of the gradient of objective / (C Σ row weights) at which the fit is done. */
  readonly tolerance?: number;
}

export interface LogisticFit extends LinearHead {
  readonly iterations: number;
  readonly isConverged: boolean;
}

const DEFAULT_MAX_ITERATIONS = 500;
const DEFAULT_TOLERANCE = 1e-6;

/** What an objective is made of. Lists are aligned with the rows. */
export interface LogisticProblem {
  readonly rows: SparseRows;
  readonly targets: Float64Array;
  readonly weights: Float64Array;
  readonly inversePenalty: number;
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

/**
 * (½ |w|² + C Σ weight × cross-entropy) / (C Σ weight) of a point [columns + 1] whose last number is the intercept.
 * The division makes step lengths and the tolerance independent of the number of rows.
 */
export const createLogisticObjective = (problem: LogisticProblem): Objective => {
  const { rows, targets, weights, inversePenalty } = problem;
  const { rowCount, columnCount, starts, columns, values } = rows;
  const total = sum(weights);
  const penalty = 1 / (inversePenalty * total);
  return (at, gradient) => {
    let norm = 0;
    for (let column = 0; column < columnCount; column += 1) {
      const weight = at[column] ?? 0;
      norm += weight * weight;
      gradient[column] = penalty * weight;
    }
    const intercept = at[columnCount] ?? 0;
    let interceptGradient = 0;
    let loss = 0;
    for (let row = 0; row < rowCount; row += 1) {
      const score = intercept + dotRow(rows, row, at);
      const target = targets[row] ?? 0;
      const share = (weights[row] ?? 0) / total;
      // Only e to a negative power: the loss of a logit of ±1,000 is then 1,000 or 0, never infinite or NaN.
      const decay = Math.exp(-Math.abs(score));
      loss += share * (Math.max(score, 0) + Math.log1p(decay) - target * score);
      const residual = share * ((score >= 0 ? 1 : decay) / (1 + decay) - target);
      interceptGradient += residual;
      const end = starts[row + 1] ?? 0;
      for (let entry = starts[row] ?? 0; entry < end; entry += 1) {
        const column = columns[entry] ?? 0;
        gradient[column] = (gradient[column] ?? 0) + residual * (values[entry] ?? 0);
      }
    }
    gradient[columnCount] = interceptGradient;
    return (penalty * norm) / 2 + loss;
  };
};

const check = ({ rows, targets, weights, inversePenalty }: LogisticProblem): void => {
  if (targets.length !== rows.rowCount || weights.length !== rows.rowCount) {
    throw new RangeError(`${rows.rowCount} rows, but ${targets.length} targets and ${weights.length} weights`);
  }
  if (!targets.every((target) => target >= 0 && target <= 1)) {
    throw new RangeError('targets must lie between 0 and 1');
  }
  if (!weights.every((weight) => weight >= 0) || !(sum(weights) > 0)) {
    throw new RangeError('row weights must not be negative, and not all 0');
  }
  if (!(inversePenalty > 0)) {
    throw new RangeError(`the inverse penalty must be above 0, but is ${inversePenalty}`);
  }
};

/** The best fit without features: where every row gets the mean target. */
const prevalenceLogit = ({ targets, weights }: LogisticProblem): number => logit(weightedMean(targets, weights));

/**
 * Minimises ½ |w|² + C Σ weight × cross-entropy(target, logistic(intercept + w · row)), intercept not penalised
 * (scikit-learn's convention for C). A target between 0 and 1 counts as both classes in its proportion. Columns without
 * an entry get weight 0. Throws RangeError for targets outside 0..1, misaligned lists, or a C that is not positive.
 */
export const fitLogistic = (options: LogisticOptions): LogisticFit => {
  const { targets, inversePenalty, start } = options;
  const weights = options.weights ?? new Float64Array(options.rows.rowCount).fill(1);
  const { rows, columnIds } = compactColumns(options.rows);
  const problem = { rows, targets, weights, inversePenalty };
  check(problem);
  const startPoint = new Float64Array(rows.columnCount + 1);
  for (const [column, id] of columnIds.entries()) {
    startPoint[column] = start?.weights[id] ?? 0;
  }
  startPoint[rows.columnCount] = start?.intercept ?? prevalenceLogit(problem);
  const { at, iterations, isConverged } = minimise({
    objective: createLogisticObjective(problem),
    start: startPoint,
    maxIterations: options.maxIterations ?? DEFAULT_MAX_ITERATIONS,
    tolerance: options.tolerance ?? DEFAULT_TOLERANCE,
  });
  return {
    weights: expandWeights(at.subarray(0, rows.columnCount), columnIds, options.rows.columnCount),
    intercept: at[rows.columnCount] ?? 0,
    iterations,
    isConverged,
  };
};

/** Log odds of every row. */
export const predictLogits = (rows: SparseRows, head: LinearHead): Float64Array => predictLinear(rows, head);
