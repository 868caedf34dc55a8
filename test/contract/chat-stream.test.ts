import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { JsonObject } from '../../src/canonical/json.ts';
import type { CanonicalRequest } from '../../src/canonical/request.ts';
import type { BlockKind, StreamFrame, StreamPart } from '../../src/canonical/stream-part.ts';
import { NO_USAGE } from '../../src/canonical/usage.ts';
import type { ErrorDescription, StreamRenderer } from '../../src/wire/codec.ts';
import { openaiChatCodec } from '../../src/wire/openai-chat/codec.ts';
import { loadRecordedChatStreams, toChatFrames } from './chat-frames.ts';
import type { ChatStreamSummary } from './chat-stream-validator.ts';
import { validateChatStream } from './chat-stream-validator.ts';

const FIRST = { decision_id: 'dec_1', component: 'fast' };
const FINAL = { decision_id: 'dec_1', cost_usd: 0.001 };

interface Setting {
  readonly includeUsage?: boolean;
  readonly choices?: number;
  readonly echoModel?: string;
  readonly legacy?: boolean;
  readonly first?: JsonObject | null;
}

const toRequest = ({ includeUsage, choices, legacy }: Setting): CanonicalRequest =>
  openaiChatCodec.parseRequest(
    JSON.stringify({
      model: 'auto',
      messages: [{ role: 'user', content: 'Hi' }],
      stream: true,
      n: choices ?? null,
      stream_options: includeUsage === true ? { include_usage: true } : null,
      ...(legacy === true ? { functions: [{ name: 'f' }] } : {}),
    }),
  );

const createRenderer = (setting: Setting): StreamRenderer =>
  openaiChatCodec.createStreamRenderer({
    answerId: '1',
    echoModel: setting.echoModel ?? null,
    request: toRequest(setting),
    now: () => 1_700_000_000_000,
    first: setting.first === undefined ? FIRST : setting.first,
  });

/** `asap`: released as soon as something is held; `at-end`: only when upstream has ended. */
type Policy = 'asap' | 'at-end';

const play = (batches: readonly (readonly StreamFrame[])[], setting: Setting, policy: Policy = 'at-end'): string => {
  const renderer = createRenderer(setting);
  let text = '';
  for (const batch of batches) {
    text += renderer.render(batch);
    if (policy === 'asap' && renderer.isHolding()) text += renderer.release(FINAL);
  }
  if (renderer.isHolding()) text += renderer.release(FINAL);
  return text + renderer.end();
};

const split = <Item>(items: readonly Item[], sizes: readonly number[]): Item[][] => {
  const batches: Item[][] = [];
  let from = 0;
  for (let turn = 0; from < items.length; turn += 1) {
    const size = 1 + ((sizes[turn % Math.max(sizes.length, 1)] ?? 0) % 5);
    batches.push(items.slice(from, from + size));
    from += size;
  }
  return batches;
};

const dataOf = (text: string): string[] =>
  text
    .split('\n\n')
    .filter((block) => block !== '')
    .map((block) => block.replace(/^data: /, ''));

const chunk = (members: JsonObject): string =>
  JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'gpt-x', ...members });

const delta = (value: JsonObject, finish: string | null = null, index = 0): string =>
  chunk({ choices: [{ index, delta: value, finish_reason: finish }] });

const USAGE = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
const ROLE = delta({ role: 'assistant', content: '' });
const HELLO = [ROLE, delta({ content: 'Hel' }), delta({ content: 'lo' })];
const STOP = delta({}, 'stop');
const USAGE_CHUNK = chunk({ choices: [], usage: USAGE });

const read = (text: string, includeUsage: boolean): ChatStreamSummary =>
  validateChatStream(text, { includeUsage, rules: 'upstream' });

const frames = (...events: string[]): StreamFrame[] => toChatFrames([...events, '[DONE]']);

// Passthrough ---------------------------------------------------------------------------------------------------------

test('in passthrough only the role chunk and the finish chunk are edited, every other byte stays', () => {
  const odd =
    '{ "id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-x", "n":12345678901234567890,"t":1.0,"choices":[{"index":0,"delta":{"content":"\\u00e9"},"finish_reason":null}] }';
  const events = dataOf(play([frames(ROLE, odd, STOP)], {}));
  const edited = [
    `${ROLE.slice(0, -1)},"gearbox":${JSON.stringify(FIRST)}}`,
    odd,
    `${STOP.slice(0, -1)},"gearbox":${JSON.stringify(FINAL)}}`,
  ];
  assert.deepEqual(events, [...edited, '[DONE]']);
});

test('bug-13: the usage chunk is not sent to a client that did not ask for it', () => {
  const summary = read(play([frames(...HELLO, STOP, USAGE_CHUNK)], {}), false);
  assert.equal(summary.choices.get(0)?.content, 'Hello');
  assert.equal(summary.chunks, 4);
  assert.deepEqual(summary.gearbox, [
    { position: 0, value: FIRST },
    { position: 3, value: FINAL },
  ]);
});

test('a client that asked for usage gets it, with the final object', () => {
  for (const policy of ['asap', 'at-end'] as const) {
    const summary = read(play([frames(...HELLO, STOP, USAGE_CHUNK)], { includeUsage: true }, policy), true);
    assert.deepEqual(summary.usage, USAGE);
    assert.deepEqual(summary.gearbox.at(-1), { position: 4, value: FINAL });
  }
});

test('the finish chunk carries the final object when usage was asked for and upstream gives none', () => {
  const summary = read(play([frames(...HELLO, STOP)], { includeUsage: true }), true);
  assert.deepEqual(summary.gearbox.at(-1), { position: 3, value: FINAL });
});

test('bug-14: a usage chunk without choices gets an empty list', () => {
  const text = play([frames(...HELLO, STOP, chunk({ usage: USAGE }))], { includeUsage: true });
  assert.deepEqual(read(text, true).usage, USAGE);
});

test('bug-15: chunks with empty choices neither crash nor reach a client, before and after the answer', () => {
  const azure = chunk({ choices: [], prompt_filter_results: [{ prompt_index: 0 }] });
  const summary = read(play([frames(azure, ...HELLO, STOP)], {}), false);
  assert.equal(summary.chunks, 4);
  assert.equal(summary.gearbox[0]?.position, 0);
});

test('bug-16: usage beside an empty delta is filtered for one client and kept for the other', () => {
  const hybrid = chunk({ choices: [{ index: 0, delta: {} }], usage: USAGE });
  assert.equal(read(play([frames(...HELLO, STOP, hybrid)], {}), false).chunks, 4);
  const asked = play([frames(...HELLO, STOP, hybrid)], { includeUsage: true });
  assert.deepEqual(read(asked, true).usage, USAGE);
  assert.deepEqual(read(asked, true).gearbox.at(-1)?.position, 4);
});

test('bug-17: an answer of a role and a finish, with usage alone at the end, gets no invented text', () => {
  const summary = read(play([frames(ROLE, STOP, USAGE_CHUNK)], {}), false);
  assert.equal(summary.choices.get(0)?.content, '');
  assert.equal(summary.choices.get(0)?.finish, 'stop');
});

test('bug-23: tool calls, reasoning and unknown members pass as they are', () => {
  const tool = delta({ tool_calls: [{ index: 0, id: 'c', type: 'function', function: { name: 'f', arguments: '' } }] });
  const thought = delta({ reasoning_content: 'hm', reasoning_details: [{ x: 1 }] });
  const events = dataOf(play([frames(ROLE, thought, tool, delta({}, 'tool_calls'))], {}));
  assert.deepEqual(events.slice(1, 3), [thought, tool]);
});

test('a single event that is the whole answer carries the final object', () => {
  const only = delta({ role: 'assistant', content: 'Hi' }, 'stop');
  const summary = read(play([frames(only)], {}), false);
  assert.deepEqual(summary.gearbox, [{ position: 0, value: FINAL }]);
  assert.equal(summary.choices.get(0)?.content, 'Hi');
});

test('a second finish of the same choice is not sent, also when the reader does not report it', () => {
  assert.equal(read(play([frames(...HELLO, STOP, STOP)], {}), false).chunks, 4);
  const silent: StreamFrame = { protocol: 'openai-chat', event: null, data: STOP, parts: [] };
  const [end] = toChatFrames(['[DONE]']);
  assert.ok(end !== undefined);
  assert.equal(read(play([[...toChatFrames([...HELLO, STOP]), silent, end]], {}), false).chunks, 4);
});

test('reasoning as a list of content parts becomes the two strings that clients read', () => {
  const thinking = { type: 'thinking', thinking: [{ type: 'text', text: 'hm, "content":[' }] };
  const events = [
    delta({ role: 'assistant', content: [thinking] }),
    delta({ content: [{ type: 'text', text: '4' }] }),
    delta({ content: '2' }),
    STOP,
  ];
  const choice = read(play([frames(...events)], {}), false).choices.get(0);
  assert.deepEqual([choice?.content, choice?.reasoning], ['42', 'hm, "content":[']);
});

test('bug-19: streamed calls without an index are numbered across chunks, others are not touched', () => {
  const bare = (id: string): JsonObject => ({ id, function: { name: 'f', arguments: '{}' } });
  const numbered = delta({ tool_calls: [{ index: 4, id: 'd', type: 'function', function: { name: 'f' } }] });
  const events = [ROLE, delta({ tool_calls: [bare('a'), bare('b')] }), delta({ tool_calls: [bare('c')] }), numbered];
  const sent = dataOf(play([frames(...events, delta({}, 'tool_calls'))], {}));
  const calls = sent.slice(1, 3).flatMap((data) => {
    const { choices } = JSON.parse(data) as { choices: { delta: { tool_calls: JsonObject[] } }[] };
    return choices[0]?.delta.tool_calls ?? [];
  });
  assert.deepEqual(
    calls.map((one) => [one['index'], one['type'], one['id']]),
    [
      [0, 'function', 'a'],
      [1, 'function', 'b'],
      [2, 'function', 'c'],
    ],
  );
  assert.equal(sent[3], numbered);
});

test('nothing that comes after the held finish overtakes it, and it is held once', () => {
  const renderer = createRenderer({});
  const late = delta({ content: '', audio: { expires_at: 1 } });
  const text = renderer.render(toChatFrames([...HELLO, STOP, late]));
  assert.equal(dataOf(text).length, 3);
  assert.equal(renderer.isHolding(), true);
  assert.deepEqual(dataOf(renderer.release(FINAL)).at(-1), late);
  assert.equal(renderer.isHolding(), false);
  assert.equal(renderer.release(FINAL), '');
});

test('after a release without usage, the usage chunk passes as it comes', () => {
  const renderer = createRenderer({ includeUsage: true });
  let text = renderer.render(toChatFrames([...HELLO, STOP]));
  text += renderer.release(FINAL);
  text += renderer.render(toChatFrames([USAGE_CHUNK, '[DONE]'])) + renderer.end();
  const summary = read(text, true);
  assert.deepEqual(summary.gearbox.at(-1)?.position, 3);
  assert.deepEqual(summary.usage, USAGE);
});

test('of several choices the last finish carries the final object', () => {
  const events = [0, 1].map((index) => delta({ role: 'assistant', content: `${index}` }, null, index));
  const finishes = [1, 0].map((index) => delta({}, 'stop', index));
  const summary = read(play([frames(...events, ...finishes)], { choices: 2 }, 'asap'), false);
  assert.deepEqual(summary.gearbox.at(-1), { position: 3, value: FINAL });
  assert.equal(summary.choices.size, 2);
  // Upstream ignored `n`: the only finish waits for the end of the stream and still carries it.
  const ignored = read(play([frames(...HELLO, STOP)], { choices: 2 }, 'asap'), false);
  assert.deepEqual(ignored.gearbox.at(-1), { position: 3, value: FINAL });
});

test('without disclosure not one byte changes', () => {
  const events = [...HELLO, STOP];
  const renderer = createRenderer({ first: null });
  const text = renderer.render(toChatFrames(events)) + renderer.release(null) + renderer.end();
  assert.deepEqual(dataOf(text), [...events, '[DONE]']);
});

test('running counts before the finish pass at once and are not taken for the last event', () => {
  const renderer = createRenderer({ includeUsage: true });
  const early = renderer.render(toChatFrames([...HELLO, USAGE_CHUNK]));
  assert.equal(dataOf(early).at(-1), USAGE_CHUNK);
  const text = early + renderer.render(toChatFrames([STOP, '[DONE]'])) + renderer.release(FINAL) + renderer.end();
  assert.deepEqual(read(text, true).gearbox.at(-1)?.position, 4);
});

test('a role chunk that carries usage still opens the answer', () => {
  const role = chunk({ choices: [{ index: 0, delta: { role: 'assistant' }, finish_reason: null }], usage: USAGE });
  const summary = read(play([frames(role, ...HELLO.slice(1), STOP)], {}), false);
  assert.equal(summary.chunks, 4);
  assert.deepEqual(summary.gearbox[0], { position: 0, value: FIRST });
});

test('an echoed model name is in every chunk', () => {
  const summary = read(play([frames(...HELLO, STOP)], { echoModel: 'gpt-4o' }), false);
  assert.equal(summary.model, 'gpt-4o');
});

test('data that is no JSON goes on as it is', () => {
  const broken: StreamFrame = { protocol: 'openai-chat', event: null, data: '{"cut', parts: [] };
  const renderer = createRenderer({ echoModel: 'x' });
  assert.equal(renderer.render([broken]), 'data: {"cut\n\n');
});

const OVERLOADED: ErrorDescription = {
  status: 503,
  code: 'overloaded',
  message: 'The provider is overloaded.',
  field: null,
  gearbox: { decision_id: 'dec_1' },
};

test('bug-5: after a fault there is one error event, no [DONE], no finish reason, and nothing more', () => {
  const renderer = createRenderer({});
  const held = toChatFrames([...HELLO, STOP]);
  const text = renderer.render(held) + renderer.fail(OVERLOADED);
  const summary = read(text, false);
  assert.equal(summary.ending, 'error');
  assert.equal(summary.choices.get(0)?.finish, null);
  assert.deepEqual(summary.error, {
    message: 'The provider is overloaded.',
    type: 'server_error',
    param: null,
    code: 'overloaded',
  });
  assert.equal(renderer.isHolding(), false);
  assert.equal(renderer.end() + renderer.release(FINAL) + renderer.render(held) + renderer.fail(OVERLOADED), '');
});

test('bug-4: the error event is whole by itself at any point of any stream', () => {
  const events = [...HELLO, STOP, USAGE_CHUNK, '[DONE]'];
  for (let count = 0; count <= events.length; count += 1) {
    const renderer = createRenderer({});
    const text = renderer.render(toChatFrames(events.slice(0, count))) + renderer.fail(OVERLOADED);
    assert.equal(read(text, false).ending, 'error');
  }
});

test("an error event of upstream's is not passed on, because the server says it", () => {
  const renderer = createRenderer({});
  const text = renderer.render(toChatFrames([...HELLO, '{"error":{"message":"secret"}}']));
  assert.equal(dataOf(text).length, 3);
});

// Recordings ----------------------------------------------------------------------------------------------------------

const recorded = loadRecordedChatStreams();
const skip = recorded.size === 0 ? 'the recorded replies are not on this machine' : false;

const withoutGearbox = (data: string): string => data.replace(/,"gearbox":\{[^{}]*\}\}$/, '}');

test('bug-9: any cut of a recorded stream into batches gives the client the same bytes', { skip }, () => {
  for (const [name, events] of recorded) {
    const all = toChatFrames(events);
    for (const includeUsage of [false, true]) {
      const whole = play([all], { includeUsage });
      fc.assert(
        fc.property(fc.array(fc.nat({ max: 4 }), { minLength: 1 }), (sizes) => {
          assert.equal(play(split(all, sizes), { includeUsage }), whole, name);
          const hasty = read(play(split(all, sizes), { includeUsage }, 'asap'), includeUsage);
          assert.deepEqual(hasty.choices, read(whole, includeUsage).choices);
        }),
        { numRuns: 5 },
      );
    }
  }
});

/** Mistral's departures from the protocol are put right, so that these streams do not keep every byte. */
const REPAIRED = new Set(['mistral-reasoning.chunks.txt', 'mistral-tool-call.chunks.txt']);

test('in recorded streams every event but the first and the last keeps its bytes, and none is lost', { skip }, () => {
  for (const [name, events] of recorded) {
    if (REPAIRED.has(name)) continue;
    const sent = dataOf(play([toChatFrames(events)], { includeUsage: true }));
    assert.deepEqual(sent.map(withoutGearbox), events, name);
    const edited = sent.filter((data) => data.includes('"gearbox":'));
    assert.equal(edited.length, 2, name);
    assert.equal(edited[0], sent[0]);
    assert.equal(edited[1], sent.at(-2));
  }
});

// Translation ---------------------------------------------------------------------------------------------------------

const frame = (...parts: StreamPart[]): StreamFrame => ({
  protocol: 'anthropic-messages',
  event: null,
  data: '',
  parts,
});

const START: StreamPart = { type: 'start', id: 'msg_1', model: 'claude-x', createdAtSeconds: null };
const END: StreamPart = { type: 'end' };

const block = (number: number, content: BlockKind, ...texts: string[]): StreamPart[] => [
  { type: 'block-start', choice: 0, block: number, content },
  ...texts.map((text): StreamPart => ({ type: 'block-delta', choice: 0, block: number, text })),
  { type: 'block-end', choice: 0, block: number },
];

const call = (id: string, toolKind: 'function' | 'custom' | 'hosted' = 'function'): BlockKind => ({
  kind: 'tool-call',
  id,
  name: `name_${id}`,
  toolKind,
});

const finish = (kind: 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'refusal'): StreamPart => ({
  type: 'finish',
  choice: 0,
  finish: { kind, raw: null },
});

const usagePart: StreamPart = {
  type: 'usage',
  usage: { ...NO_USAGE, inputTokens: 10, cacheReadTokens: 4, outputTokens: 3, reasoningTokens: 1 },
};

const translate = (parts: readonly StreamPart[], setting: Setting = {}, policy: Policy = 'at-end'): ChatStreamSummary =>
  validateChatStream(
    play(
      parts.map((part) => [frame(part)]),
      setting,
      policy,
    ),
    {
      includeUsage: setting.includeUsage ?? false,
      rules: 'specified',
    },
  );

test('a translated stream has the id, the answering model, and both objects', () => {
  const summary = translate([START, ...block(0, { kind: 'text' }, 'Hel', 'lo'), finish('stop'), usagePart, END]);
  assert.equal(summary.id, 'chatcmpl-msg_1');
  assert.equal(summary.model, 'claude-x');
  assert.equal(summary.choices.get(0)?.content, 'Hello');
  assert.deepEqual(summary.gearbox, [
    { position: 0, value: FIRST },
    { position: 3, value: FINAL },
  ]);
  assert.equal(summary.ending, 'done');
});

test('bug-19: parallel tool calls have their own dense indexes, ids and arguments', () => {
  const parts = [
    ...block(0, { kind: 'text' }, 'x'),
    ...block(1, call('a'), '{"q":', '1}'),
    ...block(2, call('b'), '{}'),
  ];
  const summary = translate([START, ...parts, finish('tool_calls'), END]);
  assert.deepEqual(summary.choices.get(0)?.toolCalls, [
    { id: 'a', type: 'function', name: 'name_a', text: '{"q":1}' },
    { id: 'b', type: 'function', name: 'name_b', text: '{}' },
  ]);
});

test('a call without arguments gives the client an empty JSON object, a custom call stays empty', () => {
  const parts = [...block(0, call('a')), ...block(1, call('b', 'custom')), ...block(2, call('c'), '')];
  const calls = translate([START, ...parts, finish('tool_calls'), END]).choices.get(0)?.toolCalls;
  assert.deepEqual(
    calls?.map((one) => [one.id, one.type, one.text]),
    [
      ['a', 'function', '{}'],
      ['b', 'custom', ''],
      ['c', 'function', '{}'],
    ],
  );
});

test('bug-20: a finish of stop beside tool calls is tool_calls', () => {
  const summary = translate([START, ...block(0, call('a'), '{}'), finish('stop'), END]);
  assert.equal(summary.choices.get(0)?.finish, 'tool_calls');
});

test('bug-21: length and content_filter stay what they are beside tool calls', () => {
  for (const kind of ['length', 'content_filter'] as const) {
    const summary = translate([START, ...block(0, call('a'), '{"cut'), finish(kind), END]);
    assert.equal(summary.choices.get(0)?.finish, kind);
  }
});

test("bug-22: a finish of tool_calls without a call to answer is stop; a provider's own tools are not shown", () => {
  const summary = translate([
    START,
    ...block(0, call('h', 'hosted'), '{}'),
    ...block(1, { kind: 'text' }, 'x'),
    finish('tool_calls'),
    END,
  ]);
  assert.equal(summary.choices.get(0)?.finish, 'stop');
  assert.deepEqual(summary.choices.get(0)?.toolCalls, []);
});

test('bug-24: reasoning streams as reasoning_content, never inside the text, and its signature goes along', () => {
  const opaque = { kind: 'signature', data: 'SIG', provenance: null } as const;
  const [open, one, two, close] = block(0, { kind: 'reasoning' }, 'Let me ', 'think');
  assert.ok(open && one && two && close);
  const signature: StreamPart = { type: 'block-opaque', choice: 0, block: 0, opaque };
  const summary = translate([
    START,
    open,
    one,
    two,
    signature,
    close,
    ...block(1, { kind: 'text' }, '42'),
    finish('stop'),
    END,
  ]);
  const choice = summary.choices.get(0);
  assert.equal(choice?.reasoning, 'Let me think');
  assert.equal(choice?.content, '42');
  assert.deepEqual(choice?.details, [
    { type: 'reasoning.text', text: 'Let me think', signature: 'SIG', format: 'anthropic-claude-v1' },
  ]);
  // And the way back: what a client returns is read as the same signature.
  const message = {
    role: 'assistant',
    content: '42',
    reasoning_content: choice?.reasoning,
    reasoning_details: choice?.details,
  };
  const request = openaiChatCodec.parseRequest(JSON.stringify({ model: 'auto', messages: [message] }));
  assert.deepEqual(request.messages[0]?.content[0], { type: 'reasoning', text: 'Let me think', summary: [], opaque });
});

test('bug-46: a thought signature travels on its tool call', () => {
  const opaque = { kind: 'thought-signature', data: 'TS', provenance: null } as const;
  const parts = [...block(0, call('a'), '{}')];
  const text = play(
    [
      [
        frame(
          START,
          ...parts.slice(0, 2),
          { type: 'block-opaque', choice: 0, block: 0, opaque },
          ...parts.slice(2),
          finish('stop'),
          END,
        ),
      ],
    ],
    {},
  );
  validateChatStream(text, { includeUsage: false, rules: 'specified' });
  assert.match(text, /"extra_content":\{"google":\{"thought_signature":"TS"\}\}/);
});

test('bug-54: translated usage comes only if asked for, in its own chunk, cached tokens inside prompt tokens', () => {
  const parts = [START, ...block(0, { kind: 'text' }, 'x'), usagePart, finish('stop'), END];
  assert.equal(translate(parts).usage, null);
  for (const policy of ['asap', 'at-end'] as const) {
    const summary = translate(parts, { includeUsage: true }, policy);
    assert.deepEqual(summary.usage, {
      prompt_tokens: 10,
      completion_tokens: 3,
      total_tokens: 13,
      prompt_tokens_details: { cached_tokens: 4 },
      completion_tokens_details: { reasoning_tokens: 1 },
    });
    assert.deepEqual(summary.gearbox.at(-1), { position: summary.chunks - 1, value: FINAL });
  }
});

test('translated usage that is late comes after a finish that did not wait for it', () => {
  const summary = translate([START, ...block(0, { kind: 'text' }, 'x'), finish('stop'), usagePart, END], {
    includeUsage: true,
  });
  assert.equal(summary.usage?.['total_tokens'], 13);
  const renderer = createRenderer({ includeUsage: true });
  let text = renderer.render([frame(START, ...block(0, { kind: 'text' }, 'x'), finish('stop'))]);
  text += renderer.release(FINAL) + renderer.render([frame(usagePart, END)]) + renderer.end();
  const late = validateChatStream(text, { includeUsage: true, rules: 'specified' });
  assert.equal(late.usage?.['total_tokens'], 13);
  assert.equal(late.gearbox.at(-1)?.position, late.chunks - 2);
});

test('a provider that ended properly without a finish gets one', () => {
  const summary = translate([START, ...block(0, call('a')), END]);
  assert.equal(summary.choices.get(0)?.finish, 'tool_calls');
  assert.deepEqual(summary.gearbox.at(-1)?.value, FINAL);
});

test('the finish of one choice goes out when another choice opens', () => {
  const renderer = createRenderer({ choices: 2 });
  renderer.render([frame(START, ...block(0, { kind: 'text' }, 'x'), finish('stop'))]);
  const open: StreamPart = { type: 'block-start', choice: 1, block: 0, content: { kind: 'text' } };
  assert.match(renderer.render([frame(open)]), /"index":0,"delta":\{\},"logprobs":null,"finish_reason":"stop"/);
});

test('nothing follows the finish of a choice', () => {
  const late: StreamPart[] = [{ type: 'block-delta', choice: 0, block: 0, text: 'late' }, finish('length')];
  const summary = translate([START, ...block(0, { kind: 'text' }, 'x'), finish('stop'), ...late, END]);
  assert.equal(summary.choices.get(0)?.content, 'x');
  assert.equal(summary.choices.get(0)?.finish, 'stop');
});

test('a refusal in words finishes with stop, one without words with content_filter', () => {
  const words = translate([START, ...block(0, { kind: 'refusal' }, 'I cannot.'), finish('refusal'), END]);
  assert.equal(words.choices.get(0)?.refusal, 'I cannot.');
  assert.equal(words.choices.get(0)?.finish, 'stop');
  assert.equal(translate([START, finish('refusal'), END]).choices.get(0)?.finish, 'content_filter');
});

test('a client that sent functions is answered with function_call', () => {
  const parts = [START, ...block(0, call('a'), '{"x":', '1}'), ...block(1, call('b')), finish('tool_calls'), END];
  const text = play([[frame(...parts)]], { legacy: true });
  const deltas = dataOf(text)
    .slice(0, -1)
    .map((data) => JSON.parse(data) as { choices: { delta: { function_call?: unknown }; finish_reason: unknown }[] });
  const calls = deltas.flatMap(({ choices: [choice] }) => choice?.delta.function_call ?? []);
  assert.deepEqual(calls, [{ name: 'name_a', arguments: '' }, { arguments: '{"x":' }, { arguments: '1}' }]);
  assert.equal(deltas.at(-1)?.choices[0]?.finish_reason, 'function_call');
});

interface Piece {
  readonly content: BlockKind;
  readonly texts: readonly string[];
}

const pieceKind: fc.Arbitrary<BlockKind> = fc.oneof(
  fc.constantFrom({ kind: 'text' } as const, { kind: 'reasoning' } as const),
  fc.constantFrom(call('f'), call('c', 'custom'), call('h', 'hosted')),
);
const piece: fc.Arbitrary<Piece> = fc.record({
  content: pieceKind,
  texts: fc.array(fc.string({ unit: fc.constantFrom('a', '"', '\n', '\\', 'é', '😀', '\u2028') })),
});

/** JSON arguments for functions, because the validator parses them; anything for the rest. */
const toParts = (pieces: readonly Piece[], choice: number): StreamPart[] =>
  pieces
    .flatMap(({ content, texts }, number) => {
      const isJson = content.kind === 'tool-call' && content.toolKind === 'function';
      return block(number, content, ...(isJson && texts.length > 0 ? ['"', 'x'.repeat(texts.length), '"'] : texts));
    })
    .map((part) => ('choice' in part ? { ...part, choice } : part));

const joined = (pieces: readonly Piece[], kind: BlockKind['kind']): string =>
  pieces.flatMap((one) => (one.content.kind === kind ? one.texts : [])).join('');

test('any answer of any blocks, in any cut, is a valid stream that says what the parts say', () => {
  fc.assert(
    fc.property(
      fc.array(piece),
      fc.array(fc.nat()),
      fc.record({ includeUsage: fc.boolean(), usageFirst: fc.boolean() }),
      (pieces, sizes, { includeUsage, usageFirst }) => {
        const ending = usageFirst ? [usagePart, finish('stop')] : [finish('stop'), usagePart];
        const parts = [START, ...toParts(pieces, 0), ...ending, END];
        const batches = split(parts, sizes).map((some) => [frame(...some)]);
        const text = play(batches, { includeUsage });
        assert.equal(text, play([[frame(...parts)]], { includeUsage }));
        const summary = validateChatStream(text, { includeUsage, rules: 'specified' });
        const choice = summary.choices.get(0);
        assert.equal(choice?.content, joined(pieces, 'text'));
        assert.equal(choice.reasoning, joined(pieces, 'reasoning'));
        const shown = pieces.filter((one) => one.content.kind === 'tool-call' && one.content.toolKind !== 'hosted');
        assert.equal(choice.toolCalls.length, shown.length);
        assert.equal(choice.finish, shown.length > 0 ? 'tool_calls' : 'stop');
        assert.equal(summary.gearbox.length, 2);
        assert.equal(summary.usage !== null, includeUsage);
      },
    ),
    { numRuns: 200 },
  );
});

test('choices that arrive interleaved are each valid, and the last finish carries the final object', () => {
  fc.assert(
    fc.property(fc.array(piece), fc.array(piece), fc.array(fc.boolean()), (one, two, turns) => {
      const finishOf = (choice: number): StreamPart => ({ ...finish('stop'), choice }) as StreamPart;
      const queues = [
        [...toParts(one, 0), finishOf(0)],
        [...toParts(two, 1), finishOf(1)],
      ];
      const parts: StreamPart[] = [START];
      for (let turn = 0; queues.some((queue) => queue.length > 0); turn += 1) {
        const preferred = turns[turn % Math.max(turns.length, 1)] === true ? 1 : 0;
        const next = queues[preferred]?.shift() ?? queues[1 - preferred]?.shift();
        if (next !== undefined) parts.push(next);
      }
      const summary = translate([...parts, usagePart, END], { choices: 2 });
      assert.equal(summary.choices.get(0)?.content, joined(one, 'text'));
      assert.equal(summary.choices.get(1)?.content, joined(two, 'text'));
      assert.deepEqual(summary.gearbox.at(-1), { position: summary.chunks - 1, value: FINAL });
    }),
  );
});

test('bug-8: a stream has one role chunk per choice even if upstream starts twice', () => {
  const summary = translate([START, START, ...block(0, { kind: 'text' }, 'x'), finish('stop'), END]);
  assert.equal(summary.choices.get(0)?.content, 'x');
});
