import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { StreamPart } from '../../canonical/stream-part.ts';
import { ProviderError } from '../../errors.ts';
import type { AnswerContext } from '../provider.ts';
import { toEvents } from './events.ts';
import { fromWire } from './from-wire.ts';
import { createStreamReader } from './stream-reader.ts';
import { mergeUsage, toUsage } from './usage.ts';

const context = (changes: Partial<AnswerContext> = {}): AnswerContext => ({
  provider: 'anthropic',
  model: 'claude-x',
  account: null,
  wrappedTools: new Set(),
  toolNames: new Map(),
  ...changes,
});

const readAll = (events: readonly object[], mode: 'full' | 'observe' = 'full', given?: AnswerContext): StreamPart[] => {
  const reader = createStreamReader(mode, given);
  return events.flatMap((event) => reader.read((event as { type: string }).type, JSON.stringify(event)).parts);
};

const start = {
  type: 'message_start',
  message: { id: 'm', model: 'claude-x', usage: { input_tokens: 5, cache_read_input_tokens: 10, output_tokens: 1 } },
};
const stop = [
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 9 } },
  { type: 'message_stop' },
];

test('bug-67: canonical input holds fresh, read and written tokens once; one-hour writes are apart', () => {
  const usage = toUsage({
    input_tokens: 3,
    cache_read_input_tokens: 100,
    cache_creation_input_tokens: 50,
    cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 30 },
    output_tokens: 7,
    output_tokens_details: { thinking_tokens: 4 },
  });
  assert.deepEqual(
    { ...usage, raw: null },
    {
      inputTokens: 153,
      cacheReadTokens: 100,
      cacheWriteTokens: 20,
      cacheWriteOneHourTokens: 30,
      outputTokens: 7,
      reasoningTokens: 4,
      searches: null,
      serviceTier: null,
      raw: null,
    },
  );
});

test('a total of written tokens that the end raises counts as a whole, and searches are told apart', () => {
  const written = { cache_creation_input_tokens: 300, cache_creation: { ephemeral_5m_input_tokens: 300 } };
  const usage = toUsage(
    mergeUsage(
      { input_tokens: 100, cache_read_input_tokens: 0, ...written, output_tokens: 1 },
      {
        cache_creation_input_tokens: 500,
        cache_read_input_tokens: 1_000,
        output_tokens: 50,
        server_tool_use: { web_search_requests: 2 },
      },
    ),
  );
  assert.deepEqual([usage.inputTokens, usage.cacheReadTokens, usage.cacheWriteTokens], [1_600, 1_000, 500]);
  assert.equal(usage.searches, 2);
});

test('bug-41: usage of the start and of the end are one cumulative count', () => {
  const parts = readAll([start, ...stop]);
  const usages = parts.filter((part) => part.type === 'usage').map((part) => part.usage);
  assert.deepEqual(
    usages.map((usage) => [usage.inputTokens, usage.outputTokens]),
    [
      [15, 1],
      [15, 9],
    ],
  );
});

test('bug-35: a signature that comes in its own delta belongs to its thinking block, in order', () => {
  const parts = readAll(
    [
      start,
      { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'Hm.' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'sig' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'content_block_start', index: 1, content_block: { type: 'redacted_thinking', data: 'red' } },
      { type: 'content_block_stop', index: 1 },
      ...stop,
    ],
    'full',
    context(),
  );
  const provenance = { provider: 'anthropic', model: 'claude-x', transport: 'anthropic-messages', account: null };
  assert.deepEqual(parts.slice(2, 9), [
    { type: 'block-start', choice: 0, block: 0, content: { kind: 'reasoning' } },
    { type: 'block-delta', choice: 0, block: 0, text: 'Hm.' },
    { type: 'block-opaque', choice: 0, block: 0, opaque: { kind: 'signature', data: 'sig', provenance } },
    { type: 'block-end', choice: 0, block: 0 },
    { type: 'block-start', choice: 0, block: 1, content: { kind: 'reasoning' } },
    { type: 'block-opaque', choice: 0, block: 1, opaque: { kind: 'redacted', data: 'red', provenance } },
    { type: 'block-end', choice: 0, block: 1 },
  ]);
});

test('numbers of blocks stay dense where a block that only this protocol knows is in between', () => {
  const parts = readAll([
    start,
    {
      type: 'content_block_start',
      index: 0,
      content_block: { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
    },
    { type: 'content_block_stop', index: 0 },
    { type: 'content_block_start', index: 1, content_block: { type: 'web_search_tool_result', content: [] } },
    { type: 'content_block_stop', index: 1 },
    { type: 'content_block_start', index: 2, content_block: { type: 'text', text: '' } },
    { type: 'content_block_stop', index: 2 },
    ...stop,
  ]);
  const starts = parts.filter((part) => part.type === 'block-start');
  assert.deepEqual(
    starts.map((part) => [part.block, part.content.kind]),
    [
      [0, 'tool-call'],
      [1, 'text'],
    ],
  );
});

test('the input of a wrapped custom tool comes out as plain text, however its JSON is cut', () => {
  const input = 'a "b"\n\\é😀 end';
  const json = JSON.stringify({ input });
  for (let size = 1; size <= json.length; size += 1) {
    const pieces = json.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? [];
    const parts = readAll(
      [
        start,
        {
          type: 'content_block_start',
          index: 0,
          content_block: { type: 'tool_use', id: 't', name: 'patch', input: {} },
        },
        ...pieces.map((piece) => ({
          type: 'content_block_delta',
          index: 0,
          delta: { type: 'input_json_delta', partial_json: piece },
        })),
        { type: 'content_block_stop', index: 0 },
        ...stop,
      ],
      'full',
      context({ wrappedTools: new Set(['patch']) }),
    );
    const deltas = parts.filter((part) => part.type === 'block-delta').map((part) => part.text);
    assert.equal(deltas.join(''), input);
  }
});

test('bug-45: an error inside the stream keeps the status that its type stands for and ends it', () => {
  const reader = createStreamReader('observe');
  const frame = reader.read('error', '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}');
  assert.deepEqual(frame.parts, [
    {
      type: 'error',
      fault: { status: 529, code: null, type: 'overloaded_error', message: 'Overloaded', retryAfterSeconds: null },
    },
  ]);
  assert.ok(reader.ended());
});

test('observe reads start, usage, finish and end, and leaves content alone whatever it looks like', () => {
  const delta = {
    type: 'content_block_delta',
    index: 0,
    delta: { type: 'text_delta', text: '{"type":"message_stop"}' },
  };
  const events = [start, { type: 'ping' }, delta, ...stop];
  assert.deepEqual(
    readAll(events, 'observe').map((part) => part.type),
    ['start', 'usage', 'finish', 'usage', 'end'],
  );
  // The same from a server that sends no event names.
  const reader = createStreamReader('observe');
  const parts = events.flatMap((event) => reader.read(null, JSON.stringify(event, null, 1)).parts);
  assert.deepEqual(
    parts.map((part) => part.type),
    ['start', 'usage', 'finish', 'usage', 'end'],
  );
});

test('a stream without message_stop has no end', () => {
  const reader = createStreamReader('full');
  for (const event of [start, stop[0]]) reader.read(null, JSON.stringify(event));
  assert.ok(!reader.ended());
});

test('stop reasons keep their own word beside the normalised one', () => {
  const finish = (reason: string) =>
    fromWire(JSON.stringify({ type: 'message', content: [], stop_reason: reason })).choices[0]?.finish.kind;
  assert.deepEqual(
    [
      'end_turn',
      'stop_sequence',
      'max_tokens',
      'model_context_window_exceeded',
      'tool_use',
      'pause_turn',
      'refusal',
      'new',
    ].map(finish),
    ['stop', 'stop', 'length', 'length', 'tool_calls', 'pause', 'refusal', 'other'],
  );
});

test('a whole message keeps order, signatures and the digits of large numbers in arguments', () => {
  const text =
    '{"type":"message","id":"m","model":"c","stop_reason":"tool_use","content":[{"type":"thinking","thinking":"T","signature":"S"},{"type":"tool_use","id":"t","name":"f","input":{"id":12345678901234567890}}],"usage":{"input_tokens":1,"output_tokens":2}}';
  const response = fromWire(text, context({ toolNames: new Map([['f', 'my.f']]) }));
  assert.deepEqual(
    response.choices[0]?.content.map((part) => part.type),
    ['reasoning', 'tool-call'],
  );
  assert.deepEqual(response.choices[0]?.content[1], {
    type: 'tool-call',
    id: 't',
    name: 'my.f',
    kind: 'function',
    input: '{"id":12345678901234567890}',
  });
  assert.equal(response.usage.inputTokens, 1);
});

test('a whole message replayed as events says the same', () => {
  const message = {
    type: 'message',
    id: 'm',
    model: 'c',
    content: [
      { type: 'text', text: 'Hi' },
      { type: 'tool_use', id: 't', name: 'f', input: { a: 1 } },
    ],
    stop_reason: 'tool_use',
    usage: { input_tokens: 1, output_tokens: 2 },
  };
  const reader = createStreamReader('full');
  const parts = toEvents(JSON.stringify(message)).flatMap(({ event, data }) => reader.read(event, data).parts);
  assert.deepEqual(
    parts.filter((part) => part.type === 'block-delta').map((part) => part.text),
    ['Hi', '{"a":1}'],
  );
  assert.equal(parts.at(-1)?.type, 'end');
});

test('what is no message is the provider’s fault, and an error in a 200 keeps its status', () => {
  const thrown = (text: string): ProviderError => {
    try {
      fromWire(text);
    } catch (error) {
      assert.ok(error instanceof ProviderError);
      return error;
    }
    throw new Error('nothing was thrown');
  };
  for (const text of [
    '',
    'null',
    '[]',
    '{"type":"message"}',
    '{"type":"message","content":[{}]}',
    '<html>',
    '{"a":1}',
  ]) {
    assert.equal(thrown(text).code, 'upstream_garbage', text);
  }
  assert.equal(thrown('{"type":"error","error":{"type":"overloaded_error","message":"x"}}').status, 529);
});

test('bug-37: thinking, text and calls that take turns keep their order', () => {
  const content = [
    { type: 'thinking', thinking: 'a', signature: 's1' },
    { type: 'text', text: 'b' },
    { type: 'thinking', thinking: 'c', signature: 's2' },
    { type: 'tool_use', id: 't', name: 'f', input: {} },
    { type: 'redacted_thinking', data: 'd' },
  ];
  const text = JSON.stringify({ type: 'message', content, stop_reason: 'tool_use' });
  const order = ['reasoning', 'text', 'reasoning', 'tool-call', 'reasoning'];
  assert.deepEqual(
    fromWire(text).choices[0]?.content.map((part) => part.type),
    order,
  );
  const reader = createStreamReader('full');
  const parts = toEvents(text).flatMap(({ event, data }) => reader.read(event, data).parts);
  assert.deepEqual(
    parts.flatMap((part) => (part.type === 'block-start' ? [part.content.kind] : [])),
    order,
  );
});
