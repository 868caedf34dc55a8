/** The list of candidates for one request: every (component, effort), hard filters applied. */
import { effortRank, type Effort } from '../canonical/effort.ts';
import type { CanonicalRequest } from '../canonical/request.ts';
import type { Component } from '../catalog/component.ts';
import { NoCandidateError, type Blocking } from '../errors.ts';
import type { Features } from '../features/signals.ts';
import type { Candidate, Exclusion } from './candidate.ts';
import {
  BOUND_CODES,
  findCostBound,
  findEffortBound,
  findLatencyBound,
  findNotAllowed,
  findOtherMode,
  findStrictParam,
  rolesOfMode,
  type RequestConstraints,
} from './constraints.ts';
import { candidateEfforts } from './effort.ts';
import { findInfeasibility, toNeeds, type RequestNeeds } from './feasibility.ts';
import { predict, toPredictionContext, type PredictionContext } from './predict.ts';
import type { CacheOutlook } from './cache-outlook.ts';

export interface CandidateQuestion {
  /** Components of the unified model, in its order; for a direct call the one component. Never empty. */
  readonly components: readonly Component[];
  readonly request: CanonicalRequest;
  readonly features: Features;
  readonly constraints: RequestConstraints;
  /** Absent: nothing is cached. A bound on cost counts with what is. */
  readonly cache?: CacheOutlook;
}

interface Context extends CandidateQuestion {
  readonly needs: RequestNeeds;
  readonly prediction: PredictionContext;
  readonly roles: readonly string[] | null;
  /** The effort asked for, already below the ceiling. */
  readonly asked: Effort | null;
  readonly wantsDepth: boolean;
}

const findControl = (component: Component, { constraints, roles }: Context): Exclusion | null => {
  const notAllowed = findNotAllowed(component.name, constraints.allow);
  if (notAllowed !== null) return notAllowed;
  return roles === null || roles.includes(component.role) ? null : findOtherMode(component, constraints.mode);
};

const findExclusion = (component: Component, effort: Effort | null, context: Context): Exclusion | null => {
  const { needs, constraints } = context;
  const deployment = component.deployments[0];
  const hard =
    findControl(component, context) ??
    findInfeasibility({ needs, deployment, effort }) ??
    findStrictParam({ needs, component, constraints, effort });
  if (hard !== null) return hard;
  if (constraints.maxCostMicroUsd === null && constraints.maxLatencyMs === null) return null;
  const prediction = predict(context.prediction, { component, effort });
  return (
    findCostBound(prediction, constraints.maxCostMicroUsd) ?? findLatencyBound(prediction, constraints.maxLatencyMs)
  );
};

const listOf = (component: Component, context: Context): readonly Candidate[] => {
  const { maxEffort: ceiling, effortReplacesLevel: replacesLevel } = context.constraints;
  const { asked, wantsDepth } = context;
  const efforts = candidateEfforts({ component, asked, replacesLevel, ceiling, wantsDepth });
  if (efforts.length > 0) {
    return efforts.map((effort) => ({ component, effort, excluded: findExclusion(component, effort, context) }));
  }
  const { model } = component.deployments[0];
  const excluded = findControl(component, context) ?? findEffortBound(model, ceiling ?? 'none');
  return [{ component, effort: model.reasoning.efforts[0] ?? null, excluded }];
};

const lower = (asked: Effort | null, ceiling: Effort | null): Effort | null =>
  asked !== null && ceiling !== null && effortRank(asked) > effortRank(ceiling) ? ceiling : asked;

/**
 * Every (component, effort) that the components offer, in their order and up the ladder of efforts, each with the first
 * thing that excludes it: allow-list, mode, highest effort; context, output length, modalities, tools, forced tool,
 * tools over Chat Completions, JSON schema, number of choices, hosted tools; strict parameters; cost (90th percentile)
 * and latency. What excludes is a fact or the caller's own bound, never a preference.
 */
export const listCandidates = (question: CandidateQuestion): readonly Candidate[] => {
  const { components, request, features, constraints } = question;
  const asked = lower(constraints.effort, constraints.maxEffort);
  const context: Context = {
    ...question,
    needs: toNeeds(request, features.inputTokensEstimate),
    prediction: toPredictionContext(features, request.maxOutputTokens, question.cache),
    roles: rolesOfMode(constraints.mode, components),
    asked,
    // Called by name, a component keeps to its own setting, whatever the words say.
    wantsDepth: asked === null && components.length > 1 && features.signals.explicitIntent.value === 'think',
  };
  return components.flatMap((component) => listOf(component, context));
};

export const isFeasible = ({ excluded }: Candidate): boolean => excluded === null;

/** One entry per constraint: where components disagree about what is expected, each is named with its own. */
const merge = (group: readonly Candidate[], first: Exclusion): Blocking => {
  const names = new Map<string, Set<string>>();
  const seen = new Set<string>();
  for (const { component, excluded } of group) {
    // Candidates go up the ladder of efforts: the first of a component is the one that the least would let through.
    if (excluded === null || seen.has(component.name)) continue;
    seen.add(component.name);
    names.set(excluded.expected, (names.get(excluded.expected) ?? new Set()).add(component.name));
  }
  const all = [...names].map(([expected, components]) => `${expected} (${[...components].join(', ')})`);
  const given = new Set(group.map(({ excluded }) => excluded?.given ?? first.given));
  return {
    constraint: first.constraint,
    expected: names.size === 1 ? first.expected : all.join('; '),
    given: [...given].join('; '),
    fix: first.fix,
  };
};

/**
 * The error for a request that no candidate can serve. `blocking` names every constraint that excluded one, in the
 * order of the candidates; the message names them too and says when only the caller's own bounds are in the way.
 */
export const toNoCandidateError = (candidates: readonly Candidate[]): NoCandidateError => {
  const groups = new Map<string, { readonly first: Exclusion; readonly members: Candidate[] }>();
  for (const candidate of candidates) {
    if (candidate.excluded === null) continue;
    const key = `${candidate.excluded.code} ${candidate.excluded.constraint}`;
    const group = groups.get(key) ?? { first: candidate.excluded, members: [] };
    group.members.push(candidate);
    groups.set(key, group);
  }
  const blocking = [...groups.values()].map(({ first, members }) => merge(members, first));
  const bounds = [...groups.values()].filter(({ first }) => BOUND_CODES.has(first.code));
  const names = [...new Set((bounds.length > 0 ? bounds : [...groups.values()]).map(({ first }) => first.constraint))];
  const message =
    bounds.length > 0
      ? `No component can serve this request within ${names.join(' and ')}`
      : `No component can serve this request: blocked by ${names.join(', ')}`;
  const [first, second] = blocking;
  if (first === undefined || second !== undefined) return new NoCandidateError(`${message}.`, { blocking });
  const detail = `(expected ${first.expected}, given ${first.given}). ${first.fix}`;
  return new NoCandidateError(`${message} ${detail}`, { blocking, field: first.constraint });
};
