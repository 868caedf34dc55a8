/** Word grams as a vector of unit length: sublinear term frequency times inverse document frequency. */
import type { WordGrams } from '../../features/word-grams.ts';
import type { SparseVector } from '../../math/sparse.ts';

/**
 * Inverse document frequency by bucket [GRAM_BUCKETS]: ln((1 + n) / (1 + df)) + 1 over the training prompts (the smoothed
 * form of Salton and Buckley 1988); 0 for template words, which say where a prompt was found and not what it asks.
 */
export type GramWeights = Float32Array;

/** (1 + ln count) · idf, scaled to length 1; a text of template words only, or without words, is empty. */
export const toGramVector = ({ buckets, counts }: WordGrams, weights: GramWeights): SparseVector => {
  const columns = new Uint32Array(buckets.length);
  const values = new Float32Array(buckets.length);
  let size = 0;
  let squares = 0;
  for (let at = 0; at < buckets.length; at += 1) {
    const bucket = buckets[at] ?? 0;
    const weight = weights[bucket] ?? 0;
    if (weight === 0) continue;
    const count = counts[at] ?? 1;
    const value = count === 1 ? weight : (1 + Math.log(count)) * weight;
    columns[size] = bucket;
    values[size] = value;
    squares += value * value;
    size += 1;
  }
  const length = Math.sqrt(squares);
  for (let at = 0; at < size; at += 1) values[at] = (values[at] ?? 0) / length;
  if (size === columns.length) return { columns, values };
  return { columns: columns.subarray(0, size), values: values.subarray(0, size) };
};
