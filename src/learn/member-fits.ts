/** Fits of the quality model's members on part of a prepared training set, and their predictions for other examples. */
import { fitBoostedTrees, predictTrees, type BoostedTrees } from '../math/boosted-trees.ts';
import { fitClusters, type Clusters } from '../math/clusters.ts';
import { toRowIndex, type RowIndex } from '../math/row-index.ts';
import type { LinearHead } from '../math/linear-head.ts';
import { fitLogistic, predictLogits } from '../math/logistic.ts';
import { logistic } from '../math/probability.ts';
import type { Random } from '../math/random.ts';
import { rowAt, selectRows, type SparseRows, type SparseVector } from '../math/sparse.ts';
import { toMembership, type Membership, type TableLevel } from '../policy/learned/soft-table.ts';
import { toStorableRows } from './storable-rows.ts';
import { applyCells, fitCells } from './table-cells.ts';

/** Settings of the fits, chosen by cross-validation within training data. */
export const FIT = {
  /** C of the word heads. */
  inversePenalty: 1,
  wordIterations: 60,
  wordTolerance: 1e-4,
  /** Numbers of clusters; a level is left out where its clusters would hold fewer than `clusterPrompts` prompts. */
  clusterCounts: [32, 100, 200],
  clusterPrompts: 12,
  clusterIterations: 8,
  /** Entries of a centroid that are kept: the rest is small, and would be most of an artifact. */
  centroidEntries: 200,
  treeCount: 80,
  treeLeafCount: 8,
  treeLearningRate: 0.08,
  /** Trees need labels: below this many they only add noise. */
  treeExamples: 2_000,
} as const;

/** Clusters of one number, and where every example stands among them. */
export interface Level {
  readonly rows: SparseRows;
  readonly centroids: RowIndex;
  readonly memberships: readonly Membership[];
}

/** Everything about the examples that a fit reads, made once. */
export interface Prepared {
  readonly rows: SparseRows;
  /** [examples × inputs] */
  readonly structure: Float32Array;
  readonly structureCount: number;
  /** Clusters know no label, so they are found once; only their cells are fitted on labels. */
  readonly levels: readonly Level[];
  /** [columns][examples] */
  readonly targets: readonly Float64Array[];
}

const centroidAt = ({ count, positions, centroids }: Clusters, cluster: number): SparseVector => {
  const columns = Uint32Array.from(positions.keys()).filter(
    (column) => (positions[column] ?? -1) >= 0 && (centroids[(positions[column] ?? 0) * count + cluster] ?? 0) !== 0,
  );
  const values = Float32Array.from(columns, (column) => centroids[(positions[column] ?? 0) * count + cluster] ?? 0);
  return { columns, values };
};

const toCentroids = (clusters: Clusters, columnCount: number): SparseRows =>
  toStorableRows(
    Array.from({ length: clusters.count }, (_, cluster) => centroidAt(clusters, cluster)),
    { entries: FIT.centroidEntries, columnCount },
  );

export const fitLevels = (rows: SparseRows, random: Random): Prepared['levels'] => {
  const counts = FIT.clusterCounts.filter((count) => count * FIT.clusterPrompts <= rows.rowCount);
  const fitting = counts.length > 0 ? counts : [Math.max(1, Math.floor(rows.rowCount / FIT.clusterPrompts))];
  return fitting.map((count) => {
    const clusters = fitClusters({ rows, count, random, maxIterations: FIT.clusterIterations });
    const centroidRows = toCentroids(clusters, rows.columnCount);
    const centroids = toRowIndex(centroidRows);
    return {
      rows: centroidRows,
      centroids,
      memberships: Array.from({ length: rows.rowCount }, (_, row) => toMembership(centroids, rowAt(rows, row))),
    };
  });
};

const pick = (values: Float64Array, indexes: Uint32Array): Float64Array =>
  Float64Array.from(indexes, (index) => values[index] ?? Number.NaN);

/** One head a column. */
export const fitWords = ({ rows, targets }: Prepared, examples: Uint32Array): readonly LinearHead[] => {
  const chosen = selectRows(rows, examples);
  return targets.map((column) =>
    fitLogistic({
      rows: chosen,
      targets: pick(column, examples),
      inversePenalty: FIT.inversePenalty,
      maxIterations: FIT.wordIterations,
      tolerance: FIT.wordTolerance,
    }),
  );
};

/** [columns][examples asked for] */
export const applyWords = (heads: readonly LinearHead[], prepared: Prepared, examples: Uint32Array) => {
  const rows = selectRows(prepared.rows, examples);
  return heads.map((head) => predictLogits(rows, head).map(logistic));
};

const membershipsOf = (level: Prepared['levels'][number], examples: Uint32Array): readonly Membership[] =>
  Array.from(examples, (example) => level.memberships[example] as Membership); // examples are below the size

export const fitTable = ({ levels, targets }: Prepared, examples: Uint32Array): readonly TableLevel[] => {
  const chosen = targets.map((column) => pick(column, examples));
  return levels.map((level) => ({
    rows: level.rows,
    centroids: level.centroids,
    values: fitCells({
      clusterCount: level.centroids.rowCount,
      memberships: membershipsOf(level, examples),
      targets: chosen,
    }),
  }));
};

/** [columns][examples asked for] */
export const applyTable = (table: readonly TableLevel[], prepared: Prepared, examples: Uint32Array) => {
  const columns = prepared.targets.length;
  const sums = prepared.targets.map(() => new Float64Array(examples.length));
  for (const [at, level] of prepared.levels.entries()) {
    const predicted = applyCells(table[at]?.values ?? new Float32Array(0), membershipsOf(level, examples), columns);
    for (const [column, sum] of sums.entries())
      for (let row = 0; row < sum.length; row += 1)
        sum[row] = (sum[row] ?? 0) + (predicted[row * columns + column] ?? 0) / prepared.levels.length;
  }
  return sums;
};

const selectStructure = ({ structure, structureCount }: Prepared, examples: Uint32Array): Float32Array => {
  const chosen = new Float32Array(examples.length * structureCount);
  for (let row = 0; row < examples.length; row += 1) {
    const start = (examples[row] ?? 0) * structureCount;
    chosen.set(structure.subarray(start, start + structureCount), row * structureCount);
  }
  return chosen;
};

export const fitTrees = (prepared: Prepared, examples: Uint32Array, random: Random): readonly BoostedTrees[] => {
  const features = selectStructure(prepared, examples);
  return prepared.targets.map((column) =>
    fitBoostedTrees({
      features,
      featureCount: prepared.structureCount,
      targets: pick(column, examples),
      loss: 'logistic',
      random,
      treeCount: FIT.treeCount,
      leafCount: FIT.treeLeafCount,
      learningRate: FIT.treeLearningRate,
    }),
  );
};

/** [columns][examples asked for] */
export const applyTrees = (trees: readonly BoostedTrees[], prepared: Prepared, examples: Uint32Array) =>
  trees.map((each) =>
    Float64Array.from(examples, (example) =>
      logistic(predictTrees(each, prepared.structure, example * prepared.structureCount)),
    ),
  );
