/** Ridge regression: linear least squares with a penalty, for wide sparse rows and for a few dense columns. */
import { factorCholesky, solveCholesky } from './cholesky.ts';
import { addScaled, dot, scaleBy } from './dense-vector.ts';
import type { LinearHead } from './linear-head.ts';
import { addScaledRows, compactColumns, expandWeights, multiplyRows, type SparseRows } from './sparse.ts';
import { weightedMean } from './statistics.ts';

export interface RidgeOptions {
  readonly rows: SparseRows;
  /** [rows] In any unit; they need no centring or scaling. */
  readonly targets: Float64Array;
  /** [rows] How often each row counts, not negative; 1 when absent. */
  readonly weights?: Float64Array;
  /** λ, above 0; it counts against the sum over rows, not their mean. */
  readonly penalty: number;
  readonly maxIterations?: number;
  /** The fit is done when the residual of the normal equations is this share of what it was for weights of 0. */
  readonly tolerance?: number;
}

export interface RidgeFit extends LinearHead {
  readonly iterations: number;
  readonly isConverged: boolean;
}

const DEFAULT_MAX_ITERATIONS = 500;
const DEFAULT_TOLERANCE = 1e-8;

/** The most columns that the dense fit takes: it factors a matrix of columns × columns. */
export const MAX_DENSE_COLUMNS = 200;

interface RowLists {
  readonly targets: Float64Array;
  readonly weights: Float64Array;
  readonly penalty: number;
}

const check = ({ targets, weights, penalty }: RowLists, rowCount: number): void => {
  if (targets.length !== rowCount || weights.length !== rowCount) {
    throw new RangeError(`${rowCount} rows, but ${targets.length} targets and ${weights.length} weights`);
  }
  if (!weights.every((weight) => weight >= 0) || !weights.some((weight) => weight > 0)) {
    throw new RangeError('row weights must not be negative, and not all 0');
  }
  if (!(penalty >= 0)) {
    throw new RangeError(`the penalty must not be negative, but is ${penalty}`);
  }
};

/** values[r] = weights[r] × (values[r] - their weighted mean); returns that mean. */
const centre = (values: Float64Array, weights: Float64Array): number => {
  const mean = weightedMean(values, weights);
  for (let row = 0; row < values.length; row += 1) {
    values[row] = (weights[row] ?? 0) * ((values[row] ?? 0) - mean);
  }
  return mean;
};

interface Solution {
  readonly weights: Float64Array;
  readonly iterations: number;
  readonly isConverged: boolean;
}

interface SystemOptions {
  /** Writes the product of the symmetric, positive definite matrix and a vector. */
  readonly multiply: (vector: Float64Array, into: Float64Array) => void;
  readonly right: Float64Array;
  readonly maxIterations: number;
  readonly tolerance: number;
}

/** Conjugate gradients from 0 (Hestenes and Stiefel 1952). */
const solveByConjugateGradients = ({ multiply, right, maxIterations, tolerance }: SystemOptions): Solution => {
  const weights = new Float64Array(right.length);
  const residual = right.slice();
  const direction = right.slice();
  const product = new Float64Array(right.length);
  const enough = tolerance * tolerance * dot(right, right);
  let squares = dot(residual, residual);
  let iterations = 0;
  while (squares > enough && iterations < maxIterations) {
    multiply(direction, product);
    const length = squares / dot(direction, product);
    addScaled(weights, length, direction);
    addScaled(residual, -length, product);
    const next = dot(residual, residual);
    scaleBy(direction, next / squares);
    addScaled(direction, 1, residual);
    squares = next;
    iterations += 1;
  }
  return { weights, iterations, isConverged: squares <= enough };
};

/**
 * Minimises Σ weight × (target - intercept - w · row)² + λ |w|², intercept not penalised (scikit-learn's convention for
 * alpha), by conjugate gradients on the normal equations of centred columns. Columns are centred in the product alone,
 * so that rows stay sparse, and are not scaled: bring features to one scale first. Columns without an entry get 0.
 * Throws RangeError for lists that are not aligned or a penalty that is not above 0.
 */
export const fitRidge = (options: RidgeOptions): RidgeFit => {
  const { targets, penalty, maxIterations = DEFAULT_MAX_ITERATIONS, tolerance = DEFAULT_TOLERANCE } = options;
  const { rows, columnIds } = compactColumns(options.rows);
  const rowWeights = options.weights ?? new Float64Array(rows.rowCount).fill(1);
  check({ targets, weights: rowWeights, penalty }, rows.rowCount);
  if (penalty === 0) {
    throw new RangeError('the sparse fit needs a penalty above 0');
  }
  const centred = targets.slice();
  const targetMean = centre(centred, rowWeights);
  const right = new Float64Array(rows.columnCount);
  addScaledRows(rows, centred, right);
  const fitted = new Float64Array(rows.rowCount);
  const multiply = (vector: Float64Array, into: Float64Array): void => {
    multiplyRows(rows, vector, fitted);
    // What is centred and weighted sums to 0, so the other factor's columns need no centring.
    centre(fitted, rowWeights);
    into.fill(0);
    addScaled(into, penalty, vector);
    addScaledRows(rows, fitted, into);
  };
  const { weights, ...outcome } = solveByConjugateGradients({ multiply, right, maxIterations, tolerance });
  multiplyRows(rows, weights, fitted);
  return {
    weights: expandWeights(weights, columnIds, options.rows.columnCount),
    intercept: targetMean - weightedMean(fitted, rowWeights),
    ...outcome,
  };
};

export interface DenseRidgeOptions {
  /** [rows × columns] One row after the other. */
  readonly features: Float32Array | Float64Array;
  /** Up to MAX_DENSE_COLUMNS. */
  readonly columnCount: number;
  readonly targets: Float64Array;
  readonly weights?: Float64Array;
  /** As in the sparse fit; 0 is allowed while no column is a mixture of others. */
  readonly penalty: number;
}

const columnMeans = ({ features, columnCount }: DenseRidgeOptions, weights: Float64Array): Float64Array => {
  const means = new Float64Array(columnCount);
  let total = 0;
  for (let row = 0; row < weights.length; row += 1) {
    const weight = weights[row] ?? 0;
    total += weight;
    for (let column = 0; column < columnCount; column += 1) {
      means[column] = (means[column] ?? 0) + weight * (features[row * columnCount + column] ?? 0);
    }
  }
  return means.map((sum) => sum / total);
};

/** Adds weight × row rowᵀ to the lower triangle of a square matrix. */
const addOuterProduct = (matrix: Float64Array, row: Float64Array, weight: number): void => {
  const size = row.length;
  for (let one = 0; one < size; one += 1) {
    const scaled = weight * (row[one] ?? 0);
    for (let other = 0; other <= one; other += 1) {
      const at = one * size + other;
      matrix[at] = (matrix[at] ?? 0) + scaled * (row[other] ?? 0);
    }
  }
};

/**
 * The same fit for dense rows of few columns, exact, by Cholesky factors of the centred normal equations. Throws
 * RangeError also where columns are mixtures of one another and the penalty is too small to tell them apart.
 */
export const fitDenseRidge = (options: DenseRidgeOptions): LinearHead => {
  const { features, columnCount, targets, penalty } = options;
  const rowWeights = options.weights ?? new Float64Array(targets.length).fill(1);
  check({ targets, weights: rowWeights, penalty }, features.length / columnCount);
  if (columnCount > MAX_DENSE_COLUMNS) {
    throw new RangeError(`${columnCount} columns, but the dense fit takes at most ${MAX_DENSE_COLUMNS}`);
  }
  const means = columnMeans(options, rowWeights);
  const targetMean = weightedMean(targets, rowWeights);
  const matrix = new Float64Array(columnCount * columnCount);
  const weights = new Float64Array(columnCount);
  const row = new Float64Array(columnCount);
  for (let index = 0; index < targets.length; index += 1) {
    const rowWeight = rowWeights[index] ?? 0;
    for (let column = 0; column < columnCount; column += 1) {
      row[column] = (features[index * columnCount + column] ?? 0) - (means[column] ?? 0);
    }
    addOuterProduct(matrix, row, rowWeight);
    addScaled(weights, rowWeight * ((targets[index] ?? 0) - targetMean), row);
  }
  for (let column = 0; column < columnCount; column += 1) {
    const at = column * (columnCount + 1);
    matrix[at] = (matrix[at] ?? 0) + penalty;
  }
  if (!factorCholesky(matrix, columnCount)) {
    throw new RangeError(`columns are mixtures of one another; a penalty above ${penalty} would tell them apart`);
  }
  solveCholesky(matrix, columnCount, weights);
  return { weights, intercept: targetMean - dot(means, weights) };
};
