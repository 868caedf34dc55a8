/** How well a model's score on every task is foretold from a few graded calls: errors of the table, by method. */
import { logit } from '../math/probability.ts';
import type { Random } from '../math/random.ts';
import { predictClusters, type AbilityScale, type ThetaPrior } from '../policy/learned/ability-map.ts';
import type { AbilityFit } from './ability-map.ts';
import { abilityPosterior } from './ability-posterior.ts';
import { fitAbilityPrior, priorFromTraits } from './ability-prior.ts';
import { drawLabels } from './label-draw.ts';
import { addCall, createCalls, toComponent, type OnboardingPrompt, type Stratification } from './onboarding-data.ts';

export const TABLE_METHODS = ['mean', 'betaBinomial', 'map', 'mapAndCalls', 'mapWithScore', 'mapKnowingTask'] as const;

export type TableMethod = (typeof TABLE_METHODS)[number];

export type TableErrors = Readonly<Record<TableMethod, number>>;

/** Calls that the model's own mean is worth in a plain table by task. */
const TABLE_STRENGTH = 15;

/** A map that was fitted without the model, and the strata that it speaks of. */
export interface LeftOutMap {
  readonly fit: AbilityFit;
  readonly strata: Stratification;
}

/** One model in one source. */
export interface NewModel {
  readonly prompts: readonly OnboardingPrompt[];
  readonly family: string;
  readonly model: string;
  /** The prompts of the source that it answered, by place. */
  readonly places: readonly number[];
  readonly blind: LeftOutMap;
  readonly knowing: LeftOutMap;
}

const scoreAt = ({ prompts, model }: NewModel, place: number): number => prompts[place]?.scores.get(model) ?? 0;

const meanScore = (subject: NewModel, places: readonly number[]): number =>
  places.reduce((sum, place) => sum + scoreAt(subject, place), 0) / places.length;

export interface CellOptions {
  readonly scale: AbilityScale;
  readonly strata: Stratification;
  readonly prior: ThetaPrior;
  readonly labels: readonly number[];
  readonly scoreOf: (place: number) => number;
}

/** [strata] Predictions from graded calls: by the map alone, and with the cells' own calls. */
export const predictStrata = ({ scale, strata, prior, labels, scoreOf }: CellOptions) => {
  const calls = createCalls(scale.clusterCount);
  for (const place of labels) addCall(calls, strata.stratumOf[place] ?? 0, scoreOf(place));
  const posterior = abilityPosterior(scale, { prior, calls });
  const none = createCalls(scale.clusterCount);
  return {
    map: predictClusters(scale, { posterior, calls: none }).means,
    mapAndCalls: predictClusters(scale, { posterior, calls }).means,
  };
};

/** What the other models of the source score on average on these prompts. */
const othersMean = ({ prompts, model }: NewModel, places: readonly number[]): number => {
  let sum = 0;
  let count = 0;
  for (const place of places) {
    for (const [name, score] of prompts[place]?.scores ?? []) {
      if (name === model) continue;
      sum += score;
      count += 1;
    }
  }
  return count === 0 ? 0.5 : sum / count;
};

/**
 * The prior from a published score: the model's mean in the source, as its makers would print it. Others of the source
 * are its era.
 */
export const publishedPrior = (subject: NewModel): ThetaPrior => {
  const { family, places } = subject;
  const { fit } = subject.blind;
  const score = logit(meanScore(subject, places));
  const toTraits = (value: number) => ({
    era: family,
    score: value,
    logPrice: null,
    isReasoning: false,
    effort: 0,
    role: 0,
  });
  const sums = new Map<string, { sum: number; count: number }>();
  for (const prompt of subject.prompts) {
    if (prompt.family !== family) continue;
    for (const [model, value] of prompt.scores) {
      const own = sums.get(model) ?? { sum: 0, count: 0 };
      sums.set(model, { sum: own.sum + value, count: own.count + 1 });
    }
  }
  const examples = [...sums].flatMap(([model, { sum, count }]) => {
    const theta = fit.thetas.get(toComponent(family, model));
    return theta === undefined ? [] : [{ traits: toTraits(logit(sum / count)), theta }];
  });
  const prior = fitAbilityPrior(examples);
  return (prior === null ? null : priorFromTraits(prior, toTraits(score))) ?? fit.scale.thetaPrior;
};

type Predictor = (places: readonly number[], task: string) => number;

const byStratum = (predictions: Float64Array, { stratumOf }: Stratification): Predictor => {
  return (places) => places.reduce((sum, place) => sum + (predictions[stratumOf[place] ?? 0] ?? 0), 0) / places.length;
};

/** The two baselines, which need no map. Without labels they say what the other models score. */
const toBaselines = (subject: NewModel, labels: readonly number[]): { mean: Predictor; betaBinomial: Predictor } => {
  if (labels.length === 0) {
    const overall = othersMean(subject, subject.places);
    return { mean: () => overall, betaBinomial: (places) => othersMean(subject, places) };
  }
  const overall = meanScore(subject, labels);
  const byTask = Map.groupBy(labels, (place) => subject.prompts[place]?.task ?? '');
  return {
    mean: () => overall,
    betaBinomial: (_, task) => {
      const own = byTask.get(task) ?? [];
      const sum = own.reduce((total, place) => total + scoreAt(subject, place), 0);
      return (sum + TABLE_STRENGTH * overall) / (own.length + TABLE_STRENGTH);
    },
  };
};

const toPredictors = (
  subject: NewModel,
  labels: readonly number[],
  scorePrior: ThetaPrior,
): Readonly<Record<TableMethod, Predictor>> => {
  const { blind, knowing } = subject;
  const scoreOf = (place: number): number => scoreAt(subject, place);
  const predict = ({ fit, strata }: LeftOutMap, prior: ThetaPrior) =>
    predictStrata({ scale: fit.scale, strata, prior, labels, scoreOf });
  const plain = predict(blind, blind.fit.scale.thetaPrior);
  return {
    ...toBaselines(subject, labels),
    map: byStratum(plain.map, blind.strata),
    mapAndCalls: byStratum(plain.mapAndCalls, blind.strata),
    mapWithScore: byStratum(predict(blind, scorePrior).mapAndCalls, blind.strata),
    mapKnowingTask: byStratum(predict(knowing, knowing.fit.scale.thetaPrior).mapAndCalls, knowing.strata),
  };
};

/** Tasks with fewer other prompts are no row of the table: their own score would be mostly noise. */
export const MIN_TASK_PROMPTS = 30;

export interface TableOptions {
  readonly labels: number;
  readonly scorePrior: ThetaPrior;
  readonly random: Random;
}

/** Mean absolute error over the tasks, on prompts that were not labelled. Null where no task has enough of them. */
export const measureTable = (subject: NewModel, options: TableOptions): TableErrors | null => {
  const { blind, places, prompts } = subject;
  const labels = drawLabels({ ...options, prompts: places, strata: blind.strata.stratumOf });
  const drawn = new Set(labels.map((place) => prompts[place]?.group ?? ''));
  const others = places.filter((place) => !drawn.has(prompts[place]?.group ?? ''));
  const tasks = [...Map.groupBy(others, (place) => prompts[place]?.task ?? '')].filter(
    ([, own]) => own.length >= MIN_TASK_PROMPTS,
  );
  if (tasks.length === 0) return null;
  const predictors = toPredictors(subject, labels, options.scorePrior);
  const errorOf = (method: TableMethod): number =>
    tasks.reduce((sum, [task, own]) => sum + Math.abs(predictors[method](own, task) - meanScore(subject, own)), 0) /
    tasks.length;
  return {
    mean: errorOf('mean'),
    betaBinomial: errorOf('betaBinomial'),
    map: errorOf('map'),
    mapAndCalls: errorOf('mapAndCalls'),
    mapWithScore: errorOf('mapWithScore'),
    mapKnowingTask: errorOf('mapKnowingTask'),
  };
};
