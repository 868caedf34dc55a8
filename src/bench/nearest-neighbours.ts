/** Nearest neighbours: a prompt's scores are the mean of the most similar training prompts' (RouterBench's kNN router). */
import { rowAt, type SparseRows } from '../math/sparse.ts';
import { mean } from '../math/statistics.ts';
import type { PredictionBaseline } from './cross-fit.ts';
import { toTfIdfRows } from './tf-idf.ts';

export const NEIGHBOURS = 40;

/** By bucket, which training prompts hold it and how strongly: a prompt then meets only those that share a bucket. */
interface Postings {
  /** [buckets + 1] */
  readonly starts: Uint32Array;
  /** Places among the training prompts. */
  readonly holders: Uint32Array;
  readonly values: Float32Array;
}

const toPostings = (rows: SparseRows, training: Int32Array): Postings => {
  const starts = new Uint32Array(rows.columnCount + 1);
  for (const prompt of training) {
    for (const column of rowAt(rows, prompt).columns) {
      starts[column + 1] = (starts[column + 1] ?? 0) + 1;
    }
  }
  for (let column = 0; column < rows.columnCount; column += 1) {
    starts[column + 1] = (starts[column + 1] ?? 0) + (starts[column] ?? 0);
  }
  const next = starts.slice();
  const holders = new Uint32Array(starts[rows.columnCount] ?? 0);
  const values = new Float32Array(holders.length);
  training.forEach((prompt, place) => {
    const row = rowAt(rows, prompt);
    row.columns.forEach((column, entry) => {
      const at = next[column] ?? 0;
      holders[at] = place;
      values[at] = row.values[entry] ?? 0;
      next[column] = at + 1;
    });
  });
  return { starts, holders, values };
};

/** Cosines of one row with every training prompt, written to `into`. */
const writeCosines = (
  rows: SparseRows,
  prompt: number,
  { postings, into }: { postings: Postings; into: Float64Array },
) => {
  const { columns, values } = rowAt(rows, prompt);
  into.fill(0);
  for (let entry = 0; entry < columns.length; entry += 1) {
    const column = columns[entry] ?? 0;
    const value = values[entry] ?? 0;
    const end = postings.starts[column + 1] ?? 0;
    for (let at = postings.starts[column] ?? 0; at < end; at += 1) {
      const holder = postings.holders[at] ?? 0;
      into[holder] = (into[holder] ?? 0) + value * (postings.values[at] ?? 0);
    }
  }
};

/** Places of the largest positive cosines, at most `count`, largest first; of equals the earlier. */
const largestOf = (cosines: Float64Array, count: number): readonly number[] => {
  const found: number[] = [];
  let least = 0;
  for (let place = 0; place < cosines.length; place += 1) {
    const cosine = cosines[place] ?? 0;
    if (cosine > least) {
      let at = found.length;
      while (at > 0 && (cosines[found[at - 1] ?? 0] ?? 0) < cosine) {
        at -= 1;
      }
      found.splice(at, 0, place);
      found.length = Math.min(found.length, count);
      least = found.length === count ? (cosines[found[count - 1] ?? 0] ?? 0) : 0;
    }
  }
  return found;
};

/** `counts` [prompts × buckets]: how often each word gram occurs in each prompt of the set. Where fewer than 40 share a word with the prompt, the overall mean stands for the rest. */
export const createNearestNeighbours = (counts: SparseRows): PredictionBaseline => ({
  name: 'nearest-40',
  isCheating: false,
  make: ({ prompts: training, scores }, heldOut) => {
    const rows = toTfIdfRows(counts, training);
    const postings = toPostings(rows, training);
    const into = new Float64Array(training.length);
    const overall = scores.map((column) => mean(column));
    const predictions = scores.map(() => new Float64Array(heldOut.length));
    heldOut.forEach((prompt, index) => {
      writeCosines(rows, prompt, { postings, into });
      const nearest = largestOf(into, NEIGHBOURS);
      for (const [component, column] of predictions.entries()) {
        const found = nearest.reduce((sum, place) => sum + (scores[component]?.[place] ?? 0), 0);
        const missing = (NEIGHBOURS - nearest.length) * (overall[component] ?? 0);
        column[index] = (found + missing) / NEIGHBOURS;
      }
    });
    return predictions;
  },
});
