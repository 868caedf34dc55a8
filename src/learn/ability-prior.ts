/**
 * What is known of a component's ability before any of its calls is graded: a small ridge regression over training
 * components of its era. Prices and scores of different eras mean different things, so none is carried from one to another.
 */
import { fitDenseRidge } from '../math/ridge.ts';
import type { ThetaPrior } from '../policy/learned/ability-map.ts';

/** What is public about a component. `null` where it is not known, which counts as the mean of the era. */
export interface ComponentTraits {
  /** Components of one era were compared in the same months on the same prompts. */
  readonly era: string;
  /** A published score, on any scale that is one within the era. */
  readonly score: number | null;
  /** ln of USD per million output tokens. */
  readonly logPrice: number | null;
  readonly isReasoning: boolean;
  /** 0 (none, or lowest) to 1 (highest). */
  readonly effort: number;
  /** Place in the order of roles, 0 (fast) to 1 (strongest). */
  readonly role: number;
}

export interface PriorExample {
  readonly traits: ComponentTraits;
  readonly theta: number;
}

interface EraMeans {
  readonly theta: number;
  /** [COLUMNS] */
  readonly means: readonly number[];
  /** [COLUMNS] Spread of a column within the era; 1 where it does not vary. */
  readonly spreads: readonly number[];
}

export interface AbilityPriorFit {
  readonly eras: ReadonlyMap<string, EraMeans>;
  /** [COLUMNS] Ability for one spread of each trait. */
  readonly weights: Float64Array;
  /** Spread of abilities around the regression. */
  readonly residualSd: number;
}

const COLUMNS = 5;

/** As strong as this many components at one spread from the mean: eras have tens of components, not hundreds. */
const PENALTY = 3;

/** No score is so good that an ability is known to better than this. */
const MIN_SD = 0.15;

const MIN_ERA_COMPONENTS = 5;

const toColumns = ({ score, logPrice, isReasoning, effort, role }: ComponentTraits): readonly (number | null)[] => [
  score,
  logPrice,
  isReasoning ? 1 : 0,
  effort,
  role,
];

const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

const toEraMeans = (examples: readonly PriorExample[]): EraMeans => {
  const columns = Array.from({ length: COLUMNS }, (_, column) =>
    examples.map(({ traits }) => toColumns(traits)[column] ?? null).filter((value) => value !== null),
  );
  const means = columns.map(meanOf);
  const spreads = columns.map((values, column) => {
    const spread = Math.sqrt(meanOf(values.map((value) => (value - (means[column] ?? 0)) ** 2)));
    return spread > 0 ? spread : 1;
  });
  return { theta: meanOf(examples.map(({ theta }) => theta)), means, spreads };
};

/** [COLUMNS] Traits as spreads from the era's mean; 0 where unknown. */
const standardise = (traits: ComponentTraits, { means, spreads }: EraMeans): readonly number[] =>
  toColumns(traits).map((value, column) =>
    value === null ? 0 : (value - (means[column] ?? 0)) / (spreads[column] ?? 1),
  );

/** Eras of fewer than MIN_ERA_COMPONENTS are left out. Null where none is left. */
export const fitAbilityPrior = (examples: readonly PriorExample[]): AbilityPriorFit | null => {
  const groups = [...Map.groupBy(examples, ({ traits }) => traits.era)].filter(
    ([, group]) => group.length >= MIN_ERA_COMPONENTS,
  );
  const eras = new Map(groups.map(([era, group]) => [era, toEraMeans(group)]));
  const used = examples.flatMap(({ traits, theta }) => {
    const era = eras.get(traits.era);
    return era === undefined ? [] : [{ inputs: standardise(traits, era), target: theta - era.theta }];
  });
  if (used.length === 0) return null;
  const { weights } = fitDenseRidge({
    features: Float64Array.from(used.flatMap(({ inputs }) => inputs)),
    columnCount: COLUMNS,
    targets: Float64Array.from(used, ({ target }) => target),
    penalty: PENALTY,
  });
  const squares = used.map(({ inputs, target }) => (target - weigh(inputs, weights)) ** 2);
  const freedom = Math.max(1, used.length - eras.size - COLUMNS);
  const residualSd = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / freedom);
  return { eras, weights, residualSd: Math.max(MIN_SD, residualSd) };
};

const weigh = (inputs: readonly number[], weights: Float64Array): number =>
  inputs.reduce((sum, value, column) => sum + value * (weights[column] ?? 0), 0);

/**
 * Prior of a component with a published score. Null without one, or where no component of its era was in training: then
 * only the order of the roles is known (`priorFromOrder`), and the component counts as unmeasured.
 */
export const priorFromTraits = (fit: AbilityPriorFit, traits: ComponentTraits): ThetaPrior | null => {
  const era = fit.eras.get(traits.era);
  if (era === undefined || traits.score === null) return null;
  return { mean: era.theta + weigh(standardise(traits, era), fit.weights), sd: fit.residualSd };
};

/** Abilities of the measured components next to an unmeasured one in the order of the roles. */
export interface OrderNeighbours {
  readonly below: number | null;
  readonly above: number | null;
}

/** How far beyond its only neighbour a component is taken to be, and how far it may be from there. */
const STEP = 0.5;

/**
 * Prior from the order of the roles alone: half-way between its neighbours, as uncertain as anywhere between them; a
 * step beyond the only one; N(0, 1) without any.
 */
export const priorFromOrder = ({ below, above }: OrderNeighbours): ThetaPrior => {
  if (below !== null && above !== null)
    return { mean: (below + above) / 2, sd: Math.max(MIN_SD, Math.abs(above - below) / Math.sqrt(12)) };
  if (below !== null) return { mean: below + STEP, sd: STEP };
  if (above !== null) return { mean: above - STEP, sd: STEP };
  return { mean: 0, sd: 1 };
};
