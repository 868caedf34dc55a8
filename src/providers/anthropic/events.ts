/** A whole message as the events of a stream, for upstreams that ignore `stream: true`. */
import type { WireEvent } from '../provider.ts';
import { asList, asRecord, readJson } from '../reading.ts';
import type { JsonRecord } from '../reading.ts';

const event = (type: string, members: JsonRecord): WireEvent => ({
  event: type,
  data: JSON.stringify({ type, ...members }),
});

/** Start form and deltas of one block; a block without known text is sent whole in its start event. */
const split = (block: JsonRecord): { readonly start: JsonRecord; readonly deltas: readonly JsonRecord[] } => {
  switch (block['type']) {
    case 'text':
      return { start: { ...block, text: '' }, deltas: [{ type: 'text_delta', text: block['text'] }] };
    case 'thinking':
      return {
        start: { ...block, thinking: '', signature: '' },
        deltas: [
          { type: 'thinking_delta', thinking: block['thinking'] },
          { type: 'signature_delta', signature: block['signature'] },
        ],
      };
    case 'tool_use':
    case 'server_tool_use':
      return {
        start: { ...block, input: {} },
        deltas: [{ type: 'input_json_delta', partial_json: JSON.stringify(block['input'] ?? {}) }],
      };
    default:
      return { start: block, deltas: [] };
  }
};

const blockEvents = (value: unknown, index: number): readonly WireEvent[] => {
  const { start, deltas } = split(asRecord(value) ?? {});
  return [
    event('content_block_start', { index, content_block: start }),
    ...deltas.map((delta) => event('content_block_delta', { index, delta })),
    event('content_block_stop', { index }),
  ];
};

/** The events that say the same as the message; an error body becomes one error event. */
export const toEvents = (text: string): readonly WireEvent[] =>
  readJson(text, (value) => {
    const message = asRecord(value) ?? {};
    if (message['type'] !== 'message') return [event('error', message)];
    const { content, stop_reason: reason, stop_sequence: sequence, usage, ...head } = message;
    const start = { ...head, content: [], stop_reason: null, stop_sequence: null, usage };
    return [
      event('message_start', { message: start }),
      ...asList(content).flatMap(blockEvents),
      event('message_delta', { delta: { stop_reason: reason, stop_sequence: sequence ?? null }, usage }),
      event('message_stop', {}),
    ];
  });
