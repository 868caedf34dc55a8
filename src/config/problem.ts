/** A problem in the configuration: which field, what was expected, what was given, and how to put it right. */
import type { Blocking } from '../errors.ts';
import { ConfigError } from '../errors.ts';
import { looksLikeKey } from './wording.ts';

export type ProblemSeverity = 'error' | 'warning';

/** Field names and list indexes from the top of the document. */
export type FieldPath = readonly (string | number)[];

/** A problem before it has a place in a file. */
export interface FieldProblem {
  /** Stable, for tests and tools: `unknown_key`, `limit_without_mini`. */
  readonly code: string;
  readonly severity: ProblemSeverity;
  readonly path: FieldPath;
  /** Completes "expected …". */
  readonly expected: string;
  /** Completes "given …"; shortened, never a secret. */
  readonly given: string;
  /** What to do, lower case, without a full stop. */
  readonly fix: string;
}

export interface Problem extends Omit<FieldProblem, 'path'> {
  /** The file as it was named by the operator; `environment` where there is none. */
  readonly file: string;
  /** From 1; null where there is no text to point at. */
  readonly line: number | null;
  readonly column: number | null;
  /** `components.fast.limit`; empty for the whole file. */
  readonly field: string;
}

/** Takes the problems that a step finds; the step goes on, so that one run shows them all. */
export type ReportProblem = (problem: FieldProblem) => void;

export const renderField = (path: FieldPath): string =>
  path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : `${text}${text === '' ? '' : '.'}${renderName(part)}`,
    '',
  );

/** YAML allows a whole block as a key; its name would break the line of its problem apart. */
const CONTROL_CHARACTERS = /[\p{Cc}\u2028\u2029]/u;

/** A key pasted as a name is no more shown than one pasted as a value. */
const renderName = (name: string): string => {
  if (looksLikeKey(name)) return '(not shown)';
  return CONTROL_CHARACTERS.test(name) ? JSON.stringify(name) : name;
};

/** One line: `gearbox.yaml:12:5 components.fast.limit: expected …, given …; fix: …`. */
export const renderProblem = ({ file, line, column, field, expected, given, fix, severity }: Problem): string => {
  const place = line === null ? file : `${file}:${line}:${column ?? 1}`;
  const subject = field === '' ? '' : ` ${field}`;
  const mark = severity === 'warning' ? ' (warning)' : '';
  return `${place}${subject}:${mark} expected ${expected}, given ${given}; fix: ${fix}`;
};

export const hasError = (problems: readonly { readonly severity: ProblemSeverity }[]): boolean =>
  problems.some(({ severity }) => severity === 'error');

/** One error that names every problem of severity `error`. */
export const toConfigError = (problems: readonly Problem[]): ConfigError => {
  const errors = problems.filter(({ severity }) => severity === 'error');
  const blocking = errors.map(({ field, file, expected, given, fix }): Blocking => ({
    constraint: field === '' ? file : field,
    expected,
    given,
    fix,
  }));
  return new ConfigError(errors.map(renderProblem).join('\n'), { code: 'config_invalid', blocking });
};
