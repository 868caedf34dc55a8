/** The Markdown page of a latency run. */
import { renderMarkdownTable } from '../bench/table.ts';
import type { LatencyResult, LatencyRow } from './latency.ts';
import { loadWarning } from './machine.ts';

const PLACES = { times: 2, ms: 3, MB: 1 } as const;

const render = (value: number | null, unit: LatencyRow['unit']): string =>
  value === null ? '–' : `${Number(value.toFixed(PLACES[unit]))} ${unit === 'times' ? '×' : unit}`;

const renderPass = (pass: boolean | null): string => (pass === null ? '–' : pass ? 'pass' : 'MISSED');

const renderRows = (rows: readonly LatencyRow[]): string =>
  renderMarkdownTable([
    ['measure', 'target, at most', 'measured', 'result', 'detail'],
    ...rows.map(({ name, unit, target, measured, pass, detail }) => [
      name,
      render(target, unit),
      render(measured, unit),
      renderPass(pass),
      detail,
    ]),
  ]);

export const renderLatency = (result: LatencyResult): string => {
  const { machine, settings, at } = result;
  const warning = loadWarning(machine);
  return [
    '# Latency, memory and start-up',
    `Beside a bare proxy (node:http and undici). CPU of all threads, median of ${settings['rounds']} interleaved rounds of ` +
      `${settings['requests']} requests after ${settings['warm_up_rounds']} to warm up. ${at}, Node ${machine.node}, ${machine.platform}, ` +
      `${machine.cores} cores (${machine.cpu}), load average ${machine.load_average}.`,
    ...(warning === null ? [] : [`**${warning}**`]),
    renderRows(result.rows),
  ].join('\n\n');
};

/** What the ledger of bench runs keeps. */
export const toLatencyEntry = ({ at, benchmark, rows, machine }: LatencyResult): object => ({
  at,
  benchmark,
  load_average: machine.load_average,
  rows: rows.map(({ name, measured, pass }) => ({ name, measured, pass })),
});
