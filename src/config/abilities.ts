/** Abilities of the home folder on the components of a loaded configuration. */
import { loadAbilities, toAbilitiesPath, type LoadedAbilities } from '../learn/ability-file.ts';
import type { Component } from '../catalog/component.ts';
import type { Pool } from '../catalog/pool.ts';
import { ConfigError } from '../errors.ts';
import { fingerprint } from './fingerprint.ts';
import type { Problem } from './problem.ts';

/** The grades are of a model: where another one stands behind the component by now, they say nothing of it. */
const withAbility = (component: Component, { components }: LoadedAbilities): Component => {
  const ability = components.get(component.name);
  const isOfThis = ability?.deployment === component.deployments[0].id && ability.simulated === component.simulated;
  return isOfThis ? { ...component, ability } : component;
};

const toWarning = (path: string, error: ConfigError): Problem => {
  const [found] = error.blocking;
  return {
    code: error.code,
    severity: 'warning',
    file: path,
    line: null,
    column: null,
    field: '',
    expected: found?.expected ?? 'a readable file',
    given: found?.given ?? 'something else',
    fix: `${found?.fix ?? 'check the file'}; until then every component counts as unmeasured`,
  };
};

/** As much of a loaded configuration as abilities change. */
interface Loaded {
  readonly pool: Pool;
  readonly settings: { readonly home: string };
  readonly problems: readonly Problem[];
  /** Watched for changes. */
  readonly files: readonly string[];
}

/**
 * The same configuration, its components with what graded calls say of them. They are part of its hash, so a record names
 * what it was decided with. A file that cannot be read is a warning: without it everything is served as before.
 */
export const withAbilities = async <Configuration extends Loaded>(loaded: Configuration): Promise<Configuration> => {
  const path = toAbilitiesPath(loaded.settings.home);
  const watched = { ...loaded, files: [...loaded.files, path] };
  try {
    const abilities = await loadAbilities(path);
    if (abilities === null) return watched;
    const { pool } = loaded;
    const components = new Map(
      [...pool.components].map(([name, component]) => [name, withAbility(component, abilities)]),
    );
    if ([...components.values()].every(({ ability }) => ability === undefined)) return watched;
    return { ...watched, pool: { ...pool, components, configHash: fingerprint([pool.configHash, abilities.hash]) } };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { ...watched, problems: [...loaded.problems, toWarning(path, error)] };
  }
};
