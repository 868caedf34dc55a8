/** Careful reads of log lines: a value of another type than expected reads as absent. */

export type JsonRecord = Readonly<Record<string, unknown>>;

export const asRecord = (value: unknown): JsonRecord | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : undefined;

export const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const asText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

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
