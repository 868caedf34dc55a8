/** Permission: what a client key may call, from the names in its `models`. A hard restriction that nothing overrides. */
import type { Component, UnifiedModel } from '../catalog/component.ts';
import type { ClientKey, Pool } from '../catalog/pool.ts';
import { InvalidRequestError } from '../errors.ts';
import { isDirectComponent } from './direct.ts';
import { findModel, listModelNames, type Resolution } from './resolve.ts';

export interface Permission {
  /** Whether the name that was resolved may be called at all. */
  readonly allowsCall: (resolution: Resolution) => boolean;
  /** Names of the components that may answer when a unified model is called by its own name. */
  readonly narrow: (model: UnifiedModel) => readonly string[];
  /** Components that a mode may choose, whichever of the key's unified models was called. */
  readonly allowsComponent: (component: Component) => boolean;
  /** Components that a pin may repeat: those, and what the key's aliases and direct names reach. */
  readonly allowsPin: (component: Component) => boolean;
}

const EVERYTHING: Permission = {
  allowsCall: () => true,
  narrow: ({ components }) => components,
  allowsComponent: () => true,
  allowsPin: () => true,
};

/** What the names of a key stand for, apart by kind. */
interface Grants {
  readonly unified: Set<string>;
  /** `<unified model>/<component>`. */
  readonly parts: Set<string>;
  readonly aliases: Set<string>;
  readonly deployments: Set<string>;
  /** Components and deployments behind the aliases. */
  readonly aliased: Set<string>;
}

const addAliased = (grants: Grants, resolution: Resolution): void => {
  if (resolution.type === 'unified') for (const name of resolution.model.components) grants.aliased.add(name);
  if (resolution.type === 'component') grants.aliased.add(resolution.component.name);
  if (resolution.type === 'direct') grants.aliased.add(resolution.deployment.id);
};

const toGrants = (names: readonly string[], pool: Pool): Grants => {
  const grants: Grants = {
    unified: new Set(),
    parts: new Set(),
    aliases: new Set(),
    deployments: new Set(),
    aliased: new Set(),
  };
  for (const name of names) {
    const resolution = findModel(name, pool);
    if (resolution === undefined) continue;
    if (resolution.alias !== null) {
      grants.aliases.add(resolution.alias.name);
      addAliased(grants, resolution);
    } else if (resolution.type === 'unified') grants.unified.add(resolution.model.name);
    else if (resolution.type === 'component') grants.parts.add(name);
    else grants.deployments.add(resolution.deployment.id);
  }
  return grants;
};

/**
 * A key may call the names in its `models`, as a client writes them. A unified model brings its own `auto/<component>`;
 * `auto/x` alone lets `auto` be called, narrowed to x. An alias is a name of its own: neither does its target permit it
 * nor it its target. `provider/model` and the bare id of the same deployment are one name.
 */
export const toPermission = (key: ClientKey | null, pool: Pool): Permission => {
  const names = key?.models;
  if (names === null || names === undefined) return EVERYTHING;
  const grants = toGrants(names, pool);
  const narrow = ({ name, components }: UnifiedModel): readonly string[] =>
    grants.unified.has(name) ? components : components.filter((part) => grants.parts.has(`${name}/${part}`));
  const allowsPart = (model: UnifiedModel, component: string): boolean =>
    grants.parts.has(`${model.name}/${component}`) || narrow(model).includes(component);
  const allowsComponent = ({ name }: Component): boolean =>
    [...pool.models.values()].some((model) => allowsPart(model, name));
  return {
    allowsCall: (resolution) => {
      if (resolution.alias !== null) return grants.aliases.has(resolution.alias.name);
      if (resolution.type === 'direct') return grants.deployments.has(resolution.deployment.id);
      if (resolution.type === 'unified') return narrow(resolution.model).length > 0;
      return resolution.model !== null && allowsPart(resolution.model, resolution.component.name);
    },
    narrow,
    allowsComponent,
    allowsPin: (component) =>
      grants.aliased.has(component.name) ||
      (isDirectComponent(component) ? grants.deployments.has(component.name) : allowsComponent(component)),
  };
};

/** Every name that the key may call, for the model list and for suggestions, with what each stands for. */
export const listCallable = (key: ClientKey | null, pool: Pool): readonly (readonly [string, Resolution])[] => {
  const permission = toPermission(key, pool);
  const names = new Set([...listModelNames(pool), ...(key?.models ?? [])]);
  return [...names].flatMap((name) => {
    const resolution = findModel(name, pool);
    return resolution !== undefined && permission.allowsCall(resolution) ? [[name, resolution] as const] : [];
  });
};

const MAX_SHOWN_CHARACTERS = 200;

/** The error (403) for a name that the key may not call. `field` is where the name stood. */
export const toForbidden = (name: string, key: ClientKey, field: string): InvalidRequestError => {
  const expected = (key.models ?? []).join(', ');
  const shown = name.slice(0, MAX_SHOWN_CHARACTERS);
  const fix = `Use one of ${expected}, or ask the operator to add \`${shown}\` to \`keys.${key.name}.models\`.`;
  return new InvalidRequestError(`The key \`${key.name}\` may not call \`${shown}\`. ${fix}`, {
    code: 'model_not_allowed',
    status: 403,
    field,
    blocking: [{ constraint: field, expected, given: shown, fix }],
  });
};
