/** Small dense symmetric systems by Cholesky factors. Matrices are square, row-major, [size × size]. */

/** Relative to its diagonal entry: a smaller pivot means that a column is a mixture of earlier ones. */
const MIN_PIVOT = 1e-12;

/**
 * Overwrites the lower triangle of a symmetric matrix with L of L Lᵀ. False where the matrix is not safely positive
 * definite; it is then half overwritten.
 */
export const factorCholesky = (matrix: Float64Array, size: number): boolean => {
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      const diagonal = matrix[row * size + column] ?? 0;
      let sum = diagonal;
      for (let inner = 0; inner < column; inner += 1) {
        sum -= (matrix[row * size + inner] ?? 0) * (matrix[column * size + inner] ?? 0);
      }
      if (row === column && !(sum > MIN_PIVOT * diagonal)) {
        return false;
      }
      matrix[row * size + column] = row === column ? Math.sqrt(sum) : sum / (matrix[column * size + column] ?? 1);
    }
  }
  return true;
};

/** Overwrites `right` [size] with the solution x of L Lᵀ x = right. */
export const solveCholesky = (factor: Float64Array, size: number, right: Float64Array): void => {
  for (let row = 0; row < size; row += 1) {
    let sum = right[row] ?? 0;
    for (let inner = 0; inner < row; inner += 1) {
      sum -= (factor[row * size + inner] ?? 0) * (right[inner] ?? 0);
    }
    right[row] = sum / (factor[row * size + row] ?? 1);
  }
  for (let row = size - 1; row >= 0; row -= 1) {
    let sum = right[row] ?? 0;
    for (let inner = row + 1; inner < size; inner += 1) {
      sum -= (factor[inner * size + row] ?? 0) * (right[inner] ?? 0);
    }
    right[row] = sum / (factor[row * size + row] ?? 1);
  }
};
