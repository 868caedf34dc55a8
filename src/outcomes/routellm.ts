/** RouteLLM's test sets: what a weak and a strong model scored on MMLU and GSM8K, after its own decontamination. */
import { z } from 'zod';
import { DataError } from '../errors.ts';
import { findJsonLines, readJsonLines, type JsonLine } from './lines.ts';
import { toStem } from './stem.ts';

export const ROUTELLM_BENCHMARKS = ['mmlu', 'gsm8k'] as const;

export type RouteLlmBenchmark = (typeof ROUTELLM_BENCHMARKS)[number];

export interface RouteLlmRow {
  readonly benchmark: RouteLlmBenchmark;
  /** A label: no router sees it. */
  readonly subject: string;
  readonly prompt: string;
  /** 0 (wrong) to 1 (right). */
  readonly weak: number;
  readonly strong: number;
  /** Near-duplicates share it: rows of one stem, and rows that the file itself puts together. */
  readonly group: string;
  /** The group as the file names it, the spelling of other data sets; null where it does not. */
  readonly fileGroup: string | null;
}

const score = z.number().min(0).max(1);

/** Members that are not listed (lengths of answers) are left out on purpose. */
const rowSchema = z.object({
  ds: z.enum(ROUTELLM_BENCHMARKS),
  sub: z.string().min(1),
  prompt: z.string().min(1),
  weak: score,
  strong: score,
  group: z.string().min(1).optional(),
});

/** One line of `rows.jsonl`. Throws `DataError` naming file, line and field. */
const parseRow = ({ file, number, value }: JsonLine): z.infer<typeof rowSchema> => {
  const parsed = rowSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? 'the line' : issue.path.join('.');
  throw new DataError(`${file}:${number}: ${place}: ${issue?.message ?? 'not as expected'}`, { cause: parsed.error });
};

/** Representatives of merged names: two names that were ever joined end at the same one. */
const createJoin = () => {
  const parents = new Map<string, string>();
  const find = (name: string): string => {
    let end = name;
    for (let next = parents.get(end); next !== undefined && next !== end; next = parents.get(end)) end = next;
    return end;
  };
  return {
    find,
    join: (one: string, other: string): void => {
      const [first, second] = [find(one), find(other)];
      if (first !== second) parents.set(second, first);
    },
  };
};

/** Rows of `rows.jsonl(.gz)` in a folder, in the file's order. Throws `DataError`. */
export const loadRouteLlmRows = async (folder: string): Promise<readonly RouteLlmRow[]> => {
  const file = await findJsonLines(folder, 'rows');
  const rows: z.infer<typeof rowSchema>[] = [];
  const groups = createJoin();
  for await (const line of readJsonLines(file)) {
    const row = parseRow(line);
    rows.push(row);
    if (row.group !== undefined) groups.join(`stem ${toStem(row.prompt)}`, `group ${row.group}`);
  }
  if (rows.length === 0) throw new DataError(`${file}: expected at least one row, found none.`);
  return rows.map(({ ds, sub, prompt, weak, strong, group }) => ({
    benchmark: ds,
    subject: sub,
    prompt,
    weak,
    strong,
    group: groups.find(`stem ${toStem(prompt)}`),
    fileGroup: group ?? null,
  }));
};
