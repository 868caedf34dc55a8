/** Streams of the Messages renderer, judged by a reader that shares no code with it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { BlockKind, StreamFrame, StreamPart } from '../../src/canonical/stream-part.ts';
import { NO_USAGE } from '../../src/canonical/usage.ts';
import { InvalidRequestError } from '../../src/errors.ts';
import { createStreamReader as createMessagesReader } from '../../src/providers/anthropic/stream-reader.ts';
import { createSseParser } from '../../src/sse/parser.ts';
import { anthropicMessagesCodec } from '../../src/wire/anthropic-messages/codec.ts';
import { readMessagesStream } from './messages-stream-validator.ts';

const REQUEST = {
  model: 'auto',
  max_tokens: 100,
  stream: true,
  system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral', ttl: '1h' } }],
  thinking: { type: 'enabled', budget_tokens: 1_024 },
  tools: [{ name: 'f', input_schema: { type: 'object' } }],
  tool_choice: { type: 'any', disable_parallel_tool_use: true },
  messages: [
    { role: 'user', content: 'Hi' },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'Hm', signature: 's' },
        { type: 'redacted_thinking', data: 'd' },
        { type: 'tool_use', id: 'toolu_1', name: 'f', input: { a: 1 } },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'toolu_1', content: [{ type: 'text', text: 'R' }] },
        { type: 'text', text: 'Go on' },
      ],
    },
  ],
};

const request = anthropicMessagesCodec.parseRequest(JSON.stringify(REQUEST));
const FIRST = { decision_id: 'dec_1' };
const LAST = { cost_usd: 0.1 };
const createRenderer = () =>
  anthropicMessagesCodec.createStreamRenderer({ request, echoModel: null, answerId: '1', now: () => 0, first: FIRST });

const toFrame = (...parts: readonly StreamPart[]): StreamFrame => ({
  protocol: 'openai-chat',
  event: null,
  data: '{}',
  parts,
});

const start: StreamPart = { type: 'start', id: 'chatcmpl-1', model: 'gpt', createdAtSeconds: null };
const usage: StreamPart = {
  type: 'usage',
  usage: { ...NO_USAGE, inputTokens: 10, cacheReadTokens: 4, outputTokens: 3 },
};
const stop: StreamPart = { type: 'finish', choice: 0, finish: { kind: 'stop', raw: 'stop' } };
const open = (block: number, content: BlockKind): StreamPart => ({ type: 'block-start', choice: 0, block, content });
const text = (block: number, piece: string): StreamPart => ({ type: 'block-delta', choice: 0, block, text: piece });
const close = (block: number): StreamPart => ({ type: 'block-end', choice: 0, block });
const call = (id: string): BlockKind => ({ kind: 'tool-call', id, name: 'f', toolKind: 'function' });

const renderAll = (frames: readonly StreamFrame[]): string => {
  const renderer = createRenderer();
  let said = renderer.render(frames);
  if (renderer.isHolding()) said += renderer.release(LAST);
  return said + renderer.end();
};

test('bug-40: parallel calls whose pieces come mixed are one block after another, whole', () => {
  const said = renderAll([
    toFrame(start, open(0, { kind: 'reasoning' }), text(0, 'think'), close(0)),
    toFrame(open(1, call('a')), open(2, call('b')), text(2, '{"y":'), text(1, '{"x":1}'), text(2, '2}')),
    toFrame(close(2), close(1), { ...stop, finish: { kind: 'tool_calls', raw: 'tool_calls' } }, usage),
  ]);
  const { ending, blocks, last } = readMessagesStream(said);
  assert.equal(ending, 'stop');
  assert.deepEqual(
    blocks.map(({ type, text: joined }) => [type, joined]),
    [
      ['thinking', 'think'],
      ['tool_use', '{"x":1}'],
      ['tool_use', '{"y":2}'],
    ],
  );
  assert.deepEqual(last?.['delta'], { stop_reason: 'tool_use', stop_sequence: null });
});

test('bug-67: input_tokens leaves out what the cache gave, in whole and streamed answers alike', () => {
  const { last } = readMessagesStream(renderAll([toFrame(start, stop, usage)]));
  const expected = { input_tokens: 6, cache_creation_input_tokens: 0, cache_read_input_tokens: 4, output_tokens: 3 };
  assert.deepEqual(last?.['usage'], expected);
});

test('bug-41: usage has its counts in message_start, before upstream has said any', () => {
  const { message } = readMessagesStream(renderAll([toFrame(start), toFrame(open(0, { kind: 'text' }), text(0, 'x'))]));
  assert.equal((message?.['usage'] as { input_tokens: number } | undefined)?.input_tokens, 0);
});

test('bug-64: no empty text block reaches a client that would send it back', () => {
  const { blocks } = readMessagesStream(
    renderAll([toFrame(start, open(0, { kind: 'text' }), close(0), open(1, { kind: 'text' }), text(1, 'x'), stop)]),
  );
  assert.equal(blocks.length, 1);
});

test('a call without arguments has the empty object as its input', () => {
  const { blocks } = readMessagesStream(renderAll([toFrame(start, open(0, call('a')), close(0), stop)]));
  assert.equal(blocks[0]?.text, '{}');
});

test('an error in the middle is one event, and what was held back is not said', () => {
  const renderer = createRenderer();
  const said = renderer.render([toFrame(start, open(0, { kind: 'text' }), text(0, 'half'), stop)]);
  const failed = renderer.fail({ status: 529, code: 'overloaded', message: 'Busy.', field: null, gearbox: FIRST });
  assert.equal(renderer.end() + renderer.fail({ status: 500, code: 'x', message: '', field: null, gearbox: null }), '');
  const { ending, error, last } = readMessagesStream(said + failed);
  assert.equal(ending, 'error');
  assert.deepEqual(error, { type: 'overloaded_error', message: 'Busy.' });
  assert.equal(last, null);
});

const part = fc.oneof(
  fc.constantFrom<StreamPart>(start, usage, stop, { type: 'end' }),
  fc
    .tuple(fc.nat(3), fc.constantFrom<BlockKind>({ kind: 'text' }, { kind: 'reasoning' }, { kind: 'refusal' }))
    .map(([block, content]) => open(block, content)),
  fc.tuple(fc.nat(3), fc.string()).map(([block, piece]) => text(block, piece)),
  fc.nat(3).map(close),
);

test('whatever parts come in whatever order, the stream is a valid one', () => {
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
      assert.equal(readMessagesStream(renderAll([toFrame(start, ...parts)])).ending, 'stop');
    }),
  );
});

const UPSTREAM = [
  [
    'message_start',
    {
      message: {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'claude',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 1, output_tokens: 1 },
        unknown: 1,
      },
    },
  ],
  ['ping', {}],
  ['content_block_start', { index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } }],
  ['content_block_delta', { index: 0, delta: { type: 'thinking_delta', thinking: 'Grüße 👋🏽' } }],
  ['content_block_delta', { index: 0, delta: { type: 'signature_delta', signature: 'AbC==' } }],
  ['content_block_stop', { index: 0 }],
  [
    'content_block_start',
    { index: 1, content_block: { type: 'web_search_tool_result', tool_use_id: 'x', content: [] } },
  ],
  ['content_block_stop', { index: 1 }],
  ['message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 9 } }],
  ['message_stop', {}],
] as const;

const toSse = (newline: string): Uint8Array =>
  new TextEncoder().encode(
    UPSTREAM.map(
      ([type, members]) => `event: ${type}${newline}data: ${JSON.stringify({ type, ...members })}${newline}${newline}`,
    ).join(''),
  );

const passThrough = (bytes: Uint8Array, cuts: readonly number[]): string => {
  const parser = createSseParser({ maxEventBytes: 100_000 });
  const reader = createMessagesReader('observe');
  const renderer = createRenderer();
  const edges = [0, ...cuts.map((cut) => cut % bytes.length).toSorted((a, b) => a - b), bytes.length];
  let said = '';
  for (let at = 1; at < edges.length; at += 1) {
    const events = parser.push(bytes.subarray(edges[at - 1], edges[at]));
    said += renderer.render(events.map(({ event, data }) => reader.read(event, data)));
    if (renderer.isHolding()) said += renderer.release(LAST);
  }
  return said + renderer.end();
};

test('a stream that passes through is the same however its bytes are cut, and only two events are edited', () => {
  const whole = passThrough(toSse('\n'), []);
  const { ending, blocks, message, last } = readMessagesStream(whole);
  assert.equal(ending, 'stop');
  assert.equal(blocks[0]?.signature, 'AbC==');
  assert.deepEqual([message?.['gearbox'], message?.['unknown'], last?.['gearbox']], [FIRST, 1, LAST]);
  for (const [type, members] of UPSTREAM.slice(1, -2))
    assert.ok(whole.includes(`event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`), type);
  fc.assert(
    fc.property(fc.array(fc.nat()), fc.constantFrom('\n', '\r\n'), (cuts, newline) => {
      assert.equal(passThrough(toSse(newline), cuts), whole);
    }),
  );
});

test('a body that was damaged is refused by name of the field or taken, and nothing else happens', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 3 }), fc.nat(), (value, at) => {
      const keys = Object.keys(REQUEST);
      const key = keys[at % keys.length] ?? 'model';
      try {
        anthropicMessagesCodec.parseRequest(JSON.stringify({ ...REQUEST, [key]: JSON.parse(value) as unknown }));
      } catch (error) {
        assert.ok(error instanceof InvalidRequestError, String(error));
        assert.ok(error.message.length > 0);
      }
    }),
    { numRuns: 500 },
  );
});

test('the canonical form holds what was sent', () => {
  assert.deepEqual(
    request.messages.map(({ role, content }) => [role, content.map(({ type }) => type)]),
    [
      ['system', ['text']],
      ['user', ['text']],
      ['assistant', ['reasoning', 'reasoning', 'tool-call']],
      ['tool', ['tool-result']],
      ['user', ['text']],
    ],
  );
  assert.deepEqual(request.messages[0]?.content[0], { type: 'text', text: 'Be brief.', cache: { ttl: '1h' } });
  assert.deepEqual([request.toolChoice, request.parallelToolCalls], [{ type: 'required' }, false]);
  assert.deepEqual([request.reasoning.effort, request.reasoning.budgetTokens], ['low', 1_024]);
});
