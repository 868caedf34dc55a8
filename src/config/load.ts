/** Loads the configuration: finds the file, or builds a pool from the environment, or from the lab. */
import { access, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { brand } from '../brand.ts';
import type { Catalog } from '../catalog/model.ts';
import type { Pool } from '../catalog/pool.ts';
import { ConfigError } from '../errors.ts';
import type { LoadedRouter } from '../policy/learned/release.ts';
import { withAbilities } from './abilities.ts';
import { buildPool } from './build-pool.ts';
import { checkConfiguration } from './check.ts';
import { environmentValue, type Environment } from './environment.ts';
import { chooseFromEnvironment } from './environment-pool.ts';
import { createLabPool } from './lab-pool.ts';
import { listModels as askServer, type ListModels } from './list-models.ts';
import { hasError, renderField, toConfigError, type FieldProblem, type Problem } from './problem.ts';
import { configurationSchema, type Configuration, type ConfigurationInput } from './schema.ts';
import { secretFile } from './secret.ts';
import { resolveHome, toSettings, type ServerSettings, type SettingFlags } from './settings.ts';
import { MAX_CONFIGURATION_BYTES } from './yaml-source.ts';

export interface LoadedConfiguration {
  readonly pool: Pool;
  readonly settings: ServerSettings;
  /** By unified model, for those that name a router of their own. */
  readonly routers: ReadonlyMap<string, LoadedRouter>;
  /** Absolute path of gearbox.yaml; null when the pool comes from the environment or is the lab. */
  readonly path: string | null;
  /** Warnings only: with an error nothing is loaded. */
  readonly problems: readonly Problem[];
  /** Where the pool comes from. */
  readonly origin: 'file' | 'environment' | 'lab';
  /** Further files that the configuration refers to (instructions, routers, secrets), absolute, to be watched with it. */
  readonly files: readonly string[];
}

export interface LoadOptions {
  /** `--config`; null: search. */
  readonly config: string | null;
  /** `--lab`: the lab, whatever keys and files exist. */
  readonly lab: boolean;
  readonly flags: SettingFlags;
  readonly environment: Environment;
  /** Where the search for gearbox.yaml begins. */
  readonly workingFolder: string;
  readonly catalog: Catalog;
  /** Starts the lab if it does not run yet, and gives its Chat Completions address. Called only when it is needed. */
  readonly labBaseUrl: () => Promise<string>;
  /** For tests; asks local servers over HTTP when absent. */
  readonly listModels?: ListModels;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

const NO_ROUTERS: LoadedConfiguration['routers'] = new Map();

/** Throws ConfigError that lists every problem of severity `error`. */
export const loadConfiguration = async (options: LoadOptions): Promise<LoadedConfiguration> =>
  withAbilities(await loadWithoutAbilities(options));

const loadWithoutAbilities = async (options: LoadOptions): Promise<LoadedConfiguration> => {
  if (options.lab) return loadLab(options, []);
  const path = await findConfigurationFile(options);
  return path === null ? loadFromEnvironment(options) : loadFile(path, options);
};

type SearchOptions = Pick<LoadOptions, 'config' | 'environment' | 'workingFolder' | 'flags'>;

/**
 * `--config`, `$GEARBOX_CONFIG`, `./gearbox.yaml`, `$GEARBOX_HOME/gearbox.yaml`; null when there is none. Throws
 * ConfigError when one of the first two names a file that is not there: falling back would serve something else.
 */
export const findConfigurationFile = async ({
  config,
  environment,
  workingFolder,
  flags,
}: SearchOptions): Promise<string | null> => {
  const variable = `${brand.environmentPrefix}CONFIG`;
  const named = [
    { source: '--config', path: config ?? undefined },
    { source: variable, path: environmentValue(environment, variable) },
  ].find(({ path }) => path !== undefined);
  if (named?.path !== undefined) {
    const path = resolve(workingFolder, named.path);
    if (await isThere(path)) return path;
    throw new ConfigError(
      `${named.source}: expected a file, given ${path}, which is not there; fix: correct the path, or run "${brand.binary} init"`,
      {
        code: 'config_missing',
      },
    );
  }
  const places = [join(workingFolder, brand.configFile), join(resolveHome(environment, flags.home), brand.configFile)];
  for (const path of places) if (await isThere(path)) return path;
  return null;
};

const isThere = async (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const loadFile = async (path: string, options: LoadOptions): Promise<LoadedConfiguration> => {
  const text = await readConfigurationText(path);
  const { problems, result } = await checkConfiguration(text, path, options);
  if (result === null) throw toConfigError(problems);
  const { configuration, pool, routers } = result;
  return {
    pool,
    routers,
    settings: toSettings({ ...options, configuration, keyCount: pool.keys.length }),
    path,
    problems,
    origin: 'file',
    files: referredFiles(configuration, dirname(path)),
  };
};

/** Throws ConfigError when the file is a folder, too large or not readable. */
export const readConfigurationText = async (path: string): Promise<string> => {
  const refuse = (given: string, cause?: unknown): never => {
    throw new ConfigError(
      `${path}: expected a readable file of at most ${MAX_CONFIGURATION_BYTES} bytes, given ${given}; fix: check that this is the right file`,
      {
        code: 'config_unreadable',
        cause,
      },
    );
  };
  const information = await stat(path).catch((cause: unknown) => refuse('a path that cannot be read', cause));
  if (!information.isFile()) return refuse('something that is no file');
  if (information.size > MAX_CONFIGURATION_BYTES) return refuse(`${information.size} bytes`);
  return readFile(path, 'utf8').catch((cause: unknown) => refuse('a file that cannot be read', cause));
};

const referredFiles = (configuration: Configuration, folder: string): readonly string[] => {
  const { components, keys, providers, models = {} } = configuration;
  const instructions = Object.values(components).map((component) =>
    component.instructions === undefined ? null : resolve(folder, component.instructions),
  );
  const routers = Object.values(models).map(({ router }) => (router === undefined ? null : resolve(folder, router)));
  const secrets = [
    ...Object.values(keys).map(({ secret }) => secretFile(secret, folder)),
    ...Object.values(providers).map(({ key }) => secretFile(key, folder)),
  ];
  return [...new Set([...instructions, ...routers, ...secrets].filter((file) => file !== null))];
};

const loadFromEnvironment = async (options: LoadOptions): Promise<LoadedConfiguration> => {
  const choice = await chooseFromEnvironment({ ...options, listModels: options.listModels ?? askServer });
  if (choice.configuration === null)
    return loadLab(options, [...choice.notes, 'No usable provider key or local server was found.']);
  const { pool, problems } = await buildChosenPool(choice.configuration, options);
  return {
    pool: { ...pool, notes: choice.notes },
    routers: NO_ROUTERS,
    settings: toSettings({ ...options, configuration: null, keyCount: 0 }),
    path: null,
    problems,
    origin: 'environment',
    files: [],
  };
};

type ChosenSources = Pick<LoadOptions, 'environment' | 'catalog' | 'workingFolder' | 'nowMs'>;

/** The pool of a configuration that was chosen, not written. Throws ConfigError when it does not hold together. */
export const buildChosenPool = async (
  chosen: ConfigurationInput,
  { environment, catalog, workingFolder, nowMs }: ChosenSources,
): Promise<{ readonly pool: Pool; readonly problems: readonly Problem[] }> => {
  const problems: Problem[] = [];
  const report = ({ path, ...problem }: FieldProblem): void => {
    problems.push({ ...problem, file: 'environment', line: null, column: null, field: renderField(path) });
  };
  const pool = await buildPool(configurationSchema.parse(chosen), {
    environment,
    catalog,
    folder: workingFolder,
    nowMs,
    report,
  });
  if (hasError(problems)) throw toConfigError(problems);
  return { pool, problems };
};

const loadLab = async (options: LoadOptions, notes: readonly string[]): Promise<LoadedConfiguration> => {
  const pool = createLabPool({ ...options, baseUrl: await options.labBaseUrl() });
  return {
    pool: { ...pool, notes: [...notes, ...pool.notes] },
    routers: NO_ROUTERS,
    settings: toSettings({ ...options, configuration: null, keyCount: 0 }),
    path: null,
    problems: [],
    origin: 'lab',
    files: [],
  };
};
