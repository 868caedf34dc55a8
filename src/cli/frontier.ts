/** `gearbox frontier`: cost and quality of the components of the pool, and how each of the figures is known. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { brand } from '../brand.ts';
import { MICRO_PER_USD } from '../canonical/money.ts';
import type { Component } from '../catalog/component.ts';
import { CONVERSATION_TYPES, type ConversationType } from '../features/signals.ts';
import { mean } from '../math/statistics.ts';
import { loadSetDefinition } from '../outcomes/set-definition.ts';
import { loadOutcomeSet } from '../outcomes/set.ts';
import { NO_CACHE } from '../policy/cache-outlook.ts';
import { predict } from '../policy/predict.ts';
import {
  countSimulated,
  describeEvidence,
  renderFrontierSvg,
  toFrontier,
  toMeasuredPoints,
  type ComponentPoint,
  type FrontierEntry,
} from '../report/frontier.ts';
import { UsageError, type Command, type CommandContext, type ExitCode } from './command.ts';
import type { StoredDecision } from '../store/store.ts';
import { createSource } from './start.ts';
import { toStorePath, withReader } from './store-file.ts';
import { readNewest } from './stored-decisions.ts';
import { renderTable } from './table.ts';

const DEFAULT_SET = 'mix-fast-thinking';
const INPUT_TOKENS = 500;

const HELP = `Usage: ${brand.binary} frontier [--data DIR [--set ID]] [--svg FILE]

Cost of a call and quality of the answers for every component of the pool, from three kinds of evidence that are never
mixed: measured here (answers of this installation that were graded: outcomes of kind correct or tests), measured on a
data set (--data), and the prior tables, which nothing has measured. Says which points others dominate, alone or as a
mixture. Simulated answers do not count. Nothing is called.

  --data DIR   prompts.jsonl(.gz) and outcomes.jsonl(.gz) in DIR, sets.json in DIR or above it
  --set ID     set of sets.json (default ${DEFAULT_SET})
  --svg FILE   the picture too

Priors: middle complexity, ${INPUT_TOKENS} tokens in, every conversation type alike; effort medium where the router may choose.

Examples:
  ${brand.binary} frontier
  ${brand.binary} frontier --data data/bench --svg frontier.svg --json`;

const parseFlags = (args: readonly string[]) => {
  const { values } = parseArgs({
    args: [...args],
    options: { data: { type: 'string' }, set: { type: 'string' }, svg: { type: 'string' } },
  });
  if (values.set !== undefined && values.data === undefined)
    throw new UsageError('--set: expected --data DIR with it, given none.');
  return values;
};

/** Graded decisions read at most, newest first: older ones were answered by models that have changed since. */
const MAX_GRADED = 20_000;

const toPrior = (component: Component): readonly ComponentPoint[] => {
  const { effort } = component;
  const { control } = component.deployments[0].model.reasoning;
  const asked = effort === 'provider' || control === 'none' ? null : effort === 'auto' ? 'medium' : effort;
  const of = (type: ConversationType) =>
    predict(
      {
        type,
        usesTools: type === 'agentic_tools',
        complexity: 0.5,
        inputTokens: INPUT_TOKENS,
        maxOutputTokens: null,
        learned: null,
        cache: NO_CACHE,
      },
      { component, effort: asked },
    );
  const predictions = CONVERSATION_TYPES.map(of);
  const costs = predictions.flatMap(({ costMicroUsd }) => (costMicroUsd === null ? [] : [costMicroUsd.p50]));
  // A component of unknown price has no place on the cost axis.
  if (costs.length < predictions.length) return [];
  const quality = mean(predictions.map(({ pSuccess }) => pSuccess.value));
  return [{ name: component.name, origin: 'prior', costUsd: mean(costs) / MICRO_PER_USD, quality, labels: null }];
};

const loadComponents = async ({ flags }: CommandContext): Promise<readonly Component[]> => {
  const source = createSource({ flags, settingFlags: {}, lab: false });
  try {
    return [...(await source.load()).pool.components.values()];
  } finally {
    await source.close();
  }
};

const loadDataSetPoints = async (data: string, set: string): Promise<readonly ComponentPoint[]> => {
  const folder = resolve(data);
  const places = [join(folder, 'sets.json'), join(folder, '..', 'sets.json')];
  const file = places.find((each) => existsSync(each)) ?? join(folder, 'sets.json');
  const { rows, components } = await loadOutcomeSet({
    folders: [folder],
    definition: await loadSetDefinition({ file, set }),
  });
  if (rows.length === 0)
    throw new UsageError(`--data: no prompt of ${folder} was answered by every component of ${set}.`);
  return components.map((name, column) => ({
    name: `${name} (${set})`,
    origin: 'measured-on-data-set',
    costUsd: mean(rows.map(({ cells }) => cells[column]?.cost ?? Number.NaN)),
    quality: mean(rows.map(({ cells }) => cells[column]?.score ?? Number.NaN)),
    labels: rows.length,
  }));
};

const KINDS = { 'measured-here': 'measured here', 'measured-on-data-set': 'data set', prior: 'prior' } as const;

const renderEntries = (entries: readonly FrontierEntry[]): readonly string[] =>
  renderTable(
    [
      { title: 'COMPONENT', align: 'left' },
      { title: 'KNOWN FROM', align: 'left' },
      { title: 'LABELS', align: 'right' },
      { title: 'USD A CALL', align: 'right' },
      { title: 'QUALITY', align: 'right' },
      { title: 'DOMINATED BY', align: 'left' },
    ],
    entries.map(({ name, origin, labels, costUsd, quality, dominatedBy }) => [
      name,
      KINDS[origin],
      labels === null ? '-' : String(labels),
      costUsd.toFixed(6),
      `${(quality * 100).toFixed(1)} %`,
      dominatedBy.length === 0 ? '-' : dominatedBy.join(' with '),
    ]),
  );

const toObject = ({ name, origin, labels, costUsd, quality, dominatedBy }: FrontierEntry) => ({
  name,
  origin,
  cost_usd: costUsd,
  quality,
  labels,
  dominated_by: dominatedBy,
});

const draw = async (context: CommandContext, stored: readonly StoredDecision[]): Promise<ExitCode> => {
  const { data, set, svg } = parseFlags(context.args);
  const prior = (await loadComponents(context)).flatMap(toPrior);
  const onDataSet = data === undefined ? [] : await loadDataSetPoints(data, set ?? DEFAULT_SET);
  const entries = toFrontier([...toMeasuredPoints(stored), ...onDataSet, ...prior]);
  const evidence = describeEvidence(entries, countSimulated(stored));
  if (entries.length === 0) {
    context.fail('frontier: no component has a known price, and nothing was graded. Set prices, or give --data DIR.');
    return 1;
  }
  if (svg !== undefined) {
    await writeFile(resolve(svg), renderFrontierSvg(entries));
    context.report(`written: ${resolve(svg)}`);
  }
  if (context.flags.json) {
    context.print(JSON.stringify({ evidence, points: entries.map(toObject) }));
    return 0;
  }
  for (const line of renderEntries(entries)) context.print(line);
  context.print('');
  context.print(evidence);
  return 0;
};

const run = async (context: CommandContext): Promise<ExitCode> => {
  parseFlags(context.args);
  // Before the first call there is no store, which is not an error: nothing was measured yet.
  if (!existsSync(toStorePath(context))) return draw(context, []);
  return withReader(context, async (reader) =>
    draw(context, await readNewest(reader, MAX_GRADED, { withOutcomes: true })),
  );
};

export const frontierCommand: Command = {
  name: 'frontier',
  summary: 'draw cost and quality of the components, and say how each figure is known',
  help: HELP,
  primary: false,
  run,
};
