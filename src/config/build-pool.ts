/** From a parsed gearbox.yaml to the pool: every section built and checked against the others. */
import { KNOWN_PROVIDERS } from '../catalog/known-providers.ts';
import type { Pool } from '../catalog/pool.ts';
import { buildAliases } from './aliases.ts';
import { buildClientKeys } from './client-keys.ts';
import { buildComponents } from './components.ts';
import type { BuildContext } from './context.ts';
import { fingerprint } from './fingerprint.ts';
import { buildProviders } from './providers.ts';
import type { Configuration } from './schema.ts';
import { buildUnifiedModels } from './unified-models.ts';

/** The pool as far as it can be built; whoever gets problems of severity `error` must not serve it. */
export const buildPool = async (configuration: Configuration, context: BuildContext): Promise<Pool> => {
  const providers = await buildProviders(configuration.providers, context);
  const components = await buildComponents({ components: configuration.components, providers, context });
  if (Object.keys(configuration.components).length === 0) reportNoComponents(context);
  const models = buildUnifiedModels(configuration, components, context);
  const names = {
    components: Object.keys(configuration.components),
    models: [...models.keys()],
    providers: usableProviders(providers.keys()),
  };
  const aliases = buildAliases(configuration.aliases, names, context);
  const keys = await buildClientKeys(configuration, { ...names, aliases: Object.keys(configuration.aliases) }, context);
  return finishPool({ providers, components, models, aliases, keys, catalog: context.catalog, notes: [] });
};

/** Adds the hash and whether everything is simulated. */
export const finishPool = (pool: Omit<Pool, 'configHash' | 'simulated'>): Pool => {
  const components = [...pool.components.values()];
  return {
    ...pool,
    configHash: hashOfPool(pool),
    simulated: components.length > 0 && components.every(({ simulated }) => simulated),
  };
};

/** References to secrets count, secrets do not: a rotated key is no change of the configuration. */
const hashOfPool = (pool: Omit<Pool, 'configHash' | 'simulated'>): string =>
  fingerprint({
    providers: [...pool.providers.values()],
    components: [...pool.components.values()].map(({ hash }) => hash),
    models: [...pool.models.values()],
    aliases: [...pool.aliases.values()],
    keys: pool.keys.map(({ sha256: _secret, ...key }) => key),
  });

/** Under all of their names. Known servers without keys can be called too, although nothing in the environment names them. */
const usableProviders = (configured: Iterable<string>): readonly string[] => {
  const names = new Set(configured);
  const known = KNOWN_PROVIDERS.filter(({ name, keyRequired }) => names.has(name) || !keyRequired);
  return [...names, ...known.flatMap(({ name, aliases }) => [name, ...aliases])];
};

const reportNoComponents = ({ report }: BuildContext): void =>
  report({
    code: 'no_components',
    severity: 'error',
    path: ['components'],
    expected: 'at least one component',
    given: 'none',
    fix: 'add components: { fast: { model: … }, thinking: { model: … } }; both may be one model',
  });
