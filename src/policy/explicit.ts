/** Explicit choices: what the caller's parameters and the user's words settle before anything is compared. */
import { effortRank, isEffort, type Effort } from '../canonical/effort.ts';
import type { Candidate } from './candidate.ts';
import { fixedLevel } from './effort.ts';
import type { PolicyInput, ReasonCode } from './policy.ts';
import type { Scored } from './scoring.ts';
import type { Tier } from './tier.ts';

/** Tiers that serve a wish, most fitting first: a smaller relative only where the tier itself is missing. */
export const FAST_ORDER: readonly Tier[] = ['fast', 'fast-mini'];
export const THINKING_ORDER: readonly Tier[] = ['thinking', 'thinking-mini', 'thinking-nano', 'pro'];

export interface Settled {
  readonly options: readonly Scored[];
  /** What settled it; null: nothing explicit did, the candidates are compared. */
  readonly code: ReasonCode | null;
}

const ofFirstTier = (options: readonly Scored[], order: readonly Tier[]): readonly Scored[] => {
  for (const tier of order) {
    const members = options.filter((option) => option.tier === tier);
    if (members.length > 0) return members;
  }
  return [];
};

const rankOf = (effort: Effort | null): number => (effort === null ? -1 : effortRank(effort));

/** Of every component the efforts from `high` up; where none is offered, its highest. */
const deepest = (options: readonly Scored[]): readonly Scored[] =>
  options.filter(({ candidate }) => {
    const rank = rankOf(candidate.effort);
    if (rank >= effortRank('high')) return true;
    const own = options.filter((other) => other.candidate.component === candidate.component);
    return own.every((other) => rankOf(other.candidate.effort) <= rank);
  });

const shallowest = (options: readonly Scored[]): readonly Scored[] =>
  options.filter(({ candidate }) =>
    options.every(
      (other) =>
        other.candidate.component !== candidate.component || rankOf(other.candidate.effort) >= rankOf(candidate.effort),
    ),
  );

/** The component's fixed level stands in the way of the effort that was asked for. */
export const isKeptAtLevel = ({ component, effort }: Candidate, asked: string): boolean =>
  fixedLevel(component) !== null && effort !== asked;

/**
 * The parameter's effort decides the kind of component at both ends of the ladder: `none`, `minimal`; `high` and up.
 * Between them the components are compared, but only those that can apply it: a parameter comes before the objective.
 */
const byEffort = (effort: Effort, options: readonly Scored[]): readonly Scored[] => {
  if (effortRank(effort) <= effortRank('minimal')) return ofFirstTier(options, FAST_ORDER);
  if (effortRank(effort) >= effortRank('high')) return ofFirstTier(options, THINKING_ORDER);
  const able = options.filter(({ candidate }) => !isKeptAtLevel(candidate, effort));
  return able.length < options.length ? able : [];
};

/** What is cached counts: the summary of a long conversation may be cheapest where the conversation is. */
const cheapest = (options: readonly Scored[]): readonly Scored[] => {
  const least = Math.min(...options.map(({ prediction }) => prediction.comparedMicroUsd));
  return options.filter(({ prediction }) => prediction.comparedMicroUsd === least);
};

const withinComponent = (input: PolicyInput, options: readonly Scored[]): Settled => {
  const asked = input.preference.effort !== null;
  const intent = input.features.signals.explicitIntent.value;
  if (asked || intent === 'none') return { options, code: 'explicit_choice' };
  return { options: intent === 'think' ? deepest(options) : shallowest(options), code: 'explicit_choice' };
};

/**
 * What is settled, first match wins: the component that mode, allow-list or a direct call chose; the effort of the
 * protocol's parameter; the client's housekeeping; the words of the user. A wish that no feasible candidate can fulfil settles nothing.
 */
export const settle = (input: PolicyInput, options: readonly Scored[]): Settled => {
  if (input.preference.componentChosen) return withinComponent(input, options);
  const asked = input.preference.effort;
  const asAsked = asked !== null && isEffort(asked) ? byEffort(asked, options) : [];
  if (asAsked.length > 0) return { options: asAsked, code: 'effort_asked' };
  if (input.preference.isHousekeeping === true) return { options: cheapest(options), code: 'housekeeping' };
  const intent = input.features.signals.explicitIntent.value;
  if (intent === 'none') return { options, code: null };
  const wished = ofFirstTier(options, intent === 'think' ? THINKING_ORDER : FAST_ORDER);
  if (wished.length === 0) return { options, code: null };
  return intent === 'think'
    ? { options: deepest(wished), code: 'explicit_intent_think' }
    : { options: shallowest(wished), code: 'explicit_intent_quick' };
};
