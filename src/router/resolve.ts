/** Resolution of `model`: exact, in the order of the contract, never approximate, never case-folded. */
import type { Alias, Component, Deployment, UnifiedModel } from '../catalog/component.ts';
import { createDeployment } from '../catalog/deployment.ts';
import { suggest } from '../catalog/suggestion.ts';
import type { Pool } from '../catalog/pool.ts';
import { InvalidRequestError } from '../errors.ts';

export type Resolution =
  | { readonly type: 'unified'; readonly model: UnifiedModel; readonly alias: Alias | null }
  | {
      readonly type: 'component';
      readonly component: Component;
      /** The unified model whose name stood before the slash; null for an alias straight to a component. */
      readonly model: UnifiedModel | null;
      readonly alias: Alias | null;
    }
  | { readonly type: 'direct'; readonly deployment: Deployment; readonly alias: Alias | null };

const MAX_SUGGESTIONS = 3;
/** The Anthropic shape of the model list only shows ids that begin with `claude`; this one means `auto`. */
export const ANTHROPIC_NAME_OF_AUTO = 'claude-auto';

/** Every name that a client may send, for the model list and for suggestions. */
export const listModelNames = (pool: Pool): readonly string[] => {
  const unified = [...pool.models.keys()];
  const components = unified.flatMap((name) => [...pool.components.keys()].map((component) => `${name}/${component}`));
  const deployments = [...pool.components.values()].flatMap((c) => c.deployments.map((deployment) => deployment.id));
  return [...new Set([...unified, ...components, ...pool.aliases.keys(), ...deployments])];
};

const resolveComponent = (name: string, pool: Pool): Resolution | undefined => {
  const slash = name.indexOf('/');
  if (slash < 0) return undefined;
  const model = pool.models.get(name.slice(0, slash));
  const component = pool.components.get(name.slice(slash + 1));
  return model && component ? { type: 'component', component, model, alias: null } : undefined;
};

/** A deployment that a component already has keeps its configured price and facts. */
const findConfigured = (pool: Pool, matches: (deployment: Deployment) => boolean): Deployment | undefined => {
  for (const component of pool.components.values()) {
    const found = component.deployments.find(matches);
    if (found) return found;
  }
  return undefined;
};

const resolveProviderModel = (name: string, pool: Pool): Resolution | undefined => {
  const slash = name.indexOf('/');
  const settings = slash < 0 ? undefined : pool.providers.get(name.slice(0, slash));
  const upstreamModel = name.slice(slash + 1);
  if (settings === undefined || upstreamModel === '') return undefined;
  const deployment =
    findConfigured(pool, (candidate) => candidate.id === name) ??
    createDeployment({ settings, upstreamModel, catalog: pool.catalog, price: null });
  return { type: 'direct', deployment, alias: null };
};

const resolveBareId = (name: string, pool: Pool): Resolution | undefined => {
  const found: Deployment[] = [];
  for (const settings of pool.providers.values()) {
    const configured = findConfigured(pool, (d) => d.provider === settings.name && d.upstreamModel === name);
    const deployment =
      configured ?? createDeployment({ settings, upstreamModel: name, catalog: pool.catalog, price: null });
    if (configured !== undefined || deployment.inCatalog) found.push(deployment);
  }
  const [only] = found;
  return only !== undefined && found.length === 1 ? { type: 'direct', deployment: only, alias: null } : undefined;
};

const resolveAlias = (name: string, pool: Pool): Resolution | undefined => {
  const alias = pool.aliases.get(name);
  if (alias === undefined) return undefined;
  const component = pool.components.get(alias.to);
  const model = pool.models.get(alias.to);
  if (model !== undefined) return { type: 'unified', model, alias };
  if (component !== undefined) return { type: 'component', component, model: null, alias };
  const target = resolveComponent(alias.to, pool) ?? resolveProviderModel(alias.to, pool);
  return target === undefined ? undefined : { ...target, alias };
};

/** People remember `gpt-6-luna`, not which provider's prefix it has: last segments are compared too. */
const suggestNames = (name: string, names: readonly string[]): readonly string[] => {
  const tail = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
  const tails = suggest(tail(name), new Set(names.map(tail)), MAX_SUGGESTIONS);
  const byTail = tails.flatMap((word) => names.filter((known) => tail(known) === word));
  return [...new Set([...suggest(name, names, MAX_SUGGESTIONS), ...byTail])].slice(0, MAX_SUGGESTIONS);
};

const notFound = (name: string, pool: Pool): InvalidRequestError => {
  const names = listModelNames(pool);
  const near = suggestNames(name, names);
  const suggestions = near.length > 0 ? near : names.slice(0, MAX_SUGGESTIONS);
  const fix = `Use ${suggestions.join(', ')}, or GET /v1/models for every name.`;
  return new InvalidRequestError(`The model \`${name}\` does not exist here. ${fix}`, {
    code: 'model_not_found',
    status: 404,
    field: 'model',
    blocking: [{ constraint: 'model', expected: suggestions.join(', '), given: name, fix }],
  });
};

/** Throws InvalidRequestError (404 `model_not_found`, at most three suggestions) when no rule matches. */
export const resolveModel = (name: string, pool: Pool): Resolution => {
  const model = pool.models.get(name);
  if (model !== undefined) return { type: 'unified', model, alias: null };
  const auto = name === ANTHROPIC_NAME_OF_AUTO ? pool.models.get('auto') : undefined;
  if (auto !== undefined) return { type: 'unified', model: auto, alias: null };
  const resolution =
    resolveComponent(name, pool) ??
    resolveAlias(name, pool) ??
    resolveProviderModel(name, pool) ??
    resolveBareId(name, pool);
  if (resolution === undefined) throw notFound(name, pool);
  return resolution;
};
