/** Fits known ground: exemplars of training, and how near to them a prompt of the same kind usually is. */
import { GRAM_BUCKETS } from '../features/word-grams.ts';
import { shuffle, type Random } from '../math/random.ts';
import { toRowIndex } from '../math/row-index.ts';
import type { SparseVector } from '../math/sparse.ts';
import { quantile } from '../math/statistics.ts';
import { groundSimilarity, type KnownGround } from '../policy/learned/known-ground.ts';
import { toStorableRows } from './storable-rows.ts';

export const GROUND = {
  exemplars: 2_000,
  /** Entries of an exemplar that are kept. */
  entries: 64,
  /** Share of training prompts that would themselves be called unfamiliar. */
  unfamiliarShare: 0.1,
  /** Prompts on which the threshold is measured. */
  probes: 2_000,
} as const;

export interface GroundInputs {
  /** Unit vectors by training prompt. */
  readonly vectors: readonly SparseVector[];
  readonly groups: readonly string[];
  readonly random: Random;
}

const toExemplars = (vectors: readonly SparseVector[]) => {
  const rows = toStorableRows(vectors, { entries: GROUND.entries, columnCount: GRAM_BUCKETS });
  return { rows, exemplars: toRowIndex(rows) };
};

/** Threshold from prompts that are no exemplars, so that none is compared with itself or a near-duplicate of itself. */
export const fitKnownGround = ({ vectors, groups, random }: GroundInputs): KnownGround => {
  const order = shuffle([...new Set(groups)], random);
  const half = Math.max(1, Math.floor(order.length / 2));
  const exemplarGroups = new Set(order.slice(0, half));
  const ofGroups = (wanted: boolean, most: number): readonly SparseVector[] =>
    shuffle(
      vectors.filter((_, at) => exemplarGroups.has(groups[at] ?? '') === wanted),
      random,
    ).slice(0, most);
  const chosen = toExemplars(ofGroups(true, GROUND.exemplars));
  const probes = ofGroups(false, GROUND.probes);
  const similarities = Float64Array.from(probes, (vector) => groundSimilarity(chosen, vector));
  return { ...chosen, threshold: probes.length === 0 ? 1 : quantile(similarities, GROUND.unfamiliarShare) };
};
