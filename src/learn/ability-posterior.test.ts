import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AbilityScale } from '../policy/learned/ability-map.ts';
import { abilityGrid, abilityPosterior, cellDiscount } from './ability-posterior.ts';

const scale: AbilityScale = {
  clusterCount: 2,
  alphas: Float32Array.of(0, 0),
  betas: Float32Array.of(1, 0),
  cellOf: Uint16Array.of(0, 1),
  thetaPrior: { mean: 0, sd: 1 },
  cellStrength: 3,
};

const near = (actual: readonly number[], expected: readonly number[]): void => {
  for (const [index, value] of expected.entries())
    assert.ok(
      Math.abs((actual[index] ?? Number.NaN) - value) < 1e-6,
      `${actual.join(', ')} is not ${expected.join(', ')}`,
    );
};

const thetas = Float64Array.of(-Math.log(3), 0, Math.log(3));

/** So wide that the three points are as likely before any call. */
const flat = { mean: 0, sd: 1e6 };

const posteriorOf = (counts: readonly number[], sums: readonly number[]): readonly number[] => {
  const calls = { counts: Float64Array.from(counts), sums: Float64Array.from(sums) };
  return [...abilityPosterior(scale, { prior: flat, calls, thetas }).probabilities];
};

test('One success makes three abilities as likely as they make success: 1/4, 1/2, 3/4', () => {
  near(posteriorOf([1, 0], [1, 0]), [1 / 6, 2 / 6, 3 / 6]);
});

test('A score of a half counts as both outcomes in that proportion', () => {
  const likelihoods = [Math.sqrt(3) / 4, 1 / 2, Math.sqrt(3) / 4];
  const total = likelihoods.reduce((sum, each) => sum + each, 0);
  near(
    posteriorOf([1, 0], [0.5, 0]),
    likelihoods.map((each) => each / total),
  );
});

test('Calls of one cell are discounted: two count as 2 × (k0 + 1) / (k0 + 2)', () => {
  assert.equal(cellDiscount(1, 3), 1);
  assert.equal(cellDiscount(2, 3), 0.8);
  const likelihoods = [1 / 4, 1 / 2, 3 / 4].map((chance) => chance ** 1.6);
  const total = likelihoods.reduce((sum, each) => sum + each, 0);
  near(
    posteriorOf([2, 0], [2, 0]),
    likelihoods.map((each) => each / total),
  );
});

test('A cluster that does not tell abilities apart says nothing about them', () => {
  near(posteriorOf([0, 9], [0, 2]), [1 / 3, 1 / 3, 1 / 3]);
});

test('Without calls the posterior is the prior', () => {
  const calls = { counts: new Float64Array(2), sums: new Float64Array(2) };
  const { probabilities } = abilityPosterior(scale, { prior: { mean: 0.5, sd: 0.4 }, calls });
  const grid = abilityGrid();
  const mean = probabilities.reduce((sum, each, point) => sum + each * (grid[point] ?? 0), 0);
  const variance = probabilities.reduce((sum, each, point) => sum + each * ((grid[point] ?? 0) - mean) ** 2, 0);
  near([mean, Math.sqrt(variance)], [0.5, 0.4]);
});
