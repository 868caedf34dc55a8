/** Sections of pools: every router on one set, cross-fitted within the family of prompts that it is scored on. */
import { loadBenchPool, type BenchPool } from '../bench-pool.ts';
import { regretAtMiddle } from '../operating-point.ts';
import { renderCalibrationRows, toCalibrationRows } from '../pool-calibration.ts';
import { renderPoolFigure } from '../pool-figure.ts';
import { toPoolRows, type PoolRouter } from '../pool-result.ts';
import { runRouters, toPoolBaselines } from '../pool-routers.ts';
import { renderPoolTable, type JudgedRow } from '../pool-table.ts';
import type { SectionContext, SectionMaker } from '../section.ts';
import { renderSingleRows, toSingleRows } from '../single-components.ts';

const REFERENCE = 'prompt-length';

export interface PoolSectionOptions {
  readonly set: string;
  /** For large sets without kNN and clusters, whose time grows with the square of their size. */
  readonly withTextBaselines: boolean;
  /** Cross-validation seeds used at most. */
  readonly maxSeeds?: number;
}

const judge = (pool: BenchPool, routers: readonly PoolRouter[], context: SectionContext): readonly JudgedRow[] => {
  const { resamples } = context;
  const options = { withSingles: true, chosenOn: 'resample', seed: 1, resamples, reference: REFERENCE } as const;
  return toPoolRows({ ...options, matrix: pool.matrix, routers }).map((row, index) => {
    const { regret, cheapestBestShare } = regretAtMiddle(pool.matrix, routers[index]?.runs ?? []);
    return { ...row, regret, cheapestBestShare };
  });
};

const unitOf = ({ costRule }: BenchPool): string => (costRule === 'relative' ? 'units' : 'USD');

const COSTS: Readonly<Record<BenchPool['costRule'], string>> = {
  recorded: 'recorded by the data set',
  'per-call': 'assumed: a fixed price per call of each component',
  'per-million-tokens': 'assumed: a price per token, times the recorded length',
  relative: 'assumed, in units of the cheapest component',
};

const introduce = (pool: BenchPool, seeds: readonly number[], options: PoolSectionOptions): string => {
  const { groups, components } = pool.matrix;
  const left = pool.incompleteRows === 0 ? '' : ` ${pool.incompleteRows} prompts lack an outcome and are left out.`;
  const without = options.withTextBaselines
    ? ''
    : ' kNN and clusters are left out here: the set is too large for them.';
  return (
    `${groups.length} prompts in ${new Set(groups).size} groups, ${components.length} components; costs are ` +
    `${COSTS[pool.costRule]}.${left} Protocol: cross-fit, 5 folds by group, ${seeds.length} seed(s).${without} The ` +
    'rules see no label at all: the cheapest third of the components stands for `fast`, the dearest third for ' +
    '`thinking`, the rest for `thinking-mini`; only their λ is chosen on the other folds. Regret and the share of ' +
    'prompts that went to the cheapest of the best components are those at the middle budget.'
  );
};

/** Rows, tables and the picture of one set. */
export const createPoolSection = (options: PoolSectionOptions): SectionMaker => ({
  id: `pools-${options.set}`,
  summary: `every router on ${options.set}, in family`,
  make: async (context) => {
    const pool = await loadBenchPool({ data: context.data, set: options.set });
    const seeds = context.seeds.slice(0, options.maxSeeds);
    const choice = { seed: 1, withTextBaselines: options.withTextBaselines };
    const baselines = toPoolBaselines(pool, choice);
    const routers = await runRouters({ pool, baselines, protocol: { type: 'cross-fit' }, seeds }, context);
    const rows = judge(pool, routers, context);
    const learned = routers.find(({ name }) => name === 'learned');
    if (learned === undefined) throw new RangeError('the table lacks the learned router');
    const singles = toSingleRows(pool.matrix, { seed: 1, resamples: context.resamples });
    const calibration = toCalibrationRows(pool.matrix, learned);
    const file = `routing-${options.set}.svg`;
    return {
      id: `pools-${options.set}`,
      title: `Pool ${options.set}`,
      markdown: [
        introduce(pool, seeds, options),
        `![${options.set}: quality against cost](figures/${file})`,
        renderPoolTable(rows),
        `Shares are those of ${pool.matrix.components.map((name) => `\`${name}\``).join(' / ')}.`,
        renderSingleRows(singles, unitOf(pool)),
        'Calibration of the learned router, cross-fitted:',
        renderCalibrationRows(calibration),
      ].join('\n\n'),
      rows: [...rows, ...singles, ...calibration],
      figures: [{ file, svg: renderPoolFigure({ matrix: pool.matrix, router: learned, unit: unitOf(pool) }) }],
    };
  },
});
