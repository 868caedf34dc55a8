/** What an audit says, for people and as JSON. */
import type { Audit } from '../audit/audit.ts';
import { microUsdOf, PARTS, SITUATIONS, WARM_CACHE_SHARE, type Situation, type Sum } from '../audit/bill.ts';
import { renderUsd, toUsd } from '../canonical/money.ts';
import { fromPicoUsd } from '../catalog/cost.ts';
import { renderTable } from './table.ts';

const SITUATION_TEXT: Readonly<Record<Situation, string>> = {
  cold: 'a person asks, little of the input was cached: routing can choose freely',
  warm: 'a person asks, on a warm cache: another model pays for that input anew',
  loop: 'inside a tool loop: left alone, the model keeps its cache and its reasoning',
  unknown: 'the log does not say what the call answered',
};

const PART_TEXT: Readonly<Record<(typeof PARTS)[number], string>> = {
  freshInput: 'fresh input',
  cacheRead: 'read from cache',
  cacheWrite: 'written to cache',
  output: 'output, reasoning included',
};

const percent = (part: bigint, whole: bigint): string =>
  whole === 0n ? '–' : `${(Number((part * 10_000n) / whole) / 100).toFixed(1)} %`;

const count = (value: number): string => value.toLocaleString('en-US');

const renderCost = (sum: Sum): string => {
  const microUsd = microUsdOf(sum);
  return microUsd === null ? 'unknown' : renderUsd(microUsd);
};

const right = (title: string) => ({ title, align: 'right' }) as const;
const left = (title: string) => ({ title, align: 'left' }) as const;

const toDay = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString().slice(0, 10));

const renderSums = (
  rows: readonly (readonly [string, Sum])[],
  { title, total }: { title: string; total: Sum },
): readonly string[] =>
  renderTable(
    [left(title), right('calls'), right('cost'), right('share'), right('cost unknown')],
    rows.map(([name, sum]) => [
      name,
      count(sum.calls),
      renderCost(sum),
      percent(sum.picoUsd, total.picoUsd),
      sum.unpriced === 0 ? '' : count(sum.unpriced),
    ]),
  );

const renderModels = ({ bill }: Audit): readonly string[] =>
  renderTable(
    [
      left('model'),
      left('in the catalog'),
      right('calls'),
      right('tokens'),
      right('list price'),
      right('paid, says the log'),
    ],
    [...bill.models.values()]
      .toSorted((first, second) => Number(second.picoUsd - first.picoUsd))
      .map((sum) => [
        sum.model,
        sum.catalogId ?? 'unknown',
        count(sum.calls),
        count(sum.tokens),
        renderCost(sum),
        sum.billedCalls === 0 ? '' : renderUsd(sum.billedMicroUsd),
      ]),
  );

/** What no sum above holds. */
const renderUnknown = ({ bill, unread, unreadFiles }: Audit): readonly string[] => {
  const models = [...bill.models.values()].filter(({ catalogId }) => catalogId === null).map(({ model }) => model);
  const lines = [
    ...(models.length === 0 ? [] : [`models that the catalog does not know: ${models.join(', ')}`]),
    ...[...bill.unknownCosts].map(([reason, calls]) => `cost unknown (${reason}): ${count(calls)} calls`),
    ...[...unreadFiles].map(([file, reason]) => `not read to its end: ${file} (${reason})`),
    ...[...unread].map(([reason, lineCount]) => `not read: ${count(lineCount)} lines (${reason})`),
    'whether a cheaper model would have answered as well: no log says that; grade answers to find out',
  ];
  return lines.map((line) => `  ${line}`);
};

const byCost = ([, first]: readonly [string, Sum], [, second]: readonly [string, Sum]): number =>
  Number(second.picoUsd - first.picoUsd);

export const renderAudit = (audit: Audit): readonly string[] => {
  const { bill, files, formats } = audit;
  const { total } = bill;
  const span = bill.firstMs === null ? '' : `, ${toDay(bill.firstMs)} to ${toDay(bill.lastMs)}`;
  const types = [...bill.types].toSorted(byCost);
  return [
    `${count(total.calls)} calls in ${count(files)} ${files === 1 ? 'file' : 'files'} (${[...formats.keys()].join(', ')})${span}: ${renderCost(total)} at list prices.`,
    '',
    'Where the money went',
    ...renderTable(
      [left('tokens'), right('count'), right('cost'), right('share')],
      PARTS.map((part) => {
        const { tokens, picoUsd } = bill.parts[part];
        return [PART_TEXT[part], count(tokens), renderUsd(fromPicoUsd(picoUsd)), percent(picoUsd, total.picoUsd)];
      }),
    ),
    '',
    ...renderModels(audit),
    '',
    'What routing could address, and what it must leave',
    ...renderSums(
      SITUATIONS.map((situation) => [SITUATION_TEXT[situation], bill.situations[situation]]),
      { title: 'the call', total },
    ),
    ...(types.length === 0
      ? []
      : ['', 'Of the calls that answer a person', ...renderSums(types, { title: 'conversation', total })]),
    '',
    'What is not known',
    ...renderUnknown(audit),
  ];
};

const toJsonSum = (sum: Sum) => {
  const microUsd = microUsdOf(sum);
  return { calls: sum.calls, cost_usd: microUsd === null ? null : toUsd(microUsd), cost_unknown_calls: sum.unpriced };
};

/** For `--json`; costs are decimal dollars, null where none is known. */
export const toAuditJson = ({ bill, files, lines, formats, unread, unreadFiles }: Audit) => ({
  files,
  lines,
  formats: Object.fromEntries(formats),
  from: toDay(bill.firstMs),
  to: toDay(bill.lastMs),
  total: toJsonSum(bill.total),
  parts: Object.fromEntries(
    PARTS.map((part) => [
      part,
      { tokens: bill.parts[part].tokens, cost_usd: toUsd(fromPicoUsd(bill.parts[part].picoUsd)) },
    ]),
  ),
  models: [...bill.models.values()].map((sum) => ({
    model: sum.model,
    catalog_id: sum.catalogId,
    tokens: sum.tokens,
    ...toJsonSum(sum),
    billed_usd: sum.billedCalls === 0 ? null : toUsd(sum.billedMicroUsd),
  })),
  warm_cache_share: WARM_CACHE_SHARE,
  situations: Object.fromEntries(SITUATIONS.map((name) => [name, toJsonSum(bill.situations[name])])),
  types: Object.fromEntries([...bill.types].map(([type, sum]) => [type, toJsonSum(sum)])),
  unknown_costs: Object.fromEntries(bill.unknownCosts),
  unread: Object.fromEntries(unread),
  unread_files: Object.fromEntries(unreadFiles),
});
