/** Sections of pieces and of labels: what each member of the learned router adds, and how many labels it needs. */
import { loadBenchPool, type BenchPool } from '../bench-pool.ts';
import type { PredictionBaseline } from '../cross-fit.ts';
import { createLearnedRouter } from '../learned-router.ts';
import { toPoolRows, type PoolRow } from '../pool-result.ts';
import { runRouters } from '../pool-routers.ts';
import { renderShortPoolTable } from '../pool-table.ts';
import type { SectionContext, SectionMaker } from '../section.ts';
import type { Member } from '../../policy/learned/stack.ts';

const SETS = ['mix-4', 'pareto-3'];
const SEED = 1;

const PIECES: Readonly<Record<string, readonly Member[]>> = {
  learned: ['words', 'table', 'trees'],
  'without words': ['table', 'trees'],
  'without the table': ['words', 'trees'],
  'without trees': ['words', 'table'],
  'words alone': ['words'],
  'the table alone': ['table'],
  'trees alone': ['trees'],
};

const toPieces = (pool: BenchPool): readonly PredictionBaseline[] =>
  Object.entries(PIECES).map(([name, members]) => createLearnedRouter(pool, { name, members, seed: SEED }));

const CURVE = { withSingles: true, chosenOn: 'resample', seed: SEED } as const;

const measurePieces = async (set: string, context: SectionContext): Promise<readonly PoolRow[]> => {
  const pool = await loadBenchPool({ data: context.data, set });
  const seeds = context.seeds.slice(0, 1);
  const baselines = toPieces(pool);
  const routers = await runRouters({ pool, baselines, protocol: { type: 'cross-fit' }, seeds }, context);
  const { resamples } = context;
  return toPoolRows({ ...CURVE, matrix: pool.matrix, routers, reference: 'learned', resamples });
};

export const ablationSection: SectionMaker = {
  id: 'ablations',
  summary: `pieces of the learned router removed, on ${SETS.join(' and ')}`,
  make: async (context) => {
    const rows: PoolRow[] = [];
    for (const set of SETS) rows.push(...(await measurePieces(set, context)));
    return {
      id: 'ablations',
      title: 'Pieces of the learned router',
      markdown: [
        'Protocol: cross-fit, 1 seed. Trees take part from 3,000 training prompts alone, so on a smaller set a row ' +
          'without them is the whole router. A positive difference says that the router is better without the piece.',
        renderShortPoolTable(rows, 'members'),
      ].join('\n\n'),
      rows: rows.map((row) => ({ ...row, policy: `pieces: ${row.policy}` })),
      figures: [],
    };
  },
};

/** Labelled prompts; the last stands for all of the other folds. */
const LABELS = [300, 1_000, Number.POSITIVE_INFINITY];

const toLabelsText = (labels: number): string => (Number.isFinite(labels) ? `${labels} labels` : 'all labels');

const measureLabels = async (set: string, context: SectionContext): Promise<readonly PoolRow[]> => {
  const pool = await loadBenchPool({ data: context.data, set });
  const routers = [];
  for (const labels of LABELS) {
    const name = toLabelsText(labels);
    routers.push(
      ...(await runRouters(
        {
          pool,
          baselines: [createLearnedRouter(pool, { name, seed: SEED })],
          protocol: { type: 'n-labels', labels },
          seeds: context.seeds.slice(0, 1),
        },
        context,
      )),
    );
  }
  const { resamples } = context;
  const reference = toLabelsText(Number.POSITIVE_INFINITY);
  return toPoolRows({ ...CURVE, matrix: pool.matrix, routers, reference, resamples });
};

export const labelSection: SectionMaker = {
  id: 'labels',
  summary: `the learned router with few labels, on ${SETS.join(' and ')}`,
  make: async (context) => {
    const rows: PoolRow[] = [];
    for (const set of SETS) rows.push(...(await measureLabels(set, context)));
    return {
      id: 'labels',
      title: 'Learning curve',
      markdown: [
        'Protocol: n labels, 1 seed: the learned router sees so many labelled prompts of the other folds, drawn as ' +
          'whole groups; a labelled prompt has the outcome of every component.',
        renderShortPoolTable(rows, 'labels').replace('minus the whole router', 'minus all labels'),
      ].join('\n\n'),
      rows,
      figures: [],
    };
  },
};
