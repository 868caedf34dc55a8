/** A whole chat completion as the events of a stream, for upstreams that ignore `stream: true`. */
import type { WireEvent } from '../provider.ts';
import { asList, asRecord, readJson } from '../reading.ts';
import type { JsonRecord } from '../reading.ts';

const toDelta = (message: JsonRecord): JsonRecord => {
  const { tool_calls: calls, ...rest } = message;
  if (!Array.isArray(calls)) return rest;
  return { ...rest, tool_calls: calls.map((call, index) => ({ index, ...asRecord(call) })) };
};

const event = (value: JsonRecord): WireEvent => ({ event: null, data: JSON.stringify(value) });

/** One chunk with the content, one with the reason to stop, one with usage, `[DONE]`; an error body is one event. */
export const toEvents = (text: string): readonly WireEvent[] =>
  readJson(text, (value) => {
    const body = asRecord(value) ?? {};
    if (!Array.isArray(body['choices'])) return [event(body)];
    const { choices: _choices, usage, ...head } = body;
    const base = { ...head, object: 'chat.completion.chunk' };
    const choices = asList(body['choices']).map((choice) => asRecord(choice) ?? {});
    const content = choices.map((choice, index) => ({
      index,
      delta: toDelta(asRecord(choice['message']) ?? {}),
      logprobs: choice['logprobs'] ?? null,
      finish_reason: null,
    }));
    const finish = choices.map((choice, index) => ({
      index,
      delta: {},
      finish_reason: choice['finish_reason'] ?? 'stop',
    }));
    return [
      event({ ...base, choices: content }),
      event({ ...base, choices: finish }),
      ...(usage === undefined || usage === null ? [] : [event({ ...base, choices: [], usage })]),
      { event: null, data: '[DONE]' },
    ];
  });
