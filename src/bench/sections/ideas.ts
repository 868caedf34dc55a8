/**
 * Ideas that were tried where an aim is missed, each as the product's own router with one thing changed. None of them is
 * chosen on these figures: the data that measures never sets what ships.
 */
import { mean } from '../../math/statistics.ts';
import { loadBenchPool, type BenchPool } from '../bench-pool.ts';
import { createTrueTaskTable } from '../category-table.ts';
import { createClusterTable } from '../cluster-table.ts';
import type { PredictionBaseline, TrainingRows } from '../cross-fit.ts';
import { createLearnedRouter } from '../learned-router.ts';
import { createNearestNeighbours } from '../nearest-neighbours.ts';
import { createRecognisedTask } from '../recognised-task.ts';
import { toPoolRows, type PoolRow } from '../pool-result.ts';
import { runRouters, toGramCounts } from '../pool-routers.ts';
import { renderShortPoolTable } from '../pool-table.ts';
import type { Predictions } from '../predictions.ts';
import type { SectionContext, SectionMaker } from '../section.ts';

interface IdeaSet {
  readonly set: string;
  readonly aim: string;
  /** kNN and clusters compare every prompt with thousands of others: too slow for the largest set. */
  readonly withTextBaselines: boolean;
}

const SETS: readonly IdeaSet[] = [
  { set: 'mix-4', aim: '46 %', withTextBaselines: true },
  { set: 'pareto-3', aim: '19.5 %', withTextBaselines: true },
  { set: 'mmlu_pro-5', aim: '17 %', withTextBaselines: false },
];

const SEED = 1;
const CURVE = { withSingles: true, chosenOn: 'resample', seed: SEED } as const;

type Make = PredictionBaseline['make'];

const named = (name: string, make: Make, isCheating = false): PredictionBaseline => ({ name, isCheating, make });

const meanOf = (all: readonly Predictions[], weights: readonly number[]): Predictions =>
  (all[0] ?? []).map((column, at) =>
    Float64Array.from(column, (_, row) =>
      all.reduce((sum, each, one) => sum + (weights[one] ?? 0) * (each[at]?.[row] ?? Number.NaN), 0),
    ),
  );

/** Weighted mean of what two makers predict. */
const blend =
  (first: Make, second: Make, share: number): Make =>
  (training, heldOut) =>
    meanOf([first(training, heldOut), second(training, heldOut)], [1 - share, share]);

/** What sets one component apart from the others, held back: routing lives on it, and most of it is noise. */
const shrinkDeviations =
  (make: Make, factor: number): Make =>
  (training, heldOut) => {
    const predictions = make(training, heldOut);
    const means = predictions.map((column) => mean(column));
    const center = mean(means);
    return predictions.map((column, at) =>
      Float64Array.from(column, (value, row) => {
        const shared = mean(predictions.map((each) => each[row] ?? Number.NaN)) - center;
        const own = means[at] ?? Number.NaN;
        return own + shared + factor * (value - own - shared);
      }),
    );
  };

/** Every label moved towards what the other models' outcomes on the same prompt let expect. */
const denoise =
  (make: Make, share: number): Make =>
  (training, heldOut) =>
    make({ ...training, scores: toDenoised(training, share) }, heldOut);

const toDenoised = ({ scores, prompts }: TrainingRows, share: number): TrainingRows['scores'] => {
  const means = scores.map((column) => mean(column));
  const shared = Float64Array.from(prompts, (_, row) =>
    mean(scores.map((column, at) => (column[row] ?? Number.NaN) - (means[at] ?? Number.NaN))),
  );
  return scores.map((column, at) =>
    Float64Array.from(column, (value, row) => {
      const expected = (means[at] ?? Number.NaN) + (shared[row] ?? Number.NaN);
      return Math.min(1, Math.max(0, (1 - share) * value + share * expected));
    }),
  );
};

/** Fits once for every fold, however many ideas are made of it. */
const remembering = (make: Make): Make => {
  const known = new Map<string, Predictions>();
  return (training, heldOut) => {
    const fold = heldOut.join();
    const predictions = known.get(fold) ?? make(training, heldOut);
    known.set(fold, predictions);
    return predictions;
  };
};

const bagged =
  (makes: readonly Make[]): Make =>
  (training, heldOut) =>
    meanOf(
      makes.map((make) => make(training, heldOut)),
      makes.map(() => 1 / makes.length),
    );

const toIdeas = (pool: BenchPool, { withTextBaselines }: IdeaSet): readonly PredictionBaseline[] => {
  const learned = createLearnedRouter(pool, { seed: SEED });
  const make = remembering(learned.make);
  const trueTask = createTrueTaskTable(pool.tasks);
  const counts = toGramCounts(pool);
  const recognised = remembering(createRecognisedTask(counts, pool.tasks).make);
  const others = [2, 3].map((seed) => createLearnedRouter(pool, { seed }).make);
  const ofText = !withTextBaselines
    ? []
    : [
        named('half of it 40 neighbours', blend(make, createNearestNeighbours(counts).make, 0.5)),
        named('half of it 64 clusters', blend(make, createClusterTable(counts, SEED).make, 0.5)),
      ];
  return [
    named(learned.name, make),
    named('deviations × 0.5', shrinkDeviations(make, 0.5)),
    named('deviations × 0.3', shrinkDeviations(make, 0.3)),
    named('labels denoised by a third', denoise(learned.make, 0.3)),
    named('labels denoised by half', denoise(learned.make, 0.5)),
    named('three seeds averaged', bagged([make, ...others])),
    ...ofText,
    named('recognised task', recognised),
    named('recognised task and 0.3 of it', blend(recognised, make, 0.3)),
    named('recognised task and half of it', blend(recognised, make, 0.5)),
    named('true task and 0.3 of it', blend(trueTask.make, make, 0.3), true),
  ];
};

const measure = async (idea: IdeaSet, context: SectionContext): Promise<readonly PoolRow[]> => {
  const pool = await loadBenchPool({ data: context.data, set: idea.set });
  const seeds = context.seeds.slice(0, 1);
  const baselines = toIdeas(pool, idea);
  const routers = await runRouters({ pool, baselines, protocol: { type: 'cross-fit' }, seeds }, context);
  return toPoolRows({
    ...CURVE,
    matrix: pool.matrix,
    routers,
    reference: 'learned',
    resamples: context.resamples,
  });
};

export const ideasSection: SectionMaker = {
  id: 'ideas',
  summary: `what was tried where an aim is missed, on ${SETS.map(({ set }) => set).join(', ')}`,
  make: async (context) => {
    const rows: PoolRow[] = [];
    for (const idea of SETS) rows.push(...(await measure(idea, context)));
    const aims = SETS.map(({ set, aim }) => `${set} ${aim}`).join(', ');
    return {
      id: 'ideas',
      title: 'Ideas tried where an aim is missed',
      markdown: [
        `Aims: ${aims}. Protocol: cross-fit, 1 seed; every row is the learned router with one thing changed. What is better ` +
          'here is not taken over for that: these sets measure what ships and choose nothing of it. `recognised task` reads ' +
          'what nothing else here reads, the names of the labelled prompts’ tasks (never that of the prompt that is routed): ' +
          'words tell the task, and every task’s mean scores count by its chance.',
        renderShortPoolTable(rows, 'idea').replace('minus the whole router', 'minus the router as it is'),
      ].join('\n\n'),
      rows: rows.map((row) => ({ ...row, policy: `ideas: ${row.policy}` })),
      figures: [],
    };
  },
};
