/** Findings of the schema, put in our words: what was expected, given, and a suggestion where a name is misspelt. */
import type { z } from 'zod';
import { knownFields } from './json-schema.ts';
import type { FieldPath, FieldProblem } from './problem.ts';
import { renderChoices, renderGiven, renderSuggestion } from './wording.ts';

type Issue = z.core.$ZodIssue;

/** Turns one finding into problems: several unknown keys become one problem a key. `document` is what was checked. */
export const fromIssue = (issue: Issue, document: unknown, parent: FieldPath = []): readonly FieldProblem[] => {
  const path = [...parent, ...toFieldPath(issue.path)];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(path, key));
    case 'invalid_union':
      return fromUnion(issue, document, path);
    case 'invalid_key':
      return [problem(path, issue.issues[0]?.message ?? 'another name', renderGiven(path.at(-1)))];
    case 'invalid_value':
      return [invalidValue(issue.values.map(String), document, path)];
    case 'invalid_type':
      return [invalidType(issue, document, path)];
    case 'invalid_format':
    case 'too_big':
    case 'too_small':
    case 'not_multiple_of':
    case 'invalid_element':
    case 'custom':
      return [problem(path, issue.message, given(document, path))];
  }
};

/** Values below these are secrets, or were meant to be: they are never shown. */
const isSecretPlace = (path: FieldPath): boolean =>
  (path[0] === 'keys' && path.length >= 2 && path[2] !== 'models' && path[2] !== 'objective') ||
  (path[0] === 'providers' && (path[2] === 'key' || path[2] === 'headers' || path.length === 2));

const valueAt = (document: unknown, path: FieldPath): unknown =>
  path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, part) ? Reflect.get(value, part) : undefined,
    document,
  );

const given = (document: unknown, path: FieldPath): string => {
  const value = valueAt(document, path);
  return typeof value === 'string' && isSecretPlace(path) ? 'text (not shown)' : renderGiven(value);
};

const problem = (path: FieldPath, expected: string, givenText: string): FieldProblem => ({
  code: givenText === 'nothing' ? 'missing' : 'invalid_value',
  severity: 'error',
  path,
  expected,
  given: givenText,
  fix: givenText === 'nothing' ? 'add the field' : 'correct the value',
});

const unknownKey = (path: FieldPath, key: string): FieldProblem => {
  const known = knownFields(path);
  const fallback = known.length === 0 ? 'remove it' : `use one of ${renderChoices(known)}, or remove it`;
  return {
    code: 'unknown_key',
    severity: 'error',
    path: [...path, key],
    expected: 'a known key',
    given: renderGiven(key),
    fix: renderSuggestion(key, known, fallback),
  };
};

const invalidValue = (values: readonly string[], document: unknown, path: FieldPath): FieldProblem => {
  const value = valueAt(document, path);
  const expected = renderChoices(values);
  const plain = problem(path, expected, given(document, path));
  if (path.length === 1 && path[0] === 'version') return { ...plain, code: 'version', fix: `set version: ${expected}` };
  return typeof value === 'string' ? { ...plain, fix: renderSuggestion(value, values, 'use one of these') } : plain;
};

const TYPE_NAMES: Partial<Record<string, string>> = {
  object: 'a map of fields',
  record: 'a map of fields',
  array: 'a list',
  string: 'text',
  boolean: 'true or false',
  number: 'a number',
  int: 'a whole number',
};

const invalidType = (
  issue: Extract<Issue, { code: 'invalid_type' }>,
  document: unknown,
  path: FieldPath,
): FieldProblem => {
  // Messages that the schema sets complete "expected …"; zod's own begin with "Invalid".
  const ours = !issue.message.startsWith('Invalid');
  return problem(path, ours ? issue.message : (TYPE_NAMES[issue.expected] ?? issue.expected), given(document, path));
};

/** Of a union's branches, the one whose kind was written: a map is judged as a map, a word as a word. */
const fromUnion = (
  issue: Extract<Issue, { code: 'invalid_union' }>,
  document: unknown,
  path: FieldPath,
): readonly FieldProblem[] => {
  const value = valueAt(document, path);
  const branches = issue.errors.filter((issues) => !issues.some((inner) => isWrongKind(inner, value)));
  const [branch] = branches;
  if (branch !== undefined) return branch.flatMap((inner) => fromIssue(inner, document, path));
  const expected = issue.errors.flatMap((issues) => issues.slice(0, 1)).map((inner) => expectedOf(inner));
  return [problem(path, renderChoices([...new Set(expected)]), given(document, path))];
};

/** The branch did not even get the kind of value it is for. An enum given a string is the right kind, wrong word. */
const isWrongKind = (issue: Issue, value: unknown): boolean =>
  issue.path.length === 0 &&
  (issue.code === 'invalid_type' || (issue.code === 'invalid_value' && typeof value !== 'string'));

const expectedOf = (issue: Issue): string => {
  if (issue.code === 'invalid_value') return renderChoices(issue.values.map(String));
  const own = issue.code !== 'invalid_type' || !issue.message.startsWith('Invalid');
  return own ? issue.message : (TYPE_NAMES[issue.expected] ?? issue.expected);
};

const toFieldPath = (path: readonly PropertyKey[]): FieldPath =>
  path.map((part) => (typeof part === 'number' ? part : String(part)));
