/** Fits a quality model: members on all examples, their stack on predictions out of fold. Deterministic for a seed. */
import { createRandom } from '../math/random.ts';
import type { QualityModel } from '../policy/learned/quality-model.ts';
import type { Member } from '../policy/learned/stack.ts';
import { clipStructuralInput, STRUCTURAL_INPUT_NAMES, toStructuralInput } from '../policy/learned/structural-input.ts';
import { fitStack } from './fit-stack.ts';
import { toGramRows } from './gram-rows.ts';
import { fitGramWeights } from './gram-weights.ts';
import { toGroupFolds } from '../math/group-folds.ts';
import * as fits from './member-fits.ts';
import { fitStructuralRange } from './structural-range.ts';
import { sizeOf, type TrainingSet } from './training-set.ts';

export interface FitOptions {
  readonly seed: number;
  /** Members that take part; all by default. Trees drop out below `FIT.treeExamples` examples. */
  readonly members?: readonly Member[];
  /** Told which step begins, and how much is done, 0 to 1. */
  readonly onProgress?: (step: string, done: number) => void;
}

/** Inner folds for the stack. */
const STACK_FOLDS = 3;

const toPrepared = (set: TrainingSet, seed: number) => {
  const view = {
    gramWeights: fitGramWeights(
      set.features.map(({ grams }) => grams),
      set.sources,
    ),
    range: fitStructuralRange(set.features.map(({ structural }) => structural)),
  };
  const rows = toGramRows(
    set.features.map(({ grams }) => grams),
    view.gramWeights,
  );
  const structureCount = STRUCTURAL_INPUT_NAMES.length;
  const structure = new Float32Array(sizeOf(set) * structureCount);
  for (const [example, { structural }] of set.features.entries())
    structure.set(clipStructuralInput(toStructuralInput(structural), view.range), example * structureCount);
  const levels = fits.fitLevels(rows, createRandom(seed));
  const prepared: fits.Prepared = { rows, structure, structureCount, levels, targets: set.targets };
  return { view, prepared };
};

interface Part {
  readonly prepared: fits.Prepared;
  readonly members: readonly Member[];
  readonly seed: number;
}

/** [members][columns][held out] by members fitted on `fitted`. */
const predictHeldOut = ({ prepared, members, seed }: Part, fitted: Uint32Array, heldOut: Uint32Array) =>
  members.map((member) => {
    switch (member) {
      case 'words':
        return fits.applyWords(fits.fitWords(prepared, fitted), prepared, heldOut);
      case 'table':
        return fits.applyTable(fits.fitTable(prepared, fitted), prepared, heldOut);
      case 'trees':
        return fits.applyTrees(fits.fitTrees(prepared, fitted, createRandom(seed)), prepared, heldOut);
    }
  });

const indexesWhere = (folds: Uint8Array, isWanted: (fold: number) => boolean): Uint32Array =>
  Uint32Array.from(folds.keys()).filter((example) => isWanted(folds[example] ?? 0));

const scatter = (values: Float64Array, examples: Uint32Array, into: Float64Array | undefined): void => {
  if (into === undefined) return;
  for (let row = 0; row < examples.length; row += 1) into[examples[row] ?? 0] = values[row] ?? Number.NaN;
};

/** [members][columns][examples] */
const predictOutOfFold = (part: Part, groups: readonly string[]): readonly (readonly Float64Array[])[] => {
  const folds = toGroupFolds(groups, STACK_FOLDS, createRandom(part.seed));
  const predictions = part.members.map(() => part.prepared.targets.map(() => new Float64Array(folds.length)));
  for (let fold = 0; fold < STACK_FOLDS; fold += 1) {
    const heldOut = indexesWhere(folds, (each) => each === fold);
    const predicted = predictHeldOut(
      part,
      indexesWhere(folds, (each) => each !== fold),
      heldOut,
    );
    for (const [member, columns] of predicted.entries())
      for (const [column, values] of columns.entries()) scatter(values, heldOut, predictions[member]?.[column]);
  }
  return predictions;
};

/** Throws RangeError for a set without examples. */
export const fitQualityModel = (set: TrainingSet, options: FitOptions): QualityModel => {
  const { seed, onProgress = () => {} } = options;
  const size = sizeOf(set);
  const wanted = options.members ?? ['words', 'table', 'trees'];
  const members = wanted.filter((member) => member !== 'trees' || size >= fits.FIT.treeExamples);
  onProgress('words and clusters', 0);
  const { view, prepared } = toPrepared(set, seed);
  onProgress('predictions out of fold', 0.3);
  const predictions = predictOutOfFold({ prepared, members, seed }, set.groups);
  const stack = fitStack({ members, predictions, targets: set.targets });
  onProgress('members on all examples', 0.8);
  const all = Uint32Array.from({ length: size }, (_, example) => example);
  const has = (member: Member): boolean => members.includes(member);
  return {
    columns: set.columns,
    view,
    words: has('words') ? fits.fitWords(prepared, all) : [],
    table: { columnCount: set.columns.length, levels: has('table') ? fits.fitTable(prepared, all) : [] },
    trees: has('trees') ? fits.fitTrees(prepared, all, createRandom(seed)) : [],
    stack,
  };
};
