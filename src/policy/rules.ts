/** The rules policy: explicit choices first, then the highest utility by the prior tables. */
import type { ConversationType } from '../features/signals.ts';
import { toNoCandidateError } from './candidates.ts';
import { FAST_ORDER, settle, THINKING_ORDER, type Settled } from './explicit.ts';
import { CONTEXT_MARGIN, DEFAULT_OUTPUT_RESERVE_TOKENS } from './feasibility.ts';
import { OBJECTIVE_PRESETS } from './objective.ts';
import type { Confidence, Objective, Policy, PolicyDecision, PolicyInput, ReasonCode } from './policy.ts';
import * as tables from './prior-table.ts';
import { best, isBoundExcluded, scoreCandidates, toScores, type Scored } from './scoring.ts';
import { stableHash } from './stable-hash.ts';
import { isSpecialist } from './tier.ts';

/** Raised whenever code, not a constant, changes what the rules decide; constants change the hash by themselves. */
const RULES_REVISION = 1;

const POINTS = 100;

/** Hash over every constant that can change a decision; shared by the policies that predict from the prior tables. */
export const constantsHash = (...more: readonly unknown[]): string =>
  stableHash([
    RULES_REVISION,
    { ...tables },
    OBJECTIVE_PRESETS,
    [FAST_ORDER, THINKING_ORDER],
    [CONTEXT_MARGIN, DEFAULT_OUTPUT_RESERVE_TOKENS],
    more,
  ]);

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

interface Outcome {
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
  const asked = input.preference.effort !== null && chosen.candidate.effort !== null;
  const effortAsked: readonly ReasonCode[] = asked && settled.code !== 'effort_asked' ? ['effort_asked'] : [];
  if (settled.code !== null) return [settled.code, ...effortAsked];
  if (against === null) return ['only_feasible', ...effortAsked];
  const [bound, ...more] = boundCodes(outcome);
  const compared = comparisonCode(against);
  return bound === undefined ? [compared, ...effortAsked] : [bound, ...more, compared, ...effortAsked];
};

/**
 * `known` where nothing had to be predicted: the choice was explicit or the only one. Else the rules have priors, no
 * measurement: `torn` when the difference in utility is within the uncertainty of the gain, otherwise `unfamiliar`.
 */
const confidenceOf = ({ input, settled, scored, chosen }: Outcome, against: PolicyDecision['against']): Confidence => {
  if (settled.code !== null || against === null) return 'known';
  const other = scored.find(({ index }) => index === against.candidate);
  const { value } = chosen.prediction.pSuccess;
  const { gainHalfWidthLogits, gainHalfWidthShare } = tables.PRIOR;
  const halfWidth =
    gainHalfWidthLogits * value * (1 - value) + gainHalfWidthShare * (Math.abs(against.gainPoints) / POINTS);
  const difference = Math.abs(chosen.utility - (other?.utility ?? 0));
  return difference <= input.objective.microUsdPerSuccess * halfWidth ? 'torn' : 'unfamiliar';
};

const decide = (input: PolicyInput): PolicyDecision => {
  const scored = scoreCandidates(input);
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
  return {
    chosen: chosen.index,
    scores: toScores(input, scored, chosen.index),
    reasonCodes: reasonCodes(outcome, against),
    confidence: confidenceOf(outcome, against),
    against,
  };
};

/**
 * The policy `rules`: explicit choices win; then `max_wait`, then the band around the best of what is left, then the
 * highest v · P − cost − w · wait. Deterministic: the draw is not read. Throws NoCandidateError when nothing is
 * feasible.
 */
export const createRulesPolicy = (): Policy => ({ version: `rules@${constantsHash()}`, usesDraw: false, decide });
