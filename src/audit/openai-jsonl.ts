/**
 * JSON Lines of calls with usage, as proxies, evaluation harnesses and OpenAI's batch files write them: a line holds a
 * response with `model` and `usage`, or has it under `response` (perhaps under `response.body`), with the request beside
 * it under `request` or `body`, or its `messages` in the line itself.
 */
import { toUsage as toMessagesUsage } from '../providers/anthropic/usage.ts';
import { toUsage } from '../providers/openai-compatible/usage.ts';
import { asRecord, asText, type JsonRecord } from '../providers/reading.ts';
import { OTHER, unread, type LogReader, type ReadLine } from './audited-call.ts';
import { asTime } from './reading.ts';
import { toTurn } from './request-turn.ts';

const responseOf = (line: JsonRecord): JsonRecord | undefined => {
  const response = asRecord(line['response']);
  if (response !== undefined) return asRecord(response['body']) ?? response;
  return line['usage'] === undefined ? undefined : line;
};

const requestOf = (line: JsonRecord): JsonRecord | undefined => {
  const request = asRecord(line['request']) ?? asRecord(line['body']);
  if (request !== undefined) return asRecord(request['body']) ?? request;
  return line['messages'] === undefined && line['input'] === undefined ? undefined : line;
};

/** Anthropic's counts leave the cache out of `input_tokens`; members of the cache beside it say whose they are. */
const isMessagesUsage = (usage: JsonRecord): boolean =>
  'cache_read_input_tokens' in usage || 'cache_creation_input_tokens' in usage;

const readLine = (value: unknown): ReadLine => {
  const line = asRecord(value);
  if (line === undefined) return unread('the line is no object');
  const response = responseOf(line);
  if (response === undefined) return unread('the line has neither `response` nor `usage`');
  if (response['error'] !== undefined && response['error'] !== null) return OTHER;
  const usage = asRecord(response['usage']);
  const request = requestOf(line);
  const model = asText(response['model']) ?? asText(request?.['model']);
  if (usage === undefined) return unread('the response has no `usage`');
  if (model === undefined) return unread('neither response nor request names a `model`');
  return {
    type: 'calls',
    calls: [
      {
        model,
        provider: asText(line['provider']) ?? null,
        atMs: asTime(response['created'] ?? response['created_at'] ?? line['timestamp'] ?? line['created_at']),
        usage: isMessagesUsage(usage) ? toMessagesUsage(usage) : toUsage(usage, response['service_tier']),
        billedMicroUsd: null,
        ...toTurn(request),
      },
    ],
  };
};

export const createOpenaiReader = (): LogReader => ({ read: readLine, end: () => [] });
