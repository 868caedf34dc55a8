/** Least squares of a few columns with weights that are not negative, or that also share out a whole. */
import { factorCholesky, solveCholesky } from './cholesky.ts';

export interface NonNegativeOptions {
  /** [columns × rows] One column after the other. */
  readonly columns: Float64Array;
  readonly columnCount: number;
  /** [rows] */
  readonly targets: Float64Array;
  /** [rows] How often each row counts, not negative; 1 when absent. */
  readonly rowWeights?: Float64Array;
  /** Adds strength × |weights - towards|² to the sum of squared errors. */
  readonly ridge?: Ridge;
}

export interface Ridge {
  readonly strength: number;
  /** [columns] */
  readonly towards: Float64Array;
}

export interface SimplexOptions extends NonNegativeOptions {
  /** What the weights sum to. */
  readonly sum: 'one' | 'at-most-one';
}

/** ½ x G x - h x, which is half of the squared error without its constant. */
interface Quadratic {
  readonly size: number;
  /** G, [size × size] */
  readonly matrix: Float64Array;
  /** h, [size] */
  readonly right: Float64Array;
}

/** Relative to the size of its terms: how far a slope must be from 0 to count. */
const SLOPE_TOLERANCE = 1e-10;

/** Lawson and Hanson need about half as many rounds as there are columns; 3 × columns is their own limit. */
const MAX_ROUNDS_PER_COLUMN = 3;

const check = ({ columns, columnCount, targets, rowWeights, ridge }: NonNegativeOptions): void => {
  if (!(columnCount >= 1) || columns.length !== columnCount * targets.length) {
    throw new RangeError(`${columnCount} columns of ${targets.length} rows are not ${columns.length} numbers`);
  }
  if (rowWeights !== undefined && (rowWeights.length !== targets.length || !rowWeights.every((each) => each >= 0))) {
    throw new RangeError('row weights must be aligned with the targets and not negative');
  }
  if (ridge !== undefined && (ridge.towards.length !== columnCount || !(ridge.strength >= 0))) {
    throw new RangeError(`a ridge needs ${columnCount} weights to pull towards, and a strength that is not negative`);
  }
};

const toQuadratic = (options: NonNegativeOptions): Quadratic => {
  check(options);
  const { columns, columnCount: size, targets, ridge } = options;
  const rowCount = targets.length;
  const rowWeights = options.rowWeights ?? new Float64Array(rowCount).fill(1);
  const matrix = new Float64Array(size * size);
  const right = new Float64Array(size);
  for (let one = 0; one < size; one += 1) {
    for (let other = 0; other <= one; other += 1) {
      let sum = one === other ? (ridge?.strength ?? 0) : 0;
      for (let row = 0; row < rowCount; row += 1) {
        sum += (rowWeights[row] ?? 0) * (columns[one * rowCount + row] ?? 0) * (columns[other * rowCount + row] ?? 0);
      }
      matrix[one * size + other] = sum;
      matrix[other * size + one] = sum;
    }
    let sum = (ridge?.strength ?? 0) * (ridge?.towards[one] ?? 0);
    for (let row = 0; row < rowCount; row += 1) {
      sum += (rowWeights[row] ?? 0) * (columns[one * rowCount + row] ?? 0) * (targets[row] ?? 0);
    }
    right[one] = sum;
  }
  return { size, matrix, right };
};

/** The least value over the free columns alone, others 0; null where the free columns do not determine it. */
type SolveFree = (quadratic: Quadratic, free: readonly number[]) => Float64Array | null;

const solveFreely: SolveFree = ({ size, matrix, right }, free) => {
  const reduced = Float64Array.from({ length: free.length ** 2 }, (_, at) => {
    const [one, other] = [free[Math.floor(at / free.length)] ?? 0, free[at % free.length] ?? 0];
    return matrix[one * size + other] ?? 0;
  });
  const solved = Float64Array.from(free, (column) => right[column] ?? 0);
  if (!factorCholesky(reduced, free.length)) {
    return null;
  }
  solveCholesky(reduced, free.length, solved);
  const weights = new Float64Array(size);
  free.forEach((column, index) => {
    weights[column] = solved[index] ?? 0;
  });
  return weights;
};

/**
 * The same with weights that sum to 1: the first free column takes what the others leave, which turns the others into
 * differences from it. (A column of zeros is then as good as any.)
 */
const solveOnPlane: SolveFree = ({ size, matrix, right }, free) => {
  const [base = 0, ...others] = free;
  const entry = (one: number, other: number): number => matrix[one * size + other] ?? 0;
  const differences: Quadratic = {
    size,
    matrix: Float64Array.from({ length: size * size }, (_, at) => {
      const [one, other] = [Math.floor(at / size), at % size];
      return entry(one, other) - entry(one, base) - entry(base, other) + entry(base, base);
    }),
    right: right.map((value, one) => value - (right[base] ?? 0) - entry(one, base) + entry(base, base)),
  };
  const weights = others.length === 0 ? new Float64Array(size) : solveFreely(differences, others);
  if (weights !== null) {
    weights[base] = others.reduce((left, column) => left - (weights[column] ?? 0), 1);
  }
  return weights;
};

/** h - G x: how fast the value falls with each weight. */
const toSlopes = ({ size, matrix, right }: Quadratic, weights: Float64Array): Float64Array =>
  right.map((value, row) =>
    weights.reduce((sum, weight, column) => sum - (matrix[row * size + column] ?? 0) * weight, value),
  );

/** The part of the way from `start` (>= 0) to `end` at which a weight reaches 0; 1 where it does not. */
const shareUntilZero = (start: number, end: number): number => (end < 0 ? start / (start - end) : 1);

interface Corner {
  readonly free: readonly number[];
  readonly weights: Float64Array;
}

/** Goes from feasible weights to the least value of ever fewer free columns, until that is feasible too. */
const settle = (quadratic: Quadratic, solve: SolveFree, start: Corner): Corner | null => {
  let { free, weights } = start;
  let solved = solve(quadratic, free);
  while (solved !== null && free.some((column) => (solved?.[column] ?? 0) < 0)) {
    const target: Float64Array = solved;
    const shares = weights.map((weight, column) => shareUntilZero(weight, target[column] ?? 0));
    const share = Math.min(...shares);
    // Compared with its own share, a column that blocks is always found, whatever the rounding.
    free = free.filter((column) => !((target[column] ?? 0) < 0 && shares[column] === share));
    const kept = free;
    weights = weights.map((weight, column) =>
      kept.includes(column) ? Math.max(weight + share * ((target[column] ?? 0) - weight), 0) : 0,
    );
    solved = free.length === 0 ? weights : solve(quadratic, free);
  }
  return solved === null ? null : { free, weights: solved };
};

/** The bound column whose weight lowers the value fastest, compared with the free ones' common slope; -1 for none. */
const findEntering = (
  quadratic: Quadratic,
  corner: Corner,
  options: { readonly level: number; readonly refused: ReadonlySet<number> },
): number => {
  const { size, matrix, right } = quadratic;
  const slopes = toSlopes(quadratic, corner.weights);
  let best = -1;
  let bestSlope = 0;
  for (let column = 0; column < size; column += 1) {
    const slope = (slopes[column] ?? 0) - options.level;
    const scale = Math.abs(right[column] ?? 0) + (matrix[column * size + column] ?? 0) + Math.abs(options.level);
    const isBound = !corner.free.includes(column) && !options.refused.has(column);
    if (isBound && slope > SLOPE_TOLERANCE * scale && slope > bestSlope) {
      best = column;
      bestSlope = slope;
    }
  }
  return best;
};

/**
 * The active-set method of Lawson and Hanson (1974, chapter 23): frees one column after the other while that lowers the
 * value. A column that is a mixture of the free ones is refused, since it can add nothing.
 */
const descend = (quadratic: Quadratic, solve: SolveFree, start: Corner): Float64Array => {
  let corner = start;
  const refused = new Set<number>();
  for (let round = 0; round < MAX_ROUNDS_PER_COLUMN * quadratic.size; round += 1) {
    const [first] = corner.free;
    const isOnPlane = solve === solveOnPlane && first !== undefined;
    const level = isOnPlane ? (toSlopes(quadratic, corner.weights)[first] ?? 0) : 0;
    const entering = findEntering(quadratic, corner, { level, refused });
    if (entering < 0) {
      break;
    }
    const settled = settle(quadratic, solve, { ...corner, free: [...corner.free, entering] });
    if (settled === null || !settled.free.includes(entering)) {
      refused.add(entering);
    } else {
      refused.clear();
      corner = settled;
    }
  }
  return corner.weights;
};

/** [columns] Weights >= 0 of least squared error. Throws RangeError for lists that are not aligned. */
export const fitNonNegative = (options: NonNegativeOptions): Float64Array =>
  descend(toQuadratic(options), solveFreely, { free: [], weights: new Float64Array(options.columnCount) });

const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);

/** The single column that does best with all the weight. */
const bestColumn = ({ size, matrix, right }: Quadratic): number => {
  const value = (column: number): number => (matrix[column * size + column] ?? 0) / 2 - (right[column] ?? 0);
  return right.reduce((best, _, column) => (value(column) < value(best) ? column : best), 0);
};

/**
 * [columns] Weights >= 0 of least squared error that sum to 1, or to at most 1. Throws RangeError for lists that are
 * not aligned. In a convex problem a bound that the free solution oversteps holds with equality, hence the two steps.
 */
export const fitSimplex = (options: SimplexOptions): Float64Array => {
  const quadratic = toQuadratic(options);
  const size = options.columnCount;
  if (options.sum === 'at-most-one') {
    const weights = descend(quadratic, solveFreely, { free: [], weights: new Float64Array(size) });
    if (sumOf(weights) <= 1) {
      return weights;
    }
  }
  const best = bestColumn(quadratic);
  const weights = new Float64Array(size);
  weights[best] = 1;
  return descend(quadratic, solveOnPlane, { free: [best], weights });
};
