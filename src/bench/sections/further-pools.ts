/** Section of further pools: levels of effort on code, and models that call tools. */
import type { CostRule } from '../../outcomes/set-definition.ts';
import { loadBenchPool, type BenchPool } from '../bench-pool.ts';
import { toPoolRows, type PoolRow } from '../pool-result.ts';
import { runRouters, toPoolBaselines } from '../pool-routers.ts';
import { renderPoolTable } from '../pool-table.ts';
import type { SectionContext, SectionMaker } from '../section.ts';
import { renderSingleRows, toSingleRows, type SingleRow } from '../single-components.ts';
import { loadToolPool } from '../tool-pool.ts';

const SEED = 1;

const EFFORT_MODELS = [
  'O3-Mini-2025-01-31 (Low)',
  'O3-Mini-2025-01-31 (Med)',
  'O3-Mini-2025-01-31 (High)',
  'O4-Mini (Low)',
  'O4-Mini (Medium)',
  'O4-Mini (High)',
  'O1-2024-12-17 (N=1) (Low)',
  'O1-2024-12-17 (N=1) (Med)',
  'O1-2024-12-17 (N=1) (High)',
];

/** Of low, medium and high; the same for every model, since hidden tokens were not recorded. */
const EFFORT_UNITS = [1, 2.5, 6];

const EFFORT_COST: CostRule = { type: 'relative', units: EFFORT_MODELS.map((_, at) => EFFORT_UNITS[at % 3] ?? 1) };

interface Measured {
  readonly pool: BenchPool;
  readonly rows: readonly PoolRow[];
  readonly singles: readonly SingleRow[];
}

const measure = async (pool: BenchPool, context: SectionContext): Promise<Measured> => {
  const { resamples, seeds } = context;
  const baselines = toPoolBaselines(pool, { seed: SEED, withTextBaselines: true });
  const routers = await runRouters({ pool, baselines, protocol: { type: 'cross-fit' }, seeds }, context);
  const options = { withSingles: true, chosenOn: 'resample', seed: SEED, resamples } as const;
  return {
    pool,
    rows: toPoolRows({ ...options, matrix: pool.matrix, routers, reference: 'prompt-length' }),
    singles: toSingleRows(pool.matrix, { seed: SEED, resamples }),
  };
};

const render = ({ pool, rows, singles }: Measured, note: string): string =>
  [
    `### ${pool.matrix.set}`,
    `${pool.matrix.groups.length} prompts, ${pool.matrix.components.length} components. ${note}`,
    renderPoolTable(rows),
    renderSingleRows(singles, pool.costRule === 'relative' ? 'units' : 'USD'),
  ].join('\n\n');

export const furtherPoolsSection: SectionMaker = {
  id: 'further-pools',
  summary: 'levels of effort on code, and models that call tools',
  make: async (context) => {
    const effort = await measure(
      await loadBenchPool({ data: context.data, set: 'effort-9', models: EFFORT_MODELS, cost: EFFORT_COST }),
      context,
    );
    const tools = await measure(await loadToolPool(context.data), context);
    return {
      id: 'further-pools',
      title: 'Further pools',
      markdown: [
        'Protocol: cross-fit. Where the room between hull and oracle is small, these sets rank no router.',
        render(
          effort,
          `Three models at low, medium and high effort, which cost ${EFFORT_UNITS.join(', ')} units whatever the model: ` +
            'what they really cost was not recorded, so the better model at an effort makes the others there useless.',
        ),
        render(
          tools,
          'Calls of functions; costs are list prices of the models’ time, assumed, times recorded tokens. The text of the ' +
            'functions is part of the prompt.',
        ),
      ].join('\n\n'),
      rows: [effort, tools].flatMap(({ rows, singles }) => [...rows, ...singles]),
      figures: [],
    };
  },
};
