/**
 * What published scores say of components before any of their calls is graded. A score says how far apart models are on
 * one benchmark; roles say how far apart they are taken to be. Where the two differ, each component is moved.
 */
import type { Deviation, PublishedAbility, PublishedScore } from '../catalog/ability.ts';
import type { Component } from '../catalog/component.ts';
import { logit } from '../math/probability.ts';
import { mean } from '../math/statistics.ts';
import { PRIOR_SUCCESS } from './prior-table.ts';
import { toTier, type Tier } from './tier.ts';

/**
 * How far components lie from what their roles say, in logits, before anything is known of them: one from another, and
 * one from conversation type to conversation type. The best of several pairs by the log-loss of predictions for models of
 * the training data, with 20 to 300 grades.
 */
export const ABILITY_PRIOR = { componentSd: 1.2, typeSd: 1 } as const;

/**
 * From logits of a score on one benchmark to logits of ability on other tasks, and how far off that is. Models of the
 * training data that answered two sources, one taken as the benchmark of the other: .78 and .62, pooled over the four
 * pairs of sources that ask for words (`bench onboarding`). Between words and tool calls the slopes are about 0.
 */
export const SCORE_PRIOR = { slope: 0.8, residualSd: 0.6 } as const;

/** Components with a score on one benchmark before it says anything: a score alone has nothing to be compared with. */
export const MIN_COMPARED = 2;

/** What benchmarks are made of. Everyday tasks are nearly solved by all, and hardly tell components apart. */
const BENCHMARKED = ['mathematics', 'code', 'logic', 'planning'] as const;

/** Logits of solving what benchmarks ask, by the role alone. */
const levelOf = (tier: Tier): number => mean(BENCHMARKED.map((type) => logit(PRIOR_SUCCESS[type][tier])));

interface Scored {
  readonly component: Component;
  readonly score: PublishedScore;
  readonly surplus: number;
}

const toScored = (component: Component): Scored | null => {
  const { score } = component;
  if (score === undefined) return null;
  return { component, score, surplus: toScoreLogits(score.percent / 100) - levelOf(toTier(component)) };
};

/**
 * Deviations of components of one benchmark from their roles, aligned with `surpluses`: by how many logits each score puts
 * its component above its role, up to a level that all share. Normal prior of independent deviations, scores with
 * independent errors, nothing known of the level (flat): the posterior (Gelman and others 2013, chapter 5.4).
 */
export const toDeviations = (surpluses: readonly number[]): readonly Deviation[] => {
  const prior = ABILITY_PRIOR.componentSd ** 2;
  const weight = prior / (prior + SCORE_PRIOR.residualSd ** 2);
  const level = mean(surpluses);
  const sd = Math.sqrt(prior * (1 - weight) + (prior * weight) / surpluses.length);
  return surpluses.map((surplus) => ({ logits: weight * (surplus - level), sd }));
};

/** What a score says of ability, in logits, up to the level of its benchmark. */
export const toScoreLogits = (share: number): number => SCORE_PRIOR.slope * logit(share);

const toAbilities = (group: readonly Scored[]): readonly (readonly [string, PublishedAbility])[] => {
  const deviations = toDeviations(group.map(({ surplus }) => surplus));
  return group.flatMap(({ component, score: { benchmark } }, index) => {
    const deviation = deviations[index];
    return deviation === undefined
      ? []
      : [[component.name, { benchmark, compared: group.length, ...deviation }] as const];
  });
};

/**
 * By component, for those whose benchmark at least one other component has a score of. Benchmarks are never mixed: a
 * percentage on one says nothing beside a percentage on another.
 */
export const compareScores = (components: Iterable<Component>): ReadonlyMap<string, PublishedAbility> => {
  const scored = [...components].map(toScored).filter((each) => each !== null);
  const groups = [...Map.groupBy(scored, ({ score }) => score.benchmark).values()];
  return new Map(groups.filter((group) => group.length >= MIN_COMPARED).flatMap(toAbilities));
};
