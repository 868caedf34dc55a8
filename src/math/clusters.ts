/** Spherical k-means: groups of sparse rows that point in about the same direction. */
import type { Random } from './random.ts';
import { compactColumns, dotRow, type SparseRows } from './sparse.ts';

export interface Clusters {
  readonly count: number;
  /** [columns] Where a column's centroid entries are: positions[column] × count; -1 where all centroids are 0. */
  readonly positions: Int32Array;
  /** [used columns × count] Centroids of unit length, the entries of one column side by side. */
  readonly centroids: Float32Array;
}

export interface ClusterFit extends Clusters {
  /** [rows] Each row's cluster. */
  readonly assignments: Uint32Array;
  /** Mean cosine of rows with their own centroid, as it was when rows were last assigned. */
  readonly meanSimilarity: number;
  readonly iterations: number;
}

export interface ClusterOptions {
  /** Rows of unit length (`normaliseRows`); rows of zeros are allowed and move no centroid. */
  readonly rows: SparseRows;
  readonly count: number;
  readonly random: Random;
  readonly maxIterations: number;
}

interface SimilarityTarget extends Clusters {
  /** [count] */
  readonly into: Float64Array;
}

/** Adds four entries' products at once: a quarter of the loads and stores of `into`, which are what takes the time. */
const addFour = (rows: SparseRows, entry: number, { count, positions, centroids, into }: SimilarityTarget): void => {
  const { columns, values } = rows;
  const first = (positions[columns[entry] ?? 0] ?? -1) * count;
  const second = (positions[columns[entry + 1] ?? 0] ?? -1) * count;
  const third = (positions[columns[entry + 2] ?? 0] ?? -1) * count;
  const fourth = (positions[columns[entry + 3] ?? 0] ?? -1) * count;
  // A column without centroid entries gets value 0, so that the loop needs no branch.
  const firstValue = first < 0 ? 0 : (values[entry] ?? 0);
  const secondValue = second < 0 ? 0 : (values[entry + 1] ?? 0);
  const thirdValue = third < 0 ? 0 : (values[entry + 2] ?? 0);
  const fourthValue = fourth < 0 ? 0 : (values[entry + 3] ?? 0);
  const [a, b, c, d] = [Math.max(first, 0), Math.max(second, 0), Math.max(third, 0), Math.max(fourth, 0)];
  for (let cluster = 0; cluster < count; cluster += 1) {
    into[cluster] =
      (into[cluster] ?? 0) +
      (firstValue * (centroids[a + cluster] ?? 0) + secondValue * (centroids[b + cluster] ?? 0)) +
      (thirdValue * (centroids[c + cluster] ?? 0) + fourthValue * (centroids[d + cluster] ?? 0));
  }
};

const addOne = (rows: SparseRows, entry: number, { count, positions, centroids, into }: SimilarityTarget): void => {
  const base = (positions[rows.columns[entry] ?? 0] ?? -1) * count;
  const value = rows.values[entry] ?? 0;
  const end = base < 0 ? 0 : count;
  for (let cluster = 0; cluster < end; cluster += 1) {
    into[cluster] = (into[cluster] ?? 0) + value * (centroids[base + cluster] ?? 0);
  }
};

/** Writes the dot product of one row with every centroid to `into`. */
const writeSimilarities = (rows: SparseRows, row: number, target: SimilarityTarget): void => {
  const end = rows.starts[row + 1] ?? 0;
  let entry = rows.starts[row] ?? 0;
  target.into.fill(0);
  for (; entry + 3 < end; entry += 4) {
    addFour(rows, entry, target);
  }
  for (; entry < end; entry += 1) {
    addOne(rows, entry, target);
  }
};

interface State {
  readonly rows: SparseRows;
  readonly clusters: Clusters;
  readonly assignments: Uint32Array;
  /** [rows] Cosine with the own centroid. */
  readonly own: Float64Array;
  /** [count] */
  readonly into: Float64Array;
}

const indexOfLargest = (values: Float64Array): number => {
  let best = 0;
  for (let index = 1; index < values.length; index += 1) {
    if ((values[index] ?? 0) > (values[best] ?? 0)) {
      best = index;
    }
  }
  return best;
};

/** Gives every row its nearest centroid, the first of equals; returns how many changed. */
const assignRows = ({ rows, clusters, assignments, own, into }: State): number => {
  const target = { ...clusters, into };
  let changed = 0;
  for (let row = 0; row < rows.rowCount; row += 1) {
    writeSimilarities(rows, row, target);
    const nearest = indexOfLargest(into);
    changed += assignments[row] === nearest ? 0 : 1;
    assignments[row] = nearest;
    own[row] = into[nearest] ?? 0;
  }
  return changed;
};

/** Moves the row that fits its cluster worst into each empty cluster, never emptying another one. */
const fillEmpty = ({ clusters, assignments, own }: State): number => {
  const sizes = new Uint32Array(clusters.count);
  for (const cluster of assignments) {
    sizes[cluster] = (sizes[cluster] ?? 0) + 1;
  }
  let moved = 0;
  for (let cluster = 0; cluster < clusters.count; cluster += 1) {
    let worst = -1;
    for (let row = 0; sizes[cluster] === 0 && row < assignments.length; row += 1) {
      const isSpare = (sizes[assignments[row] ?? 0] ?? 0) > 1;
      worst = isSpare && (worst < 0 || (own[row] ?? 0) < (own[worst] ?? 0)) ? row : worst;
    }
    if (worst >= 0) {
      const left = assignments[worst] ?? 0;
      sizes[left] = (sizes[left] ?? 0) - 1;
      sizes[cluster] = 1;
      assignments[worst] = cluster;
      own[worst] = 1;
      moved += 1;
    }
  }
  return moved;
};

/** Scales every centroid to unit length; one of zeros stays so. */
const normaliseCentroids = ({ count, centroids }: Clusters): void => {
  const scales = new Float64Array(count);
  for (let base = 0; base < centroids.length; base += count) {
    for (let cluster = 0; cluster < count; cluster += 1) {
      const entry = centroids[base + cluster] ?? 0;
      scales[cluster] = (scales[cluster] ?? 0) + entry * entry;
    }
  }
  for (let cluster = 0; cluster < count; cluster += 1) {
    const squares = scales[cluster] ?? 0;
    scales[cluster] = squares > 0 ? 1 / Math.sqrt(squares) : 0;
  }
  for (let base = 0; base < centroids.length; base += count) {
    for (let cluster = 0; cluster < count; cluster += 1) {
      centroids[base + cluster] = (centroids[base + cluster] ?? 0) * (scales[cluster] ?? 0);
    }
  }
};

/** Adds one row to one centroid. The rows are compact: positions are the columns themselves. */
const addRow = ({ rows, clusters }: State, row: number, cluster: number): void => {
  const { starts, columns, values } = rows;
  const { count, centroids } = clusters;
  const end = starts[row + 1] ?? 0;
  for (let entry = starts[row] ?? 0; entry < end; entry += 1) {
    const at = (columns[entry] ?? 0) * count + cluster;
    centroids[at] = (centroids[at] ?? 0) + (values[entry] ?? 0);
  }
};

/** Centroids become the directions of their rows' sums, which maximises the sum of cosines. */
const moveCentroids = (state: State): void => {
  state.clusters.centroids.fill(0);
  for (let row = 0; row < state.rows.rowCount; row += 1) {
    addRow(state, row, state.assignments[row] ?? 0);
  }
  normaliseCentroids(state.clusters);
};

/** A row drawn in proportion to its distance from the nearest seed; any row once all distances are 0. */
const drawFar = (distances: Float64Array, random: Random): number => {
  let total = 0;
  for (const distance of distances) {
    total += distance;
  }
  if (!(total > 0)) {
    return random.integer(distances.length);
  }
  let left = random.next() * total;
  let last = 0;
  for (let row = 0; row < distances.length; row += 1) {
    const distance = distances[row] ?? 0;
    left -= distance;
    last = distance > 0 ? row : last;
    if (left < 0) {
      return row;
    }
  }
  return last; // rounding left a crumb of the total
};

/** k-means++ (Arthur and Vassilvitskii 2007): 1 - cosine is half the squared distance of unit vectors. */
const seed = (state: State, random: Random): void => {
  const { rows, clusters } = state;
  const distances = new Float64Array(rows.rowCount).fill(1);
  const centroid = new Float64Array(rows.columnCount);
  for (let cluster = 0; cluster < clusters.count; cluster += 1) {
    const drawn = drawFar(distances, random);
    const start = rows.starts[drawn] ?? 0;
    const end = rows.starts[drawn + 1] ?? 0;
    for (let entry = start; entry < end; entry += 1) {
      centroid[rows.columns[entry] ?? 0] = rows.values[entry] ?? 0;
    }
    addRow(state, drawn, cluster);
    distances[drawn] = 0;
    for (let row = 0; row < rows.rowCount; row += 1) {
      const distance = Math.max(1 - dotRow(rows, row, centroid), 0);
      distances[row] = Math.min(distances[row] ?? 0, distance);
    }
    for (let entry = start; entry < end; entry += 1) {
      centroid[rows.columns[entry] ?? 0] = 0;
    }
  }
  normaliseCentroids(clusters);
};

const toPositions = (columnIds: Uint32Array, columnCount: number): Int32Array => {
  const positions = new Int32Array(columnCount).fill(-1);
  for (let column = 0; column < columnIds.length; column += 1) {
    positions[columnIds[column] ?? 0] = column;
  }
  return positions;
};

/**
 * Spherical k-means (Dhillon and Modha 2001): assigns rows to the centroid of the largest cosine and moves centroids to
 * the mean direction, until no row changes or `maxIterations` are done. Throws RangeError unless 1 <= count <= rows.
 */
export const fitClusters = ({ rows, count, random, maxIterations }: ClusterOptions): ClusterFit => {
  if (!(Number.isInteger(count) && count >= 1 && count <= rows.rowCount)) {
    throw new RangeError(`${count} clusters of ${rows.rowCount} rows`);
  }
  const compact = compactColumns(rows);
  const used = compact.columnIds.length;
  const centroids = new Float32Array(used * count);
  const state: State = {
    rows: compact.rows,
    clusters: { count, centroids, positions: Int32Array.from({ length: used }, (_, column) => column) },
    assignments: new Uint32Array(rows.rowCount).fill(count), // no cluster yet
    own: new Float64Array(rows.rowCount),
    into: new Float64Array(count),
  };
  seed(state, random);
  let iterations = 0;
  let changed = rows.rowCount;
  while (changed > 0 && iterations < maxIterations) {
    changed = assignRows(state) + fillEmpty(state);
    moveCentroids(state);
    iterations += 1;
  }
  const meanSimilarity = state.own.reduce((total, similarity) => total + similarity, 0) / rows.rowCount;
  const positions = toPositions(compact.columnIds, rows.columnCount);
  return { count, positions, centroids, assignments: state.assignments, meanSimilarity, iterations };
};

/** [count] Cosines of one unit row with every centroid. Columns that the clusters do not know count for nothing. */
export const similarities = (rows: SparseRows, row: number, clusters: Clusters): Float32Array => {
  const into = new Float64Array(clusters.count);
  writeSimilarities(rows, row, { ...clusters, into });
  return Float32Array.from(into);
};

export interface SoftAssignment {
  /** Nearest first; of equals the lower number first. */
  readonly clusters: Uint32Array;
  /** Aligned with `clusters`; they sum to 1. */
  readonly weights: Float64Array;
}

/**
 * Weights of the `top` nearest clusters: softmax of similarity / temperature over these alone. The colder, the more
 * the nearest takes; `top` beyond the number of clusters means all. Throws RangeError unless the temperature is above 0.
 */
export const softAssign = (similarities: ArrayLike<number>, temperature: number, top: number): SoftAssignment => {
  if (!(temperature > 0)) {
    throw new RangeError(`the temperature must be above 0, but is ${temperature}`);
  }
  const similarity = (cluster: number): number => similarities[cluster] ?? 0;
  const clusters = selectLargest(similarities, top);
  const nearest = similarity(clusters[0] ?? 0);
  // Plain loops: every decision waits for this, and a function called for each element is most of its time.
  const weights = new Float64Array(clusters.length);
  let total = 0;
  for (let at = 0; at < clusters.length; at += 1) {
    const power = Math.exp((similarity(clusters[at] ?? 0) - nearest) / temperature);
    weights[at] = power;
    total += power;
  }
  for (let at = 0; at < weights.length; at += 1) weights[at] = (weights[at] ?? 0) / total;
  return { clusters, weights };
};

/** Indexes of the `count` largest values, largest first, ties by lower index. One pass: decisions wait for it. */
const selectLargest = (values: ArrayLike<number>, count: number): Uint32Array => {
  const chosen = new Uint32Array(Math.min(count, values.length));
  let size = 0;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? 0;
    if (size === chosen.length && !(value > (values[chosen[size - 1] ?? 0] ?? 0))) continue;
    let place = size < chosen.length ? size : size - 1;
    for (; place > 0 && value > (values[chosen[place - 1] ?? 0] ?? 0); place -= 1)
      chosen[place] = chosen[place - 1] ?? 0;
    chosen[place] = index;
    size = Math.min(size + 1, chosen.length);
  }
  return chosen;
};
