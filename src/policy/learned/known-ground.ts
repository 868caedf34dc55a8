/**
 * Known ground: whether a prompt is like those of training. A model of words says something about every prompt; where
 * nothing like it was seen, what it says is not evidence, and the policy must fall back on what it knows without it.
 * Like means: of the same form, and near in words, common words included, since they carry the manner of speaking.
 */
import { STRUCTURAL_NAMES } from '../../features/structural.ts';
import type { Features, StructuralFeatures } from '../../features/signals.ts';
import type { WordGrams } from '../../features/word-grams.ts';
import { similaritiesTo, type RowIndex } from '../../math/row-index.ts';
import type { SparseRows, SparseVector } from '../../math/sparse.ts';
import { toGramVector, type GramWeights } from './gram-vector.ts';

export interface KnownGround {
  /** Weights of grams for this comparison only: flatter than those of the quality model. */
  readonly gramWeights: GramWeights;
  /** Training prompts of unit length, one a row; and the same by column. */
  readonly rows: SparseRows;
  readonly exemplars: RowIndex;
  /** [exemplars] `formOf` each. */
  readonly forms: Uint8Array;
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

/** Square roots: rare words mark a topic, common ones a manner, and a prompt must share both. */
export const toGroundWeights = (gramWeights: GramWeights): GramWeights => gramWeights.map(Math.sqrt);

/** Mean cosine of the three nearest exemplars of the prompt's form, 0 to 1. */
export const groundSimilarity = (
  { exemplars, forms }: Pick<KnownGround, 'exemplars' | 'forms'>,
  vector: SparseVector,
  form: number,
): number => {
  const nearest = new Float64Array(NEAREST);
  const similarities = similaritiesTo(exemplars, vector);
  for (let exemplar = 0; exemplar < similarities.length; exemplar += 1) {
    const similarity = similarities[exemplar] ?? 0;
    if (similarity <= (nearest[0] ?? 0) || forms[exemplar] !== form) continue;
    nearest[0] = similarity;
    nearest.sort();
  }
  return nearest.reduce((sum, similarity) => sum + similarity, 0) / NEAREST;
};

/** A turn of six words or fewer says too little to be like anything: what it shares is mostly "what is the". */
const MIN_GRAMS = 12;

export const hasEnoughWords = ({ buckets }: WordGrams): boolean => buckets.length >= MIN_GRAMS;

/** `groundSimilarity` of a request; 0 where it has too few words. */
export const similarityOf = (
  ground: KnownGround,
  { grams, structural }: Pick<Features, 'grams' | 'structural'>,
): number =>
  hasEnoughWords(grams) ? groundSimilarity(ground, toGramVector(grams, ground.gramWeights), formOf(structural)) : 0;
