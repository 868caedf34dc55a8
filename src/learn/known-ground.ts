/** Fits known ground: exemplars of training, and how near to them a prompt of the same kind usually is. */
import type { Features } from '../features/signals.ts';
import { GRAM_BUCKETS } from '../features/word-grams.ts';
import { shuffle, type Random } from '../math/random.ts';
import { quantile } from '../math/statistics.ts';
import { toGramVector, type GramWeights } from '../policy/learned/gram-vector.ts';
import {
  formOf,
  similarityOf,
  toExemplars,
  toGroundWeights,
  type KnownGround,
} from '../policy/learned/known-ground.ts';
import { toStorableRows } from './storable-rows.ts';

export const GROUND = {
  exemplars: 2_000,
  /** Entries of an exemplar that are kept. */
  entries: 128,
  /** Share of training prompts that would themselves be called unfamiliar. */
  unfamiliarShare: 0.1,
  /** Prompts on which the threshold is measured. */
  probes: 2_000,
} as const;

export interface GroundInputs {
  /** Of the quality model; known ground flattens them. */
  readonly gramWeights: GramWeights;
  /** By training prompt. */
  readonly features: readonly Pick<Features, 'grams' | 'structural'>[];
  readonly groups: readonly string[];
  readonly random: Random;
}

/** Threshold from prompts that are no exemplars, so that none is compared with itself or a near-duplicate of itself. */
export const fitKnownGround = ({ gramWeights, features, groups, random }: GroundInputs): KnownGround => {
  const order = shuffle([...new Set(groups)], random);
  const exemplarGroups = new Set(order.slice(0, Math.max(1, Math.floor(order.length / 2))));
  const ofGroups = (wanted: boolean, most: number): GroundInputs['features'] =>
    shuffle(
      features.filter((_, at) => exemplarGroups.has(groups[at] ?? '') === wanted),
      random,
    ).slice(0, most);
  const weights = toGroundWeights(gramWeights);
  const exemplars = ofGroups(true, GROUND.exemplars);
  const rows = toStorableRows(
    exemplars.map(({ grams }) => toGramVector(grams, weights)),
    { entries: GROUND.entries, columnCount: GRAM_BUCKETS },
  );
  const forms = Uint8Array.from(exemplars, ({ structural }) => formOf(structural));
  const ground = { gramWeights: weights, rows, forms, exemplars: toExemplars(rows, forms), threshold: 1 };
  const similarities = Float64Array.from(ofGroups(false, GROUND.probes), (probe) => similarityOf(ground, probe));
  return similarities.length === 0 ? ground : { ...ground, threshold: quantile(similarities, GROUND.unfamiliarShare) };
};
