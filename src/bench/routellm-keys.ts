/** Keys: the order in which each router would send prompts to the strong model, by protocol, never mixed. */
import type { GroundInputs } from '../learn/known-ground.ts';
import { fitKnownGround } from '../learn/known-ground.ts';
import { createRandom, shuffle, type Random } from '../math/random.ts';
import { similarityOf } from '../policy/learned/known-ground.ts';
import { fitGramWeights } from '../learn/gram-weights.ts';
import { FOLDS } from './cross-fit.ts';
import { toGroupFolds } from '../math/group-folds.ts';
import { predictGain, toLabelled, type GainMember } from './gain-predictor.ts';
import type { PromptTable, RouteLlmSet } from './routellm-set.ts';

/** Members of the routers; each prediction is a gain in the same unit, so that their mean needs no fitted weight. */
export const ROUTERS: Readonly<Record<string, readonly GainMember[]>> = {
  learned: ['words', 'either', 'trees', 'gain-trees'],
  'words only': ['words'],
  'three outcomes': ['either'],
  'ridge on the gain': ['ridge'],
  'trees on structure': ['trees'],
  'words and trees': ['words', 'trees'],
};

/** By router: [prompts] the higher, the sooner to the strong model. */
export type Keys = Readonly<Record<string, Float64Array>>;

export interface KeyOptions {
  readonly set: RouteLlmSet;
  readonly seed: number;
  /** Prompts of one unit are held out together: a group of near-duplicates, or a subject. */
  readonly units: readonly string[];
  /** Labelled prompts of the other folds; all when null. */
  readonly labels: number | null;
  /** Table that is read; the set's own, or one with auxiliary columns. */
  readonly table: PromptTable;
  readonly signal: AbortSignal;
}

const where = (folds: Uint8Array, isWanted: (fold: number) => boolean): Uint32Array =>
  Uint32Array.from(folds.keys()).filter((prompt) => isWanted(folds[prompt] ?? 0));

const drawLabels = (prompts: Uint32Array, labels: number | null, random: Random): Uint32Array =>
  labels === null ? prompts : Uint32Array.from(shuffle([...prompts], random).slice(0, labels)).sort();

const MEMBERS = [...new Set(Object.values(ROUTERS).flat())];

const sumOf = (columns: readonly Float64Array[], size: number): Float64Array =>
  Float64Array.from({ length: size }, (_, prompt) =>
    columns.reduce((sum, column) => sum + (column[prompt] ?? Number.NaN), 0),
  );

const toKeys = (byMember: ReadonlyMap<GainMember, Float64Array>, size: number): Keys =>
  Object.fromEntries(
    Object.entries(ROUTERS).map(([router, members]) => [
      router,
      sumOf(
        members.map((member) => byMember.get(member) ?? new Float64Array(size).fill(Number.NaN)),
        size,
      ),
    ]),
  );

/** Five folds; each prompt's key is from models that saw none of its fold. */
export const crossFitKeys = ({ set, seed, units, labels, table, signal }: KeyOptions): Keys => {
  const random = createRandom(seed);
  const folds = toGroupFolds(units, FOLDS, random);
  const byMember = new Map(MEMBERS.map((member) => [member, new Float64Array(set.size)] as const));
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const known = drawLabels(
      where(folds, (each) => each !== fold),
      labels,
      random,
    );
    const asked = where(folds, (each) => each === fold);
    const labelled = { ...toLabelled(set, known), table };
    for (const [member, into] of byMember) {
      signal.throwIfAborted();
      const gains = predictGain(member, labelled, { asked: { table, prompts: asked }, seed });
      asked.forEach((prompt, row) => {
        into[prompt] = gains[row] ?? Number.NaN;
      });
    }
  }
  return toKeys(byMember, set.size);
};

/** [values] Ranks from 0 (least) to 1. */
const toRanks = (values: Float64Array): Float64Array => {
  const order = [...values.keys()].sort((one, other) => (values[one] ?? 0) - (values[other] ?? 0));
  const ranks = new Float64Array(values.length);
  order.forEach((at, rank) => {
    ranks[at] = rank / Math.max(1, values.length - 1);
  });
  return ranks;
};

export interface TransferKeys {
  readonly keys: Keys;
  /** Share of the asked prompts that stand on the ground of the labelled ones, 0..1. */
  readonly familiarShare: number;
}

/**
 * Trained on one benchmark, asked on another whose rows stand behind `size` in the same table. `learned`: the rank of the
 * predicted gain on known ground, and elsewhere the rank of the length, the rule that needs no label. `always learned`
 * never abstains.
 */
export const transferKeys = (set: RouteLlmSet, asked: Uint32Array, seed: number): TransferKeys => {
  const prompts = Uint32Array.from({ length: set.size }, (_, prompt) => prompt);
  const labelled = toLabelled(set, prompts);
  const members = ROUTERS['learned'] ?? [];
  const gains = sumOf(
    members.map((member) => predictGain(member, labelled, { asked: { table: set, prompts: asked }, seed })),
    asked.length,
  );
  const own = set.features.slice(0, set.size);
  const inputs: GroundInputs = {
    gramWeights: fitGramWeights(
      own.map(({ grams }) => grams),
      own.map(() => 'one source'),
    ),
    features: own,
    groups: set.groups,
    random: createRandom(seed),
  };
  const ground = fitKnownGround(inputs);
  const isFamiliar = Array.from(asked, (prompt) => {
    const features = set.features[prompt];
    return features !== undefined && similarityOf(ground, features) >= ground.threshold;
  });
  const lengths = Float64Array.from(asked, (prompt) => set.lengths[prompt] ?? 0);
  const [byGain, byLength] = [toRanks(gains), toRanks(lengths)];
  return {
    keys: {
      learned: byLength.map((rank, at) => (isFamiliar[at] === true ? (byGain[at] ?? rank) : rank)),
      'always learned': gains,
      'prompt length': lengths,
    },
    familiarShare: isFamiliar.filter(Boolean).length / asked.length,
  };
};
