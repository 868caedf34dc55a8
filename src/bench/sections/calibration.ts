/** The section on calibration: whether a predicted 80 % is right four times in five, in family and out of it. */
import { join } from 'node:path';
import { sampleBySource } from '../../learn/source-cap.ts';
import { TIER_SET } from '../../learn/tier-targets.ts';
import { groupBootstrap } from '../../math/bootstrap.ts';
import { createRandom } from '../../math/random.ts';
import type { Interval } from '../../math/statistics.ts';
import { loadSetDefinition } from '../../outcomes/set-definition.ts';
import { loadOutcomeSet } from '../../outcomes/set.ts';
import { toBenchSet, type BenchSet } from '../bench-set.ts';
import { createCalibration } from '../calibration-error.ts';
import { crossFitByFamily, crossFitByGroup } from '../cross-fit.ts';
import { createGatedRouter } from '../gated-router.ts';
import { createLearnedRouter } from '../learned-router.ts';
import type { Predictions } from '../predictions.ts';
import { recalibrate, RECALIBRATIONS } from '../recalibration.ts';
import type { ReportSection, SectionContext, SectionMaker } from '../section.ts';
import { renderMarkdownTable, renderRange } from '../table.ts';

type Ground = 'in family' | 'family left out';

const AIMS: Readonly<Record<Ground, { readonly ece: number; readonly answered: number }>> = {
  'in family': { ece: 0.02, answered: 1 },
  'family left out': { ece: 0.08, answered: 0.25 },
};

export interface CalibrationRow {
  readonly section: 'calibration';
  readonly ground: Ground;
  readonly component: string;
  /** `all`, or one family. */
  readonly family: string;
  /** What is done to the predictions; null: nothing. */
  readonly idea: string | null;
  readonly n: number;
  /** Debiased; null where no bin has enough prompts. */
  readonly ece: Interval | null;
  readonly brier: Interval | null;
  readonly auroc: Interval | null;
  readonly answered_share: number;
  readonly aim_ece: number | null;
  readonly met: boolean | null;
}

interface Measured {
  readonly ground: Ground;
  readonly family: string;
  readonly set: BenchSet;
  readonly predictions: Predictions;
  readonly resamples: number;
  readonly idea?: string;
}

const toRows = ({ ground, family, set, predictions, resamples, idea }: Measured): readonly CalibrationRow[] =>
  set.matrix.components.map((component, column) => {
    const { groups, sources, scores } = set.matrix;
    const places = [...sources.keys()].filter((prompt) => family === 'all' || sources[prompt] === family);
    const pick = (values: Float64Array | undefined): Float64Array =>
      Float64Array.from(places, (prompt) => values?.[prompt] ?? Number.NaN);
    const calibration = createCalibration({ predicted: pick(predictions[column]), observed: pick(scores[column]) });
    const [ece = null, brier = null, auroc = null] = groupBootstrap({
      groups: places.map((prompt) => groups[prompt] ?? ''),
      random: createRandom(1),
      resamples,
      measure: (weights) => {
        const measured = calibration(weights);
        return [measured.ece, measured.brier, measured.auroc];
      },
    });
    const { answeredShare } = calibration(new Float64Array(places.length).fill(1));
    const aim = family === 'all' ? AIMS[ground] : null;
    return {
      section: 'calibration',
      ground,
      component,
      family,
      idea: idea ?? null,
      n: places.length,
      ece,
      brier,
      auroc,
      answered_share: answeredShare,
      aim_ece: aim?.ece ?? null,
      met: aim === null ? null : (ece?.value ?? 1) <= aim.ece && answeredShare >= aim.answered,
    };
  });

const render = (rows: readonly CalibrationRow[]): string =>
  [
    'Debiased expected calibration error over ten bins of equal mass (bins of 100 prompts or more), for the predictions of the quality model. In family: cross-fitted by group. Family left out: each collection is predicted by a model that saw none of it, and only where the known-ground gate lets it; what it does not answer goes to the prior and is not counted, so the share answered stands beside. Scores here are means over models and vary less than single answers, so the error is a lower bound. Ideas correct a collection by what the others, each left out in turn, were off by; none ships. Trained and measured on training prompts, at most 1,500 of a data set: nothing of the benchmark is used.',
    '',
    renderMarkdownTable([
      ['ground', 'component', 'collection', 'idea', 'n', 'answered %', 'ECE', 'Brier', 'AUROC', 'aim', 'met'],
      ...rows.map((row) => [
        row.ground,
        row.component,
        row.family,
        row.idea ?? '–',
        String(row.n),
        (row.answered_share * 100).toFixed(1),
        renderRange(row.ece),
        renderRange(row.brier),
        renderRange(row.auroc),
        row.aim_ece === null ? '–' : row.aim_ece.toFixed(2),
        row.met === null ? '–' : row.met ? 'yes' : 'no',
      ]),
    ]),
  ].join('\n');

export interface CalibrationOptions {
  readonly set: BenchSet;
  readonly seed: number;
  readonly resamples: number;
  readonly onProgress?: (step: string) => void;
}

/**
 * Families are whole collections: their data sets share a manner of asking. A question that stands in several belongs to
 * the first, since it must not be trained on where it is scored.
 */
const toFamilies = ({ sources, groups }: BenchSet['matrix']): readonly string[] => {
  const firstOf = new Map<string, string>();
  return groups.map((group, prompt) => {
    const family = firstOf.get(group) ?? (sources[prompt] ?? '').split('/', 1).join();
    firstOf.set(group, family);
    return family;
  });
};

export const measureCalibration = (options: CalibrationOptions): ReportSection => {
  const { set, seed, resamples, onProgress = () => {} } = options;
  onProgress('in family');
  const { make } = createLearnedRouter(set, { seed });
  const [inFamily] = crossFitByGroup({ matrix: set.matrix, make, protocol: { type: 'cross-fit' }, seeds: [seed] });
  onProgress('families left out');
  const families = toFamilies(set.matrix);
  const byFamily = { ...set, matrix: { ...set.matrix, sources: families } };
  const out = crossFitByFamily({ matrix: set.matrix, make: createGatedRouter(set, seed).make, families });
  const shared = { set: byFamily, resamples };
  const rows = [
    ...toRows({ ...shared, ground: 'in family', family: 'all', predictions: inFamily?.predictions ?? [] }),
    ...['all', ...out.families].flatMap((family) =>
      toRows({ ...shared, ground: 'family left out', family, predictions: out.predictions }),
    ),
    ...Object.entries(RECALIBRATIONS).flatMap(([idea, correct]) =>
      toRows({
        ...shared,
        ground: 'family left out',
        family: 'all',
        idea,
        predictions: out.predictions.map((predicted, column) =>
          recalibrate({ predicted, observed: set.matrix.scores[column] ?? new Float64Array(), families }, correct),
        ),
      }),
    ),
  ];
  return { id: 'calibration', title: 'Calibration', markdown: render(rows), rows, figures: [] };
};

const make = async ({ data, seeds, resamples, report, signal }: SectionContext): Promise<ReportSection> => {
  const folder = join(data, 'train');
  const seed = seeds[0] ?? 1;
  const definition = await loadSetDefinition({ file: join(data, 'sets.json'), set: TIER_SET });
  const wants = await sampleBySource(folder, { seed });
  const loaded = await loadOutcomeSet({ folders: [folder], definition });
  const rows = loaded.rows.filter(({ prompt }) => wants(prompt));
  return measureCalibration({
    set: toBenchSet({ ...loaded, rows }),
    seed,
    resamples,
    onProgress: (step) => {
      signal.throwIfAborted();
      report(`calibration: ${step} (${rows.length} prompts)`);
    },
  });
};

export const calibrationSection: SectionMaker = {
  id: 'calibration',
  summary: 'calibration of predicted scores, in family and with a collection left out',
  make,
};
