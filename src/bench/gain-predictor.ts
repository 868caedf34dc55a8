/** Predictors of a gain: what the strong model is expected to score on a prompt beyond the weak one, from labelled rows. */
import { fitBoostedTrees, predictTrees } from '../math/boosted-trees.ts';
import { fitLogistic, predictLogits } from '../math/logistic.ts';
import { logistic } from '../math/probability.ts';
import { createRandom } from '../math/random.ts';
import { fitRidge } from '../math/ridge.ts';
import { predictLinear } from '../math/linear-head.ts';
import { selectRows, type SparseRows } from '../math/sparse.ts';
import { FIT } from '../learn/member-fits.ts';
import type { PromptTable, RouteLlmSet } from './routellm-set.ts';

/** What a gain is predicted from, and how. */
export const GAIN_MEMBERS = ['words', 'either', 'ridge', 'trees', 'gain-trees'] as const;

export type GainMember = (typeof GAIN_MEMBERS)[number];

/** Labelled prompts of a set; targets are the scores of weak and strong, or what stands for them. */
export interface Labelled {
  readonly table: PromptTable;
  readonly prompts: Uint32Array;
  /** [prompts] 0..1 */
  readonly weak: Float64Array;
  readonly strong: Float64Array;
}

export const toLabelled = (set: RouteLlmSet, prompts: Uint32Array): Labelled => ({
  table: set,
  prompts,
  weak: Float64Array.from(prompts, (prompt) => set.weak[prompt] ?? Number.NaN),
  strong: Float64Array.from(prompts, (prompt) => set.strong[prompt] ?? Number.NaN),
});

/** P(one is right and the other wrong) of two scores that are given: for scores of 0 and 1 exactly that event. */
const aheadOf = (one: Float64Array, other: Float64Array): Float64Array =>
  one.map((value, at) => value * (1 - (other[at] ?? 0)));

const subtract = (one: Float64Array, other: Float64Array): Float64Array =>
  one.map((value, at) => value - (other[at] ?? 0));

const headsDiffer = (rows: readonly [SparseRows, SparseRows], targets: readonly [Float64Array, Float64Array]) => {
  const [known, asked] = rows;
  const [positive, negative] = targets.map((column) => {
    const head = fitLogistic({
      rows: known,
      targets: column,
      inversePenalty: FIT.inversePenalty,
      maxIterations: FIT.wordIterations,
      tolerance: FIT.wordTolerance,
    });
    return predictLogits(asked, head).map(logistic);
  });
  return subtract(positive ?? new Float64Array(0), negative ?? new Float64Array(0));
};

const selectStructure = ({ structure, structureCount }: PromptTable, prompts: Uint32Array): Float32Array => {
  const chosen = new Float32Array(prompts.length * structureCount);
  for (const [row, prompt] of prompts.entries())
    chosen.set(structure.subarray(prompt * structureCount, (prompt + 1) * structureCount), row * structureCount);
  return chosen;
};

const growTrees = (
  { table, prompts }: Labelled,
  targets: Float64Array,
  { loss, seed }: { readonly loss: 'logistic' | 'squared'; readonly seed: number },
) =>
  fitBoostedTrees({
    features: selectStructure(table, prompts),
    featureCount: table.structureCount,
    targets,
    loss,
    random: createRandom(seed),
    treeCount: FIT.treeCount,
    leafCount: FIT.treeLeafCount,
    learningRate: FIT.treeLearningRate,
  });

const RIDGE_PENALTY = 3;

/** Prompts to predict, of a table with the same columns as the labelled ones. */
export interface Asked {
  readonly table: PromptTable;
  readonly prompts: Uint32Array;
}

/** [asked] −1..1. */
export const predictGain = (
  member: GainMember,
  labelled: Labelled,
  { asked, seed }: { readonly asked: Asked; readonly seed: number },
): Float64Array => {
  const { table, prompts, weak, strong } = labelled;
  const rows = (): readonly [SparseRows, SparseRows] => [
    selectRows(table.words, prompts),
    selectRows(asked.table.words, asked.prompts),
  ];
  const applyTrees = (targets: Float64Array, loss: 'logistic' | 'squared'): Float64Array => {
    const trees = growTrees(labelled, targets, { loss, seed });
    const { structure, structureCount } = asked.table;
    return Float64Array.from(asked.prompts, (prompt) => predictTrees(trees, structure, prompt * structureCount));
  };
  switch (member) {
    case 'words':
      return headsDiffer(rows(), [strong, weak]);
    case 'either':
      return headsDiffer(rows(), [aheadOf(strong, weak), aheadOf(weak, strong)]);
    case 'ridge': {
      const [known, wanted] = rows();
      const head = fitRidge({ rows: known, targets: subtract(strong, weak), penalty: RIDGE_PENALTY, tolerance: 1e-4 });
      return predictLinear(wanted, head);
    }
    case 'trees':
      return subtract(applyTrees(strong, 'logistic').map(logistic), applyTrees(weak, 'logistic').map(logistic));
    case 'gain-trees':
      return applyTrees(subtract(strong, weak), 'squared');
  }
};

/**
 * The table with further numbers by prompt behind its structure: trees read them, heads do not. A gain is largest where a
 * prompt is neither easy nor hopeless, which trees can say of a difficulty and a linear head cannot.
 */
export const withColumns = (table: PromptTable, columns: readonly Float64Array[]): PromptTable => {
  const { structure, structureCount } = table;
  const width = structureCount + columns.length;
  const count = structure.length / structureCount;
  const wider = new Float32Array(count * width);
  for (let prompt = 0; prompt < count; prompt += 1) {
    wider.set(structure.subarray(prompt * structureCount, (prompt + 1) * structureCount), prompt * width);
    wider.set(
      columns.map((column) => column[prompt] ?? 0),
      prompt * width + structureCount,
    );
  }
  return { ...table, structure: wider, structureCount: width };
};
