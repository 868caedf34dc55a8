/** Checks the text of gearbox.yaml: every problem with file, line, column and field, in one run. */
import { dirname } from 'node:path';
import type { Catalog } from '../catalog/model.ts';
import type { Pool } from '../catalog/pool.ts';
import type { LoadedRouter } from '../policy/learned/release.ts';
import { buildPool } from './build-pool.ts';
import type { Environment } from './environment.ts';
import { fromIssue } from './issue.ts';
import { hasError, renderField, type FieldPath, type FieldProblem, type Problem } from './problem.ts';
import { loadOwnRouters } from './routers.ts';
import { configurationSchema, type Configuration } from './schema.ts';
import { looksLikeKey } from './wording.ts';
import { parseYamlSource, type YamlPlace } from './yaml-source.ts';

export interface CheckSources {
  readonly environment: Environment;
  readonly catalog: Catalog;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

export interface CheckedConfiguration {
  /** In the order of the file; warnings too. */
  readonly problems: readonly Problem[];
  /** Null exactly if there is a problem of severity `error`. */
  readonly result: {
    readonly configuration: Configuration;
    readonly pool: Pool;
    /** By unified model, for those that name a router of their own. */
    readonly routers: ReadonlyMap<string, LoadedRouter>;
  } | null;
}

/** `path` names the file in problems, and its folder is where relative paths start. Reads the files it refers to. */
export const checkConfiguration = async (
  text: string,
  path: string,
  sources: CheckSources,
): Promise<CheckedConfiguration> => {
  const source = parseYamlSource(text, path);
  if (source.type === 'problems') return { problems: source.problems, result: null };
  const problems: Problem[] = [];
  const report = (problem: FieldProblem): void => {
    problems.push(placeProblem(problem, path, source.locate));
  };
  reportPastedKeys(source.value, [], report);
  const parsed = configurationSchema.safeParse(source.value ?? {});
  if (!parsed.success) {
    for (const issue of parsed.error.issues) for (const problem of fromIssue(issue, source.value)) report(problem);
    return { problems: sortProblems(problems), result: null };
  }
  const folder = dirname(path);
  const pool = await buildPool(parsed.data, { ...sources, folder, report });
  const routers = await loadOwnRouters(parsed.data, { folder, report });
  const result = hasError(problems) ? null : { configuration: parsed.data, pool, routers };
  return { problems: sortProblems(problems), result };
};

/** An unknown key is shown where it stands, a wrong value at the value. */
const placeProblem = (
  problem: FieldProblem,
  file: string,
  locate: (path: FieldPath, at: 'key' | 'value') => YamlPlace,
): Problem => {
  const { path, ...rest } = problem;
  if (path.length === 0) return { ...rest, file, line: null, column: null, field: '' };
  return { ...rest, file, ...locate(path, isAboutKey(problem) ? 'key' : 'value'), field: renderField(path) };
};

const isAboutKey = ({ code }: FieldProblem): boolean => code === 'unknown_key' || code === 'shadowed_name';

/** Keys of providers anywhere in the file: it is often committed, mailed or pasted, and then they are lost. */
const reportPastedKeys = (value: unknown, path: FieldPath, report: (problem: FieldProblem) => void): void => {
  if (typeof value === 'string' && looksLikeKey(value))
    report({
      code: 'literal_secret',
      severity: 'error',
      path,
      expected: 'no secrets in this file',
      given: 'something that looks like a key (not shown)',
      fix: 'put it into an environment variable and write env:NAME, or into a file and write file:PATH',
    });
  if (typeof value !== 'object' || value === null) return;
  const isList = Array.isArray(value);
  for (const [name, member] of Object.entries(value))
    reportPastedKeys(member, [...path, isList ? Number(name) : name], report);
};

/** By place; the ones without a place first. One field with a pasted key is reported once, as that. */
const sortProblems = (problems: readonly Problem[]): readonly Problem[] => {
  const pasted = new Set(problems.filter(({ code }) => code === 'literal_secret').map(({ field }) => field));
  return problems
    .filter(({ code, field }) => code === 'literal_secret' || !pasted.has(field))
    .toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
};
