/** Permission: what a client key may call, from the names in its `models`. A hard restriction that nothing overrides. */
import type { Component, Deployment } from '../catalog/component.ts';
import type { ClientKey, Pool } from '../catalog/pool.ts';
import { InvalidRequestError } from '../errors.ts';
import { findModel, type Resolution } from './resolve.ts';

export interface Permission {
  readonly allowsComponent: (component: Component) => boolean;
  readonly allowsDeployment: (deployment: Deployment) => boolean;
}

const EVERYTHING: Permission = { allowsComponent: () => true, allowsDeployment: () => true };

/**
 * A name permits what it stands for: `auto` its components, whether the router, a mode or `auto/x` picks them; `auto/x`
 * and an alias their component; `provider/model` that deployment. A component permits no direct call of its model,
 * which would go around its instructions and limits.
 */
export const toPermission = (key: ClientKey | null, pool: Pool): Permission => {
  const names = key?.models;
  if (names === null || names === undefined) return EVERYTHING;
  const components = new Set<string>();
  const deployments = new Set<string>();
  for (const name of names) {
    const resolution = findModel(name, pool);
    if (resolution?.type === 'unified') for (const component of resolution.model.components) components.add(component);
    if (resolution?.type === 'component') components.add(resolution.component.name);
    if (resolution?.type === 'direct') deployments.add(resolution.deployment.id);
  }
  return {
    allowsComponent: ({ name }) => components.has(name),
    allowsDeployment: ({ id }) => deployments.has(id),
  };
};

/** Whether a call of this name can be served at all; of a unified model at least one component must be permitted. */
export const isPermitted = (resolution: Resolution, permission: Permission, pool: Pool): boolean => {
  switch (resolution.type) {
    case 'unified':
      return resolution.model.components.some((name) => {
        const component = pool.components.get(name);
        return component !== undefined && permission.allowsComponent(component);
      });
    case 'component':
      return permission.allowsComponent(resolution.component);
    case 'direct':
      return permission.allowsDeployment(resolution.deployment);
  }
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
