/** Sections of families: pools of which one family of prompts at a time is predicted from the others. */
import { loadBenchPool, withoutCopiesAcrossFamilies, type BenchPool } from '../bench-pool.ts';
import { takeBreath } from '../breath.ts';
import { createTypeTable } from '../category-table.ts';
import { crossFitByFamily } from '../cross-fit.ts';
import { renderFamilyRows, type FamilyRow } from '../family-table.ts';
import { createGuardedRouters } from '../guarded-router.ts';
import { createHeadroom, type Headroom } from '../headroom.ts';
import { createLengthRule, createTransportedStatic } from '../pool-baselines.ts';
import { toPoolRows, type PoolRouter } from '../pool-result.ts';
import { renderPoolTable } from '../pool-table.ts';
import { createRulesRouter } from '../rule-tiers.ts';
import type { SectionContext, SectionMaker } from '../section.ts';
import { createYardstick } from '../yardstick.ts';

const TRANSPORTED = 'transported-static';
/** Mixtures are chosen once, on the other families: a resample of families may hold a single one. */
const CURVE = { withSingles: true, chosenOn: 'sample' } as const;
const POINTS = 100;

const runFamilies = async (pool: BenchPool, context: SectionContext): Promise<readonly PoolRouter[]> => {
  const routers: PoolRouter[] = [];
  const baselines = [
    createTransportedStatic(),
    createLengthRule(pool.matrix.lengths),
    createTypeTable(pool.types),
    createRulesRouter(pool),
    ...createGuardedRouters(pool, 1),
  ];
  for (const { name, isCheating, make } of baselines) {
    await takeBreath(context.signal);
    const run = crossFitByFamily({ matrix: pool.matrix, make, families: pool.families });
    routers.push({ name, isCheating, runs: [run] });
    context.report(`  ${pool.matrix.set}, families left out: ${name}`);
  }
  return routers;
};

/** Every router on the prompts of one family, its λ chosen on the others. */
const measureFamily = (pool: BenchPool, routers: readonly PoolRouter[], family: string): readonly Headroom[] => {
  const { matrix, families } = pool;
  const weights = Float64Array.from(families, (each) => (each === family ? 1 : 0));
  const yardstick = createYardstick(matrix)(weights);
  return routers.map(({ runs }) => createHeadroom({ matrix, runs, ...CURVE })(weights, yardstick));
};

const toFamilyRows = (pool: BenchPool, routers: readonly PoolRouter[]): readonly FamilyRow[] =>
  [...new Set(pool.families)].flatMap((family) => {
    const measured = measureFamily(pool, routers, family);
    const transported = measured[routers.findIndex(({ name }) => name === TRANSPORTED)]?.area ?? Number.NaN;
    return routers.map(({ name }, index) => ({
      set: pool.matrix.set,
      family,
      policy: name,
      points_over_transported: ((measured[index]?.area ?? Number.NaN) - transported) * POINTS,
      points_over_hull: measured[index]?.gainPoints ?? Number.NaN,
      n: pool.families.filter((each) => each === family).length,
    }));
  });

export interface FamilySectionOptions {
  readonly set: string;
  /** Prompts of each data set at most: every family is another training. */
  readonly limit?: number;
}

export const createFamilySection = ({ set, limit }: FamilySectionOptions): SectionMaker => ({
  id: `families-${set}`,
  summary: `${set} with one family of prompts left out at a time`,
  make: async (context) => {
    const cap = limit === undefined ? {} : { cap: { limit, seed: 1 } };
    const pool = withoutCopiesAcrossFamilies(await loadBenchPool({ data: context.data, set, ...cap }));
    const routers = await runFamilies(pool, context);
    const { families } = pool;
    const options = { matrix: pool.matrix, groups: families, seed: 1, resamples: context.resamples };
    const rows = toPoolRows({ ...options, ...CURVE, routers, reference: TRANSPORTED });
    const familyRows = toFamilyRows(pool, routers);
    const capped = limit === undefined ? '' : ` At most ${limit} prompts of each data set, drawn with seed 1.`;
    return {
      id: `families-${set}`,
      title: `Families left out: ${set}`,
      markdown: [
        `Protocol: family-out, ${pool.matrix.groups.length} prompts of ${new Set(families).size} families.${capped} ` +
          'A router is trained on all families but one and scored on that one; prompts with a near-duplicate in an ' +
          'earlier family are left out; intervals resample families, so with few of them they are wide. ' +
          '`transported-static` is the component that was best on the other families, and the reference. ' +
          '`guard-and-type` answers with the learned predictions where a prompt is like those of training, else with ' +
          'the table by conversation type.',
        renderPoolTable(rows).replace('over the length rule', `over ${TRANSPORTED}`),
        "By family, points over the transported static choice / over the family's own hull, as means over the budgets:",
        renderFamilyRows(familyRows),
      ].join('\n\n'),
      rows: [...rows, ...familyRows],
      figures: [],
    };
  },
});
