/** The section on robustness: how often the shipped router changes its mind where nothing that was asked has changed. */
import { join } from 'node:path';
import { TIER_SET } from '../../learn/tier-targets.ts';
import { groupBootstrap } from '../../math/bootstrap.ts';
import { createRandom } from '../../math/random.ts';
import { mean, type Interval } from '../../math/statistics.ts';
import { loadSetDefinition } from '../../outcomes/set-definition.ts';
import { loadOutcomeSet, type OutcomeSet } from '../../outcomes/set.ts';
import type { RouterArtifact } from '../../policy/learned/artifact.ts';
import { toMatrix, type ScoreMatrix } from '../matrix.ts';
import type { Perturbation } from '../perturbations.ts';
import { perturbChoices, type PerturbedSet } from '../perturbed-choices.ts';
import { robustnessOf } from '../robustness.ts';
import type { ReportSection, SectionContext, SectionMaker } from '../section.ts';
import { FIXED_PRICES, type TierChoice } from '../tier-choice.ts';
import { renderMarkdownTable } from '../table.ts';

/** Largest share of flips that is aimed for. */
const AIMS: Readonly<Record<Perturbation['name'], number>> = {
  typos: 0.04,
  'lower-case': 0,
  'upper-case': 0,
  blanks: 0,
  filler: 0.06,
};

export interface RobustnessRow {
  readonly section: 'robustness';
  readonly perturbation: Perturbation['name'];
  readonly pairs: number;
  readonly flips: number;
  /** Shares of the pairs, 0..1. */
  readonly flip_rate: Interval | null;
  readonly harmful_flip_rate: Interval | null;
  /** Share of pairs in which one form is on known ground and the other is not. */
  readonly ground_changed: number;
  readonly loss_points: number;
  readonly aim: number;
  readonly met: boolean;
}

const toComponent = (choices: readonly TierChoice[]): Uint8Array =>
  Uint8Array.from(choices, ({ isThinking }) => Number(isThinking));

const isFamiliar = (choice: TierChoice | undefined): boolean => choice?.ground !== 'unfamiliar';

export const toRobustnessRows = (
  { original, perturbed }: PerturbedSet,
  matrix: ScoreMatrix,
  { resamples, seed }: { readonly resamples: number; readonly seed: number },
): readonly RobustnessRow[] =>
  perturbed.map(({ name, choices }) => {
    const pairs = { original: toComponent(original), perturbed: [toComponent(choices)], scores: matrix.scores };
    const all = robustnessOf(pairs, new Float64Array(original.length).fill(1));
    const [flipRate = null, harmfulFlipRate = null] = groupBootstrap({
      groups: matrix.groups,
      random: createRandom(seed),
      resamples,
      measure: (weights) => {
        const { flipRate: flips, harmfulFlipRate: harmful } = robustnessOf(pairs, weights);
        return [flips, harmful];
      },
    });
    const moved = original.filter((choice, prompt) => isFamiliar(choice) !== isFamiliar(choices[prompt])).length;
    return {
      section: 'robustness',
      perturbation: name,
      pairs: all.pairs,
      flips: Math.round(all.flipRate * all.pairs),
      flip_rate: flipRate,
      harmful_flip_rate: harmfulFlipRate,
      ground_changed: moved / original.length,
      loss_points: all.lossPoints,
      aim: AIMS[name],
      met: all.flipRate <= AIMS[name],
    };
  });

const PERCENT = 100;
const percent = (share: number): string => (share * PERCENT).toFixed(2);
const range = (interval: Interval | null): string =>
  interval === null ? '–' : `${percent(interval.value)} [${percent(interval.low)}, ${percent(interval.high)}]`;

/** A constant choice never flips, so what the choices achieve stands beside how steady they are. */
const renderQuality = (original: readonly TierChoice[], { scores }: ScoreMatrix): string => {
  const shareOf = (isWanted: (choice: TierChoice) => boolean): string =>
    ((original.filter(isWanted).length / original.length) * PERCENT).toFixed(1);
  const quality = mean(original.map(({ isThinking }, prompt) => scores[Number(isThinking)]?.[prompt] ?? Number.NaN));
  return (
    `Unchanged, the router sends ${shareOf(({ isThinking }) => isThinking)} % of the prompts to thinking and scores ` +
    `${(quality * PERCENT).toFixed(1)} %; ${shareOf(({ ground }) => ground === 'unfamiliar')} % are unfamiliar. ` +
    'A constant choice would never flip, so the figures below mean nothing without these.'
  );
};

const render = (rows: readonly RobustnessRow[], quality: string): string => {
  const { extraUsd, usdPerSuccess } = FIXED_PRICES;
  return [
    `Each prompt is changed in ways that change nothing it asks for, and decided again (objective \`balanced\`: one more solved task is worth $${usdPerSuccess}, a thinking call costs $${extraUsd} more). A flip is harmful where the component that is now chosen has the lower recorded score on the prompt.`,
    '',
    quality,
    '',
    renderMarkdownTable([
      ['change', 'pairs', 'flips', 'flips %', 'harmful flips %', 'ground changed %', 'points lost', 'aim %', 'met'],
      ...rows.map((row) => [
        row.perturbation,
        String(row.pairs),
        String(row.flips),
        range(row.flip_rate),
        range(row.harmful_flip_rate),
        percent(row.ground_changed),
        row.loss_points.toFixed(2),
        percent(row.aim),
        row.met ? 'yes' : 'no',
      ]),
    ]),
  ].join('\n');
};

export interface RobustnessOptions {
  readonly artifact: RouterArtifact;
  /** Components fast and thinking, in this order. */
  readonly set: OutcomeSet;
  readonly seed: number;
  readonly resamples: number;
  readonly onProgress?: (name: string) => void;
}

export const measureRobustness = (options: RobustnessOptions): ReportSection => {
  const { artifact, set, seed, onProgress = () => {} } = options;
  const prompts = set.rows.map(({ prompt }) => prompt.routable);
  const choices = perturbChoices({ artifact, prompts, seed, onProgress });
  const matrix = toMatrix(set);
  const rows = toRobustnessRows(choices, matrix, options);
  return {
    id: 'robustness',
    title: 'Robustness of the shipped router',
    markdown: render(rows, renderQuality(choices.original, matrix)),
    rows,
    figures: [],
  };
};

const make = async ({ data, seeds, resamples, shipped, report, signal }: SectionContext): Promise<ReportSection> => {
  const definition = await loadSetDefinition({ file: join(data, 'sets.json'), set: TIER_SET });
  const set = await loadOutcomeSet({ folders: [join(data, 'bench')], definition });
  return measureRobustness({
    artifact: shipped.artifact,
    set,
    seed: seeds[0] ?? 1,
    resamples,
    onProgress: (name) => {
      signal.throwIfAborted();
      report(`robustness: ${name}`);
    },
  });
};

export const robustnessSection: SectionMaker = {
  id: 'robustness',
  summary: 'flips and harmful flips of the shipped router under typos, case, blanks and filler',
  make,
};
