/**
 * Known ground: whether a prompt is like those of training. A model of words says something about every prompt; where
 * nothing like it was seen, what it says is not evidence, and the policy must fall back on what it knows without it.
 * Like means: of the same form, and near in words, common words included, since they carry the manner of speaking.
 */
import { STRUCTURAL_NAMES } from '../../features/structural.ts';
import type { Features, StructuralFeatures } from '../../features/signals.ts';
import type { WordGrams } from '../../features/word-grams.ts';
import { similaritiesTo, toRowIndex, type RowIndex } from '../../math/row-index.ts';
import { selectRows, type SparseRows, type SparseVector } from '../../math/sparse.ts';
import { toGramVector, type GramWeights } from './gram-vector.ts';

export interface KnownGround {
  /** Weights of grams for this comparison only: flatter than those of the quality model. */
  readonly gramWeights: GramWeights;
  /** Training prompts of unit length, one a row. */
  readonly rows: SparseRows;
  /** [rows] `formOf` each. */
  readonly forms: Uint8Array;
  /** [forms] The rows of each form, by column: a prompt is compared with those of its own form only. */
  readonly exemplars: readonly RowIndex[];
  /** Smallest `groundSimilarity` of known ground: the 10th percentile between training prompts. */
  readonly threshold: number;
}

const NEAREST = 3;

const OPTIONS = STRUCTURAL_NAMES.indexOf('options');
const WORDS = STRUCTURAL_NAMES.indexOf('words');

/** From this many lettered choices a prompt is an exam question; its answer is one of them. */
const EXAM_OPTIONS = 3;
/** Words up to which a prompt is short, and up to which it is of middle length. */
const LENGTHS = [30, 120] as const;

/** Coarse form, 0 to 5: exam question or not, times short, middle or long. */
export const formOf = (structural: StructuralFeatures): number => {
  const words = structural[WORDS] ?? 0;
  const exam = (structural[OPTIONS] ?? 0) >= EXAM_OPTIONS;
  const length = LENGTHS.filter((limit) => words >= limit).length;
  return Number(exam) * (LENGTHS.length + 1) + length;
};

const FORMS = 2 * (LENGTHS.length + 1);

/** The exemplars of each form, for `groundSimilarity`. */
export const toExemplars = (rows: SparseRows, forms: Uint8Array): readonly RowIndex[] =>
  Array.from({ length: FORMS }, (_, form) =>
    toRowIndex(
      selectRows(
        rows,
        Uint32Array.from(forms.keys()).filter((row) => forms[row] === form),
      ),
    ),
  );

/** Square roots: rare words mark a topic, common ones a manner, and a prompt must share both. */
export const toGroundWeights = (gramWeights: GramWeights): GramWeights => gramWeights.map(Math.sqrt);

/** Mean cosine of the three nearest of some exemplars, 0 to 1; one that is missing counts as 0. */
export const groundSimilarity = (exemplars: RowIndex, vector: SparseVector): number => {
  let first = 0;
  let second = 0;
  let third = 0;
  const similarities = similaritiesTo(exemplars, vector);
  // One by one: tuples of new and old places are made on the heap, hundreds of times a decision.
  for (let row = 0; row < similarities.length; row += 1) {
    const similarity = similarities[row] ?? 0;
    if (similarity <= third) continue;
    third = similarity;
    if (third > second) {
      third = second;
      second = similarity;
    }
    if (second > first) {
      second = first;
      first = similarity;
    }
  }
  // The smallest first: in floating point another order is another sum, and a threshold hangs on it.
  return (third + second + first) / NEAREST;
};

/** A turn of six words or fewer says too little to be like anything: what it shares is mostly "what is the". */
const MIN_GRAMS = 12;

export const hasEnoughWords = ({ buckets }: WordGrams): boolean => buckets.length >= MIN_GRAMS;

/** `groundSimilarity` of a request to exemplars of its form; 0 where it has too few words. */
export const similarityOf = (
  ground: KnownGround,
  { grams, structural }: Pick<Features, 'grams' | 'structural'>,
): number => {
  const exemplars = ground.exemplars[formOf(structural)];
  if (exemplars === undefined || !hasEnoughWords(grams)) return 0;
  return groundSimilarity(exemplars, toGramVector(grams, ground.gramWeights));
};
