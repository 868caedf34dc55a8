/**
 * Fits a component's ability to its graded calls: by how many logits it solves more, or less, than its tier is predicted
 * to on the same requests. Because every call is held against the prediction for its own request, a component that was
 * only ever given hard ones does not look weak.
 *
 * A hierarchical model (Gelman and others 2013, chapter 5), exact on a grid: the component deviates by theta ~ N(m, s²),
 * on a conversation type k by delta_k ~ N(theta, t²), and a call of that type succeeds with the logit of its prediction +
 * delta_k. A score between 0 and 1 counts as both outcomes in its proportion.
 */
import type { AbilityScale, Deviation } from '../catalog/ability.ts';
import { logit } from '../math/probability.ts';
import { softplus } from '../math/softplus.ts';
import { ABILITY_PRIOR } from '../policy/published-score.ts';
import { abilityGrid, toProbabilities } from './ability-posterior.ts';

export interface GradedCall {
  /** Conversation type. */
  readonly type: string;
  /** P(success) that was predicted for the component without any graded call, strictly between 0 and 1. */
  readonly predicted: number;
  /** 0 to 1. */
  readonly score: number;
}

const GRID_POINTS = 81;
const GRID = abilityGrid(GRID_POINTS);

const normalAround = (center: number, sd: number): Float64Array =>
  toProbabilities(GRID.map((point) => -(((point - center) / sd) ** 2) / 2));

/** [grid][grid] Chances of a type's deviation, given the component's. */
const TRANSITION = Array.from(GRID, (theta) => normalAround(theta, ABILITY_PRIOR.typeSd));

/** [grid] Likelihood of a type's calls, scaled so that its largest value is 1. */
const likelihoodOf = (calls: readonly GradedCall[]): Float64Array => {
  const logs = GRID.map((delta) =>
    calls.reduce((sum, { predicted, score }) => {
      const at = logit(predicted) + delta;
      return sum + score * at - softplus(at);
    }, 0),
  );
  const most = logs.reduce((left, right) => Math.max(left, right), Number.NEGATIVE_INFINITY);
  return logs.map((each) => Math.exp(each - most));
};

const dot = (left: Float64Array, right: Float64Array): number =>
  left.reduce((sum, each, at) => sum + each * (right[at] ?? 0), 0);

const toDeviation = (chances: Float64Array, extraVariance = 0): Deviation => {
  const logits = dot(chances, GRID);
  const variance = chances.reduce((sum, chance, at) => sum + chance * ((GRID[at] ?? 0) - logits) ** 2, 0);
  return { logits, sd: Math.sqrt(variance + extraVariance) };
};

interface TypeEvidence {
  readonly likelihood: Float64Array;
  /** [grid] Chance of the type's calls, given the component's deviation. */
  readonly marginal: Float64Array;
}

/** [grid] Posterior of a type's deviation, the component's being uncertain. */
const typePosterior = (ofComponent: Float64Array, { likelihood, marginal }: TypeEvidence): Float64Array => {
  const chances = new Float64Array(GRID_POINTS);
  for (let theta = 0; theta < GRID_POINTS; theta += 1) {
    const weight = (ofComponent[theta] ?? 0) / (marginal[theta] ?? 1);
    if (weight === 0) continue;
    const given = TRANSITION[theta] ?? new Float64Array(GRID_POINTS);
    for (let at = 0; at < GRID_POINTS; at += 1)
      chances[at] = (chances[at] ?? 0) + weight * (given[at] ?? 0) * (likelihood[at] ?? 0);
  }
  return chances;
};

/** Nothing is known of the component but its role. */
const BY_ROLE: Deviation = { logits: 0, sd: ABILITY_PRIOR.componentSd };

/**
 * Deterministic; the order of the calls does not matter but for rounding. Without calls it is the prior: what a published
 * score says of the component, or its role alone.
 */
export const fitComponentAbility = (calls: readonly GradedCall[], prior: Deviation = BY_ROLE): AbilityScale => {
  const byType = [...Map.groupBy(calls, ({ type }) => type)].map(([type, own]): [string, TypeEvidence] => {
    const likelihood = likelihoodOf(own);
    return [type, { likelihood, marginal: Float64Array.from(TRANSITION, (given) => dot(given, likelihood)) }];
  });
  const ofComponent = toProbabilities(
    GRID.map((theta, at) =>
      byType.reduce(
        (sum, [, { marginal }]) => sum + Math.log(marginal[at] ?? 0),
        -(((theta - prior.logits) / prior.sd) ** 2) / 2,
      ),
    ),
  );
  return {
    calls: calls.length,
    types: Object.fromEntries(
      byType.map(([type, evidence]) => [type, toDeviation(typePosterior(ofComponent, evidence))] as const),
    ),
    others: toDeviation(ofComponent, ABILITY_PRIOR.typeSd ** 2),
  };
};

/** Graded calls from which a component's own ability counts: fewer, if they are of several types; more, if of one. */
export const ENTRY = { calls: 20, types: 3, callsOfAnyType: 50 } as const;

/** Graded calls that are still missing before they count; 0: they do. */
export const missingCalls = (calls: readonly Pick<GradedCall, 'type'>[]): number => {
  const isSpread = new Set(calls.map(({ type }) => type)).size >= ENTRY.types;
  return Math.max(0, (isSpread ? ENTRY.calls : ENTRY.callsOfAnyType) - calls.length);
};
