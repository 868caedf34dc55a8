/**
 * The soft table: what each component scores on a kind of task, where the task is not given but recognised, as a mixture
 * of the nearest clusters of prompts. Several numbers of clusters are averaged, since none is right for every task.
 */
import { softAssign } from '../../math/clusters.ts';
import { similaritiesTo, type RowIndex } from '../../math/row-index.ts';
import type { SparseRows, SparseVector } from '../../math/sparse.ts';

export interface TableLevel {
  /** Centroids of unit length, one a row; and the same by column. */
  readonly rows: SparseRows;
  readonly centroids: RowIndex;
  /** [clusters × columns] Score of a component in a cluster, shrunk, 0 to 1. */
  readonly values: Float32Array;
}

export interface SoftTable {
  readonly columnCount: number;
  readonly levels: readonly TableLevel[];
}

/** Softmax temperature over cosines, and how many clusters share a prompt. */
export const ASSIGNMENT = { temperature: 0.03, nearest: 3 } as const;

/** Clusters of one prompt and their weights, which sum to 1. */
export interface Membership {
  readonly clusters: Uint32Array;
  readonly weights: Float64Array;
}

export const toMembership = (centroids: RowIndex, vector: SparseVector): Membership =>
  softAssign(similaritiesTo(centroids, vector), ASSIGNMENT.temperature, ASSIGNMENT.nearest);

/** Adds the level's values, weighted by membership and `scale`, to `into` [columns]. */
export const addLevel = (
  { values }: Pick<TableLevel, 'values'>,
  { clusters, weights }: Membership,
  { into, scale }: { readonly into: Float64Array; readonly scale: number },
): void => {
  for (let at = 0; at < clusters.length; at += 1) {
    const start = (clusters[at] ?? 0) * into.length;
    const weight = scale * (weights[at] ?? 0);
    for (let column = 0; column < into.length; column += 1)
      into[column] = (into[column] ?? 0) + weight * (values[start + column] ?? 0);
  }
};

/** Score of every column, 0 to 1: the mean over the levels. */
export const predictTable = ({ columnCount, levels }: SoftTable, vector: SparseVector): Float64Array => {
  const into = new Float64Array(columnCount);
  for (const level of levels)
    addLevel(level, toMembership(level.centroids, vector), { into, scale: 1 / levels.length });
  return into;
};
