/** Benchmark rows as a Markdown table. */
import type { Interval } from '../math/statistics.ts';
import type { BenchRow } from './result.ts';

/** A Markdown table of cells; the first row is the head. Numbers stand right: every column but the first. */
export const renderMarkdownTable = (rows: readonly (readonly string[])[]): string => {
  const [head = [], ...body] = rows;
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'));
  return [line(head), line(rule), ...body.map(line)].join('\n');
};

const range = (interval: Interval | null, render: (value: number) => string): string =>
  interval === null ? '–' : `${render(interval.value)} [${render(interval.low)}, ${render(interval.high)}]`;

/** Fixed places without a negative zero, which only rounding makes. */
const fixed = (value: number, places: number): string => value.toFixed(places).replace(/^-(0(?:\.0+)?)$/, '$1');

const percent = (value: number): string => fixed(value * 100, 1);
const perThousand = (value: number): string => fixed(value * 1_000, 2);
const ratio = (value: number): string => fixed(value, 3);
const points = (value: number): string => {
  const text = fixed(value, 2);
  return value > 0 && text !== '0.00' ? `+${text}` : text;
};

/** `0.683 [0.661, 0.702]`; a dash where a figure is undefined. */
export const renderRange = (interval: Interval | null): string => range(interval, ratio);

/** Rows with 95 % intervals; the share is that of the dearest component. */
export const renderBenchTable = (rows: readonly BenchRow[]): string =>
  renderMarkdownTable([
    [
      'policy',
      'quality %',
      'USD per 1,000',
      'thinking %',
      'headroom captured',
      'points over random',
      'points over prompt length',
      'points over always thinking',
      'n',
    ],
    ...rows.map((row) => [
      row.policy,
      range(row.quality, percent),
      range(row.cost_usd, perThousand),
      percent(Object.values(row.share).at(-1) ?? 0),
      range(row.headroom, ratio),
      range(row.gain_over_random_points, points),
      range(row.gain_over_length_points, points),
      range(row.gain_over_thinking_points, points),
      String(row.n),
    ]),
  ]);
