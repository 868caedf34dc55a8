/** Resolution of `model`: exact, in the order of the contract, never approximate, never case-folded. */
import type { Alias, Component, Deployment, UnifiedModel } from '../catalog/component.ts';
import { createDeployment } from '../catalog/deployment.ts';
import { suggest } from '../catalog/suggestion.ts';
import { findKnownProvider } from '../catalog/known-providers.ts';
import { findCatalogModel } from '../catalog/lookup.ts';
import type { Pool, ProviderSettings } from '../catalog/pool.ts';
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
const MAX_SHOWN_CHARACTERS = 200;
/** The Anthropic shape of the model list only shows ids that begin with `claude`; this one means `auto`. */
export const ANTHROPIC_NAME_OF_AUTO = 'claude-auto';

/** Every name that a client may send, for the model list and for suggestions. */
export const listModelNames = (pool: Pool): readonly string[] => {
  const unified = [...pool.models.keys()];
  const components = unified.flatMap((name) => [...pool.components.keys()].map((component) => `${name}/${component}`));
  const deployments = [...pool.components.values()].flatMap((c) => c.deployments.map((deployment) => deployment.id));
  return [...new Set([...unified, ...components, ...pool.aliases.keys(), ...deployments])];
};

/** The name under which a client calls what an alias stands for: a component has no name of its own, only `auto/x`. */
export const toCallableName = (target: string, pool: Pool): string => {
  if (pool.models.has(target) || !pool.components.has(target)) return target;
  const models = [...pool.models.values()];
  const home = models.find(({ components }) => components.includes(target)) ?? models[0];
  return home === undefined ? target : `${home.name}/${target}`;
};

const resolveComponent = (name: string, pool: Pool): Resolution | undefined => {
  const slash = name.indexOf('/');
  if (slash < 0) return undefined;
  const model = pool.models.get(name.slice(0, slash));
  const component = pool.components.get(name.slice(slash + 1));
  return model && component ? { type: 'component', component, model, alias: null } : undefined;
};

/** A deployment that a component already has keeps its configured price and facts, under both spellings of its id. */
const findConfigured = (provider: string, model: string, pool: Pool): Deployment | undefined => {
  const id = `${provider}/${model}`;
  const deployments = [...pool.components.values()].flatMap((component) => component.deployments);
  return (
    deployments.find((deployment) => deployment.id === id) ??
    deployments.find((deployment) => deployment.provider === provider && deployment.upstreamModel === model)
  );
};

const toDeployment = (settings: ProviderSettings, upstreamModel: string, pool: Pool): Deployment =>
  findConfigured(settings.name, upstreamModel, pool) ??
  createDeployment({ settings, upstreamModel, catalog: pool.catalog, price: null });

const resolveProviderModel = (name: string, pool: Pool): Resolution | undefined => {
  const slash = name.indexOf('/');
  const settings = slash < 0 ? undefined : pool.providers.get(name.slice(0, slash));
  const upstreamModel = name.slice(slash + 1);
  return settings === undefined || upstreamModel === ''
    ? undefined
    : { type: 'direct', deployment: toDeployment(settings, upstreamModel, pool), alias: null };
};

/**
 * Whether a provider is known to serve a bare id: a component calls it there, its lab sells it there first-hand, or the
 * catalog has that host's price. That the catalog knows the model at all says nothing about this provider.
 */
const serves = (settings: ProviderSettings, name: string, pool: Pool): boolean => {
  if (findConfigured(settings.name, name, pool) !== undefined) return true;
  const found = findCatalogModel(pool.catalog, { provider: settings.name, upstreamModel: name });
  const provider = findKnownProvider(settings.name)?.name ?? settings.name;
  return found !== undefined && (found.firstHand || found.model.hosts?.some((h) => h.provider === provider) === true);
};

const listServing = (name: string, pool: Pool): readonly ProviderSettings[] =>
  [...pool.providers.values()].filter((settings) => serves(settings, name, pool));

const resolveBareId = (name: string, pool: Pool): Resolution | undefined => {
  const [only, second] = listServing(name, pool);
  return only === undefined || second !== undefined
    ? undefined
    : { type: 'direct', deployment: toDeployment(only, name, pool), alias: null };
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

interface Suggesting {
  readonly pool: Pool;
  /** Only such names are suggested. */
  readonly isCallable: (name: string) => boolean;
}

const notFound = (name: string, { pool, isCallable }: Suggesting): InvalidRequestError => {
  const names = listModelNames(pool).filter(isCallable);
  const serving = listServing(name, pool).map((provider) => `${provider.name}/${name}`);
  const near = [...new Set([...serving.filter(isCallable), ...suggestNames(name, names)])].slice(0, MAX_SUGGESTIONS);
  const suggestions = near.length > 0 ? near : names.slice(0, MAX_SUGGESTIONS);
  const fix = `Use ${suggestions.join(', ')}, or GET /v1/models for every name.`;
  const shown = name.slice(0, MAX_SHOWN_CHARACTERS);
  const several = serving.length > 1 ? 'is served by several providers' : 'does not exist here';
  return new InvalidRequestError(`The model \`${shown}\` ${several}. ${fix}`, {
    code: 'model_not_found',
    status: 404,
    field: 'model',
    blocking: [{ constraint: 'model', expected: suggestions.join(', '), given: shown, fix }],
  });
};

/** What a name means; undefined when no rule matches. */
export const findModel = (name: string, pool: Pool): Resolution | undefined => {
  const model = pool.models.get(name);
  if (model !== undefined) return { type: 'unified', model, alias: null };
  const auto = name === ANTHROPIC_NAME_OF_AUTO ? pool.models.get('auto') : undefined;
  if (auto !== undefined) return { type: 'unified', model: auto, alias: null };
  return (
    resolveComponent(name, pool) ??
    resolveAlias(name, pool) ??
    resolveProviderModel(name, pool) ??
    resolveBareId(name, pool)
  );
};

/**
 * Throws InvalidRequestError (404 `model_not_found`, at most three suggestions, of which the caller may call each) when
 * no rule matches.
 */
export const resolveModel = (
  name: string,
  pool: Pool,
  isCallable: (resolution: Resolution) => boolean = () => true,
): Resolution => {
  const resolution = findModel(name, pool);
  if (resolution !== undefined) return resolution;
  throw notFound(name, {
    pool,
    isCallable: (suggestion) => {
      const meant = findModel(suggestion, pool);
      return meant !== undefined && isCallable(meant);
    },
  });
};
