import assert from 'node:assert/strict';
import { test } from 'node:test';
import { minimise, type Objective } from './lbfgs.ts';

/** Rosenbrock 1960: (1 - x)² + 100 (y - x²)², minimum 0 at (1, 1), at the end of a bent valley. */
const rosenbrock: Objective = (at, gradient) => {
  const [x = 0, y = 0] = at;
  gradient[0] = -2 * (1 - x) - 400 * x * (y - x * x);
  gradient[1] = 200 * (y - x * x);
  return (1 - x) ** 2 + 100 * (y - x * x) ** 2;
};

test('the bent valley of Rosenbrock is followed to its end', () => {
  const start = Float64Array.of(-1.2, 1);
  const minimum = minimise({ objective: rosenbrock, start, maxIterations: 200, tolerance: 1e-9 });
  assert.ok(minimum.isConverged);
  assert.ok(Math.abs((minimum.at[0] ?? 0) - 1) < 1e-8 && Math.abs((minimum.at[1] ?? 0) - 1) < 1e-8);
  assert.ok(minimum.value < 1e-16);
  assert.ok(minimum.iterations < 80, `${minimum.iterations} iterations`);
  assert.deepEqual(start, Float64Array.of(-1.2, 1));
});

test('a planted minimum of an ill-conditioned quadratic is found', () => {
  const size = 50;
  const planted = Float64Array.from({ length: size }, (_, index) => Math.cos(index));
  const objective: Objective = (at, gradient) => {
    let value = 0;
    for (let index = 0; index < size; index += 1) {
      const curvature = 10 ** ((4 * index) / size);
      const offset = (at[index] ?? 0) - (planted[index] ?? 0);
      gradient[index] = curvature * offset;
      value += (curvature * offset * offset) / 2;
    }
    return value;
  };
  const options = { objective, start: new Float64Array(size), maxIterations: 1_000, tolerance: 1e-8 };
  const minimum = minimise(options);
  assert.ok(minimum.isConverged);
  for (let index = 0; index < size; index += 1) {
    assert.ok(Math.abs((minimum.at[index] ?? 0) - (planted[index] ?? 0)) < 1e-7);
  }
  assert.deepEqual(minimise(options), minimum);
});

test('a start at the minimum stays there, and running out of iterations is said', () => {
  const still = minimise({ objective: rosenbrock, start: Float64Array.of(1, 1), maxIterations: 9, tolerance: 1e-9 });
  assert.deepEqual([still.iterations, still.isConverged, still.value], [0, true, 0]);
  const cut = minimise({ objective: rosenbrock, start: Float64Array.of(-1.2, 1), maxIterations: 3, tolerance: 1e-9 });
  assert.deepEqual([cut.iterations, cut.isConverged], [3, false]);
});

test('a slope without an end stops when no step fulfils both conditions', () => {
  const objective: Objective = (at, gradient) => {
    gradient[0] = -1;
    return -(at[0] ?? 0);
  };
  const endless = minimise({ objective, start: new Float64Array(1), maxIterations: 5, tolerance: 1e-9 });
  assert.equal(endless.isConverged, false);
  assert.ok(endless.value < 0);
});
