/**
 * Clusters in the style of Avengers-Pro: k-means over the texts, every component's mean score by cluster, and for a
 * prompt the means of its nearest clusters, the nearer counting more.
 */
import { fitClusters, similarities, softAssign } from '../math/clusters.ts';
import { createRandom } from '../math/random.ts';
import { selectRows, type SparseRows } from '../math/sparse.ts';
import { mean } from '../math/statistics.ts';
import type { PredictionBaseline } from './cross-fit.ts';
import { toTfIdfRows } from './tf-idf.ts';

export const CLUSTERS = 64;
/** Clusters that a prompt is judged by. */
const NEAREST = 4;
const TEMPERATURE = 0.1;
const MAX_ITERATIONS = 30;
/** Training prompts per cluster below which there are fewer clusters. */
const MIN_PROMPTS_PER_CLUSTER = 10;

/** [count] Mean of the values by cluster; the overall mean where a cluster is empty. */
const meansByCluster = (values: Float64Array, assignments: Uint32Array, count: number): Float64Array => {
  const overall = mean(values);
  const sums = new Float64Array(count);
  const sizes = new Float64Array(count);
  values.forEach((value, index) => {
    const cluster = assignments[index] ?? 0;
    sums[cluster] = (sums[cluster] ?? 0) + value;
    sizes[cluster] = (sizes[cluster] ?? 0) + 1;
  });
  return sums.map((sum, cluster) => (sizes[cluster] === 0 ? overall : sum / (sizes[cluster] ?? 1)));
};

/** `counts` [prompts × buckets]: how often each word gram occurs in each prompt of the set; `seed` of the k-means. */
export const createClusterTable = (counts: SparseRows, seed: number): PredictionBaseline => ({
  name: 'clusters-64',
  isCheating: false,
  make: ({ prompts: training, scores }, heldOut) => {
    const rows = toTfIdfRows(counts, training);
    const fit = fitClusters({
      rows: selectRows(rows, Uint32Array.from(training)),
      count: Math.max(1, Math.min(CLUSTERS, Math.floor(training.length / MIN_PROMPTS_PER_CLUSTER))),
      random: createRandom(seed),
      maxIterations: MAX_ITERATIONS,
    });
    const means = scores.map((column) => meansByCluster(column, fit.assignments, fit.count));
    const nearest = Array.from(heldOut, (prompt) => softAssign(similarities(rows, prompt, fit), TEMPERATURE, NEAREST));
    return means.map((column) =>
      Float64Array.from(nearest, ({ clusters, weights }) =>
        clusters.reduce((sum, cluster, index) => sum + (weights[index] ?? 0) * (column[cluster] ?? 0), 0),
      ),
    );
  },
});
