/** `gearbox bench onboarding`: every model of outcome data left out in turn, and what a few graded calls bring back. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { renderMarkdownTable } from '../bench/table.ts';
import { InvalidRequestError } from '../errors.ts';
import { loadOnboardingPrompts } from '../learn/onboarding-data.ts';
import { measureOnboarding, type OnboardingResult, type PoolRow, type TableRow } from '../learn/onboarding.ts';
import { SCORE_PRIOR } from '../policy/published-score.ts';
import { POOL_COSTS, POOL_IDEAS } from '../learn/onboarding-pools.ts';
import { TABLE_METHODS, type TableMethod } from '../learn/onboarding-table.ts';
import type { PublishedRow } from '../learn/published-measure.ts';
import type { ServiceRow } from '../learn/service-measure.ts';
import { finish } from './bench-result.ts';
import type { Subcommand } from './subcommand.ts';

const DEFAULT_SEED = 1;
const DEFAULT_DRAWS = 5;
const MAX_MODELS = 1_000;
const PROGRESS_PROMPTS = 2_000;

const METHOD_NAMES: Readonly<Record<TableMethod, string>> = {
  mean: 'plain mean',
  betaBinomial: 'beta-binomial by true task',
  map: 'map alone',
  mapAndCalls: 'map and own calls',
  mapWithScore: 'the same, published score',
  mapKnowingTask: 'map, knowing the task',
};

const renderTable = (rows: readonly TableRow[]): string =>
  renderMarkdownTable([
    ['source', 'labels', 'models', ...TABLE_METHODS.map((method) => METHOD_NAMES[method])],
    ...rows.map(({ family, labels, models, errors }) => [
      family,
      String(labels),
      String(models),
      ...TABLE_METHODS.map((method) => errors[method].toFixed(3)),
    ]),
  ]);

const percent = (share: number | null): string => (share === null ? '–' : `${(share * 100).toFixed(0)} %`);

const renderPools = (rows: readonly PoolRow[]): string =>
  renderMarkdownTable([
    ['source', 'labels', 'pools', 'points with all labels', 'points', 'kept'],
    ...rows.map(({ family, labels, pools, fullPoints, points, kept }) => [
      family,
      String(labels),
      String(pools),
      fullPoints.toFixed(2),
      points.toFixed(2),
      percent(kept),
    ]),
  ]);

const renderPoolIdeas = (rows: readonly PoolRow[]): string =>
  renderMarkdownTable([
    ['labels', 'pools', 'as it is', ...Object.keys(POOL_IDEAS)],
    ...rows
      .filter(({ family }) => family === 'all')
      .map(({ labels, pools, kept, ideas }) => [String(labels), String(pools), percent(kept), ...ideas.map(percent)]),
  ]);

const renderStrengths = ({ strengths }: OnboardingResult): string =>
  renderMarkdownTable([
    ['map', 'components', 'strata', 'k0', 'converged'],
    ...strengths.map(({ scale, components, strata, cellStrength, isConverged }) => [
      scale,
      String(components),
      String(strata),
      cellStrength.toFixed(1),
      isConverged ? 'yes' : 'no',
    ]),
  ]);

const renderService = (rows: readonly ServiceRow[]): string =>
  renderMarkdownTable([
    ['source', 'grades', 'models', 'in force', 'error on a type', 'log-loss'],
    ...rows.map(({ family, grades, models, inForce, typeError, logLoss }) => [
      family,
      String(grades),
      String(models),
      percent(inForce),
      typeError.toFixed(3),
      logLoss.toFixed(3),
    ]),
  ]);

const renderPublished = (rows: readonly PublishedRow[]): string =>
  renderMarkdownTable([
    [
      'measured on',
      'published score of',
      'models',
      'slope',
      'error by role',
      'error with the score',
      'in the right order',
    ],
    ...rows.map(({ family, benchmark, models, slope, byRole, withScore, ordered }) => [
      family,
      benchmark,
      String(models),
      slope.toFixed(2),
      byRole.toFixed(2),
      withScore.toFixed(2),
      percent(ordered),
    ]),
  ]);

const renderOnboarding = (result: OnboardingResult): string =>
  [
    '# Onboarding of unknown models',
    '',
    `${result.prompts} prompts. Every model is left out in turn under all its names; the map is fitted to the others.`,
    'Labels are drawn by stratum, results are means over draws.',
    '',
    '## Score on each task',
    '',
    'Mean absolute error of the score on each task, on prompts of other groups than the labels. Without labels the plain',
    'rows say what other models score. `published score` knows the mean of the model on the same source; `knowing the',
    'task` is told the true task of every prompt, as the beta-binomial is, which no router is.',
    '',
    renderTable(result.table),
    '',
    '## Routing with the new model',
    '',
    `Pools of the new model, one a quarter of the ranks below and one above it (assumed costs ${POOL_COSTS.join(' : ')}).`,
    'Points: mean score above the static hull over 20 budgets. Labels come from one half of the prompts, points from the',
    'other. Without labels only the order of the three is known.',
    '',
    renderPools(result.pools),
    '',
    'What would be kept of the same gain if the new model were predicted otherwise (ideas; none is chosen by this):',
    '',
    renderPoolIdeas(result.pools),
    '',
    '## In service',
    '',
    'What `gearbox abilities fit` is worth: every model as a component of the role `fast` that nobody has measured, on',
    'unfamiliar ground, with so many graded calls drawn at random. Error on a type: of the mean score on a conversation',
    'type, absolute, mean over types and models; log-loss: of single predictions.',
    '',
    renderService(result.service),
    '',
    '## A published score, in service',
    '',
    'Models that answered two sources: the mean score in one as `score` of a component, and what follows for the other,',
    'where every model has the same role. Errors are of the deviation from the role, in logits, about the mean of the',
    'models. Slope: logits of deviation for one logit of score; what serves assumes ' +
      `${SCORE_PRIOR.slope}` +
      '. bfcl asks for tool calls,',
    'all others for words: there a score says nothing, and is not used.',
    '',
    renderPublished(result.published),
    '',
    '## Strength of the cells',
    '',
    'k0: own calls of a cell that count as much as the map.',
    '',
    renderStrengths(result),
  ].join('\n');

interface OnboardingArgs {
  readonly data: string;
  readonly out: string;
  readonly limitModels: number;
  readonly seed: number;
  readonly draws: number;
}

const parseWhole = (name: string, text: string, minimum: number): number => {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= minimum && value <= MAX_MODELS) return value;
  throw new InvalidRequestError(
    `--${name}: expected a whole number from ${minimum} to ${MAX_MODELS}, given "${text}".`,
  );
};

const parseOnboarding = (args: readonly string[]): OnboardingArgs => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string' },
      out: { type: 'string', default: 'bench/results' },
      'limit-models': { type: 'string', default: String(MAX_MODELS) },
      seed: { type: 'string', default: String(DEFAULT_SEED) },
      draws: { type: 'string', default: String(DEFAULT_DRAWS) },
    },
  });
  if (values.data === undefined)
    throw new InvalidRequestError('--data: expected the folder of the outcome data, given nothing. Add --data DIR.');
  return {
    data: resolve(values.data),
    out: resolve(values.out),
    limitModels: parseWhole('limit-models', values['limit-models'], 1),
    seed: parseWhole('seed', values.seed, 0),
    draws: parseWhole('draws', values.draws, 1),
  };
};

const toEntry = ({ table, pools, prompts }: OnboardingResult, { seed, draws, limitModels }: OnboardingArgs) => ({
  bench: 'onboarding',
  at: new Date().toISOString(),
  seed,
  draws,
  limitModels,
  prompts,
  tableAt50: table.filter(({ labels }) => labels === 50).map(({ family, errors }) => ({ family, ...errors })),
  kept: pools.filter(({ family }) => family === 'all').map(({ labels, kept }) => ({ labels, kept })),
});

export const onboarding: Subcommand = async (context, args) => {
  const settings = parseOnboarding(args);
  const prompts = await loadOnboardingPrompts({
    folder: settings.data,
    onProgress: (read) => {
      context.signal.throwIfAborted();
      if (read % PROGRESS_PROMPTS === 0) context.report(`${read} prompts`);
    },
  });
  const result = measureOnboarding({
    prompts,
    families: [...new Set(prompts.map(({ family }) => family))],
    seed: settings.seed,
    draws: settings.draws,
    limitModels: settings.limitModels,
    report: (line) => {
      context.signal.throwIfAborted();
      context.report(line);
    },
  });
  const markdown = renderOnboarding(result);
  const entry = toEntry(result, settings);
  return finish({ folder: settings.out, name: 'onboarding', result, markdown, entry, pass: true }, context);
};
