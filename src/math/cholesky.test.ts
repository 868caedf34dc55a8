import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factorCholesky, solveCholesky } from './cholesky.ts';
import { createRandom } from './random.ts';

test('a matrix with whole-number factors is factored and solved exactly', () => {
  // L = (2 0 0 / 6 1 0 / -8 5 3), so L Lᵀ is:
  const matrix = Float64Array.of(4, 12, -16, 12, 37, -43, -16, -43, 98);
  assert.ok(factorCholesky(matrix, 3));
  assert.deepEqual(
    [0, 3, 4, 6, 7, 8].map((index) => matrix[index]),
    [2, 6, 1, -8, 5, 3],
  );
  const right = Float64Array.of(4 + 24 - 48, 12 + 74 - 129, -16 - 86 + 294); // times (1, 2, 3)
  solveCholesky(matrix, 3, right);
  assert.deepEqual(right, Float64Array.of(1, 2, 3));
});

test('a planted solution is found', () => {
  const size = 40;
  const random = createRandom(6);
  const root = Float64Array.from({ length: size * size }, () => random.next() - 0.5);
  const planted = Float64Array.from({ length: size }, (_, index) => index - 20);
  const matrix = Float64Array.from({ length: size * size }, (_, at) => {
    let sum = at % (size + 1) === 0 ? 1 : 0;
    for (let inner = 0; inner < size; inner += 1) {
      sum += (root[Math.floor(at / size) * size + inner] ?? 0) * (root[(at % size) * size + inner] ?? 0);
    }
    return sum;
  });
  const right = planted.map((_, row) =>
    planted.reduce((sum, value, column) => sum + value * (matrix[row * size + column] ?? 0), 0),
  );
  assert.ok(factorCholesky(matrix, size));
  solveCholesky(matrix, size, right);
  right.forEach((value, index) => assert.ok(Math.abs(value - (planted[index] ?? 0)) < 1e-9));
});

test('a matrix that is singular or not positive is refused', () => {
  assert.equal(factorCholesky(Float64Array.of(1, 1, 1, 1), 2), false);
  assert.equal(factorCholesky(Float64Array.of(1, 2, 2, 1), 2), false);
  assert.equal(factorCholesky(Float64Array.of(0), 1), false);
});
