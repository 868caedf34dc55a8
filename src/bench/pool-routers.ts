/** The routers of a pool's table: the mandatory baselines, the learned router, and what they know. */
import { GRAM_BUCKETS } from '../features/word-grams.ts';
import { toSparseRows, type SparseRows } from '../math/sparse.ts';
import type { BenchPool } from './bench-pool.ts';
import { createTrueTaskTable, createTypeTable } from './category-table.ts';
import { createClusterTable } from './cluster-table.ts';
import { crossFitByGroup, type GroupProtocol, type PredictionBaseline } from './cross-fit.ts';
import { createLearnedRouter } from './learned-router.ts';
import { createLengthLogistic } from './length-logistic.ts';
import { createNearestNeighbours } from './nearest-neighbours.ts';
import { createLengthRule, createRandomScores, createStaticHull } from './pool-baselines.ts';
import type { PoolRouter } from './pool-result.ts';
import { createRulesRouter } from './rule-tiers.ts';
import { takeBreath } from './breath.ts';
import type { SectionContext } from './section.ts';

/** [prompts × buckets] How often each word gram occurs. */
export const toGramCounts = ({ features }: BenchPool): SparseRows =>
  toSparseRows(
    features.map(({ grams }) => ({
      columns: Uint32Array.from(grams.buckets),
      values: Float32Array.from(grams.counts),
    })),
    GRAM_BUCKETS,
  );

/** Every outcome of the prompt that is routed: the ceiling, which luck inflates. */
export const createOracle = ({ matrix }: BenchPool): PredictionBaseline => ({
  name: 'oracle',
  isCheating: true,
  make: (_, heldOut) =>
    matrix.scores.map((column) => Float64Array.from(heldOut, (prompt) => column[prompt] ?? Number.NaN)),
});

export interface RouterChoice {
  /** Of noise, of k-means and of the learned router. */
  readonly seed: number;
  /** kNN and k-means compare every prompt with thousands of others, or with 64 centres at every step. */
  readonly withTextBaselines: boolean;
}

/** In the order of the tables. The length rule is the reference of the others; `learned` is the product's. */
export const toPoolBaselines = (pool: BenchPool, { seed, withTextBaselines }: RouterChoice) => {
  const { lengths } = pool.matrix;
  const counts = withTextBaselines ? toGramCounts(pool) : null;
  return [
    createRandomScores(seed),
    createStaticHull(),
    createLengthRule(lengths),
    createLengthLogistic(lengths),
    createTypeTable(pool.types),
    createTrueTaskTable(pool.tasks),
    createRulesRouter(pool),
    ...(counts === null ? [] : [createNearestNeighbours(counts), createClusterTable(counts, seed)]),
    createLearnedRouter(pool, { seed }),
    createOracle(pool),
  ] satisfies readonly PredictionBaseline[];
};

export interface RunOptions {
  readonly pool: BenchPool;
  readonly baselines: readonly PredictionBaseline[];
  readonly protocol: GroupProtocol;
  readonly seeds: readonly number[];
}

/** Cross-fits one router after the other, and between any two lets Ctrl-C be heard. */
export const runRouters = async (
  { pool, baselines, protocol, seeds }: RunOptions,
  context: Pick<SectionContext, 'report' | 'signal'>,
): Promise<readonly PoolRouter[]> => {
  const routers: PoolRouter[] = [];
  for (const { name, isCheating, make } of baselines) {
    const runs = [];
    for (const seed of seeds) {
      await takeBreath(context.signal);
      runs.push(...crossFitByGroup({ matrix: pool.matrix, make, protocol, seeds: [seed] }));
    }
    context.report(`  ${pool.matrix.set}: ${name}`);
    routers.push({ name, isCheating, runs });
  }
  return routers;
};
