/** Streams of the Responses renderer, judged by a reader that shares no code with it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { BlockKind, StreamPart } from '../../src/canonical/stream-part.ts';
import { NO_USAGE } from '../../src/canonical/usage.ts';
import { InvalidRequestError } from '../../src/errors.ts';
import { openaiResponsesCodec } from '../../src/wire/openai-responses/codec.ts';
import { readResponsesStream } from './responses-stream-validator.ts';

const REQUEST = {
  model: 'auto',
  stream: true,
  instructions: 'Be brief.',
  reasoning: { effort: 'low', summary: 'auto' },
  text: { verbosity: 'low', format: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: true } },
  tools: [
    { type: 'function', name: 'f', parameters: { type: 'object' }, strict: true },
    { type: 'custom', name: 'g', format: { type: 'grammar', syntax: 'lark', definition: 'start: "a"' } },
    { type: 'web_search' },
  ],
  tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'f' }] },
  store: false,
  include: ['reasoning.encrypted_content'],
  input: [
    {
      role: 'user',
      content: [
        { type: 'input_text', text: 'Hi' },
        { type: 'input_image', image_url: 'https://x.example/a.png' },
      ],
    },
    { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Hm' }], encrypted_content: 'E' },
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Calling.' }] },
    { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
    { type: 'custom_tool_call', call_id: 'c2', name: 'g', input: 'a' },
    { type: 'function_call_output', call_id: 'c1', output: [{ type: 'input_text', text: 'R1' }] },
    { type: 'custom_tool_call_output', call_id: 'c2', output: 'R2' },
  ],
};

const request = openaiResponsesCodec.parseRequest(JSON.stringify(REQUEST));
const FIRST = { decision_id: 'dec_1' };
const LAST = { cost_usd: 0.1 };
const createRenderer = () =>
  openaiResponsesCodec.createStreamRenderer({
    request,
    echoModel: null,
    answerId: '1',
    now: () => 5_000,
    first: FIRST,
  });

const start: StreamPart = { type: 'start', id: 'x1', model: 'gpt', createdAtSeconds: null };
const usage: StreamPart = {
  type: 'usage',
  usage: { ...NO_USAGE, inputTokens: 10, cacheReadTokens: 4, outputTokens: 3 },
};
const stop: StreamPart = { type: 'finish', choice: 0, finish: { kind: 'stop', raw: 'stop' } };
const open = (block: number, content: BlockKind): StreamPart => ({ type: 'block-start', choice: 0, block, content });
const text = (block: number, piece: string): StreamPart => ({ type: 'block-delta', choice: 0, block, text: piece });
const close = (block: number): StreamPart => ({ type: 'block-end', choice: 0, block });
const call = (id: string, toolKind: 'function' | 'custom'): BlockKind => ({
  kind: 'tool-call',
  id,
  name: 'f',
  toolKind,
});

const renderAll = (...parts: readonly StreamPart[]): string => {
  const renderer = createRenderer();
  let said = renderer.render([{ protocol: 'openai-chat', event: null, data: '{}', parts }]);
  if (renderer.isHolding()) said += renderer.release(LAST);
  return said + renderer.end();
};

test('bug-26 bug-27 bug-28 bug-29 bug-30 bug-31: reasoning, words and calls of both kinds are items with all their events', () => {
  const { ending, first, last, items } = readResponsesStream(
    renderAll(
      start,
      open(0, { kind: 'reasoning' }),
      text(0, 'think'),
      close(0),
      open(1, { kind: 'text' }),
      text(1, 'He'),
      text(1, 'llo'),
      close(1),
      open(2, call('c1', 'function')),
      open(3, call('c2', 'custom')),
      text(3, 'free'),
      close(2),
      close(3),
      { ...stop, finish: { kind: 'tool_calls', raw: 'tool_calls' } },
      usage,
    ),
  );
  assert.equal(ending, 'completed');
  assert.deepEqual(
    items.map(({ type, done }) => [type, done]),
    [
      ['reasoning', 'think'],
      ['message', 'Hello'],
      ['function_call', '{}'],
      ['custom_tool_call', 'free'],
    ],
  );
  assert.deepEqual([first?.['gearbox'], last?.['gearbox']], [FIRST, LAST]);
  assert.deepEqual([last?.['instructions'], last?.['store']], ['Be brief.', false]);
  assert.deepEqual(last?.['usage'], {
    input_tokens: 10,
    input_tokens_details: { cached_tokens: 4, cache_write_tokens: 0 },
    output_tokens: 3,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 13,
  });
});

test('an answer that was cut is incomplete and says why', () => {
  const cut: StreamPart = { ...stop, finish: { kind: 'length', raw: 'length' } };
  const { ending, last } = readResponsesStream(renderAll(start, open(0, { kind: 'text' }), text(0, 'x'), cut));
  assert.equal(ending, 'incomplete');
  assert.deepEqual(last?.['incomplete_details'], { reason: 'max_output_tokens' });
});

test('bug-32: whatever comes in whatever order, the stream has exactly one valid end', () => {
  const part = fc.oneof(
    fc.constantFrom<StreamPart>(start, usage, stop, { type: 'end' }),
    fc
      .tuple(fc.nat(3), fc.constantFrom<BlockKind>({ kind: 'text' }, { kind: 'reasoning' }, call('c', 'function')))
      .map(([block, content]) => open(block, content)),
    fc.tuple(fc.nat(3), fc.string()).map(([block, piece]) => text(block, piece)),
    fc.nat(3).map(close),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
      assert.equal(readResponsesStream(renderAll(start, ...parts)).ending, 'completed');
    }),
  );
});

test('a failure in the middle is one response.failed, and nothing follows', () => {
  const renderer = createRenderer();
  const parts = [start, open(0, { kind: 'text' }), text(0, 'half'), stop];
  const said = renderer.render([{ protocol: 'openai-chat', event: null, data: '{}', parts }]);
  const error = { status: 502, code: 'upstream_reset', message: 'Reset.', field: null, gearbox: FIRST };
  const failed = renderer.fail(error);
  assert.equal(renderer.end() + renderer.fail(error) + renderer.release(LAST), '');
  const { ending, last } = readResponsesStream(said + failed);
  assert.equal(ending, 'failed');
  assert.deepEqual(last?.['error'], { code: 'server_error', message: 'Reset.' });
});

test('the canonical form holds what was sent, one turn of the model in one message', () => {
  assert.deepEqual(
    request.messages.map(({ role, content }) => [role, content.map(({ type }) => type)]),
    [
      ['system', ['text']],
      ['user', ['text', 'image']],
      ['assistant', ['reasoning', 'text', 'tool-call', 'tool-call']],
      ['tool', ['tool-result']],
      ['tool', ['tool-result']],
    ],
  );
  assert.deepEqual(
    request.tools.map(({ type, name }) => [type, name]),
    [
      ['function', 'f'],
      ['custom', 'g'],
      ['hosted', 'web_search'],
    ],
  );
  assert.deepEqual(request.toolChoice, { type: 'allowed', mode: 'required', names: ['f'] });
  assert.deepEqual([request.reasoning.effort, request.verbosity], ['low', 'low']);
  assert.deepEqual(request.unknownMembers, []);
});

test('what would need a memory is refused by name, with what to send instead', () => {
  // `previous_response_id` is taken: what it names is put in its place before a request comes here.
  for (const members of [{ prompt: { id: 'pmpt_1' } }, { conversation: 'conv_1' }, { background: true }]) {
    const [field = ''] = Object.keys(members);
    assert.throws(
      () => openaiResponsesCodec.parseRequest(JSON.stringify({ model: 'auto', input: 'Hi', ...members })),
      (error: unknown) =>
        error instanceof InvalidRequestError && error.field === field && /Send|Leave/.test(error.message),
    );
  }
});

test('a body that was damaged is refused by name of the field or taken, and nothing else happens', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 3 }), fc.nat(), (value, at) => {
      const keys = Object.keys(REQUEST);
      const key = keys[at % keys.length] ?? 'model';
      try {
        openaiResponsesCodec.parseRequest(JSON.stringify({ ...REQUEST, [key]: JSON.parse(value) as unknown }));
      } catch (error) {
        assert.ok(error instanceof InvalidRequestError, String(error));
      }
    }),
    { numRuns: 500 },
  );
});
