/** Cells of the soft table: scores by cluster and component, each pulled towards what is known without it. */
import { addLevel, type Membership } from '../policy/learned/soft-table.ts';

/**
 * Prompts that the prior is worth. The level of a cluster (how hard its prompts are for all) is trusted soon; what sets
 * one component apart from the others there is small beside the noise of single outcomes, and is trusted late.
 */
export const SHRINKAGE = { level: 5, deviation: 30 } as const;

export interface CellInputs {
  readonly clusterCount: number;
  /** By example. */
  readonly memberships: readonly Membership[];
  /** [columns][examples], 0 to 1. */
  readonly targets: readonly Float64Array[];
}

const columnMeans = (targets: readonly Float64Array[]): Float64Array =>
  Float64Array.from(targets, (column) => column.reduce((sum, value) => sum + value, 0) / column.length);

interface Sums {
  readonly weights: Float64Array;
  /** [clusters × columns] */
  readonly scores: Float64Array;
}

const sumByCluster = ({ clusterCount, memberships, targets }: CellInputs): Sums => {
  const columns = targets.length;
  const weights = new Float64Array(clusterCount);
  const scores = new Float64Array(clusterCount * columns);
  for (const [example, membership] of memberships.entries()) {
    for (let at = 0; at < membership.clusters.length; at += 1) {
      const cluster = membership.clusters[at] ?? 0;
      const weight = membership.weights[at] ?? 0;
      weights[cluster] = (weights[cluster] ?? 0) + weight;
      for (let column = 0; column < columns; column += 1)
        scores[cluster * columns + column] =
          (scores[cluster * columns + column] ?? 0) + weight * (targets[column]?.[example] ?? 0);
    }
  }
  return { weights, scores };
};

/**
 * [clusters × columns] Posterior means: level and deviations of a cluster, each (sum + strength × prior) / (weight +
 * strength), as in a normal model with known variances (Efron and Morris 1975). The prior is the mean of all prompts.
 */
export const fitCells = (inputs: CellInputs): Float32Array => {
  const columns = inputs.targets.length;
  const means = columnMeans(inputs.targets);
  const meanLevel = means.reduce((sum, value) => sum + value, 0) / columns;
  const { weights, scores } = sumByCluster(inputs);
  const values = new Float32Array(scores.length);
  for (let cluster = 0; cluster < inputs.clusterCount; cluster += 1) {
    const own = scores.subarray(cluster * columns, (cluster + 1) * columns);
    const weight = weights[cluster] ?? 0;
    const level = own.reduce((sum, value) => sum + value, 0) / columns;
    const shrunkLevel = (level + SHRINKAGE.level * meanLevel) / (weight + SHRINKAGE.level);
    for (let column = 0; column < columns; column += 1) {
      const prior = SHRINKAGE.deviation * ((means[column] ?? 0) - meanLevel);
      const deviation = ((own[column] ?? 0) - level + prior) / (weight + SHRINKAGE.deviation);
      values[cluster * columns + column] = shrunkLevel + deviation;
    }
  }
  return values;
};

/** [examples × columns] What a table of these cells says of examples that their memberships describe. */
export const applyCells = (values: Float32Array, memberships: readonly Membership[], columns: number): Float64Array => {
  const predicted = new Float64Array(memberships.length * columns);
  for (const [example, membership] of memberships.entries())
    addLevel({ values }, membership, {
      into: predicted.subarray(example * columns, (example + 1) * columns),
      scale: 1,
    });
  return predicted;
};
