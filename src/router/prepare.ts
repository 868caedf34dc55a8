/** Preparation: resolution and precedence. What loses against a stronger choice becomes a warning, never silence. */
import type { Effort } from '../canonical/effort.ts';
import type { JsonValue } from '../canonical/json.ts';
import type { CanonicalRequest } from '../canonical/request.ts';
import type { Warning } from '../canonical/warning.ts';
import type { Component, Deployment, ObjectiveSetting, UnifiedModel } from '../catalog/component.ts';
import type { ClientKey, Pool } from '../catalog/pool.ts';
import { InvalidRequestError } from '../errors.ts';
import { rolesOfMode, type Mode } from '../policy/constraints.ts';
import { resolveObjective } from '../policy/objective.ts';
import type { Controls } from './controls.ts';
import type { ChosenBy, Prepared } from './decided.ts';
import { resolveModel, type Resolution } from './resolve.ts';

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
}

interface Loser {
  readonly param: string;
  readonly requested: JsonValue;
  readonly applied: JsonValue;
  /** What won. */
  readonly by: string;
}

const overridden = ({ by, ...loser }: Loser): Warning => ({
  code: 'overridden',
  ...loser,
  message: `${loser.param} had no effect because ${by} comes first.`,
});

/** A direct call is a component of its own for one request: one deployment, every parameter left to the caller. */
const toDirectComponent = (deployment: Deployment, simulated: boolean): Component => ({
  name: deployment.id,
  role: 'direct',
  deployments: [deployment],
  effort: 'provider',
  verbosity: null,
  maxOutputTokens: null,
  instructions: null,
  for: [],
  limits: { router: null, user: null },
  mini: null,
  simulated,
  hash: deployment.id,
});

const componentsOf = (model: UnifiedModel, pool: Pool): readonly Component[] =>
  model.components.flatMap((name) => pool.components.get(name) ?? []);

const forbid = (name: string, key: ClientKey): never => {
  const expected = (key.models ?? []).join(', ');
  const fix = `Use one of ${expected}, or ask the operator to add \`${name}\` to \`keys.${key.name}.models\`.`;
  throw new InvalidRequestError(`The key \`${key.name}\` may not call \`${name}\`. ${fix}`, {
    code: 'model_not_allowed',
    status: 403,
    field: 'model',
    blocking: [{ constraint: 'model', expected, given: name, fix }],
  });
};

interface Settled {
  readonly components: readonly Component[];
  readonly settledBy: ChosenBy | null;
}

/**
 * The key's hard restriction. A key that may call `auto` may call the components of `auto` by name; a key that may
 * only call some `auto/x` and asks for `auto` gets a choice among those.
 */
const restrictToKey = (resolution: Resolution, input: PrepareInput, settled: Settled): Settled => {
  const allowed = input.key?.models;
  if (input.key === null || allowed === null || allowed === undefined) return settled;
  const name = input.request.model;
  if (allowed.includes(name)) return settled;
  if (resolution.type === 'direct')
    return allowed.includes(resolution.deployment.id) ? settled : forbid(name, input.key);
  const model = resolution.model;
  if (model !== null && resolution.alias === null && allowed.includes(model.name)) {
    const inside = resolution.type === 'unified' || model.components.includes(resolution.component.name);
    return inside ? settled : forbid(name, input.key);
  }
  const left = settled.components.filter((component) =>
    allowed.some((entry) => entry === component.name || entry.endsWith(`/${component.name}`)),
  );
  if (resolution.type === 'component' && resolution.alias !== null && left.length > 0) return settled;
  return resolution.type === 'unified' && left.length > 0
    ? { components: left, settledBy: 'key' }
    : forbid(name, input.key);
};

const settleByName = (resolution: Resolution, pool: Pool): Settled => {
  const by: ChosenBy = resolution.alias === null ? 'user' : 'alias';
  switch (resolution.type) {
    case 'unified':
      return { components: componentsOf(resolution.model, pool), settledBy: null };
    case 'component':
      return { components: [resolution.component], settledBy: by };
    case 'direct': {
      const simulated = pool.providers.get(resolution.deployment.provider)?.simulated ?? false;
      return { components: [toDirectComponent(resolution.deployment, simulated)], settledBy: by };
    }
  }
};

const hasRole = (components: readonly Component[], mode: Mode): boolean => {
  const roles = rolesOfMode(mode, components);
  return roles === null || components.some((component) => roles.includes(component.role));
};

const applyPin = (pin: Pin, input: PrepareInput): Settled => {
  const component = input.pool.components.get(pin.component);
  if (component === undefined) {
    const fix = 'Leave `pin` out, or pin a newer decision.';
    throw new InvalidRequestError(`The component \`${pin.component}\` of ${pin.decisionId} is gone. ${fix}`, {
      code: 'pin_gone',
      status: 409,
      field: 'gearbox.pin',
      blocking: [{ constraint: 'gearbox.pin', expected: 'a component of this pool', given: pin.component, fix }],
    });
  }
  return { components: [component], settledBy: 'user' };
};

/**
 * `mode` asks for a role. The unified model's own components stay, so that an explanation shows which ones the role
 * excluded; where none fits, the whole pool is searched, because `pro` is often kept out of `auto`.
 */
const applyMode = (settled: Settled, input: PrepareInput): Settled => {
  const { mode } = input.controls;
  if (mode === null || mode === 'auto' || settled.settledBy === 'user' || settled.settledBy === 'alias') return settled;
  if (hasRole(settled.components, mode)) return { components: settled.components, settledBy: 'user' };
  const pool = settled.settledBy === 'key' ? [] : [...input.pool.components.values()];
  if (hasRole(pool, mode)) return { components: pool, settledBy: 'user' };
  const roles = [...new Set(settled.components.map((component) => component.role))].join(', ');
  const fix = `Use one of ${roles}, or ask the operator for a component with role ${mode}.`;
  throw new InvalidRequestError(`gearbox.mode: no component here has the role ${mode}. ${fix}`, {
    code: 'no_candidate',
    field: 'gearbox.mode',
    blocking: [{ constraint: 'gearbox.mode', expected: roles, given: mode, fix }],
  });
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

const countOfMode = (components: readonly Component[], mode: Mode | null): number => {
  const roles = mode === null ? null : rolesOfMode(mode, components);
  return components.filter((component) => roles === null || roles.includes(component.role)).length;
};

/** Losers of the precedence between names, pin, mode and efforts. */
const listOverridden = (input: PrepareInput, resolution: Resolution): readonly Warning[] => {
  const { controls, request, pin } = input;
  const named = resolution.type !== 'unified';
  const winner = pin !== null ? 'gearbox.pin' : `model ${request.model}`;
  const losers: Loser[] = [];
  if (pin !== null && resolution.type === 'component' && resolution.component.name !== pin.component)
    losers.push({ param: 'model', requested: request.model, applied: pin.component, by: winner });
  if ((pin !== null || named) && controls.mode !== null && controls.mode !== 'auto')
    losers.push({ param: 'gearbox.mode', requested: controls.mode, applied: null, by: winner });
  if ((pin !== null || named) && controls.allow !== null)
    losers.push({ param: 'gearbox.allow', requested: [...controls.allow], applied: null, by: winner });
  const asked = request.reasoning.effort;
  const stronger = pin?.effort ?? resolution.alias?.effort ?? null;
  if (asked !== null && stronger !== null && stronger !== asked)
    losers.push({ param: 'reasoning_effort', requested: asked, applied: stronger, by: winner });
  return losers.map(overridden);
};

const aliasWarning = (resolution: Resolution, now: string): readonly Warning[] => {
  const { alias } = resolution;
  if (alias?.deprecatedOn === null || alias?.deprecatedOn === undefined || alias.deprecatedOn > now) return [];
  const until = alias.sunsetOn === null ? '' : ` It will be removed on ${alias.sunsetOn}.`;
  const message = `The name ${alias.name} is deprecated; use ${alias.to}.${until}`;
  return [{ code: 'alias_deprecated', param: 'model', requested: alias.name, applied: alias.to, message }];
};

const gone = (alias: string, sunsetOn: string, to: string): InvalidRequestError => {
  const fix = `Use ${to}.`;
  return new InvalidRequestError(`The model \`${alias}\` was removed on ${sunsetOn}. ${fix}`, {
    code: 'model_not_found',
    status: 404,
    field: 'model',
    blocking: [{ constraint: 'model', expected: to, given: alias, fix }],
  });
};

/** Resolution, key, pin, mode, efforts and objective of one request. Throws InvalidRequestError; never reads prompts. */
export const prepare = (input: PrepareInput, today: string): Prepared => {
  const { request, controls, key, pool, pin } = input;
  const resolution = resolveModel(request.model, pool);
  const { alias } = resolution;
  if (alias !== null && alias.sunsetOn !== null && alias.sunsetOn <= today)
    throw gone(alias.name, alias.sunsetOn, alias.to);
  checkNames(controls, pool);
  const named = restrictToKey(resolution, input, settleByName(resolution, pool));
  const settled = pin === null ? applyMode(named, input) : applyPin(pin, input);
  const model = resolution.type === 'direct' ? null : resolution.model;
  return {
    request,
    controls,
    resolution,
    key,
    pool,
    components: settled.components,
    settledBy: settled.settledBy,
    effort: pin?.effort ?? alias?.effort ?? request.reasoning.effort,
    verbosity: alias?.verbosity ?? request.verbosity,
    objective: resolveObjective(chooseObjective(input, resolution), {
      bandPoints: model?.bandPoints ?? null,
      maxWaitMs: model?.maxWaitMs ?? null,
    }),
    preference: {
      effort: pin?.effort ?? alias?.effort ?? request.reasoning.effort,
      componentChosen: settled.settledBy !== null && countOfMode(settled.components, controls.mode) === 1,
    },
    baseline: controls.baseline ?? model?.baseline ?? null,
    warnings: [...aliasWarning(resolution, today), ...listOverridden(input, resolution)],
  };
};
