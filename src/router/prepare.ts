/** Preparation: resolution and precedence. What loses against a stronger choice becomes a warning, never silence. */
import { effortRank, type Effort } from '../canonical/effort.ts';
import type { CanonicalRequest } from '../canonical/request.ts';
import type { Warning } from '../canonical/warning.ts';
import type { Component, Deployment, ObjectiveSetting, UnifiedModel } from '../catalog/component.ts';
import type { ClientKey, Pool } from '../catalog/pool.ts';
import { InvalidRequestError } from '../errors.ts';
import { rolesOfMode, type Mode } from '../policy/constraints.ts';
import { resolveObjective } from '../policy/objective.ts';
import type { Controls } from './controls.ts';
import type { ChosenBy, Prepared } from './decided.ts';
import { isDirectComponent, toDirectComponent } from './direct.ts';
import { allowOverridden, listOverridden } from './overridden.ts';
import type { SessionIdentity } from '../session/identity.ts';
import type { Session } from '../session/sessions.ts';
import { toForbidden, toPermission, type Permission } from './permission.ts';
import { findModel, resolveModel, toCallableName, type Resolution } from './resolve.ts';
import { toCacheOutlook } from './session.ts';

/** What an earlier decision fixed, for `pin`. */
export interface Pin {
  readonly decisionId: string;
  readonly component: string;
  readonly effort: Effort | null;
}

export interface PrepareInput {
  readonly request: CanonicalRequest;
  readonly controls: Controls;
  readonly key: ClientKey | null;
  readonly pool: Pool;
  readonly pin: Pin | null;
  readonly identity: SessionIdentity;
  readonly session: Session | null;
}

const componentsOf = (model: UnifiedModel, pool: Pool): readonly Component[] =>
  model.components.flatMap((name) => pool.components.get(name) ?? []);

interface Settled {
  readonly components: readonly Component[];
  readonly settledBy: ChosenBy | null;
}

const directComponent = (deployment: Deployment, pool: Pool): Component =>
  toDirectComponent(deployment, pool.providers.get(deployment.provider)?.simulated ?? false);

/** What the name in `model` leaves to choose from, within what the key may call. Throws InvalidRequestError (403). */
const settleByName = (resolution: Resolution, input: PrepareInput, permission: Permission): Settled => {
  const { pool, key, request } = input;
  if (key !== null && !permission.allowsCall(resolution)) throw toForbidden(request.model, key, 'model');
  const by: ChosenBy = resolution.alias === null ? 'user' : 'alias';
  switch (resolution.type) {
    case 'unified': {
      const all = componentsOf(resolution.model, pool);
      const names = resolution.alias === null ? permission.narrow(resolution.model) : resolution.model.components;
      const components = all.filter(({ name }) => names.includes(name));
      // With several left it is still the router that chooses; with one left, the key did.
      return { components, settledBy: components.length === 1 && all.length > 1 ? 'key' : null };
    }
    case 'component':
      return { components: [resolution.component], settledBy: by };
    case 'direct':
      return { components: [directComponent(resolution.deployment, pool)], settledBy: by };
  }
};

const hasRole = (components: readonly Component[], mode: Mode): boolean => {
  const roles = rolesOfMode(mode, components);
  return roles === null || components.some((component) => roles.includes(component.role));
};

const findPinned = ({ component }: Pin, pool: Pool): Component | null => {
  const known = pool.components.get(component);
  if (known !== undefined) return known;
  const direct = findModel(component, pool);
  return direct?.type === 'direct' && direct.deployment.id === component
    ? directComponent(direct.deployment, pool)
    : null;
};

/** A pin repeats an effort exactly and a ceiling holds always: where they exclude each other, neither may give way. */
const refuseLowCeiling = ({ effort }: Pin, { controls: { maxEffort } }: PrepareInput): void => {
  if (effort === null || maxEffort === null || effortRank(effort) <= effortRank(maxEffort)) return;
  const fix = 'Raise max_effort, or leave `pin` out.';
  throw new InvalidRequestError(`gearbox.max_effort: the pinned decision has effort ${effort}. ${fix}`, {
    code: 'no_candidate',
    field: 'gearbox.max_effort',
    blocking: [{ constraint: 'gearbox.max_effort', expected: `at least ${effort}`, given: maxEffort, fix }],
  });
};

const applyPin = (pin: Pin, input: PrepareInput, permission: Permission): Settled => {
  const { pool, key } = input;
  const component = findPinned(pin, pool);
  if (component === null) {
    const fix = 'Leave `pin` out, or pin a newer decision.';
    throw new InvalidRequestError(`The component \`${pin.component}\` of ${pin.decisionId} is gone. ${fix}`, {
      code: 'pin_gone',
      status: 409,
      field: 'gearbox.pin',
      blocking: [{ constraint: 'gearbox.pin', expected: 'a component of this pool', given: pin.component, fix }],
    });
  }
  if (key !== null && !permission.allowsPin(component)) throw toForbidden(component.name, key, 'gearbox.pin');
  refuseLowCeiling(pin, input);
  return { components: [component], settledBy: 'user' };
};

/**
 * `mode` asks for a role. The unified model's own components stay, so that an explanation shows which ones the role
 * excluded; where none fits, every component that the key may call is searched, because `pro` is often kept out of
 * `auto`.
 */
const applyMode = (settled: Settled, input: PrepareInput, permission: Permission): Settled => {
  const { mode } = input.controls;
  if (mode === null || mode === 'auto' || settled.settledBy === 'user' || settled.settledBy === 'alias') return settled;
  if (hasRole(settled.components, mode)) return { components: settled.components, settledBy: 'user' };
  const pool = [...input.pool.components.values()].filter(
    (component) => settled.components.includes(component) || permission.allowsComponent(component),
  );
  if (hasRole(pool, mode)) return { components: pool, settledBy: 'user' };
  const roles = [...new Set(pool.map((component) => component.role))].join(', ');
  const fix = `Use one of ${roles}, or ask the operator for a component with role ${mode}.`;
  throw new InvalidRequestError(`gearbox.mode: no component here has the role ${mode}. ${fix}`, {
    code: 'no_candidate',
    field: 'gearbox.mode',
    blocking: [{ constraint: 'gearbox.mode', expected: roles, given: mode, fix }],
  });
};

/**
 * Inside an open tool loop the component stays, unless the caller or the key says otherwise by name, or it is gone. The
 * objective is not asked: a change would cost the work done so far, whatever it gains.
 */
const applyLoop = (settled: Settled, { session, controls, pin }: PrepareInput): Settled => {
  if (session?.isToolLoop !== true || pin !== null || settled.settledBy !== null) return settled;
  const component = settled.components.find(({ name }) => name === session.component);
  const isAllowed = controls.allow?.includes(session.component) ?? true;
  return component === undefined || !isAllowed ? settled : { components: [component], settledBy: 'session' };
};

const checkNames = (controls: Controls, pool: Pool): void => {
  const known = [...pool.components.keys()];
  const named: readonly (readonly [string, string])[] = [
    ...(controls.allow ?? []).map((name) => ['gearbox.allow', name] as const),
    ...(controls.baseline === null ? [] : [['gearbox.baseline', controls.baseline] as const]),
  ];
  const wrong = named.find(([, name]) => !known.includes(name));
  if (wrong === undefined) return;
  const fix = `Use names of components: ${known.join(', ')}.`;
  throw new InvalidRequestError(`${wrong[0]}: there is no component \`${wrong[1]}\`. ${fix}`, {
    code: 'invalid_control',
    field: wrong[0],
    blocking: [{ constraint: wrong[0], expected: known.join(', '), given: wrong[1], fix }],
  });
};

const chooseObjective = (input: PrepareInput, resolution: Resolution): ObjectiveSetting =>
  input.controls.objective ??
  input.key?.objective ??
  (resolution.type === 'direct' ? null : resolution.model?.objective) ?? { type: 'preset', name: 'balanced' };

const membersOfMode = (components: readonly Component[], mode: Mode | null): readonly Component[] => {
  const roles = mode === null ? null : rolesOfMode(mode, components);
  return components.filter(({ role }) => roles === null || roles.includes(role));
};

/** The allow-list that applies; null: none was sent, or the mode, which comes before it, leaves nothing of it. */
const chooseAllow = ({ allow, mode }: Controls, components: readonly Component[]): readonly string[] | null => {
  if (allow === null || mode === null || mode === 'auto') return allow;
  return membersOfMode(components, mode).some(({ name }) => allow.includes(name)) ? allow : null;
};

const aliasWarning = (resolution: Resolution, pool: Pool, today: string): readonly Warning[] => {
  const { alias } = resolution;
  if (alias?.deprecatedOn === null || alias?.deprecatedOn === undefined || alias.deprecatedOn > today) return [];
  const successor = toCallableName(alias.to, pool);
  const until = alias.sunsetOn === null ? '' : ` It will be removed on ${alias.sunsetOn}.`;
  const message = `The name ${alias.name} is deprecated; use ${successor}.${until}`;
  return [{ code: 'alias_deprecated', param: 'model', requested: alias.name, applied: successor, message }];
};

/** A name past its sunset means nothing any more. Throws InvalidRequestError (404) that names its successor. */
export const refuseSunset = ({ alias }: Resolution, pool: Pool, today: string): void => {
  if (alias === null || alias.sunsetOn === null || alias.sunsetOn > today) return;
  const successor = toCallableName(alias.to, pool);
  const fix = `Use ${successor}.`;
  throw new InvalidRequestError(`The model \`${alias.name}\` was removed on ${alias.sunsetOn}. ${fix}`, {
    code: 'model_not_found',
    status: 404,
    field: 'model',
    blocking: [{ constraint: 'model', expected: successor, given: alias.name, fix }],
  });
};

/** Resolution, key, pin, mode, efforts and objective of one request. Throws InvalidRequestError; never reads prompts. */
export const prepare = (input: PrepareInput, today: string): Prepared => {
  const { request, controls, key, pool, pin } = input;
  const permission = toPermission(key, pool);
  const resolution = resolveModel(request.model, pool, permission.allowsCall);
  const { alias } = resolution;
  refuseSunset(resolution, pool, today);
  checkNames(controls, pool);
  const named = settleByName(resolution, input, permission);
  const asked = pin === null ? applyMode(named, input, permission) : applyPin(pin, input, permission);
  const settled = applyLoop(asked, input);
  const isNamed = pin !== null || resolution.type !== 'unified';
  const model = resolution.type === 'direct' ? null : resolution.model;
  const allow = isNamed ? null : chooseAllow(controls, settled.components);
  const left = membersOfMode(settled.components, controls.mode).filter(({ name }) => allow?.includes(name) ?? true);
  // A pinned decision that sent no effort is repeated without one, whatever this request asks.
  const wanted = pin === null ? (alias?.effort ?? request.reasoning.effort) : pin.effort;
  const effort = wanted ?? (settled.settledBy === 'session' ? (input.session?.effort ?? null) : null);
  return {
    request,
    controls,
    resolution,
    key,
    pool,
    components: settled.components,
    settledBy: settled.settledBy,
    isNamed,
    allow,
    isDirect: settled.components.some(isDirectComponent),
    effort,
    effortReplacesLevel: pin !== null || (isNamed && alias !== null && alias.effort !== null),
    verbosity: alias?.verbosity ?? request.verbosity,
    objective: resolveObjective(chooseObjective(input, resolution), {
      bandPoints: model?.bandPoints ?? null,
      maxWaitMs: model?.maxWaitMs ?? null,
    }),
    preference: {
      effort,
      componentChosen: settled.settledBy !== null && (isNamed || left.length === 1),
    },
    identity: input.identity,
    session: input.session,
    cache: toCacheOutlook(request, input.session),
    baseline: controls.baseline ?? model?.baseline ?? null,
    warnings: [
      ...aliasWarning(resolution, pool, today),
      ...listOverridden(input, resolution, isNamed ? (settled.components[0] ?? null) : null),
      ...(isNamed || controls.allow === allow ? [] : [allowOverridden(controls)]),
    ],
  };
};
