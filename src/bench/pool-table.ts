/** Rows of routers on a pool as a Markdown table. */
import { PERCENT, POINTS, toFixedText, toIntervalText } from './interval-text.ts';
import type { PoolRow } from './pool-result.ts';
import type { Regret } from './regret.ts';
import { renderMarkdownTable } from './table.ts';

/** A row, and what its router chose at the middle budget. */
export type JudgedRow = PoolRow & Partial<Pick<Regret, 'regret' | 'cheapestBestShare'>>;

const HUNDRED = 100;

const percentOf = (value: number | undefined): string => toFixedText((value ?? Number.NaN) * HUNDRED, 1);

const nameOf = ({ policy, is_cheating: isCheating }: PoolRow): string =>
  isCheating ? `${policy} (cheating: knows a label)` : policy;

/** Shares of the components, in percent, in their order. */
const sharesOf = ({ share }: PoolRow): string =>
  Object.values(share)
    .map((part) => toFixedText(part * HUNDRED, 0))
    .join(' / ');

/** Where the set cannot rank routers, headroom is a dash and the points stand alone. */
export const renderPoolTable = (rows: readonly JudgedRow[]): string =>
  renderMarkdownTable([
    [
      'router',
      'headroom % [95 %]',
      'over the length rule',
      'points over the hull',
      'room in points',
      'hindsight %',
      'mean quality %',
      'dial error %',
      'regret in points',
      'cheapest of the best %',
      'shares %',
    ],
    ...rows.map((row) => [
      nameOf(row),
      toIntervalText(row.headroom, PERCENT),
      toIntervalText(row.headroom_over_reference, PERCENT),
      toIntervalText(row.gain_points, POINTS),
      toFixedText(row.room_points.value, 1),
      percentOf(row.headroom_hindsight?.value),
      percentOf(row.quality.value),
      percentOf(row.dial_error?.value),
      percentOf(row.regret),
      percentOf(row.cheapestBestShare),
      sharesOf(row),
    ]),
  ]);

/** For rows of which only the headroom matters: ablations, numbers of labels. */
export const renderShortPoolTable = (rows: readonly PoolRow[], first: string): string =>
  renderMarkdownTable([
    [first, 'set', 'headroom % [95 %]', 'minus the whole router', 'points over the hull', 'n'],
    ...rows.map((row) => [
      nameOf(row),
      row.set,
      toIntervalText(row.headroom, PERCENT),
      toIntervalText(row.headroom_over_reference, PERCENT),
      toIntervalText(row.gain_points, POINTS),
      String(row.n),
    ]),
  ]);
