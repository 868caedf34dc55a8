import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  abilityLogit,
  predictClusters,
  predictFromClusters,
  predictFromPosterior,
  type AbilityPosterior,
  type AbilityScale,
} from './ability-map.ts';

const near = (actual: number, expected: number, tolerance = 1e-6): void => {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
};

const scale: AbilityScale = {
  clusterCount: 3,
  alphas: Float32Array.of(0, Math.log(3), -Math.log(3)),
  betas: Float32Array.of(1, 0, 0.5),
  cellOf: Uint16Array.of(0, 1, 1),
  thetaPrior: { mean: 0, sd: 1 },
  cellStrength: 10,
};

const single = (cluster: number) => ({ clusters: Uint32Array.of(cluster), weights: Float64Array.of(1) });

/** Ability -ln 3 or ln 3, as likely: in cluster 0 that is P(ok) 1/4 or 3/4. */
const torn: AbilityPosterior = {
  thetas: Float64Array.of(-Math.log(3), Math.log(3)),
  probabilities: Float64Array.of(0.5, 0.5),
};
const sure: AbilityPosterior = { thetas: Float64Array.of(0), probabilities: Float64Array.of(1) };
const noCalls = { counts: new Float64Array(3), sums: new Float64Array(3) };

test('The logit of a prompt between clusters is the mean of theirs by weight', () => {
  const between = { clusters: Uint32Array.of(0, 2), weights: Float64Array.of(0.25, 0.75) };
  near(abilityLogit(scale, between, 2), 0.25 * 2 + 0.75 * (1 - Math.log(3)));
});

test('Predictions are integrated over the ability, and their sd is that of P(ok)', () => {
  const { mean, sd } = predictFromPosterior(scale, torn, single(0));
  near(mean, 0.5);
  near(sd, 0.25);
});

test('A cluster of slope 0 is predicted alike for every ability', () => {
  const { mean, sd } = predictFromPosterior(scale, torn, single(1));
  near(mean, 0.75);
  near(sd, 0);
});

test('Calls of a cell move it from the map to their own mean, as ten calls weigh with a strength of ten', () => {
  const calls = { counts: Float64Array.of(10, 0, 0), sums: Float64Array.of(9, 0, 0) };
  const { means, sds } = predictClusters(scale, { posterior: sure, calls });
  near(means[0] ?? 0, (10 * 0.5 + 9) / 20);
  near(sds[0] ?? 0, Math.sqrt((0.7 * 0.3) / 21));
  near(means[1] ?? 0, 0.75);
});

test('Clusters of one cell share what its calls say above or below the map', () => {
  // Eight calls in cluster 1, of which the map expects 6 to succeed: 2 do. The surplus of -4 over 10 + 8 moves both.
  const calls = { counts: Float64Array.of(0, 8, 0), sums: Float64Array.of(0, 2, 0) };
  const { means } = predictClusters(scale, { posterior: sure, calls });
  near(means[1] ?? 0, 0.75 - 4 / 18);
  near(means[2] ?? 0, 0.25 - 4 / 18);
  near(means[0] ?? 0, 0.5);
});

test('A prompt between clusters has the mixture of their means and sds', () => {
  const predictions = predictClusters(scale, { posterior: sure, calls: noCalls });
  const between = { clusters: Uint32Array.of(1, 2), weights: Float64Array.of(0.5, 0.5) };
  near(predictFromClusters(predictions, between).mean, 0.5);
  near(predictFromClusters(predictions, between).sd, Math.sqrt(0.1875 / 11));
});

test('No number of calls moves a prediction out of 0 to 1', () => {
  const calls = { counts: Float64Array.of(0, 500, 0), sums: Float64Array.of(0, 0, 0) };
  const { means } = predictClusters(scale, { posterior: sure, calls });
  assert.equal(means[2], 0);
});
