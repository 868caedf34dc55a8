/** Weights of word grams, counted on training prompts: rare ones say most, template words of a source say nothing. */
import { GRAM_BUCKETS, type WordGrams } from '../features/word-grams.ts';
import type { GramWeights } from '../policy/learned/gram-vector.ts';

/** A gram in more than this share of one source's prompts is part of how the source asks, not of what it asks. */
export const TEMPLATE_SHARE = 0.4;

/** Smaller sources name no template words: in three prompts of one topic, the topic's own words would be a template. */
export const MIN_TEMPLATE_PROMPTS = 30;

interface BucketCount {
  readonly prompts: number;
  /** [GRAM_BUCKETS] Prompts that hold each bucket's grams. */
  readonly holding: Uint32Array;
}

const countBuckets = (grams: readonly WordGrams[]): BucketCount => {
  const holding = new Uint32Array(GRAM_BUCKETS);
  for (const { buckets } of grams) {
    for (const bucket of buckets) holding[bucket] = (holding[bucket] ?? 0) + 1;
  }
  return { prompts: grams.length, holding };
};

const bySource = (grams: readonly WordGrams[], sources: readonly string[]): readonly (readonly WordGrams[])[] => {
  const groups = new Map<string, WordGrams[]>();
  for (const [index, each] of grams.entries()) {
    const source = sources[index] ?? '';
    const group = groups.get(source) ?? [];
    group.push(each);
    groups.set(source, group);
  }
  return [...groups.values()];
};

/** Sets the weights of one source's template words to 0. */
const clearTemplate = (weights: GramWeights, { prompts, holding }: BucketCount): void => {
  for (let bucket = 0; bucket < GRAM_BUCKETS; bucket += 1) {
    if ((holding[bucket] ?? 0) > TEMPLATE_SHARE * prompts) weights[bucket] = 0;
  }
};

/** Weights are whole multiples of this, up to 255 of them, so that an artifact holds each in a byte without loss. */
export const WEIGHT_STEP = 1 / 16;

const MAX_CODE = 255;

const roundWeight = (weight: number): number => Math.min(MAX_CODE, Math.round(weight / WEIGHT_STEP)) * WEIGHT_STEP;

/**
 * Inverse document frequencies of training prompts; 0 for grams in more than TEMPLATE_SHARE of the prompts of a source
 * that has at least MIN_TEMPLATE_PROMPTS. `sources` is aligned with `grams`; which source a prompt has never matters
 * once the weights are fitted. Throws RangeError where the lists are not aligned.
 */
export const fitGramWeights = (grams: readonly WordGrams[], sources: readonly string[]): GramWeights => {
  if (grams.length !== sources.length) {
    throw new RangeError(`${grams.length} prompts, but ${sources.length} sources`);
  }
  const all = countBuckets(grams);
  const weights = Float32Array.from(all.holding, (holding) =>
    roundWeight(Math.log((1 + all.prompts) / (1 + holding)) + 1),
  );
  for (const group of bySource(grams, sources)) {
    if (group.length >= MIN_TEMPLATE_PROMPTS) clearTemplate(weights, countBuckets(group));
  }
  return weights;
};
