/** Constraints: what a request's controls allow, after precedence between them is settled. */
import type { Effort } from '../canonical/effort.ts';
import { MICRO_PER_USD } from '../canonical/money.ts';
import type { Component } from '../catalog/component.ts';
import type { CatalogModel } from '../catalog/model.ts';
import type { Exclusion, Prediction } from './candidate.ts';
import { fixedLevel, resolveEffort } from './effort.ts';
import type { RequestNeeds } from './feasibility.ts';
import type { Tier } from './tier.ts';

export const MODES = ['auto', 'fast', 'thinking', 'pro'] as const;

/** A role, not a name: which kind of component may answer. */
export type Mode = (typeof MODES)[number];

export interface RequestConstraints {
  readonly mode: Mode;
  /** Component names; null: every component of the unified model. */
  readonly allow: readonly string[] | null;
  /** Ceiling for the 90th percentile of the expected cost; null: none. */
  readonly maxCostMicroUsd: number | null;
  /** Ceiling for the expected total time; null: none. */
  readonly maxLatencyMs: number | null;
  /** No higher effort is applied, whoever asks for it. */
  readonly maxEffort: Effort | null;
  /** Effort that the protocol's own parameter asks for; null: none was sent. */
  readonly effort: Effort | null;
  /** `effort` belongs to the pin or the alias that chose the component: it replaces the level fixed there. */
  readonly effortReplacesLevel: boolean;
  /** Nothing may be clamped or dropped: what cannot take every parameter as sent is excluded. */
  readonly strictParams: boolean;
}

export const NO_CONSTRAINTS: RequestConstraints = {
  mode: 'auto',
  allow: null,
  maxCostMicroUsd: null,
  maxLatencyMs: null,
  maxEffort: null,
  effort: null,
  effortReplacesLevel: false,
  strictParams: false,
};

/** Exclusions by a bound of the caller's own, which lifting the bound would undo. */
export const BOUND_CODES: ReadonlySet<Exclusion['code']> = new Set(['max_effort', 'max_cost', 'max_latency']);

export const findNotAllowed = (name: string, allow: readonly string[] | null): Exclusion | null => {
  if (allow === null || allow.includes(name)) return null;
  return {
    code: 'not_allowed',
    constraint: 'allow',
    expected: `a list that contains ${name}`,
    given: allow.join(', '),
    fix: `Add ${name} to allow, or leave allow out.`,
  };
};

/** Tiers that a mode admits when no component has exactly its role. */
const MODE_FAMILY: Readonly<Record<Exclude<Mode, 'auto'>, readonly Tier[]>> = {
  fast: ['fast-mini'],
  thinking: ['thinking-mini', 'thinking-nano'],
  pro: [],
};

/**
 * Roles that a mode admits among these components: the role of that name; where none has it, its smaller relatives;
 * null: every role.
 */
export const rolesOfMode = (mode: Mode, components: readonly Component[]): readonly string[] | null => {
  if (mode === 'auto') return null;
  return components.some(({ role }) => role === mode) ? [mode] : MODE_FAMILY[mode];
};

export const findOtherMode = (component: Component, mode: Mode): Exclusion => ({
  code: 'mode',
  constraint: 'mode',
  expected: `a component of role ${mode}`,
  given: `${component.name} with role ${component.role}`,
  fix: `Send mode auto, or add a component of role ${mode} to the unified model.`,
});

export const findEffortBound = (model: CatalogModel, maxEffort: Effort): Exclusion => ({
  code: 'max_effort',
  constraint: 'max_effort',
  expected: `at least ${model.reasoning.efforts[0] ?? 'none'}, the lowest effort of ${model.id}`,
  given: maxEffort,
  fix: 'Raise max_effort, or add a component whose model can reason less.',
});

const strict = (constraint: string, expected: string, given: string): Exclusion => ({
  code: 'strict_params',
  constraint,
  expected,
  given,
  fix: `Change ${constraint}, or send strict_params: false to have it adapted with a warning.`,
});

export interface StrictQuestion {
  readonly needs: RequestNeeds;
  readonly component: Component;
  readonly constraints: RequestConstraints;
  readonly effort: Effort | null;
}

/** The exclusion for an effort that would have to be clamped; null: it is applied as asked. Ceilings are no clamps. */
export const findStrictEffort = (
  component: Component,
  { effort, effortReplacesLevel }: Pick<RequestConstraints, 'effort' | 'effortReplacesLevel'>,
): Exclusion | null => {
  const { model } = component.deployments[0];
  const level = effortReplacesLevel ? null : fixedLevel(component);
  if (effort === null) return null;
  if (level !== null && (resolveEffort({ asked: level, model }).applied ?? 'none') !== effort)
    return strict('reasoning_effort', `${level}, at which ${component.name} is fixed`, effort);
  if (!resolveEffort({ asked: effort, model }).clamped) return null;
  const accepted = model.reasoning.efforts.join(', ');
  return strict('reasoning_effort', accepted === '' ? 'none' : `one of ${accepted}`, effort);
};

/** The first parameter that would have to be clamped or dropped; null: none, or `strictParams` is off. */
export const findStrictParam = ({ needs, component, constraints, effort }: StrictQuestion): Exclusion | null => {
  if (!constraints.strictParams) return null;
  const clamped = findStrictEffort(component, constraints);
  if (clamped !== null) return clamped;
  const { reasoning, capabilities } = component.deployments[0].model;
  const reasons = reasoning.control !== 'none' && effort !== 'none';
  const refused = capabilities.sampling === 'never' || (capabilities.sampling === 'without-reasoning' && reasons);
  const first = needs.sampling[0];
  if (!refused || first === undefined) return null;
  return strict(first, `no ${needs.sampling.join(', ')}${reasons ? ' while the model reasons' : ''}`, 'a value');
};

const usd = (microUsd: number): string => `${(microUsd / MICRO_PER_USD).toFixed(6)} USD`;

export const findCostBound = (prediction: Prediction, maxCostMicroUsd: number | null): Exclusion | null => {
  if (maxCostMicroUsd === null) return null;
  const cost = prediction.costMicroUsd;
  if (cost !== null && cost.p90 <= maxCostMicroUsd) return null;
  return {
    code: 'max_cost',
    constraint: 'max_cost_usd',
    expected: cost === null ? 'no bound, because the price is unknown' : `at least ${usd(cost.p90)} (90th percentile)`,
    given: usd(maxCostMicroUsd),
    fix:
      cost === null
        ? 'Set price on the component, or leave max_cost_usd out.'
        : 'Raise max_cost_usd, or lower the output limit of the request.',
  };
};

export const findLatencyBound = (prediction: Prediction, maxLatencyMs: number | null): Exclusion | null => {
  if (maxLatencyMs === null || prediction.totalMs <= maxLatencyMs) return null;
  return {
    code: 'max_latency',
    constraint: 'max_latency_ms',
    expected: `at least ${prediction.totalMs} ms`,
    given: `${maxLatencyMs} ms`,
    fix: 'Raise max_latency_ms, or lower the effort or the output limit of the request.',
  };
};
