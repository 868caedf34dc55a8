/** Strata of outcome data: without labels as a router makes them, or by the true task as a table that knows it would. */
import { fitClusters, similarities } from '../math/clusters.ts';
import { createRandom, shuffle } from '../math/random.ts';
import { selectRows, type SparseRows } from '../math/sparse.ts';
import {
  isToolRequest,
  stratumOf,
  toolStratumCount,
  toolStratumOf,
  topicsOfStrata,
  wordsOf,
} from '../policy/learned/ability-strata.ts';
import { fitDifficultyEdges, fitWordEdges } from './ability-strata.ts';
import { fitGramWeights } from './gram-weights.ts';
import { toGramRows } from './gram-rows.ts';
import type { OnboardingPrompt, Stratification } from './onboarding-data.ts';
import { predictSharedDifficulty } from './shared-difficulty.ts';
import { MAX_SOURCE_PROMPTS } from './source-cap.ts';

/** Broad groups of topics: a few hundred calls must say something about each. */
export const FIELDS = 12;
export const TOPICS = 64;
export const DIFFICULTY_BINS = 4;
const CLUSTER_ITERATIONS = 20;

export interface PromptTopics {
  /** Gram vectors by prompt. */
  readonly rows: SparseRows;
  /** By prompt. */
  readonly topics: Uint16Array;
  readonly topicCount: number;
  /** By topic: the field that it belongs to. Fields are the cells in which a model's own calls are counted. */
  readonly fieldOf: Uint16Array;
  readonly textPlaces: readonly number[];
  readonly toolPlaces: readonly number[];
}

const indexOfLargest = (values: Float32Array): number =>
  values.reduce((best, value, index) => (value > (values[best] ?? 0) ? index : best), 0);

/** At most MAX_SOURCE_PROMPTS of a source, so that topics are not the largest source's alone. */
const toSample = (prompts: readonly OnboardingPrompt[], places: readonly number[], seed: number): Uint32Array => {
  const random = createRandom(seed);
  const byFamily = Map.groupBy(places, (place) => prompts[place]?.family ?? '');
  const kept = [...byFamily.values()].flatMap((own) => shuffle(own, random).slice(0, MAX_SOURCE_PROMPTS));
  return Uint32Array.from(kept).sort();
};

interface ClusterTask {
  readonly sample: Uint32Array;
  readonly count: number;
  readonly seed: number;
  /** Rows that are assigned; all others stay 0. */
  readonly places: readonly number[];
}

const assignClusters = (rows: SparseRows, { sample, count, seed, places }: ClusterTask): Uint16Array => {
  const assigned = new Uint16Array(rows.rowCount);
  if (count === 0) return assigned;
  const clusters = fitClusters({
    rows: selectRows(rows, sample),
    count,
    random: createRandom(seed),
    maxIterations: CLUSTER_ITERATIONS,
  });
  for (const place of places) assigned[place] = indexOfLargest(similarities(rows, place, clusters));
  return assigned;
};

/** The first of equally frequent ones; 0 for an empty list. */
const mostFrequent = (values: readonly number[]): number => {
  const counts = Map.groupBy(values, (value) => value);
  const ordered = [...counts].sort(([one, ones], [other, others]) => others.length - ones.length || one - other);
  return ordered[0]?.[0] ?? 0;
};

/** Topics: spherical k-means on words, of the prompts without tools. No outcome and no label takes part. */
export const findTopics = (prompts: readonly OnboardingPrompt[], seed: number): PromptTopics => {
  const grams = prompts.map(({ features }) => features.grams);
  const sources = prompts.map(({ family }) => family);
  const rows = toGramRows(grams, fitGramWeights(grams, sources));
  const places = [...prompts.keys()];
  const isTool = (place: number): boolean => isToolRequest(prompts[place]?.features.structural ?? []);
  const textPlaces = places.filter((place) => !isTool(place));
  const sample = toSample(prompts, textPlaces, seed);
  const assign = (count: number): Uint16Array => assignClusters(rows, { sample, count, seed, places: textPlaces });
  const topicCount = Math.min(TOPICS, sample.length);
  const topics = assign(topicCount);
  const fields = assign(Math.min(FIELDS, sample.length));
  const fieldOf = Uint16Array.from({ length: topicCount }, (_, topic) =>
    mostFrequent(textPlaces.filter((place) => topics[place] === topic).map((place) => fields[place] ?? 0)),
  );
  return { rows, topics, topicCount, fieldOf, textPlaces, toolPlaces: places.filter(isTool) };
};

export interface ModelFold {
  readonly isInFold: (model: string) => boolean;
  readonly seed: number;
}

/** Mean score of the models outside the fold; NaN where none of them was asked. */
const meanOutside = ({ scores }: OnboardingPrompt, { isInFold }: ModelFold): number => {
  const outside = [...scores].filter(([model]) => !isInFold(model));
  return outside.reduce((sum, [, score]) => sum + score, 0) / outside.length;
};

/** Topics × difficulty, which is learned without the models of the fold: for measuring these. */
export const toTextStrata = (
  prompts: readonly OnboardingPrompt[],
  { rows, topics, topicCount, fieldOf, textPlaces }: PromptTopics,
  fold: ModelFold,
): Stratification => {
  const places = Uint32Array.from(textPlaces);
  const difficulties = predictSharedDifficulty({
    rows: selectRows(rows, places),
    means: Float64Array.from(places, (place) => {
      const prompt = prompts[place];
      return prompt === undefined ? Number.NaN : meanOutside(prompt, fold);
    }),
    groups: textPlaces.map((place) => prompts[place]?.group ?? ''),
    seed: fold.seed,
  });
  const own = Uint16Array.from(places, (place) => topics[place] ?? 0);
  const edges = fitDifficultyEdges({ topics: own, topicCount, difficulties, bins: DIFFICULTY_BINS });
  const strata = new Uint16Array(prompts.length);
  for (const [index, place] of places.entries())
    strata[place] = stratumOf(edges, own[index] ?? 0, difficulties[index] ?? 0);
  return { stratumOf: strata, cellOf: topicsOfStrata(edges).map((topic) => fieldOf[topic] ?? 0) };
};

export const toToolStrata = (
  prompts: readonly OnboardingPrompt[],
  { toolPlaces }: Pick<PromptTopics, 'toolPlaces'>,
): Stratification => {
  const structureOf = (place: number) => prompts[place]?.features.structural ?? [];
  const edges = fitWordEdges(Float64Array.from(toolPlaces, (place) => wordsOf(structureOf(place))));
  const strata = new Uint16Array(prompts.length);
  for (const place of toolPlaces) strata[place] = toolStratumOf(edges, structureOf(place));
  return { stratumOf: strata, cellOf: Uint16Array.from({ length: toolStratumCount(edges) }, (_, stratum) => stratum) };
};

/** The true tasks: what only a table that is told the task may use. */
export const toTaskStrata = (prompts: readonly OnboardingPrompt[]): Stratification => {
  const tasks = new Map<string, number>();
  const strata = Uint16Array.from(prompts, ({ family, task }) => {
    const name = `${family}\n${task}`;
    const index = tasks.get(name) ?? tasks.size;
    tasks.set(name, index);
    return index;
  });
  return { stratumOf: strata, cellOf: Uint16Array.from({ length: tasks.size }, (_, stratum) => stratum) };
};
