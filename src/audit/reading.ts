/** Reads of log lines: times, words and who speaks, in whatever protocol the line was logged. */
import { asList, asRecord, asText, type JsonRecord } from '../providers/reading.ts';

/** Milliseconds since 1970 from an ISO date, or from seconds or milliseconds since then; null for anything else. */
export const asTime = (value: unknown): number | null => {
  if (typeof value === 'number' && Number.isFinite(value)) return value < 1e11 ? value * 1_000 : value;
  const parsed = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(parsed) ? null : parsed;
};

/** Text of a message's content: a string, or the texts of its parts. */
export const textOf = (content: unknown): string =>
  asText(content) ??
  asList(content)
    .map((part) => asText(asRecord(part)?.['text']) ?? '')
    .filter((text) => text !== '')
    .join('\n');

const hasType = (content: unknown, type: string): boolean =>
  asList(content).some((part) => asRecord(part)?.['type'] === type);

/** Whether a message of any protocol brings the result of a tool. */
export const isToolResult = (message: JsonRecord | undefined): boolean =>
  message?.['role'] === 'tool' ||
  asText(message?.['type'])?.endsWith('_call_output') === true ||
  hasType(message?.['content'], 'tool_result');
