/** The decision: features, candidates, policy, and the target that the chosen candidate means. */
import { createId, type IdSources } from '../canonical/identifier.ts';
import { effortRank } from '../canonical/effort.ts';
import type { Warning } from '../canonical/warning.ts';
import { extractFeatures } from '../features/extract.ts';
import { findHousekeeping } from '../features/housekeeping.ts';
import { extractSettledFeatures } from '../features/settled.ts';
import type { Features } from '../features/signals.ts';
import { isFeasible, listCandidates, toNoCandidateError, type CandidateQuestion } from '../policy/candidates.ts';
import type { Candidate } from '../policy/candidate.ts';
import type { RequestConstraints } from '../policy/constraints.ts';
import { fixedLevel, resolveEffort } from '../policy/effort.ts';
import { whatWouldChange } from '../policy/counterfactual.ts';
import {
  cacheLossMicroUsd,
  cachedTokensOf,
  mostCachedTokens,
  NO_CACHE,
  warmEverywhere,
} from '../policy/cache-outlook.ts';
import { renderPrice, renderReason, toReasonFacts } from '../policy/explanation.ts';
import { predict, toPredictionContext } from '../policy/predict.ts';
import type { Policy, PolicyDecision, PolicyInput } from '../policy/policy.ts';
import { toSessionMove, withSession } from '../policy/session.ts';
import type { Target } from '../providers/provider.ts';
import { chooseCandidate } from './choose.ts';
import { toDirectCandidate } from './direct.ts';
import { toSessionOutlook } from './session.ts';
import type { AppliedEffort, AppliedVerbosity, ChosenBy, Decided, Prepared, Versions } from './decided.ts';

export interface DecideContext {
  readonly policy: Policy;
  readonly versions: Versions;
  readonly ids: IdSources;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
  /** 0 ≤ draw < 1, from the install secret, the policy's version and a session or decision id. */
  readonly draw: (policyVersion: string, subject: string) => number;
}

const toConstraints = (prepared: Prepared): RequestConstraints => {
  const { controls, isNamed } = prepared;
  return {
    mode: isNamed ? 'auto' : (controls.mode ?? 'auto'),
    allow: prepared.allow,
    maxCostMicroUsd: controls.maxCostMicroUsd,
    maxLatencyMs: controls.maxLatencyMs,
    maxEffort: controls.maxEffort,
    effort: prepared.effort,
    effortReplacesLevel: prepared.effortReplacesLevel,
    strictParams: controls.strictParams,
  };
};

/** What candidates are listed from; null for a direct call, which has exactly one. */
const toQuestion = (prepared: Prepared, features: Features): CandidateQuestion | null =>
  prepared.isDirect
    ? null
    : {
        components: prepared.components,
        request: prepared.request,
        features,
        constraints: toConstraints(prepared),
        cache: prepared.cache,
      };

const toChosenBy = (decision: PolicyDecision, prepared: Prepared): ChosenBy => {
  if (decision.reasonCodes.includes('router_failed')) return 'safe_default';
  if (decision.reasonCodes[0] === 'session_retained') return 'session';
  // Intent in words is a signal that the router reads, not a control: the reason code says that the words decided.
  return prepared.settledBy ?? 'router';
};

/** Nothing but a comparison on known ground learned an effort: words and names that settled it did not. */
const isLearned = ({ reasonCodes, ground }: PolicyDecision, { component }: Candidate): boolean => {
  const [reason] = reasonCodes;
  const compared = reason !== 'explicit_intent_think' && reason !== 'explicit_intent_quick';
  return compared && component.effort === 'auto' && ground !== undefined && ground.outlook !== null;
};

const toAppliedEffort = (chosen: Candidate, prepared: Prepared, decision: PolicyDecision): AppliedEffort => {
  const requested = prepared.request.reasoning.effort;
  const asked = prepared.effort;
  const applied = chosen.effort;
  if (prepared.settledBy === 'session' && applied !== requested) return { requested, applied, how: 'rule' };
  if (asked !== null && applied === asked) return { requested, applied, how: 'asked' };
  if (asked !== null) return { requested, applied, how: 'clamped' };
  if (chosen.component.effort === 'provider') return { requested, applied, how: 'provider' };
  return { requested, applied, how: isLearned(decision, chosen) ? 'learned' : 'rule' };
};

const whyClamped = ({ component }: Candidate, prepared: Prepared): string => {
  const level = prepared.effortReplacesLevel ? null : fixedLevel(component);
  const { maxEffort } = prepared.controls;
  const settled = level ?? prepared.effort;
  const isBounded = maxEffort !== null && settled !== null && effortRank(settled) > effortRank(maxEffort);
  if (isBounded) return `max_effort is ${maxEffort}`;
  if (level !== null) return `the component ${component.name} is fixed at ${level}`;
  const { model } = component.deployments[0];
  return `${model.id} accepts ${model.reasoning.efforts.join(', ') || 'no effort'}`;
};

const effortWarning = (chosen: Candidate, prepared: Prepared, effort: AppliedEffort): readonly Warning[] => {
  if (effort.how !== 'clamped') return [];
  const why = whyClamped(chosen, prepared);
  const message = `Effort ${prepared.effort ?? 'default'} became ${effort.applied ?? 'the default'}: ${why}.`;
  return [
    { code: 'param_clamped', param: 'reasoning_effort', requested: prepared.effort, applied: effort.applied, message },
  ];
};

const toVerbosity = (chosen: Candidate, prepared: Prepared): AppliedVerbosity => {
  const requested = prepared.request.verbosity;
  const applied = prepared.verbosity ?? chosen.component.verbosity;
  if (applied === null) return { requested, applied, how: 'provider' };
  const native = chosen.component.deployments[0].model.capabilities.verbosity;
  return { requested, applied, how: native ? 'native' : 'emulated' };
};

/** What the caller chose more explicitly than in words; null: nothing that could have beaten them. */
const strongerThanWords = ({ component }: Candidate, prepared: Prepared): string | null => {
  const { maxCostMicroUsd, maxLatencyMs, maxEffort } = prepared.controls;
  if (prepared.settledBy === 'session') return 'a tool loop is open, in which nothing changes';
  if (prepared.settledBy !== null) return 'the component was settled explicitly';
  if (prepared.effort !== null) return 'an effort was asked for explicitly';
  const isBounded = prepared.allow !== null || maxCostMicroUsd !== null || maxLatencyMs !== null || maxEffort !== null;
  if (isBounded) return 'the allow-list or a bound excludes it';
  const level = fixedLevel(component);
  return level === null ? null : `${component.name} is fixed at effort ${level}`;
};

/** "Think hard" in the words loses against every control; that must not pass in silence. */
const intentWarning = (features: Features, chosen: Candidate, prepared: Prepared): readonly Warning[] => {
  const intent = features.signals.explicitIntent.value;
  const stronger = strongerThanWords(chosen, prepared);
  if (stronger === null || intent === 'none') return [];
  const thinks = chosen.effort !== null && effortRank(chosen.effort) >= effortRank('high');
  if ((intent === 'think') === thinks) return [];
  const message = `The words ask to ${intent === 'think' ? 'think hard' : 'be quick'}, but ${stronger}.`;
  return [{ code: 'overridden', param: 'explicit_intent', requested: intent, applied: null, message }];
};

/** A move that leaves a warm cache behind is worth telling: the same tokens are paid for in full once more. */
const cacheWarning = (
  { session, cache = NO_CACHE, features }: PolicyInput,
  { component }: Candidate,
): readonly Warning[] => {
  const kept = cachedTokensOf(cache, component.name);
  const lost = mostCachedTokens(cache) - kept;
  if (lost <= 0 || session === null || session === undefined) return [];
  const loss = cacheLossMicroUsd(component, features.inputTokensEstimate, cache);
  const price = loss === null ? 'at an unknown price' : `for ${renderPrice(loss)} more`;
  const message = `${component.name} reads up to ${lost} tokens anew, ${price}: ${session.component} has them in its cache.`;
  return [{ code: 'cache_lost', param: 'model', requested: session.component, applied: component.name, message }];
};

const baselineCost = (prepared: Prepared, features: Features): number | null => {
  const component = prepared.baseline === null ? undefined : prepared.pool.components.get(prepared.baseline);
  if (component === undefined) return null;
  // It would have answered the turns before, too, so the conversation would be in its cache.
  const cache = warmEverywhere(prepared.cache, [component.name]);
  const context = toPredictionContext(features, prepared.request.maxOutputTokens, cache);
  const effort = component.effort === 'auto' || component.effort === 'provider' ? 'medium' : component.effort;
  const resolved = resolveEffort({ asked: effort, model: component.deployments[0].model }).applied;
  const cost = predict(context, { component, effort: resolved }).costMicroUsd;
  return cost === null ? null : Math.round(cost.p50);
};

/** Decides one prepared request. Throws NoCandidateError when every candidate is excluded. No I/O, no upstream call. */
export const decide = (prepared: Prepared, context: DecideContext): Decided => {
  const startedAt = context.clock();
  const id = createId('dec_', context.ids);
  const { policy } = context;
  const isHousekeeping = prepared.settledBy === null && findHousekeeping(prepared.request) !== null;
  const features = isSettled(prepared) ? extractSettledFeatures(prepared.request) : extractFeatures(prepared.request);
  const question = toQuestion(prepared, features);
  const candidates =
    question === null
      ? prepared.components.map((component) => toDirectCandidate(prepared, component, features))
      : listCandidates(question);
  if (!candidates.some(isFeasible)) throw toNoCandidateError(candidates);
  const input: PolicyInput = {
    features,
    candidates,
    objective: prepared.objective,
    preference: { ...prepared.preference, isHousekeeping },
    maxOutputTokens: prepared.request.maxOutputTokens,
    session: toSessionOutlook(prepared.session),
    cache: prepared.cache,
    draw: policy.usesDraw ? context.draw(policy.version, prepared.controls.sessionId ?? id) : 0,
  };
  const decision = chooseCandidate(input, prepared.settledBy, policy);
  const chosen = candidates[decision.chosen];
  if (chosen === undefined)
    throw new Error(`policy ${policy.version} chose candidate ${decision.chosen} of ${candidates.length}`);
  const decideMicroseconds = Math.round((context.clock() - startedAt) * 1000);
  const effort = toAppliedEffort(chosen, prepared, decision);
  return {
    id,
    atMs: context.ids.now(),
    prepared,
    features,
    candidates,
    decision,
    chosen,
    effort,
    verbosity: toVerbosity(chosen, prepared),
    chosenBy: toChosenBy(decision, prepared),
    sessionMove: toSessionMove(input, decision),
    isHousekeeping,
    reason: renderReason(decision.reasonCodes[0], toReasonFacts(input, decision)),
    draw: policy.usesDraw ? input.draw : null,
    versions: { ...context.versions, router: policy.version, features: features.version },
    warnings: [
      ...prepared.warnings,
      ...effortWarning(chosen, prepared, effort),
      ...intentWarning(features, chosen, prepared),
      ...cacheWarning(input, chosen),
    ],
    decideMicroseconds,
    baselineMicroUsd: baselineCost(prepared, features),
    wouldChange:
      prepared.controls.explain === 'full' && question !== null
        ? whatWouldChange({ policy: withSession(policy), input, question })
        : [],
  };
};

/**
 * All words are read where they can change something: a choice among candidates. A component called by name at a fixed
 * effort leaves none, and reading would be most of the decision's cost; `explain: full` reads all the same, and so does
 * a bound on cost or wait: whether it holds depends on the type that the words have.
 */
const isSettled = ({ components, resolution, controls, effort }: Prepared): boolean => {
  const [only] = components;
  if (components.length !== 1 || only === undefined || controls.explain === 'full') return false;
  if (controls.maxCostMicroUsd !== null || controls.maxLatencyMs !== null) return false;
  return resolution.type === 'direct' || only.effort !== 'auto' || effort !== null;
};

/** Where a candidate's call goes, with every parameter resolved. */
export const toTarget = (
  { prepared, verbosity }: Decided,
  { component, effort }: Candidate,
  forwardHeaders: Readonly<Record<string, string>>,
): Target => {
  return {
    deployment: component.deployments[0],
    effort,
    verbosity: verbosity.applied,
    maxOutputTokens: prepared.request.maxOutputTokens ?? component.maxOutputTokens,
    instructions: component.instructions,
    forwardHeaders,
  };
};
