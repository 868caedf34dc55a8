/** Examples as sparse rows: the form that every fit on words reads. */
import { GRAM_BUCKETS, type WordGrams } from '../features/word-grams.ts';
import { toSparseRows, type SparseRows } from '../math/sparse.ts';
import { toGramVector, type GramWeights } from '../policy/learned/gram-vector.ts';

export const toGramRows = (grams: readonly WordGrams[], weights: GramWeights): SparseRows =>
  toSparseRows(
    grams.map((each) => toGramVector(each, weights)),
    GRAM_BUCKETS,
  );
