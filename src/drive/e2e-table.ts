/** The Markdown page of an end-to-end run. */
import { renderBenchTable, renderMarkdownTable } from '../bench/table.ts';
import type { RunCheck } from './check.ts';
import type { E2eResult } from './e2e.ts';

const percent = (value: number): string => (value * 100).toFixed(1);
const usd = (value: number | null): string => (value === null ? '–' : value.toFixed(6));

export const renderChecks = (checks: readonly RunCheck[]): string =>
  renderMarkdownTable([
    ['check', 'expected', 'measured', 'result'],
    ...checks.map(({ name, expected, measured, pass }) => [name, expected, measured, pass ? 'pass' : 'FAIL']),
  ]);

const renderComponents = (result: E2eResult): string =>
  renderMarkdownTable([
    ['component', 'calls', 'share %', 'quality % of its answers', 'USD a call, set', 'USD a call, visible tokens'],
    ...Object.entries(result.components).map(([name, component]) => [
      name,
      String(component.calls),
      percent(component.share),
      component.quality === null ? '–' : percent(component.quality),
      usd(component.rule_cost_usd),
      usd(component.gateway_cost_usd),
    ]),
  ]);

const renderDecideTime = ({ decide_time: time }: E2eResult): string =>
  time === null
    ? ''
    : `Decision time as recorded, wall clock: p50 ${time.p50_us} µs, p99 ${Math.round(time.p99_us)} µs.`;

const renderIntroduction = (result: E2eResult): string => {
  const { prompts, set, seed, router, objective, machine } = result;
  return [
    `Set ${set}, ${prompts.answered} of ${prompts.asked} prompts answered (plain random sample, seed ${seed};`,
    `${prompts.streamed} streamed), router ${router ?? 'unknown'}, objective ${objective}. Asked by the official OpenAI SDK`,
    `through a running gateway to a lab that plays recorded outcomes. ${result.at}, Node ${machine.node},`,
    `${machine.cores} cores, load average ${machine.load_average}.`,
  ].join('\n');
};

const NOTES = [
  'Brackets: 95 % intervals from resampling groups of near-duplicates, every comparison paired. Headroom captured',
  'is (quality − random at the same share) / (oracle − random at the same share). The oracle sees one sampled outcome of',
  'each prompt, so luck flatters it. Costs are assumed: fixed USD per call of each component. Routing was blind to labels.',
].join('\n');

export const renderE2e = (result: E2eResult): string =>
  [
    '# End to end',
    ...(result.partial ? ['**Partial: the run was interrupted.**'] : []),
    renderIntroduction(result),
    renderBenchTable(result.rows),
    NOTES,
    '## Components',
    renderComponents(result),
    renderDecideTime(result),
    '## By source',
    ...Object.entries(result.by_source).flatMap(([source, rows]) => [`### ${source}`, renderBenchTable(rows)]),
    '## Checks',
    renderChecks(result.checks),
  ].join('\n\n');

/** What the ledger of bench runs keeps: when, on what, and what came out. */
export const toLedgerEntry = (result: E2eResult): object => ({
  at: result.at,
  benchmark: result.benchmark,
  set: result.set,
  n: result.prompts.answered,
  seed: result.seed,
  objective: result.objective,
  router: result.router,
  partial: result.partial,
  subject: result.rows.at(-1) ?? null,
});
