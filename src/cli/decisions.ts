/** `gearbox decisions`: lists routing decisions and shows one of them. */
import { parseArgs } from 'node:util';
import { brand } from '../brand.ts';
import { renderUsd } from '../canonical/money.ts';
import { InvalidRequestError } from '../errors.ts';
import { toDecisionObject } from '../router/stored.ts';
import type { AttemptRow, DecisionRow, StoredDecision } from '../store/store.ts';
import type { Command } from './command.ts';
import { parseLimit, parseSince } from './list-options.ts';
import { replayDecisions } from './replay.ts';
import { withReader } from './store-file.ts';
import { runSubcommand, type Subcommand } from './subcommand.ts';
import { renderTable } from './table.ts';

const help = `Usage: ${brand.binary} decisions list [--limit N] [--component NAME] [--since TIME]
       ${brand.binary} decisions show DEC
       ${brand.binary} decisions replay DEC|--all

replay decides again from the record alone and compares choice, probabilities and predictions (to 1e-9).

Options of list:
  --limit N         at most N decisions, newest first (default 20, at most 10000)
  --component NAME  only those that chose this component
  --since TIME      only those since then: 90m, 5h, 7d or 2026-11-23T12:00:00Z

Examples:
  ${brand.binary} decisions list --since 1d --component thinking
  ${brand.binary} decisions show dec_01KAR3Q8ZC5V9M7T2H4N6PXWYB --json`;

/** Everything else of a decision; its caller wrote it, so nothing about its shape is assumed. */
const parseDetail = (json: string): Readonly<Record<string, unknown>> => {
  const detail: unknown = JSON.parse(json);
  return typeof detail === 'object' && detail !== null && !Array.isArray(detail) ? { ...detail } : { detail };
};

const renderCost = (microUsd: number | null): string => (microUsd === null ? 'unknown' : renderUsd(microUsd));

const toReason = (detail: Readonly<Record<string, unknown>>): string =>
  Array.isArray(detail['reason_codes']) ? detail['reason_codes'].join(', ') : '';

/** What keeps a decision out of sums: made-up answers, and what would have been done instead of a direct call. */
const marksOf = ({ simulated, shadow }: DecisionRow): readonly string[] => [
  ...(simulated ? ['simulated'] : []),
  ...(shadow ? ['shadow'] : []),
];

const renderList = (found: readonly StoredDecision[]): readonly string[] =>
  renderTable(
    [
      { title: 'TIME', align: 'left' },
      { title: 'ID', align: 'left' },
      { title: 'COMPONENT', align: 'left' },
      { title: 'EFFORT', align: 'left' },
      { title: 'MODEL', align: 'left' },
      { title: 'COST', align: 'right' },
      { title: 'REASON', align: 'left' },
      { title: 'CONFIDENCE', align: 'left' },
      { title: 'MARKS', align: 'left' },
    ],
    found.map(({ decision }) => [
      `${new Date(decision.atMs).toISOString().slice(0, 19)}Z`,
      decision.id,
      decision.component,
      decision.effort ?? '-',
      decision.deployment,
      renderCost(decision.costMicroUsd),
      toReason(parseDetail(decision.json)) || decision.chosenBy,
      decision.confidence,
      marksOf(decision).join(', '),
    ]),
  );

const renderSection = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];

const renderFields = (fields: Readonly<Record<string, unknown>>): readonly string[] =>
  Object.entries(fields)
    .filter(([, value]) => value !== null && value !== undefined && value !== '')
    .map(([name, value]) => `${name.padEnd(16)} ${typeof value === 'string' ? value : JSON.stringify(value)}`);

const renderAttempt = (attempt: AttemptRow): string =>
  `${attempt.n}. ${attempt.deployment}: ${attempt.result}, ${Math.round(attempt.totalMs)} ms, ` +
  `${renderCost(attempt.costMicroUsd)} (${attempt.costSource})`;

/** One decision in sections: choice, request, attempts, outcomes, and the parts that only the router knows. */
const renderDecision = ({ decision, attempts, outcomes }: StoredDecision): readonly string[] => {
  const detail = parseDetail(decision.json);
  const { component, deployment, effort, confidence, result } = decision;
  const choice = {
    component,
    deployment,
    effort,
    chosen_by: decision.chosenBy,
    reason: toReason(detail),
    confidence,
    cost: renderCost(decision.costMicroUsd),
    result,
    decided_in: `${decision.decideMicroseconds} µs`,
  };
  const request = {
    protocol: decision.protocol,
    model: decision.unifiedModel,
    session: decision.sessionId,
    request_id: decision.requestId,
  };
  const marks = marksOf(decision);
  return [
    `${decision.id}  ${new Date(decision.atMs).toISOString()}${marks.length === 0 ? '' : `  (${marks.join(', ')})`}`,
    ...renderSection('Choice', renderFields(choice)),
    ...renderSection('Request', renderFields(request)),
    ...renderSection('Attempts', attempts.map(renderAttempt)),
    ...renderSection(
      'Outcomes',
      outcomes.map(
        ({ kind, value, evaluator }) => `${kind} ${JSON.stringify(value)}${evaluator ? ` by ${evaluator}` : ''}`,
      ),
    ),
    ...renderSection('Details', renderFields(detail)),
  ];
};

const list: Subcommand = async (context, args) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      limit: { type: 'string', default: '20' },
      component: { type: 'string' },
      since: { type: 'string' },
    },
  });
  const query = {
    limit: parseLimit(values.limit),
    ...(values.component === undefined ? {} : { component: values.component }),
    ...(values.since === undefined ? {} : { sinceMs: parseSince(values.since, Date.now()) }),
  };
  return withReader(context, async (reader) => {
    const found = await reader.decisions(query);
    if (context.flags.json) {
      context.print(JSON.stringify(found.map(toDecisionObject)));
    } else if (found.length === 0) {
      context.print('No decisions yet.');
    } else {
      renderList(found).forEach(context.print);
    }
    return 0;
  });
};

const show: Subcommand = async (context, args) => {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true, options: {} });
  const [id] = positionals;
  if (id === undefined || positionals.length > 1) {
    throw new InvalidRequestError(`decisions show: expected one decision id, given ${positionals.length}.`);
  }
  return withReader(context, async (reader) => {
    const found = await reader.decision(id);
    if (found === undefined) {
      context.fail(`There is no decision ${id} in this store. "${brand.binary} decisions list" shows what there is.`);
      return 1;
    }
    (context.flags.json ? [JSON.stringify(toDecisionObject(found))] : renderDecision(found)).forEach(context.print);
    return 0;
  });
};

const replay: Subcommand = (context, args) => withReader(context, (reader) => replayDecisions(args, reader, context));

export const decisionsCommand: Command = {
  name: 'decisions',
  summary: 'list routing decisions, show one, or replay them from their records',
  help,
  primary: true,
  run: (context) => runSubcommand('decisions', { list, show, replay }, context),
};
