/** Changes single values in a TOML text and leaves every other byte, comments above all, as it was. */

/** A table (`''`: the top level), one of an array of tables by its position, or the next one to be appended. */
interface Place {
  readonly table: string;
  readonly index: number | null;
}

export interface TomlEdit extends Place {
  readonly key: string;
  readonly value: string | number | boolean | readonly string[];
}

const LARGE_NUMBER = 10_000;

const renderNumber = (value: number): string => {
  const text = String(value);
  if (!Number.isInteger(value) || Math.abs(value) < LARGE_NUMBER) return text;
  return text.replaceAll(/\B(?=(\d{3})+$)/g, '_');
};

/** A value as TOML. JSON's strings are TOML's basic strings; large whole numbers get separators (`1_050_000`). */
export const renderValue = (value: TomlEdit['value']): string => {
  if (typeof value === 'number') return renderNumber(value);
  if (typeof value === 'object') return `[${value.map((word) => JSON.stringify(word)).join(', ')}]`;
  return JSON.stringify(value);
};

const HEADER = /^\s*\[(\[)?\s*([A-Za-z0-9_.-]+)\s*\]?\]\s*(#.*)?$/;

const isHeader = (line: string): boolean => HEADER.test(line);

/** Lines [start, end) of the table's body; null when the text has no such table. */
interface Span {
  readonly start: number;
  readonly end: number;
}

const findSpan = (lines: readonly string[], { table, index }: Place): Span | null => {
  const headers = lines.flatMap((line, number) => (HEADER.exec(line)?.[2] === table ? [number] : []));
  const header = table === '' ? -1 : headers[index ?? 0];
  if (header === undefined) return null;
  const next = lines.findIndex((line, number) => number > header && isHeader(line));
  return { start: header + 1, end: next === -1 ? lines.length : next };
};

/** The value of `key = value # comment`, so that only the value is replaced. Quoted text may hold a `#`. */
const ASSIGNMENT = /^(\s*([A-Za-z0-9_-]+)\s*=\s*)("(?:[^"\\]|\\.)*"|\[[^\]]*\]|[^\s#]+)(.*)$/;

/** Where a new key goes: after the table's last assignment, before blank lines and comments that lead to the next one. */
const endOfAssignments = (lines: readonly string[], { start, end }: Span): number => {
  const last = lines.findLastIndex((line, number) => number >= start && number < end && ASSIGNMENT.test(line));
  return last === -1 ? start : last + 1;
};

const appendTable = (lines: readonly string[], { table, index }: Place): readonly string[] => {
  const header = index === null ? `[${table}]` : `[[${table}]]`;
  const last = lines.findLastIndex((line) => line.trim() !== '');
  return [...lines.slice(0, last + 1), '', header, ''];
};

const applyOne = (lines: readonly string[], edit: TomlEdit): readonly string[] => {
  const span = findSpan(lines, edit);
  if (span === null) return applyOne(appendTable(lines, edit), edit);
  const value = renderValue(edit.value);
  for (let number = span.start; number < span.end; number += 1) {
    const [, before = '', key, , after = ''] = ASSIGNMENT.exec(lines[number] ?? '') ?? [];
    if (key === edit.key) return lines.with(number, before + value + after);
  }
  return lines.toSpliced(endOfAssignments(lines, span), 0, `${edit.key} = ${value}`);
};

/**
 * Applies edits one after the other. Knows the subset of TOML that catalog files use: tables and arrays of tables with
 * bare headers, one assignment a line. A table that is missing is appended, so the tables of an array must be named in
 * their order. What it cannot read it does not find: the caller parses the result and compares.
 */
export const editToml = (text: string, edits: readonly TomlEdit[]): string => {
  const lines = text.replace(/\n$/, '').split('\n');
  return `${edits.reduce<readonly string[]>(applyOne, lines).join('\n').trimEnd()}\n`;
};
