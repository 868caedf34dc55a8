/** Loads the catalog: every model file below a folder, checked one by one and against each other, with its hashes. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../errors.ts';
import { namesOf } from './lookup.ts';
import type { Catalog, CatalogModel, HostPrice } from './model.ts';
import { parseModelFile } from './parse.ts';
import { renderProblem, type CatalogProblem } from './problem.ts';
import { suggest } from './suggestion.ts';

/** Problems printed in one error; the rest is counted. */
const MAX_PROBLEMS_SHOWN = 20;
const HASH_DIGITS = 12;

const hashOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, HASH_DIGITS);

const toHostFacts = ({ provider, price }: HostPrice) => [provider, price];

/** A catalog from models in any order. Throws nothing: rules between models are `checkCatalog`'s. */
export const createCatalog = (models: readonly CatalogModel[]): Catalog => {
  // By code units, not by locale: the order, and so the hash, is the same on every machine.
  const sorted = [...models].sort((left, right) => (left.id < right.id ? -1 : 1));
  return {
    models: new Map(sorted.map((model) => [model.id, model])),
    hash: hashOf(sorted.map(({ price: _price, hosts: _hosts, sources: _sources, ...facts }) => facts)),
    pricesHash: hashOf(sorted.map(({ id, price, hosts = [] }) => [id, price, hosts.map(toHostFacts)])),
  };
};

const checkSuccessors = ({ models }: Catalog): readonly CatalogProblem[] =>
  [...models.values()].flatMap((model) =>
    model.successors
      .filter((successor) => !models.has(successor) || successor === model.id)
      .map((successor) => {
        const [nearest] = suggest(
          successor,
          [...models.keys()].filter((id) => id !== model.id),
        );
        return {
          file: `${model.id}.toml`,
          field: 'successors',
          expected: 'ids of other models of the catalog',
          given: `"${successor}"`,
          fix: nearest === undefined ? 'Add that model or remove the id.' : `Did you mean "${nearest}"?`,
        };
      }),
  );

/** A name that means two models of one lab would make a lookup depend on the order of files. */
const checkNames = ({ models }: Catalog): readonly CatalogProblem[] => {
  const owners = new Map<string, string>();
  for (const model of models.values()) owners.set(model.id, model.id);
  return [...models.values()].flatMap((model) =>
    namesOf(model)
      .slice(1)
      .flatMap((name) => {
        const key = `${model.lab}/${name}`;
        const owner = owners.get(key);
        owners.set(key, model.id);
        if (owner === undefined) return [];
        return [
          {
            file: `${model.id}.toml`,
            field: 'aliases',
            expected: 'names that no other model of the lab has',
            given: `"${name}", which also names ${owner}`,
            fix: 'Remove it from one of the two.',
          },
        ];
      }),
  );
};

/** Rules between the models of one catalog; empty: none is broken. */
export const checkCatalog = (catalog: Catalog): readonly CatalogProblem[] => [
  ...checkSuccessors(catalog),
  ...checkNames(catalog),
];

/** Files below the folder that hold models, as `<lab>/<model>.toml` in code-unit order. */
export const listModelFiles = async (folder: string): Promise<readonly string[]> => {
  const entries = await readdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new ConfigError(
      `${folder}: expected the catalog's folder with <lab>/<model>.toml files, got a folder that cannot be read. ` +
        'Reinstall the package, or name the right folder.',
      { code: 'catalog_unreadable', cause },
    );
  });
  return entries
    .map((entry) => entry.replaceAll('\\', '/'))
    .filter((entry) => entry.endsWith('.toml'))
    .sort();
};

const refuse = (folder: string, problems: readonly CatalogProblem[]): never => {
  const shown = problems.slice(0, MAX_PROBLEMS_SHOWN).map((problem) => `  ${renderProblem(problem)}`);
  const hidden = problems.length - shown.length;
  const lines = [`The model catalog in ${folder} has ${problems.length} problem(s):`, ...shown];
  throw new ConfigError([...lines, ...(hidden > 0 ? [`  … and ${hidden} more.`] : [])].join('\n'), {
    code: 'catalog_invalid',
    blocking: problems.map(({ file, field, expected, given, fix }) => ({
      constraint: field === '' ? file : `${file}: ${field}`,
      expected,
      given,
      fix,
    })),
  });
};

/**
 * Reads and checks every model file. Throws ConfigError that lists every problem of every file, because a catalog with
 * one model missing would route differently without saying so.
 */
export const loadCatalog = async (folder: string): Promise<Catalog> => {
  const files = await listModelFiles(folder);
  if (files.length === 0) {
    throw new ConfigError(
      `${folder}: expected model files <lab>/<model>.toml, got none. Reinstall the package, or name the right folder.`,
      { code: 'catalog_empty' },
    );
  }
  const parsed = await Promise.all(
    files.map(async (file) => parseModelFile(file, await readFile(join(folder, file), 'utf8'))),
  );
  const problems = parsed.flatMap((result) => (result.type === 'problems' ? result.problems : []));
  if (problems.length > 0) return refuse(folder, problems);
  const catalog = createCatalog(parsed.flatMap((result) => (result.type === 'model' ? [result.model] : [])));
  const conflicts = checkCatalog(catalog);
  return conflicts.length > 0 ? refuse(folder, conflicts) : catalog;
};
