/** Every single component of a pool: what always calling it costs and scores. */
import { groupBootstrap } from '../math/bootstrap.ts';
import { createRandom } from '../math/random.ts';
import { weightedMean, type Interval } from '../math/statistics.ts';
import { PER_THOUSAND, PERCENT, toIntervalText } from './interval-text.ts';
import type { ScoreMatrix } from './matrix.ts';
import { renderMarkdownTable } from './table.ts';

export interface SingleRow {
  readonly set: string;
  readonly policy: string;
  readonly quality: Interval;
  readonly cost_usd: Interval;
  readonly n: number;
}

export const toSingleRows = (
  matrix: ScoreMatrix,
  { seed, resamples }: { readonly seed: number; readonly resamples: number },
): readonly SingleRow[] => {
  const { scores, costs, groups, components } = matrix;
  const intervals = groupBootstrap({
    groups,
    random: createRandom(seed),
    resamples,
    measure: (weights) => [...scores, ...costs].map((column) => weightedMean(column, weights)),
  });
  return components.map((policy, component) => {
    const [quality, cost] = [intervals[component], intervals[components.length + component]];
    if (!quality || !cost) throw new RangeError(`component ${policy} has no scores or costs`);
    return { set: matrix.set, policy, quality, cost_usd: cost, n: groups.length };
  });
};

/** `unit`: of a thousand calls. */
export const renderSingleRows = (rows: readonly SingleRow[], unit: string): string =>
  renderMarkdownTable([
    ['always', 'quality %', `${unit} per 1,000`],
    ...rows.map(({ policy, quality, cost_usd: cost }) => [
      policy,
      toIntervalText(quality, PERCENT),
      toIntervalText(cost, PER_THOUSAND),
    ]),
  ]);
