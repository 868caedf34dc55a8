/** `gearbox report savings`: what routing saved or would have, claimed only where the answers are known to be as good. */
import { parseArgs } from 'node:util';
import { brand } from '../brand.ts';
import { renderUsd, toUsd } from '../canonical/money.ts';
import {
  listBaselines,
  toCompared,
  toLeftOut,
  toSavings,
  totalSavings,
  type Baseline,
  type Compared,
  type LeftOut,
  type SavingsRow,
} from '../report/savings.ts';
import type { StoredDecision } from '../store/store.ts';
import { UsageError, type Command } from './command.ts';
import { parseSince } from './list-options.ts';
import { withReader } from './store-file.ts';
import { readNewest } from './stored-decisions.ts';
import { runSubcommand, type Subcommand } from './subcommand.ts';
import { renderTable } from './table.ts';

const HELP = `Usage: ${brand.binary} report savings [--baseline asked|COMPONENT] [--since TIME]

Compares what calls cost with a declared baseline, by component and conversation type.

  --baseline asked       the models that clients named, served by them while \`serve --observe\` recorded what auto would
                         have chosen: its list price for the same tokens beside what was paid, cache included
  --baseline COMPONENT   the baseline of the configuration (models.<name>.baseline): what was paid beside what that
                         component was expected to cost when the call was decided
  --since TIME           only calls since then: 90m, 5h, 7d or 2026-11-23T12:00:00Z

A saving is claimed only where the answer is the very same, or was graded (outcomes of kind correct or tests) and solved.
A graded answer that failed counts as lost money. All other money stands under unknown. Simulated calls are shown apart
and save nothing. Without --baseline the one that was recorded counts, if there is one.

Examples:
  ${brand.binary} report savings --baseline asked --since 7d
  ${brand.binary} report savings --json`;

/** Newest first; older ones are said to be left out. */
const MAX_ROWS = 200_000;

const toBaseline = (given: string | undefined, stored: readonly StoredDecision[]): Baseline => {
  const known = listBaselines(stored);
  const name = given ?? (known.length === 1 ? known[0] : undefined);
  if (name === undefined) {
    const found = known.length === 0 ? 'none was recorded' : `recorded are ${known.join(', ')}`;
    throw new UsageError(
      `--baseline: expected asked or a component, given none (${found}). Savings are claimed against a declared baseline only.`,
    );
  }
  return name === 'asked' ? { type: 'asked' } : { type: 'component', name };
};

const COLUMNS = [
  { title: 'component', align: 'left' },
  { title: 'conversation', align: 'left' },
  { title: 'calls', align: 'right' },
  { title: 'baseline', align: 'right' },
  { title: 'router', align: 'right' },
  { title: 'same answer', align: 'right' },
  { title: 'graded', align: 'right' },
  { title: 'solved', align: 'right' },
  { title: 'saved', align: 'right' },
  { title: 'unknown', align: 'right' },
] as const;

const share = (part: number, whole: number): string => (whole === 0 ? '–' : `${((100 * part) / whole).toFixed(0)} %`);

const toCells = (row: SavingsRow): readonly string[] => [
  row.component,
  row.type,
  String(row.calls),
  renderUsd(row.baseline),
  renderUsd(row.actual),
  String(row.same),
  String(row.graded),
  row.graded === 0 ? '' : String(row.solved),
  renderUsd(row.claimed),
  share(row.unknownBaseline, row.baseline),
];

const renderSection = (compared: readonly Compared[], baseline: Baseline): readonly string[] => {
  const total = totalSavings(compared);
  const perSolved =
    total.solved === 0
      ? []
      : [`${renderUsd(Math.round(total.gradedActual / total.solved))} per solved task, over the graded calls alone.`];
  return [
    ...renderTable(COLUMNS, [...toSavings(compared), total].map(toCells)),
    '',
    `${share(total.unknownBaseline, total.baseline)} of the baseline's money is unknown: ` +
      (baseline.type === 'asked'
        ? 'the router would have asked another model, whose answer nobody has seen.'
        : 'nobody graded these answers.'),
    ...(total.unpriced === 0 ? [] : [`${total.unpriced} calls have an unknown cost and are in no sum.`]),
    ...perSolved,
  ];
};

const renderLeftOut = ({ calls, microUsd }: LeftOut): readonly string[] =>
  calls === 0
    ? []
    : [`${calls} routed calls that failed or were broken off, ${renderUsd(microUsd)}, are compared with nothing.`];

const render = (compared: readonly Compared[], baseline: Baseline, leftOut: LeftOut): readonly string[] => {
  const name = baseline.type === 'asked' ? 'the models that clients asked for' : baseline.name;
  const real = compared.filter(({ simulated }) => !simulated);
  const simulated = compared.filter((each) => each.simulated);
  return [
    ...(real.length === 0 ? [] : [`Against ${name}`, ...renderSection(real, baseline), ...renderLeftOut(leftOut)]),
    ...(real.length > 0 && simulated.length > 0 ? [''] : []),
    ...(simulated.length === 0
      ? []
      : [
          `SIMULATED, against ${name}: no model was called and nothing was saved`,
          ...renderSection(simulated, baseline),
        ]),
  ];
};

const toJsonRow = (row: SavingsRow) => ({
  component: row.component,
  conversation_type: row.type,
  calls: row.calls,
  baseline_usd: toUsd(row.baseline),
  actual_usd: toUsd(row.actual),
  same_answer: row.same,
  graded: row.graded,
  graded_actual_usd: toUsd(row.gradedActual),
  solved: row.solved,
  claimed_usd: toUsd(row.claimed),
  unknown_usd: toUsd(row.unknownBaseline),
  unpriced_calls: row.unpriced,
});

const toJsonSection = (compared: readonly Compared[]) => ({
  rows: toSavings(compared).map(toJsonRow),
  total: toJsonRow(totalSavings(compared)),
});

const savings: Subcommand = (context, args) => {
  const { values } = parseArgs({
    args: [...args],
    options: { baseline: { type: 'string' }, since: { type: 'string' } },
  });
  const since = values.since === undefined ? undefined : parseSince(values.since, Date.now());
  return withReader(context, async (reader) => {
    const stored = await readNewest(reader, MAX_ROWS, since === undefined ? {} : { sinceMs: since });
    if (stored.length >= MAX_ROWS) context.report(`Only the newest ${MAX_ROWS} calls are read; use --since.`);
    const baseline = toBaseline(values.baseline, stored);
    const compared = toCompared(stored, baseline);
    const leftOut = toLeftOut(stored, baseline);
    if (compared.length === 0) {
      const fix =
        baseline.type === 'asked'
          ? `start \`${brand.binary} serve --observe\` and let clients call their models by name`
          : 'set models.<name>.baseline to this component and let clients call the unified model';
      context.fail(`report savings: no call has this baseline; ${fix}.`);
      return 1;
    }
    if (context.flags.json) {
      const real = compared.filter(({ simulated }) => !simulated);
      const simulated = compared.filter((each) => each.simulated);
      const name = baseline.type === 'asked' ? 'asked' : baseline.name;
      context.print(
        JSON.stringify(
          {
            baseline: name,
            measured: toJsonSection(real),
            simulated: toJsonSection(simulated),
            left_out: { calls: leftOut.calls, usd: toUsd(leftOut.microUsd) },
          },
          null,
          2,
        ),
      );
    } else render(compared, baseline, leftOut).forEach((line) => context.print(line));
    return 0;
  });
};

export const reportCommand: Command = {
  name: 'report',
  summary: 'what routing saved, or would have, against a declared baseline',
  help: HELP,
  primary: true,
  run: (context) => runSubcommand('report', { savings }, context),
};
