/** A pool to benchmark on: a set with its features, and beside it the labels that tables and families are made of. */
import { join } from 'node:path';
import { createRandom, shuffle } from '../math/random.ts';
import { loadSetDefinition, type CostRule } from '../outcomes/set-definition.ts';
import { loadOutcomeSet, type OutcomeSet, type OutcomeSetRow } from '../outcomes/set.ts';
import { toPredictionContext } from '../policy/predict.ts';
import { toBenchSet, type BenchSet } from './bench-set.ts';
import { selectPrompts } from './matrix.ts';

export interface BenchPool extends BenchSet {
  /** By prompt: the conversation type that is recognised in its text. */
  readonly types: readonly string[];
  /** By prompt: the data set's own label of its task. No router sees it. */
  readonly tasks: readonly string[];
  /** By prompt: what is left out together when a family is. */
  readonly families: readonly string[];
  readonly costRule: CostRule['type'];
  /** Prompts of the set's sources that lack a score or a cost. */
  readonly incompleteRows: number;
}

export interface BenchPoolOptions {
  /** Folder with `train`, `bench` and `sets.json`. */
  readonly data: string;
  readonly set: string;
  readonly folders?: readonly ('train' | 'bench')[];
  readonly models?: readonly string[];
  readonly cost?: CostRule;
  /** Prompts kept of each data set, drawn by the seed; all by default. */
  readonly cap?: { readonly limit: number; readonly seed: number };
}

/** Drawn before features are made of them, which is what takes the time; in the order of the files. */
const capBySource = (rows: readonly OutcomeSetRow[], cap: BenchPoolOptions['cap']): readonly OutcomeSetRow[] => {
  if (cap === undefined) return rows;
  const bySource = Map.groupBy(rows, ({ prompt }) => `${prompt.source}/${prompt.dataset}`);
  const random = createRandom(cap.seed);
  const kept = new Set([...bySource.values()].flatMap((ofSource) => shuffle(ofSource, random).slice(0, cap.limit)));
  return rows.filter((row) => kept.has(row));
};

/** Task: the data set, and below it the category where the data set has several. */
const taskOf = ({ prompt }: OutcomeSetRow): string =>
  [prompt.source, prompt.dataset, prompt.labels.category ?? ''].join('/');

/** Subjects of one data set of exam questions that are left out together: one alone has neighbours in all but name. */
const AREAS: Readonly<Record<string, string>> = {
  math: 'formal',
  physics: 'formal',
  engineering: 'formal',
  'computer science': 'formal',
  chemistry: 'nature',
  biology: 'nature',
  health: 'nature',
  law: 'society',
  business: 'society',
  economics: 'society',
};

/**
 * Family: the data set by the first part of its name, so that the tasks of one collection stay together; in a data set of
 * exam subjects the area of the subject.
 */
const familyOf = ({ prompt }: OutcomeSetRow): string => {
  const name = `${prompt.source}/${prompt.dataset.split('/')[0] ?? ''}`;
  return prompt.source === 'mmlu_pro' ? `${name}/${AREAS[prompt.labels.category ?? ''] ?? 'people'}` : name;
};

export const toBenchPool = (outcomes: OutcomeSet): BenchPool => {
  const benchSet = toBenchSet(outcomes);
  return {
    ...benchSet,
    types: benchSet.features.map((features) => toPredictionContext(features, null).type),
    tasks: outcomes.rows.map(taskOf),
    families: outcomes.rows.map(familyOf),
    costRule: outcomes.costRule,
    incompleteRows: outcomes.incompleteRows,
  };
};

export const loadBenchPool = async (options: BenchPoolOptions): Promise<BenchPool> => {
  const { data, set, folders = ['train', 'bench'], models, cost, cap } = options;
  const definition = await loadSetDefinition({
    file: join(data, 'sets.json'),
    set,
    ...(models === undefined ? {} : { models }),
    ...(cost === undefined ? {} : { cost }),
  });
  const outcomes = await loadOutcomeSet({ folders: folders.map((folder) => join(data, folder)), definition });
  return toBenchPool({ ...outcomes, rows: capBySource(outcomes.rows, cap) });
};

/** The pool of some of the prompts, in the order of `indexes`. */
export const selectPool = (pool: BenchPool, indexes: readonly number[]): BenchPool => {
  const pick = <Value>(values: readonly Value[]): readonly Value[] => indexes.map((index) => values[index] as Value); // indexes are places of the pool
  return {
    ...pool,
    matrix: selectPrompts(pool.matrix, indexes),
    features: pick(pool.features),
    sources: pick(pool.sources),
    types: pick(pool.types),
    tasks: pick(pool.tasks),
    families: pick(pool.families),
  };
};

/** Without the prompts whose group stands in an earlier family: a copy would be trained on while it is scored. */
export const withoutCopiesAcrossFamilies = (pool: BenchPool): BenchPool => {
  const first = new Map<string, string>();
  const { groups } = pool.matrix;
  const kept = [...groups.keys()].filter((prompt) => {
    const group = groups[prompt] ?? '';
    const family = pool.families[prompt] ?? '';
    first.set(group, first.get(group) ?? family);
    return first.get(group) === family;
  });
  return selectPool(pool, kept);
};
