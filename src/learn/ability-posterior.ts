/** What graded calls say about a component's ability: its posterior on a grid. */
import { softplus } from '../math/softplus.ts';
import type { AbilityCalls, AbilityPosterior, AbilityScale, ThetaPrior } from '../policy/learned/ability-map.ts';

export const GRID_POINTS = 61;
export const GRID_LIMIT = 4;

/** Evenly from -GRID_LIMIT to GRID_LIMIT: abilities of training components have mean 0 and sd 1. */
export const abilityGrid = (points = GRID_POINTS): Float64Array =>
  Float64Array.from({ length: points }, (_, point) => GRID_LIMIT * ((2 * point) / (points - 1) - 1));

/**
 * By how much graded calls of one cell are discounted, 1 for a single call: cells deviate from the map, so many calls of
 * one cell say less about the ability than as many calls of different cells (the beta-binomial's design effect,
 * 1 + (n - 1) / (k0 + 1), McCullagh and Nelder 1989, section 4.5).
 */
export const cellDiscount = (calls: number, cellStrength: number): number =>
  calls <= 1 ? 1 : (cellStrength + 1) / (cellStrength + calls);

interface Evidence extends AbilityCalls {
  /** [clusterCount] */
  readonly discounts: Float64Array;
}

/** [clusterCount] The discount of each cluster's calls, by how many calls its cell holds. */
export const clusterDiscounts = (
  { cellOf, cellStrength }: Pick<AbilityScale, 'cellOf' | 'cellStrength'>,
  counts: Float64Array,
): Float64Array => {
  const byCell = new Map<number, number>();
  for (const [cluster, cell] of cellOf.entries()) byCell.set(cell, (byCell.get(cell) ?? 0) + (counts[cluster] ?? 0));
  return Float64Array.from(cellOf, (cell) => cellDiscount(byCell.get(cell) ?? 0, cellStrength));
};

const logLikelihood = (scale: AbilityScale, { counts, sums, discounts }: Evidence, theta: number): number => {
  let total = 0;
  for (let cluster = 0; cluster < scale.clusterCount; cluster += 1) {
    const calls = counts[cluster] ?? 0;
    if (calls === 0) continue;
    const logit = (scale.alphas[cluster] ?? 0) + (scale.betas[cluster] ?? 0) * theta;
    total += (discounts[cluster] ?? 0) * ((sums[cluster] ?? 0) * logit - calls * softplus(logit));
  }
  return total;
};

/** Probabilities from their logarithms, of which any constant may be missing. */
export const toProbabilities = (logs: Float64Array): Float64Array => {
  const largest = logs.reduce((most, each) => Math.max(most, each), Number.NEGATIVE_INFINITY);
  const powers = logs.map((each) => Math.exp(each - largest));
  const total = powers.reduce((sum, each) => sum + each, 0);
  return powers.map((each) => each / total);
};

export interface PosteriorEvidence {
  readonly prior: ThetaPrior;
  readonly calls: AbilityCalls;
  /** Points of the grid; `abilityGrid()` when absent. */
  readonly thetas?: Float64Array;
}

/**
 * Posterior on the grid: the normal prior times the Bernoulli likelihood of the graded calls, where a score between 0 and
 * 1 counts as both outcomes in its proportion. Without calls it is the prior.
 */
export const abilityPosterior = (
  scale: AbilityScale,
  { prior, calls, thetas = abilityGrid() }: PosteriorEvidence,
): AbilityPosterior => {
  const evidence = { ...calls, discounts: clusterDiscounts(scale, calls.counts) };
  const logs = thetas.map(
    (theta) => logLikelihood(scale, evidence, theta) - ((theta - prior.mean) / prior.sd) ** 2 / 2,
  );
  return { thetas, probabilities: toProbabilities(logs) };
};
