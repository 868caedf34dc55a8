/** Reader of outcome data: `prompts.jsonl` and `outcomes.jsonl` of one folder, streamed and checked line by line. */
import { z } from 'zod';
import type { JsonValue } from '../canonical/json.ts';
import { DataError } from '../errors.ts';
import { findJsonLines, readJsonLines, type JsonLine } from './lines.ts';
import type { OutcomeMeasurement, OutcomePrompt } from './prompt.ts';

const text = z.string().min(1);
const count = z.number().int().nonnegative().nullish();
const amount = z.number().nonnegative().nullish();
const label = z.string().nullish();

const keyMembers = { source: text, dataset: text, prompt_id: text };

const messageSchema = z.object({ role: z.enum(['system', 'developer', 'user', 'assistant']), content: z.string() });

/** Members that are not listed (`derived` and other labels) are left out on purpose. */
const promptSchema = z.object({
  ...keyMembers,
  prompt: z.union([z.string(), z.array(messageSchema).min(1)]),
  tools: z.json().nullish(),
  group: label,
  category: label,
  difficulty: label,
  answer: label,
  date: label,
  split: label,
});

const measurementSchema = z.object({
  ...keyMembers,
  model: text,
  score: z.number().min(0).max(1),
  input_tokens: count,
  output_tokens: count,
  output_chars: count,
  cost_usd: amount,
  latency_s: amount,
});

const explain = (line: JsonLine, error: z.ZodError): DataError => {
  const issue = error.issues[0];
  const place = issue === undefined || issue.path.length === 0 ? 'the line' : issue.path.join('.');
  return new DataError(`${line.file}:${line.number}: ${place}: ${issue?.message ?? 'not as expected'}`, {
    cause: error,
  });
};

/** A single function document stands for a list of one; data sets write both. */
const toTools = (value: unknown): readonly JsonValue[] => {
  if (value === null || value === undefined) {
    return [];
  }
  return (Array.isArray(value) ? value : [value]) as readonly JsonValue[]; // checked by z.json()
};

/** One line of `prompts.jsonl`. Throws `DataError` naming file, line and field. */
export const parsePrompt = (line: JsonLine): OutcomePrompt => {
  const parsed = promptSchema.safeParse(line.value);
  if (!parsed.success) {
    throw explain(line, parsed.error);
  }
  const row = parsed.data;
  return {
    source: row.source,
    dataset: row.dataset,
    promptId: row.prompt_id,
    routable: { prompt: row.prompt, tools: toTools(row.tools) },
    // A prompt without a group is a group of its own.
    group: row.group ?? `${row.source}/${row.dataset}/${row.prompt_id}`,
    labels: {
      category: row.category ?? null,
      difficulty: row.difficulty ?? null,
      answer: row.answer ?? null,
      date: row.date ?? null,
      split: row.split ?? null,
    },
  };
};

/** One line of `outcomes.jsonl`. Throws `DataError` naming file, line and field. */
export const parseMeasurement = (line: JsonLine): OutcomeMeasurement => {
  const parsed = measurementSchema.safeParse(line.value);
  if (!parsed.success) {
    throw explain(line, parsed.error);
  }
  const row = parsed.data;
  return {
    source: row.source,
    dataset: row.dataset,
    promptId: row.prompt_id,
    model: row.model,
    score: row.score,
    inputTokens: row.input_tokens ?? null,
    outputTokens: row.output_tokens ?? null,
    outputChars: row.output_chars ?? null,
    costUsd: row.cost_usd ?? null,
    latencySeconds: row.latency_s ?? null,
  };
};

/** Every prompt of a folder, in the file's order. */
export async function* readPrompts(folder: string): AsyncIterable<OutcomePrompt> {
  for await (const line of readJsonLines(await findJsonLines(folder, 'prompts'))) {
    yield parsePrompt(line);
  }
}

/** Every measurement of a folder, in the file's order. */
export async function* readOutcomes(folder: string): AsyncIterable<OutcomeMeasurement> {
  for await (const line of readJsonLines(await findJsonLines(folder, 'outcomes'))) {
    yield parseMeasurement(line);
  }
}
