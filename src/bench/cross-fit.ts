/**
 * Cross-fitting: one loop for every way to predict. A maker sees the scores of the training prompts only; what it may
 * know of a prompt beside them (text, length, type) it closes over, by the prompt's index in the set.
 */
import { toGroupFolds } from '../math/group-folds.ts';
import { createRandom, shuffle, type Random } from '../math/random.ts';
import type { FoldedPredictions } from './headroom.ts';
import type { ScoreMatrix } from './matrix.ts';
import { toConstantCosts, type Predictions } from './predictions.ts';
import { toFamilyFolds } from './folds.ts';
import type { Protocol } from './protocol.ts';

/** Labelled prompts. */
export interface TrainingRows {
  /** Places of the prompts in the set. */
  readonly prompts: Int32Array;
  /** [components][training prompts] */
  readonly scores: readonly Float64Array[];
  /** [components][training prompts] */
  readonly costs: readonly Float64Array[];
}

/** Predictions [components][held-out prompts] for the prompts of the set at `heldOut`. */
export type PredictionMaker = (training: TrainingRows, heldOut: Int32Array) => Predictions;

export interface PredictionBaseline {
  readonly name: string;
  /** It knows a label that no router sees. Tables mark it. */
  readonly isCheating: boolean;
  readonly make: PredictionMaker;
}

/** Predictions of every prompt by models that never saw its fold. */
export interface CrossFitRun extends FoldedPredictions {
  readonly protocol: Protocol;
  /** Null where nothing was drawn. */
  readonly seed: number | null;
}

const indexesWhere = (folds: Uint8Array, isWanted: (fold: number) => boolean): Int32Array =>
  Int32Array.from(folds.keys()).filter((prompt) => isWanted(folds[prompt] ?? 0));

const select = (columns: readonly Float64Array[], prompts: Int32Array): readonly Float64Array[] =>
  columns.map((column) => Float64Array.from(prompts, (prompt) => column[prompt] ?? Number.NaN));

const toTrainingRows = ({ scores, costs }: ScoreMatrix, prompts: Int32Array): TrainingRows => ({
  prompts,
  scores: select(scores, prompts),
  costs: select(costs, prompts),
});

/** Mean cost of each component over the training prompts: what a router without a length model expects of any prompt. */
const meansOf = (columns: readonly Float64Array[]): readonly number[] =>
  columns.map((column) => column.reduce((sum, value) => sum + value, 0) / column.length);

export interface CrossFitOptions {
  readonly matrix: ScoreMatrix;
  readonly make: PredictionMaker;
  /** [prompts] */
  readonly folds: Uint8Array;
  /** Which of the prompts outside the fold are labelled: all of them by default. */
  readonly choose?: (prompts: Int32Array, fold: number) => Int32Array;
}

const scatter = (values: Float64Array, prompts: Int32Array, into: Float64Array): void => {
  prompts.forEach((prompt, index) => {
    into[prompt] = values[index] ?? Number.NaN;
  });
};

/**
 * Predictions and expected costs (training means), each fold's from the other folds. Throws RangeError where a maker
 * returns another number of predictions than it was asked for.
 */
export const crossFit = ({ matrix, make, folds, choose }: CrossFitOptions): FoldedPredictions => {
  const createColumns = (): readonly Float64Array[] =>
    matrix.components.map(() => new Float64Array(folds.length).fill(Number.NaN));
  const predictions = createColumns();
  const expectedCosts = createColumns();
  for (const fold of new Set(folds)) {
    const others = indexesWhere(folds, (each) => each !== fold);
    const heldOut = indexesWhere(folds, (each) => each === fold);
    const training = toTrainingRows(matrix, choose === undefined ? others : choose(others, fold));
    const made = make(training, heldOut);
    const costs = toConstantCosts(meansOf(training.costs), heldOut.length);
    for (const [component, column] of predictions.entries()) {
      const values = made[component];
      if (values?.length !== heldOut.length) {
        throw new RangeError(
          `expected ${heldOut.length} predictions of component ${component}, made ${values?.length}`,
        );
      }
      scatter(values, heldOut, column);
      scatter(costs[component] ?? values, heldOut, expectedCosts[component] ?? column);
    }
  }
  return { predictions, expectedCosts, folds };
};

export const FOLDS = 5;
export const CROSS_FIT_SEEDS: readonly number[] = [1, 2, 3, 4, 5];

/** Whole groups of the prompts in random order, until at least `labels` prompts are chosen. */
const drawLabels = (groups: readonly string[], labels: number, random: Random) => {
  return (prompts: Int32Array): Int32Array => {
    const byGroup = Map.groupBy(prompts, (prompt) => groups[prompt] ?? '');
    const drawn: number[] = [];
    for (const members of shuffle([...byGroup.values()], random)) {
      if (drawn.length >= labels) {
        break;
      }
      drawn.push(...members);
    }
    return Int32Array.from(drawn).sort();
  };
};

/** What the maker learns from: by `type`, the protocol. */
export type GroupProtocol =
  | { readonly type: 'cross-fit' }
  /** The maker closes over the further data. */
  | { readonly type: 'auxiliary' }
  /** So many labelled prompts of the other folds (whole groups, so a few more). */
  | { readonly type: 'n-labels'; readonly labels: number }
  /** The maker closes over a model trained elsewhere and is shown no labelled prompt. */
  | { readonly type: 'zero-label' };

export interface GroupCrossFitOptions {
  readonly matrix: ScoreMatrix;
  readonly make: PredictionMaker;
  readonly protocol: GroupProtocol;
  /** One cross-validation for each. */
  readonly seeds?: readonly number[];
}

const toChoice = (protocol: GroupProtocol, groups: readonly string[], random: Random): CrossFitOptions['choose'] => {
  switch (protocol.type) {
    case 'cross-fit':
    case 'auxiliary':
      return undefined;
    case 'n-labels':
      return drawLabels(groups, protocol.labels, random);
    case 'zero-label':
      return () => new Int32Array();
  }
};

/** Five folds by group for each seed. With zero labels costs are those of the whole set: prices need no outcome. */
export const crossFitByGroup = (options: GroupCrossFitOptions): readonly CrossFitRun[] => {
  const { matrix, make, protocol, seeds = CROSS_FIT_SEEDS } = options;
  return seeds.map((seed) => {
    const random = createRandom(seed);
    const folds = toGroupFolds(matrix.groups, FOLDS, random);
    const choose = toChoice(protocol, matrix.groups, random);
    const run = crossFit({ matrix, make, folds, ...(choose === undefined ? {} : { choose }) });
    const expectedCosts =
      protocol.type === 'zero-label' ? toConstantCosts(meansOf(matrix.costs), folds.length) : run.expectedCosts;
    return { ...run, expectedCosts, protocol: protocol.type, seed };
  });
};

export interface FamilyRun extends CrossFitRun {
  /** Fold i is families[i]. */
  readonly families: readonly string[];
}

export interface FamilyOptions {
  readonly matrix: ScoreMatrix;
  readonly make: PredictionMaker;
  /** [prompts] */
  readonly families: readonly string[];
}

/** Each family is predicted from the others. Throws RangeError where a group stands in two families. */
export const crossFitByFamily = ({ matrix, make, families: ofPrompt }: FamilyOptions): FamilyRun => {
  const { families, folds } = toFamilyFolds(ofPrompt, matrix.groups);
  return { ...crossFit({ matrix, make, folds }), protocol: 'family-out', seed: null, families };
};
