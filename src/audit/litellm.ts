/** Spend logs of LiteLLM: rows of its table `LiteLLM_SpendLogs`, exported as JSON Lines or as one JSON array. */
import { fromUsd } from '../canonical/money.ts';
import { toUsage } from '../providers/openai-compatible/usage.ts';
import { asList, asRecord, asText, type JsonRecord } from '../providers/reading.ts';
import { OTHER, unread, type LogReader, type ReadLine } from './audited-call.ts';
import { asTime } from './reading.ts';
import { toTurn } from './request-turn.ts';

/** Columns of type JSON are exported as objects or as text. */
const asJson = (value: unknown): unknown => {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    // The column holds text that is no JSON: nothing to read in it.
    return undefined;
  }
};

const count = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** Counts of the row, with those of the cache, which stand in the metadata only. */
const toRowUsage = (row: JsonRecord): JsonRecord => {
  const usage = asRecord(asRecord(asJson(row['metadata']))?.['usage_object']) ?? {};
  const details = asRecord(usage['prompt_tokens_details']) ?? {};
  return {
    ...usage,
    prompt_tokens: row['prompt_tokens'] ?? usage['prompt_tokens'],
    completion_tokens: row['completion_tokens'] ?? usage['completion_tokens'],
    prompt_tokens_details: {
      ...details,
      cached_tokens: count(details['cached_tokens']) ?? count(usage['cache_read_input_tokens']),
      cache_creation_tokens: count(details['cache_creation_tokens']) ?? count(usage['cache_creation_input_tokens']),
    },
  };
};

const readRow = (value: unknown): ReadLine => {
  const row = asRecord(value);
  if (row === undefined) return unread('the row is no object');
  const model = asText(row['model']) ?? '';
  const usage = toRowUsage(row);
  // Answers out of LiteLLM's own cache, health checks and failures cost nothing and have no tokens.
  if (String(row['cache_hit']).toLowerCase() === 'true' || row['status'] === 'failure') return OTHER;
  if (usage['prompt_tokens'] === undefined && row['spend'] === undefined)
    return unread('the row has no tokens and no spend');
  if (model === '') return unread('the row names no `model`');
  const messages = asJson(row['messages']);
  const request = asList(messages).length === 0 ? undefined : { messages };
  return {
    type: 'calls',
    calls: [
      {
        model,
        provider: asText(row['custom_llm_provider']) ?? null,
        atMs: asTime(row['startTime']),
        usage: toUsage(usage, null),
        billedMicroUsd: typeof row['spend'] === 'number' ? fromUsd(row['spend']) : null,
        ...toTurn(request),
      },
    ],
  };
};

export const createLitellmReader = (): LogReader => ({ read: readRow, end: () => [] });
