/** The offline benchmark: fixed policies on the set of fast and thinking models, without a gateway. */
import type { RouterArtifact } from '../policy/learned/artifact.ts';
import { fixedPolicy } from './baselines.ts';
import type { BenchPool } from './bench-pool.ts';
import { balanceSources, toMacroRow, type MacroRow } from './macro-share.ts';
import { selectPrompts, type ScoreMatrix } from './matrix.ts';
import { toBenchRows, type BenchRow } from './result.ts';
import { chooseTier, withoutGuard, type TierChoice } from './tier-choice.ts';

export interface OfflineRow extends BenchRow {
  /** `all`, or the source. */
  readonly slice: string;
  /** The same measures by prompts as they are, and with every source weighing the same; the latter for `all` alone. */
  readonly plain: MacroRow;
  readonly macro: MacroRow | null;
  readonly macro_thinking_share: number | null;
  /** Of prompts; they sum to 1. */
  readonly known_share: number;
  readonly torn_share: number;
  readonly unfamiliar_share: number;
}

/** In the order of the tables. */
export const OFFLINE_POLICIES = ['type-prior', 'learned-everywhere', 'shipped'] as const;
export type OfflinePolicy = (typeof OFFLINE_POLICIES)[number];

/** By prompt. `type-prior` is the rules' decision at these prices: the recognised type and nothing learned. */
export const choosePolicy = (
  policy: OfflinePolicy,
  artifact: RouterArtifact,
  { features }: Pick<BenchPool, 'features'>,
): readonly TierChoice[] => {
  const bySource = { 'type-prior': null, 'learned-everywhere': withoutGuard(artifact), shipped: artifact };
  return features.map((each) => chooseTier(bySource[policy], each));
};

interface RowInputs {
  readonly policy: OfflinePolicy;
  readonly slice: string;
  readonly matrix: ScoreMatrix;
  readonly choices: readonly TierChoice[];
  /** By prompt; all equal within one source. */
  readonly sources: readonly string[];
  readonly resamples: number;
}

const SEED = 1;

const toThinking = (choices: readonly TierChoice[]): Float64Array =>
  Float64Array.from(choices, ({ isThinking }) => (isThinking ? 1 : 0));

const toRow = ({ policy, slice, matrix, choices, sources, resamples }: RowInputs): OfflineRow => {
  const thinking = toThinking(choices);
  const subject = fixedPolicy(policy, thinking);
  const own = toBenchRows({ matrix, subject, seed: SEED, resamples }).at(-1);
  if (own === undefined) throw new RangeError('a row needs at least one prompt');
  const options = { matrix, subject, seed: SEED, resamples };
  const isWhole = slice === 'all';
  const shareOf = (ground: TierChoice['ground']): number =>
    choices.filter((choice) => choice.ground === ground).length / choices.length;
  const balanced = balanceSources(new Float64Array(choices.length).fill(1), sources);
  const total = balanced.reduce((sum, weight) => sum + weight, 0);
  return {
    ...own,
    slice,
    plain: toMacroRow({ ...options, sources: sources.map(() => '') }),
    macro: isWhole ? toMacroRow({ ...options, sources }) : null,
    macro_thinking_share: isWhole
      ? balanced.reduce((sum, weight, prompt) => sum + weight * (thinking[prompt] ?? 0), 0) / total
      : null,
    known_share: shareOf('known'),
    torn_share: shareOf('torn'),
    unfamiliar_share: shareOf('unfamiliar'),
  };
};

export interface OfflineOptions {
  readonly pool: BenchPool;
  readonly artifact: RouterArtifact;
  readonly resamples: number;
}

/** A row for every policy on all prompts, then one for every source of the shipped policy. */
export const toOfflineRows = ({ pool, artifact, resamples }: OfflineOptions): readonly OfflineRow[] => {
  const { matrix, sources } = pool;
  const whole = OFFLINE_POLICIES.map((policy) =>
    toRow({ policy, slice: 'all', matrix, choices: choosePolicy(policy, artifact, pool), sources, resamples }),
  );
  const shipped = choosePolicy('shipped', artifact, pool);
  const bySource = [...new Set(sources)].sort().map((source) => {
    const indexes = [...sources.keys()].filter((prompt) => sources[prompt] === source);
    return toRow({
      policy: 'shipped',
      slice: source,
      matrix: selectPrompts(matrix, indexes),
      choices: indexes.flatMap((index) => shipped[index] ?? []),
      sources: indexes.map(() => source),
      resamples,
    });
  });
  return [...whole, ...bySource];
};
