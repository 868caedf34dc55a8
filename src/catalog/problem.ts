/** What is wrong with a catalog file: where, what was expected, what was given, and how to put it right. */
import type { z } from 'zod';
import { suggest } from './suggestion.ts';

export interface CatalogProblem {
  /** Path below the catalog's folder: `openai/gpt-5.toml`. */
  readonly file: string;
  /** Path inside the file (`price.context_tiers[0].input_usd_per_mtok`), `line 3, column 7`, or empty for the file. */
  readonly field: string;
  readonly expected: string;
  readonly given: string;
  readonly fix: string;
}

/** One line: `openai/gpt-5.toml: limits.context_tokens: expected …, got …. Fix.` */
export const renderProblem = ({ file, field, expected, given, fix }: CatalogProblem): string =>
  `${file}: ${field === '' ? '' : `${field}: `}expected ${expected}, got ${given}. ${fix}`;

const LONGEST_GIVEN = 60;

export const renderGiven = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  // Functions and symbols, which JSON leaves out, cannot come from TOML.
  const json = JSON.stringify(value) ?? typeof value;
  return json.length > LONGEST_GIVEN ? `${json.slice(0, LONGEST_GIVEN)}…` : json;
};

export const renderPath = (path: readonly PropertyKey[]): string =>
  path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');

const valueAt = (root: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, part) => (typeof value === 'object' && value !== null ? Reflect.get(value, part) : undefined),
    root,
  );

/** Keys that the schema knows at a path, for suggestions. Reads zod's own description of the shape. */
export type KnownKeys = (path: readonly PropertyKey[]) => readonly string[];

interface IssueContext {
  readonly file: string;
  readonly document: unknown;
  readonly knownKeys: KnownKeys;
}

const unknownKeyProblems = (
  issue: Extract<z.core.$ZodIssue, { code: 'unrecognized_keys' }>,
  { file, knownKeys }: IssueContext,
): readonly CatalogProblem[] => {
  const known = knownKeys(issue.path);
  return issue.keys.map((key) => {
    const [nearest] = suggest(key, known);
    return {
      file,
      field: renderPath([...issue.path, key]),
      expected: `one of ${known.join(', ')}`,
      given: `the unknown key "${key}"`,
      fix: nearest === undefined ? 'Remove it or correct its name.' : `Did you mean "${nearest}"?`,
    };
  });
};

const enumProblem = (
  issue: Extract<z.core.$ZodIssue, { code: 'invalid_value' }>,
  given: unknown,
): Pick<CatalogProblem, 'expected' | 'fix'> => {
  const values = issue.values.map(String);
  const [nearest] = typeof given === 'string' ? suggest(given, values) : [];
  return {
    expected: `one of ${values.join(', ')}`,
    fix: nearest === undefined ? 'Use one of these.' : `Did you mean "${nearest}"?`,
  };
};

const typeNames: Readonly<Record<string, string>> = {
  object: 'a table',
  array: 'a list',
  string: 'text in quotes',
  boolean: 'true or false',
  number: 'a number',
  int: 'a whole number',
};

const describe = (issue: z.core.$ZodIssue, given: unknown): Pick<CatalogProblem, 'expected' | 'fix'> => {
  if (issue.code === 'invalid_value') return enumProblem(issue, given);
  const byType = issue.code === 'invalid_type' ? typeNames[issue.expected] : undefined;
  // Messages that the schema sets itself are phrased as what is expected; zod's own begin with "Invalid" or "Too".
  const isOurs = !/^(Invalid|Too|Unrecognized)/.test(issue.message);
  return {
    expected: isOurs ? issue.message : (byType ?? issue.message),
    fix: given === undefined ? 'Add the field.' : 'Correct the value.',
  };
};

/** A schema's finding in our words. One issue about several unknown keys becomes one problem a key. */
export const fromIssue = (issue: z.core.$ZodIssue, context: IssueContext): readonly CatalogProblem[] => {
  if (issue.code === 'unrecognized_keys') return unknownKeyProblems(issue, context);
  const given = valueAt(context.document, issue.path);
  return [{ file: context.file, field: renderPath(issue.path), given: renderGiven(given), ...describe(issue, given) }];
};
