/**
 * Transcripts of Codex CLI (`sessions/…/rollout-*.jsonl`, seen with 0.171). Usage comes behind an answer: as a
 * `token_usage_record` in newer versions, which then also write the `token_count` of older ones.
 */
import { toUsage } from '../providers/openai-compatible/usage.ts';
import { asRecord, asText, type JsonRecord } from '../providers/reading.ts';
import { OTHER, unread, type AuditedCall, type LogReader, type Turn } from './audited-call.ts';
import { asTime, isToolResult, textOf } from './reading.ts';

/** Context that the program sends as if the user had said it. */
const CONTEXT = /^\s*<(?:environment_context|user_instructions|permissions|skills|turn_aborted)/;

/** Codex spells the cache's counts without the details that the API has. */
const toApiUsage = (usage: JsonRecord): JsonRecord => ({
  input_tokens: usage['input_tokens'],
  output_tokens: usage['output_tokens'],
  input_tokens_details: {
    cached_tokens: usage['cached_input_tokens'],
    cache_write_tokens: usage['cache_write_input_tokens'],
  },
  output_tokens_details: { reasoning_tokens: usage['reasoning_output_tokens'] },
});

export const createCodexReader = (): LogReader => {
  const records: AuditedCall[] = [];
  const counts: AuditedCall[] = [];
  let model: string | null = null;
  let turn: Turn = 'unknown';
  let prompt: string | null = null;
  let total: unknown = null;

  const toCall = (line: JsonRecord, usage: JsonRecord): AuditedCall => ({
    model: model ?? 'unknown',
    provider: null,
    atMs: asTime(line['timestamp']),
    usage: toUsage(toApiUsage(usage), null),
    billedMicroUsd: null,
    turn,
    prompt,
  });

  const readItem = (item: JsonRecord): void => {
    if (isToolResult(item)) turn = 'tool-loop';
    if (item['type'] !== 'message' || item['role'] !== 'user') return;
    const text = textOf(item['content']);
    if (text === '' || CONTEXT.test(text)) return;
    turn = 'prompt';
    prompt = text;
  };

  /** The same total twice is the same call told twice. */
  const readCount = (line: JsonRecord, info: JsonRecord): void => {
    const usage = asRecord(info['last_token_usage']);
    const sum = asRecord(info['total_token_usage'])?.['total_tokens'];
    if (usage === undefined || sum === total) return;
    total = sum;
    counts.push(toCall(line, usage));
  };

  return {
    read: (value) => {
      const line = asRecord(value);
      const payload = asRecord(line?.['payload']);
      if (line === undefined || payload === undefined) return unread('the line has no `payload`');
      switch (line['type']) {
        case 'turn_context':
          model = asText(payload['model']) ?? model;
          break;
        case 'response_item':
          readItem(payload);
          break;
        case 'token_usage_record':
          records.push(toCall(line, asRecord(payload['usage']) ?? {}));
          break;
        case 'event_msg':
          if (payload['type'] === 'token_count') readCount(line, asRecord(payload['info']) ?? {});
          break;
        default:
          break;
      }
      return OTHER;
    },
    end: () => (records.length > 0 ? records : counts),
  };
};
