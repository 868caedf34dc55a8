/** Counts of words as tf-idf rows of unit length, for the baselines that compare texts. */
import { normaliseRows, rowAt, type SparseRows } from '../math/sparse.ts';

/** [columns] ln((1 + N) / (1 + n_c)) + 1 over the prompts at `training`: what the presence of a column tells. */
const toInverseFrequencies = (counts: SparseRows, training: Int32Array): Float64Array => {
  const holders = new Float64Array(counts.columnCount);
  for (const prompt of training) {
    for (const column of rowAt(counts, prompt).columns) {
      holders[column] = (holders[column] ?? 0) + 1;
    }
  }
  return holders.map((count) => Math.log((1 + training.length) / (1 + count)) + 1);
};

/**
 * (1 + ln count) idf, scaled to unit length; frequencies from the training prompts alone. [prompts × columns] like
 * `counts`, every prompt of the set. A prompt without words is a row of zeros.
 */
export const toTfIdfRows = (counts: SparseRows, training: Int32Array): SparseRows => {
  const inverse = toInverseFrequencies(counts, training);
  const values = counts.values.map(
    (count, entry) => (1 + Math.log(count)) * (inverse[counts.columns[entry] ?? 0] ?? 0),
  );
  return normaliseRows({ ...counts, values });
};
