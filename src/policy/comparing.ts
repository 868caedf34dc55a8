/** Comparing: candidates that are left after explicit choices, by bounds, band and utility; shared by policies. */
import type { ConversationType } from '../features/signals.ts';
import { toNoCandidateError } from './candidates.ts';
import { isKeptAtLevel, settle, type Settled } from './explicit.ts';
import type { Confidence, Objective, PolicyDecision, PolicyInput, ReasonCode } from './policy.ts';
import type { PredictionContext } from './predict.ts';
import { best, isBoundExcluded, scoreCandidates, toScores, type Scored } from './scoring.ts';
import { isSpecialist } from './tier.ts';

const POINTS = 100;

/** A specialist competes on the types it is for; elsewhere only if nothing else can serve. */
const withoutForeignSpecialists = (options: readonly Scored[], type: ConversationType): readonly Scored[] => {
  const fitting = options.filter(({ candidate: { component } }) => {
    if (!isSpecialist(component) || component.for.length === 0) return true;
    return component.for.includes(type);
  });
  return fitting.length > 0 ? fitting : options;
};

/** Several tool steps need a model that calls tools, even before the client has sent any. */
const withToolsIfNeeded = (options: readonly Scored[], input: PolicyInput): readonly Scored[] => {
  if (input.features.signals.toolNeeds.value !== 'multi_step') return options;
  const capable = options.filter(({ candidate }) => candidate.component.deployments[0].model.capabilities.tools);
  return capable.length > 0 ? capable : options;
};

/** Where nothing is quick enough, the quickest: the objective's wait is a wish, `max_latency_ms` is a bound. */
const withinWait = (options: readonly Scored[], maxWaitMs: number | null): readonly Scored[] => {
  if (maxWaitMs === null) return options;
  const quick = options.filter(({ prediction }) => prediction.totalMs <= maxWaitMs);
  if (quick.length > 0) return quick;
  const shortest = Math.min(...options.map(({ prediction }) => prediction.totalMs));
  return options.filter(({ prediction }) => prediction.totalMs === shortest);
};

/** Never more than `bandPoints` below the best of these options. */
const withinBand = (options: readonly Scored[], bandPoints: number | null): readonly Scored[] => {
  if (bandPoints === null) return options;
  const highest = Math.max(...options.map(({ prediction }) => prediction.pSuccess.value));
  return options.filter(({ prediction }) => (highest - prediction.pSuccess.value) * POINTS <= bandPoints);
};

const chooseWithin = (options: readonly Scored[], objective: Objective, maxWaitMs: number | null): Scored | undefined =>
  best(withinBand(withinWait(options, maxWaitMs), objective.bandPoints));

/** The chosen candidate against the best one of another component; null when there is none. */
export const compare = (chosen: Scored, options: readonly Scored[]): PolicyDecision['against'] => {
  const other = best(options.filter(({ candidate }) => candidate.component.name !== chosen.candidate.component.name));
  if (other === undefined) return null;
  const gain = chosen.prediction.pSuccess.value - other.prediction.pSuccess.value;
  const known = chosen.prediction.costMicroUsd !== null && other.prediction.costMicroUsd !== null;
  const extra = known ? chosen.prediction.comparedMicroUsd - other.prediction.comparedMicroUsd : null;
  return {
    candidate: other.index,
    gainPoints: gain * POINTS,
    extraMicroUsd: extra,
    marginalMicroUsd: extra === null || gain <= 0 ? null : extra / gain,
  };
};

const comparisonCode = (against: NonNullable<PolicyDecision['against']>): ReasonCode => {
  if (against.gainPoints < 0) return 'gain_not_worth_cost';
  const costsMore = against.extraMicroUsd === null || against.extraMicroUsd > 0;
  return against.gainPoints > 0 && costsMore ? 'gain_worth_cost' : 'type_default';
};

/** A comparison and what it was made of. */
export interface Outcome {
  readonly input: PolicyInput;
  readonly scored: readonly Scored[];
  readonly settled: Settled;
  readonly options: readonly Scored[];
  readonly chosen: Scored;
}

const isSame = (left: Scored | undefined, right: Scored): boolean => left?.index === right.index;

/** The caller's or the objective's bound kept away a candidate that would have been chosen. */
const boundCodes = ({ input, scored, options, chosen }: Outcome): readonly ReasonCode[] => {
  const codes: ReasonCode[] = [];
  const type = input.features.signals.conversationType.value;
  const kept = scored.filter(({ candidate }) => isBoundExcluded(candidate));
  const lifted = best(withoutForeignSpecialists([...options, ...kept], type));
  const excluded = isSame(lifted, chosen) ? null : (lifted?.candidate.excluded ?? null);
  if (excluded?.code === 'max_cost') codes.push('cost_bound');
  const patient = chooseWithin(options, input.objective, null);
  if (excluded?.code === 'max_latency' || !isSame(patient, chosen)) codes.push('latency_bound');
  return codes;
};

const reasonCodes = (outcome: Outcome, against: PolicyDecision['against']): PolicyDecision['reasonCodes'] => {
  const { input, settled, chosen } = outcome;
  const { effort } = input.preference;
  const asked = effort !== null && chosen.candidate.effort !== null && !isKeptAtLevel(chosen.candidate, effort);
  const effortAsked: readonly ReasonCode[] = asked && settled.code !== 'effort_asked' ? ['effort_asked'] : [];
  if (settled.code !== null) return [settled.code, ...effortAsked];
  if (against === null) return ['only_feasible', ...effortAsked];
  const [bound, ...more] = boundCodes(outcome);
  const compared = comparisonCode(against);
  return bound === undefined ? [compared, ...effortAsked] : [bound, ...more, compared, ...effortAsked];
};

/** What a policy makes of a comparison. */
export interface Verdict {
  readonly confidence: Confidence;
  /** Another candidate than the one of highest utility; null: that one stands. */
  readonly instead: { readonly chosen: Scored; readonly code: ReasonCode } | null;
}

export interface Judge {
  readonly context: PredictionContext;
  /** `against`: the best candidate of another component; null when there is none. */
  readonly judge: (outcome: Outcome, against: PolicyDecision['against']) => Verdict;
}

/**
 * Explicit choices win; then `max_wait`, then the band around the best of what is left, then the highest v · P − cost −
 * w · wait, unless the policy's verdict prefers another. Throws NoCandidateError when nothing is feasible.
 */
export const decideByComparing = (input: PolicyInput, { context, judge }: Judge): PolicyDecision => {
  const scored = scoreCandidates(input, context);
  const feasible = scored.filter(({ candidate }) => candidate.excluded === null);
  if (feasible.length === 0) throw toNoCandidateError(input.candidates);
  const eligible = withoutForeignSpecialists(feasible, input.features.signals.conversationType.value);
  const settled = settle(input, eligible);
  const options = withToolsIfNeeded(settled.options, input);
  const chosen = chooseWithin(options, input.objective, input.objective.maxWaitMs);
  if (chosen === undefined || !Number.isFinite(chosen.utility)) {
    throw new TypeError('A utility is not a number: features, prices or objective are broken.');
  }
  const outcome: Outcome = { input, scored, settled, options, chosen };
  const against = compare(chosen, eligible);
  const { confidence, instead } = judge(outcome, against);
  const final = instead?.chosen ?? chosen;
  const codes = reasonCodes(outcome, against);
  return {
    chosen: final.index,
    scores: toScores(input, scored, final.index),
    reasonCodes: instead === null ? codes : [instead.code, ...codes.slice(1)],
    confidence,
    against: instead === null ? against : compare(final, eligible),
  };
};
