/** The score matrix: an outcome set as columns of numbers, ready for measures that pass over it a thousand times. */
import { toSourcePath } from '../outcomes/prompt.ts';
import { promptChars, type OutcomeSet } from '../outcomes/set.ts';

export interface ScoreMatrix {
  readonly set: string;
  readonly components: readonly string[];
  /** [components][prompts], 0..1. */
  readonly scores: readonly Float64Array[];
  /** [components][prompts], USD (or the units of the set's cost rule). */
  readonly costs: readonly Float64Array[];
  /** By prompt: near-duplicates share a group. */
  readonly groups: readonly string[];
  /** By prompt: characters of its text, for the prompt-length rule. */
  readonly lengths: Float64Array;
  /** By prompt: `source/dataset`. */
  readonly sources: readonly string[];
}

export const toMatrix = ({ id, components, rows }: OutcomeSet): ScoreMatrix => ({
  set: id,
  components,
  scores: components.map((_, column) => Float64Array.from(rows, ({ cells }) => cells[column]?.score ?? Number.NaN)),
  costs: components.map((_, column) => Float64Array.from(rows, ({ cells }) => cells[column]?.cost ?? Number.NaN)),
  groups: rows.map(({ prompt }) => prompt.group),
  lengths: Float64Array.from(rows, ({ prompt }) => promptChars(prompt)),
  sources: rows.map(({ prompt }) => toSourcePath(prompt)),
});

/** The matrix of some of the prompts, in the order of `indexes`. */
export const selectPrompts = (matrix: ScoreMatrix, indexes: readonly number[]): ScoreMatrix => {
  const numbers = (values: Float64Array): Float64Array =>
    Float64Array.from(indexes, (index) => values[index] ?? Number.NaN);
  const texts = (values: readonly string[]): readonly string[] => indexes.map((index) => values[index] ?? '');
  return {
    ...matrix,
    scores: matrix.scores.map(numbers),
    costs: matrix.costs.map(numbers),
    groups: texts(matrix.groups),
    lengths: numbers(matrix.lengths),
    sources: texts(matrix.sources),
  };
};

/** A set of exactly two components as the cheaper and the dearer column. */
export interface ComponentPair {
  readonly size: number;
  readonly fast: string;
  readonly thinking: string;
  readonly fastScores: Float64Array;
  readonly thinkingScores: Float64Array;
  readonly fastCosts: Float64Array;
  readonly thinkingCosts: Float64Array;
}

const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);

/** Throws RangeError for a set of another size: a share of thinking calls means nothing there. */
export const toPair = ({ components, scores, costs }: ScoreMatrix): ComponentPair => {
  const [first, second] = components;
  const [firstScores, secondScores] = scores;
  const [firstCosts, secondCosts] = costs;
  if (!first || !second || !firstScores || !secondScores || !firstCosts || !secondCosts || components.length !== 2) {
    throw new RangeError(`expected a set of two components, given ${components.length}: ${components.join(', ')}`);
  }
  const one = { name: first, scores: firstScores, costs: firstCosts };
  const other = { name: second, scores: secondScores, costs: secondCosts };
  const [cheap, dear] = total(firstCosts) <= total(secondCosts) ? [one, other] : [other, one];
  return {
    size: firstScores.length,
    fast: cheap.name,
    thinking: dear.name,
    fastScores: cheap.scores,
    thinkingScores: dear.scores,
    fastCosts: cheap.costs,
    thinkingCosts: dear.costs,
  };
};
