import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { StreamPart } from '../../canonical/stream-part.ts';
import { ProviderError } from '../../errors.ts';
import type { AnswerContext } from '../provider.ts';
import { toEvents } from './events.ts';
import { fromWire } from './from-wire.ts';
import { createStreamReader } from './stream-reader.ts';
import { toUsage } from './usage.ts';

const context = (changes: Partial<AnswerContext> = {}): AnswerContext => ({
  provider: 'p',
  model: 'm',
  account: null,
  wrappedTools: new Set(),
  toolNames: new Map(),
  ...changes,
});

const chunk = (delta: object, finish: string | null = null, index = 0) =>
  JSON.stringify({ id: 'c', model: 'm', created: 5, choices: [{ index, delta, finish_reason: finish }], usage: null });

const readAll = (events: readonly string[], mode: 'full' | 'observe' = 'full', given?: AnswerContext): StreamPart[] => {
  const reader = createStreamReader(mode, given);
  return events.flatMap((data) => reader.read(null, data).parts);
};

/** Fails when blocks overlap, have gaps in their numbers, or get deltas while closed. */
const checkBlocks = (parts: readonly StreamPart[]): void => {
  let open: number | null = null;
  let next = 0;
  for (const part of parts) {
    if (part.type === 'block-start') {
      assert.equal(open, null, 'blocks overlap');
      assert.equal(part.block, next, 'numbers have a gap');
      open = part.block;
      next += 1;
    } else if (part.type === 'block-delta') assert.equal(part.block, open);
    else if (part.type === 'block-end') {
      assert.equal(part.block, open);
      open = null;
    }
  }
  assert.equal(open, null, 'a block was never closed');
};

const callsOf = (parts: readonly StreamPart[]): [string, string, string][] =>
  parts.flatMap((part) => {
    if (part.type !== 'block-start' || part.content.kind !== 'tool-call') return [];
    const text = parts.flatMap((other) =>
      other.type === 'block-delta' && other.block === part.block ? [other.text] : [],
    );
    return [[part.content.id, part.content.name, text.join('')]];
  });

const callDelta = (...[index, id, name, args]: [number, string | undefined, string | undefined, string]) => ({
  tool_calls: [{ index, id, type: 'function', function: { name, arguments: args } }],
});

test('reasoning, text and finish become blocks in order', () => {
  const parts = readAll([
    chunk({ role: 'assistant', content: '' }),
    chunk({ reasoning_content: 'Hm' }),
    chunk({ content: 'Hi' }),
    chunk({}, 'stop'),
    '[DONE]',
  ]);
  assert.deepEqual(parts, [
    { type: 'start', id: 'c', model: 'm', createdAtSeconds: 5 },
    { type: 'block-start', choice: 0, block: 0, content: { kind: 'reasoning' } },
    { type: 'block-delta', choice: 0, block: 0, text: 'Hm' },
    { type: 'block-end', choice: 0, block: 0 },
    { type: 'block-start', choice: 0, block: 1, content: { kind: 'text' } },
    { type: 'block-delta', choice: 0, block: 1, text: 'Hi' },
    { type: 'block-end', choice: 0, block: 1 },
    { type: 'finish', choice: 0, finish: { kind: 'stop', raw: 'stop' } },
    { type: 'end' },
  ]);
});

test('bug-19: parallel calls stay apart, by index, by new id at one index, and without ids', () => {
  const byIndex = readAll([
    chunk(callDelta(0, 'a', 'f', '{"x":')),
    chunk(callDelta(0, undefined, undefined, '1}')),
    chunk(callDelta(1, 'b', 'g', '{}')),
    chunk({}, 'tool_calls'),
  ]);
  const allZero = readAll([
    chunk(callDelta(0, 'a', 'f', '{"x":1}')),
    chunk(callDelta(0, 'b', 'g', '{}')),
    chunk({}, 'tool_calls'),
  ]);
  for (const parts of [byIndex, allZero]) {
    checkBlocks(parts);
    assert.deepEqual(callsOf(parts), [
      ['a', 'f', '{"x":1}'],
      ['b', 'g', '{}'],
    ]);
  }
  const noIds = readAll([
    chunk(callDelta(0, undefined, 'f', '{}')),
    chunk(callDelta(1, '', 'g', '{}')),
    chunk({}, 'tool_calls'),
  ]);
  assert.deepEqual(callsOf(noIds), [
    ['call_0_0', 'f', '{}'],
    ['call_0_1', 'g', '{}'],
  ]);
});

test('calls whose pieces arrive interleaved are put in order and lose nothing', () => {
  const parts = readAll([
    chunk(callDelta(0, 'a', 'f', '')),
    chunk(callDelta(1, 'b', 'g', '')),
    chunk(callDelta(1, undefined, undefined, '{"y":2')),
    chunk(callDelta(0, undefined, undefined, '{"x":1}')),
    chunk(callDelta(1, undefined, undefined, '}')),
    chunk({}, 'tool_calls'),
  ]);
  checkBlocks(parts);
  assert.deepEqual(callsOf(parts), [
    ['a', 'f', '{"x":1}'],
    ['b', 'g', '{"y":2}'],
  ]);
});

test('arguments that come as an object, and whole calls without index, are understood', () => {
  const parts = readAll([
    JSON.stringify({
      id: 'c',
      choices: [
        {
          index: 0,
          delta: {
            tool_calls: [
              { id: 'a', function: { name: 'f', arguments: { x: 1 } } },
              { id: 'b', function: { name: 'g', arguments: {} } },
            ],
          },
        },
      ],
    }),
    chunk({}, 'stop'),
  ]);
  assert.deepEqual(callsOf(parts), [
    ['a', 'f', '{"x":1}'],
    ['b', 'g', '{}'],
  ]);
});

test('bug-20: stop behind tool calls means tool calls', () => {
  const finish = readAll([chunk(callDelta(0, 'a', 'f', '{}')), chunk({}, 'stop')]).find(
    (part) => part.type === 'finish',
  );
  assert.deepEqual(finish?.finish, { kind: 'tool_calls', raw: 'stop' });
  const observed = readAll(
    [chunk({ role: 'assistant' }), chunk(callDelta(0, 'a', 'f', '{}')), chunk({}, 'stop')],
    'observe',
  );
  assert.deepEqual(observed.find((part) => part.type === 'finish')?.finish, { kind: 'tool_calls', raw: 'stop' });
});

test('bug-21: length and content_filter are never hidden behind tool calls', () => {
  for (const reason of ['length', 'content_filter'] as const) {
    const finish = readAll([chunk(callDelta(0, 'a', 'f', '{')), chunk({}, reason)]).find(
      (part) => part.type === 'finish',
    );
    assert.equal(finish?.finish.kind, reason);
  }
});

const usage = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 };

test('bug-15: a chunk without choices carries usage and breaks nothing', () => {
  for (const mode of ['full', 'observe'] as const) {
    const parts = readAll(
      [chunk({ content: 'x' }), chunk({}, 'stop'), JSON.stringify({ id: 'c', choices: [], usage }), '[DONE]'],
      mode,
    );
    assert.equal(parts.find((part) => part.type === 'usage')?.usage.outputTokens, 4);
    assert.equal(parts.at(-1)?.type, 'end');
  }
});

test('bug-16: usage beside an empty delta, in the finish chunk, in x_groq and in the choice is found', () => {
  const shapes = [
    { choices: [{ index: 0, delta: {} }], usage },
    { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage },
    { choices: [{ index: 0, delta: {} }], x_groq: { usage } },
    { choices: [{ index: 0, delta: {}, usage }] },
    { usage },
  ];
  for (const mode of ['full', 'observe'] as const) {
    for (const shape of shapes) {
      const parts = readAll([chunk({ content: 'x' }), JSON.stringify({ id: 'c', ...shape })], mode);
      assert.equal(parts.find((part) => part.type === 'usage')?.usage.inputTokens, 3, JSON.stringify(shape));
    }
  }
});

test('bug-17: a stream of nothing but usage is an answer, not an error', () => {
  const parts = readAll([JSON.stringify({ id: 'c', choices: [], usage }), '[DONE]']);
  assert.deepEqual(
    parts.map((part) => part.type),
    ['start', 'usage', 'end'],
  );
});

test('bug-7: errors inside a 200 are errors in every known shape', () => {
  const shapes: [string, number][] = [
    ['{"error":{"message":"m","type":"server_error","code":null}}', 500],
    ['{"error":{"message":"m","code":429}}', 429],
    ['{"error":"m"}', 502],
    ['{"object":"error","message":"m","code":400}', 400],
    ['[{"error":{"message":"m","code":503,"status":"UNAVAILABLE"}}]', 503],
    ['{"type":"error","error":{"type":"overloaded_error","message":"m"}}', 529],
    ['{"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"error"}],"error":{"code":502,"message":"m"}}', 502],
    ['{"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"error","error":{"code":502,"message":"m"}}]}', 502],
  ];
  for (const mode of ['full', 'observe'] as const) {
    for (const [data, status] of shapes) {
      const reader = createStreamReader(mode);
      reader.read(null, chunk({ content: 'x' }));
      const error = reader.read(null, data).parts.find((part) => part.type === 'error');
      assert.equal(error?.fault.status, status, data);
      assert.equal(error?.fault.message, 'm');
      assert.ok(reader.ended());
    }
  }
});

test('observe sees every member that matters, in any white space, and no content that imitates one', () => {
  const spaced =
    '{ "id" : "c", "choices" : [ { "index" : 0, "delta" : { }, "finish_reason" :\n "stop" } ], "usage" : null }';
  const imitation = chunk({ content: '{"finish_reason":"stop","usage":{"prompt_tokens":1},"error":{"code":500}}' });
  const nulls = '{"id":"c","choices":[{"index":0,"delta":{"content":"usage"},"finish_reason": null}],"usage" :  null}';
  const parts = readAll([chunk({ role: 'assistant' }), imitation, nulls, spaced], 'observe');
  assert.deepEqual(
    parts.map((part) => part.type),
    ['start', 'finish'],
  );
});

test('several choices finish each for itself', () => {
  const events = [
    chunk({ content: 'a' }, null, 0),
    chunk({ content: 'b' }, null, 1),
    chunk({}, 'stop', 1),
    chunk({}, 'length', 0),
    '[DONE]',
  ];
  for (const mode of ['full', 'observe'] as const) {
    const finishes = readAll(events, mode).filter((part) => part.type === 'finish');
    assert.deepEqual(
      finishes.map((part) => [part.choice, part.finish.kind]),
      [
        [1, 'stop'],
        [0, 'length'],
      ],
    );
  }
});

test('a stream without [DONE] is whole only when its choices gave their reasons', () => {
  for (const mode of ['full', 'observe'] as const) {
    const whole = createStreamReader(mode);
    whole.read(null, chunk({ content: 'x' }));
    assert.equal(whole.close?.(), null);
    whole.read(null, chunk({}, 'stop'));
    assert.deepEqual(whole.close?.()?.parts, [{ type: 'end' }]);
  }
});

test('bug-24: reasoning is found in every spelling, in streams and in whole answers alike', () => {
  const spellings = [
    { reasoning_content: 'r' },
    { reasoning: 'r' },
    { reasoning_details: [{ type: 'reasoning.text', text: 'r' }] },
    { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'r' }] }] },
  ];
  for (const message of spellings) {
    const parts = readAll([chunk(message), chunk({ content: 'a' }), chunk({}, 'stop')]);
    checkBlocks(parts);
    assert.deepEqual(
      parts.filter((part) => part.type === 'block-delta').map((part) => part.text),
      ['r', 'a'],
    );
    const whole = fromWire(JSON.stringify({ choices: [{ message: { role: 'assistant', ...message } }] }));
    assert.deepEqual(
      whole.choices[0]?.content.map((part) => (part.type === 'reasoning' ? part.text : '')),
      ['r'],
    );
  }
});

test('usage counts reasoning once, cached tokens as part of the input, and keeps a 0 apart from silence', () => {
  const openai = toUsage(
    {
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 80, cache_write_tokens: 10 },
      completion_tokens_details: { reasoning_tokens: 30 },
    },
    'flex',
  );
  assert.deepEqual(
    [openai.inputTokens, openai.cacheReadTokens, openai.cacheWriteTokens, openai.outputTokens, openai.serviceTier],
    [100, 80, 10, 50, 'flex'],
  );
  // xAI, recorded: reasoning is not part of completion_tokens.
  const xai = toUsage(
    {
      prompt_tokens: 12,
      completion_tokens: 2,
      total_tokens: 354,
      completion_tokens_details: { reasoning_tokens: 340 },
    },
    null,
  );
  assert.deepEqual([xai.outputTokens, xai.reasoningTokens], [342, 340]);
  const silent = toUsage({ prompt_tokens: 0 }, null);
  assert.deepEqual([silent.inputTokens, silent.outputTokens, silent.cacheReadTokens], [0, null, null]);
});

test('a whole answer holds text, refusal, calls and custom calls', () => {
  const response = fromWire(
    JSON.stringify({
      id: 'c',
      model: 'm',
      created: 9,
      choices: [
        {
          message: {
            content: 'Hi',
            refusal: 'No',
            tool_calls: [
              { id: 'a', type: 'function', function: { name: 'f', arguments: '' } },
              { id: 'b', type: 'custom', custom: { name: 'patch', input: 'x' } },
              { type: 'function', function: { name: 'w', arguments: '{"input":"raw"}' } },
            ],
          },
          finish_reason: 'tool_calls',
        },
      ],
      usage,
    }),
    context({ wrappedTools: new Set(['w']) }),
  );
  assert.deepEqual(response.choices[0]?.content, [
    { type: 'text', text: 'Hi' },
    { type: 'refusal', text: 'No' },
    { type: 'tool-call', id: 'a', name: 'f', kind: 'function', input: '' },
    { type: 'tool-call', id: 'b', name: 'patch', kind: 'custom', input: 'x' },
    { type: 'tool-call', id: 'call_0_2', name: 'w', kind: 'custom', input: 'raw' },
  ]);
  assert.equal(response.createdAtSeconds, 9);
});

test('a whole answer replayed as events says the same', () => {
  const text = JSON.stringify({
    id: 'c',
    model: 'm',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: 'Hi',
          tool_calls: [{ id: 'a', function: { name: 'f', arguments: '{}' } }],
        },
        finish_reason: 'tool_calls',
      },
    ],
    usage,
  });
  const parts = readAll(toEvents(text).map((event) => event.data));
  checkBlocks(parts);
  assert.deepEqual(
    parts.filter((part) => part.type === 'block-delta').map((part) => part.text),
    ['Hi', '{}'],
  );
  assert.deepEqual(
    parts.slice(-3).map((part) => part.type),
    ['finish', 'usage', 'end'],
  );
});

test('what is no chat completion is the provider’s fault', () => {
  for (const text of ['', 'null', '[]', '{}', '{"choices":[]}', '{"choices":[{}]}', '"x"', '<html>']) {
    assert.throws(
      () => fromWire(text),
      (error) => error instanceof ProviderError && error.code === 'upstream_garbage',
      text,
    );
  }
  assert.throws(
    () => fromWire('{"error":{"message":"busy","type":"rate_limit_error"}}'),
    (error) => error instanceof ProviderError && error.status === 429,
  );
});
