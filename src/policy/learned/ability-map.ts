/**
 * The ability map: what a component that nobody has measured is worth on each kind of prompt. Every cluster k of prompts
 * has a level and a slope, every component j one ability: logit P(ok | k, j) = alpha_k + beta_k theta_j, beta_k >= 0
 * (the two-parameter logistic model of Birnbaum 1968, clusters in place of items). Evaluation only: `learn` fits it.
 */
import type { SoftAssignment } from '../../math/clusters.ts';
import { logistic } from '../../math/probability.ts';

/** Normal distribution of an ability before any call was graded. */
export interface ThetaPrior {
  readonly mean: number;
  /** Above 0. */
  readonly sd: number;
}

/** Clusters that one ability explains. */
export interface AbilityScale {
  readonly clusterCount: number;
  /** [clusterCount] Log odds of a component of ability 0. */
  readonly alphas: Float32Array;
  /** [clusterCount] At least 0: how much the cluster tells strong components from weak ones. */
  readonly betas: Float32Array;
  /**
   * [clusterCount] The cell in which a cluster's graded calls are counted. Clusters of one topic that differ in how hard
   * their prompts are share one: what sets a component apart there is then measured with the calls of all of them.
   */
  readonly cellOf: Uint16Array;
  /** Of a component about which nothing is known. */
  readonly thetaPrior: ThetaPrior;
  /**
   * k0, above 0: how many graded calls of its own a cell of a component needs until they count as much as the map. How
   * far cells deviate from the map in training says it.
   */
  readonly cellStrength: number;
}

/** Calling tools is an ability of its own: components that reason well may write no valid call. */
export interface AbilityMap {
  readonly text: AbilityScale;
  readonly tools: AbilityScale;
}

/** Ability as probabilities of points on a grid. Both lists are aligned; the probabilities sum to 1. */
export interface AbilityPosterior {
  readonly thetas: Float64Array;
  readonly probabilities: Float64Array;
}

/** Graded calls of one component by cluster. A call whose cluster is uncertain may count in several, in parts. */
export interface AbilityCalls {
  /** [clusterCount] Number of graded calls. */
  readonly counts: Float64Array;
  /** [clusterCount] Sum of their scores, each 0 to 1. */
  readonly sums: Float64Array;
}

export interface AbilityPrediction {
  /** P(ok), 0 to 1. */
  readonly mean: number;
  /** How far the true P(ok) may lie from it. */
  readonly sd: number;
}

/** Points of the grid below this probability change no digit that is shown, and cost as much as the others. */
const NEGLIGIBLE = 1e-6;

const clusterLogit = ({ alphas, betas }: AbilityScale, cluster: number, theta: number): number =>
  (alphas[cluster] ?? 0) + (betas[cluster] ?? 0) * theta;

/** Log odds of a component of ability `theta` on a prompt between clusters: the mean of theirs by weight. */
export const abilityLogit = (scale: AbilityScale, { clusters, weights }: SoftAssignment, theta: number): number =>
  clusters.reduce((sum, cluster, index) => sum + (weights[index] ?? 0) * clusterLogit(scale, cluster, theta), 0);

/** Mean and standard deviation of a function of the ability. */
const integrate = ({ thetas, probabilities }: AbilityPosterior, of: (theta: number) => number): AbilityPrediction => {
  let mean = 0;
  let squares = 0;
  for (let point = 0; point < thetas.length; point += 1) {
    const value = of(thetas[point] ?? 0);
    const probability = probabilities[point] ?? 0;
    mean += probability * value;
    squares += probability * value * value;
  }
  return { mean, sd: Math.sqrt(Math.max(0, squares - mean * mean)) };
};

/** P(ok) by the map alone, integrated over the ability. */
export const predictFromPosterior = (
  scale: AbilityScale,
  posterior: AbilityPosterior,
  assignment: SoftAssignment,
): AbilityPrediction => integrate(posterior, (theta) => logistic(abilityLogit(scale, assignment, theta)));

/** What is known of one component. */
export interface ComponentAbility {
  readonly posterior: AbilityPosterior;
  readonly calls: AbilityCalls;
}

/** A component's P(ok) by cluster. Made once for each component, not for each request. */
export interface ClusterPredictions {
  /** [clusterCount] */
  readonly means: Float64Array;
  /** [clusterCount] */
  readonly sds: Float64Array;
}

/** [cells] Sums over the clusters of each cell. */
const sumByCell = (cellOf: Uint16Array, values: (cluster: number) => number): Float64Array => {
  const sums = new Float64Array(cellOf.reduce((most, cell) => Math.max(most, cell), 0) + 1);
  for (const [cluster, cell] of cellOf.entries()) sums[cell] = (sums[cell] ?? 0) + values(cluster);
  return sums;
};

/** [clusterCount] P(ok) for one ability: the map, moved by what the cell's own calls scored above or below it. */
const predictAt = (scale: AbilityScale, calls: AbilityCalls, theta: number): Float64Array => {
  const map = Float64Array.from(scale.cellOf, (_, cluster) => logistic(clusterLogit(scale, cluster, theta)));
  const counts = sumByCell(scale.cellOf, (cluster) => calls.counts[cluster] ?? 0);
  const surplus = sumByCell(
    scale.cellOf,
    (cluster) => (calls.sums[cluster] ?? 0) - (calls.counts[cluster] ?? 0) * (map[cluster] ?? 0),
  );
  return map.map((probability, cluster) => {
    const cell = scale.cellOf[cluster] ?? 0;
    const moved = probability + (surplus[cell] ?? 0) / (scale.cellStrength + (counts[cell] ?? 0));
    return Math.min(1, Math.max(0, moved));
  });
};

/**
 * P(ok) where each cell's own graded calls count too. In a cell of one cluster that is (k0 · map + sum of scores) / (k0 +
 * calls), the posterior mean of a beta distribution around the map (Gelman et al. 2013, section 2.4). The standard
 * deviation has two parts: the ability's, and the cell's own, which only its calls can lower.
 */
export const predictClusters = (scale: AbilityScale, { posterior, calls }: ComponentAbility): ClusterPredictions => {
  const means = new Float64Array(scale.clusterCount);
  const squares = new Float64Array(scale.clusterCount);
  for (let point = 0; point < posterior.thetas.length; point += 1) {
    const probability = posterior.probabilities[point] ?? 0;
    if (probability < NEGLIGIBLE) continue;
    const predicted = predictAt(scale, calls, posterior.thetas[point] ?? 0);
    for (let cluster = 0; cluster < scale.clusterCount; cluster += 1) {
      const value = predicted[cluster] ?? 0;
      means[cluster] = (means[cluster] ?? 0) + probability * value;
      squares[cluster] = (squares[cluster] ?? 0) + probability * value * value;
    }
  }
  const counts = sumByCell(scale.cellOf, (cluster) => calls.counts[cluster] ?? 0);
  const sds = means.map((mean, cluster) => {
    const own = (mean * (1 - mean)) / (scale.cellStrength + (counts[scale.cellOf[cluster] ?? 0] ?? 0) + 1);
    return Math.sqrt(Math.max(0, (squares[cluster] ?? 0) - mean * mean) + Math.max(0, own));
  });
  return { means, sds };
};

/** One prompt: clusters mixed by weight. Their errors are taken to go together, so that the sd is never too small. */
export const predictFromClusters = (
  { means, sds }: ClusterPredictions,
  { clusters, weights }: SoftAssignment,
): AbilityPrediction => {
  const mix = (values: Float64Array): number =>
    clusters.reduce((sum, cluster, index) => sum + (weights[index] ?? 0) * (values[cluster] ?? 0), 0);
  return { mean: mix(means), sd: mix(sds) };
};
