/** The official OpenAI SDK reads what the chat codec renders; its `fetch` is replaced, nothing touches the network. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI, {
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
} from 'openai';
import type { CanonicalRequest } from '../../src/canonical/request.ts';
import type { CanonicalResponse } from '../../src/canonical/response.ts';
import type { StreamPart } from '../../src/canonical/stream-part.ts';
import { NO_USAGE } from '../../src/canonical/usage.ts';
import { openaiChatCodec } from '../../src/wire/openai-chat/codec.ts';

interface Reply {
  readonly status?: number;
  readonly type: 'application/json' | 'text/event-stream';
  /** Text of the answer to the request as the codec parsed it. */
  readonly render: (request: CanonicalRequest) => string;
}

const createClient = ({ status, type, render }: Reply): OpenAI =>
  new OpenAI({
    apiKey: 'none',
    baseURL: 'http://gearbox.invalid/v1',
    maxRetries: 0,
    fetch: (_url, init) => {
      const body = init?.body;
      assert.ok(typeof body === 'string');
      const text = render(openaiChatCodec.parseRequest(body));
      return Promise.resolve(new Response(text, { status: status ?? 200, headers: { 'content-type': type } }));
    },
  });

const OPTIONS = { echoModel: null, answerId: '1', now: () => 1_700_000_000_000 };
const MESSAGES = [{ role: 'user', content: 'Hi' }] as const;

const RESPONSE: CanonicalResponse = {
  id: 'msg_1',
  model: 'claude-x',
  createdAtSeconds: null,
  usage: { ...NO_USAGE, inputTokens: 10, cacheReadTokens: 4, outputTokens: 3, serviceTier: 'standard' },
  choices: [
    {
      finish: { kind: 'stop', raw: 'tool_use' },
      content: [
        { type: 'reasoning', text: 'hm', summary: [], opaque: null },
        { type: 'text', text: 'Look' },
        { type: 'text', text: 'ing.' },
        { type: 'tool-call', id: 'c1', name: 'f', kind: 'function', input: '' },
        { type: 'tool-call', id: 'h1', name: 'web_search', kind: 'hosted', input: '{}' },
        { type: 'tool-call', id: 'c2', name: 'g', kind: 'custom', input: 'free' },
      ],
    },
  ],
};

const renderWhole = (response: CanonicalResponse) => (request: CanonicalRequest) =>
  openaiChatCodec.renderWhole(
    { protocol: 'anthropic-messages', text: '', response },
    { ...OPTIONS, request, gearbox: { component: 'fast' } },
  );

test('a translated whole answer is a chat completion to the SDK', async () => {
  const client = createClient({ type: 'application/json', render: renderWhole(RESPONSE) });
  const completion = await client.chat.completions.create({ model: 'auto', messages: [...MESSAGES] });
  assert.equal(completion.id, 'chatcmpl-msg_1');
  assert.equal(completion.object, 'chat.completion');
  assert.equal(completion.created, 1_700_000_000);
  assert.equal(completion.model, 'claude-x');
  assert.equal(completion.service_tier, undefined);
  const [choice] = completion.choices;
  assert.deepEqual(choice, {
    index: 0,
    logprobs: null,
    finish_reason: 'tool_calls',
    message: {
      role: 'assistant',
      content: 'Looking.',
      refusal: null,
      reasoning_content: 'hm',
      tool_calls: [
        { id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } },
        { id: 'c2', type: 'custom', custom: { name: 'g', input: 'free' } },
      ],
    },
  });
  assert.deepEqual(completion.usage, {
    prompt_tokens: 10,
    completion_tokens: 3,
    total_tokens: 13,
    prompt_tokens_details: { cached_tokens: 4 },
    completion_tokens_details: { reasoning_tokens: 0 },
  });
  assert.deepEqual((completion as unknown as { gearbox: unknown }).gearbox, { component: 'fast' });
});

test('a refusal, a drawn image, a signature and a thought signature all reach the client', async () => {
  const response: CanonicalResponse = {
    ...RESPONSE,
    choices: [
      {
        finish: { kind: 'refusal', raw: 'refusal' },
        content: [
          { type: 'reasoning', text: 'hm', summary: [], opaque: { kind: 'signature', data: 'S', provenance: null } },
          { type: 'refusal', text: 'I cannot.' },
          { type: 'image', source: { type: 'base64', mediaType: 'image/webp', data: 'AAAA' } },
        ],
      },
      {
        finish: { kind: 'length', raw: 'max_tokens' },
        content: [
          {
            type: 'tool-call',
            id: 'c',
            name: 'f',
            kind: 'function',
            input: '{"cut',
            opaque: { kind: 'thought-signature', data: 'TS', provenance: null },
          },
        ],
      },
    ],
  };
  const client = createClient({ type: 'application/json', render: renderWhole(response) });
  const { choices } = await client.chat.completions.create({ model: 'auto', messages: [...MESSAGES] });
  assert.deepEqual(
    choices.map((choice) => [choice.index, choice.finish_reason, choice.message]),
    [
      [
        0,
        'stop',
        {
          role: 'assistant',
          content: null,
          refusal: 'I cannot.',
          reasoning_content: 'hm',
          reasoning_details: [{ type: 'reasoning.text', text: 'hm', signature: 'S', format: 'anthropic-claude-v1' }],
          images: [{ type: 'image_url', image_url: { url: 'data:image/webp;base64,AAAA' } }],
        },
      ],
      [
        1,
        'length',
        {
          role: 'assistant',
          content: null,
          refusal: null,
          tool_calls: [
            {
              id: 'c',
              type: 'function',
              function: { name: 'f', arguments: '{"cut' },
              extra_content: { google: { thought_signature: 'TS' } },
            },
          ],
        },
      ],
    ],
  );
});

test('bug-25: counts of 0 are said as 0, and an answer without choices stays one', async () => {
  const usage = { ...NO_USAGE, inputTokens: 5, outputTokens: 0 };
  const client = createClient({ type: 'application/json', render: renderWhole({ ...RESPONSE, usage, choices: [] }) });
  const completion = await client.chat.completions.create({ model: 'auto', messages: [...MESSAGES] });
  assert.deepEqual(completion.choices, []);
  assert.equal(completion.usage?.completion_tokens, 0);
});

test('a legacy client is answered with function_call', async () => {
  const client = createClient({ type: 'application/json', render: renderWhole(RESPONSE) });
  const functions = [{ name: 'f' }];
  const completion = await client.chat.completions.create({ model: 'auto', messages: [...MESSAGES], functions });
  const [choice] = completion.choices;
  assert.equal(choice?.finish_reason, 'function_call');
  assert.deepEqual((choice.message as unknown as { function_call: unknown }).function_call, {
    name: 'f',
    arguments: '{}',
  });
});

test("a whole answer of the client's own protocol keeps every byte but the members set", () => {
  const text = '{ "id":"x", "big":12345678901234567890, "model":"gpt-x", "choices":[ ], "t":1.0 }\n';
  const request = openaiChatCodec.parseRequest(JSON.stringify({ model: 'auto', messages: MESSAGES }));
  const answer = { protocol: 'openai-chat', text, response: RESPONSE } as const;
  assert.equal(openaiChatCodec.renderWhole(answer, { ...OPTIONS, request, gearbox: null }), text);
  assert.equal(
    openaiChatCodec.renderWhole(answer, { ...OPTIONS, request, echoModel: 'auto', gearbox: { a: 1 } }),
    text.replace('"gpt-x"', '"auto"').replace('1.0 }', '1.0,"gearbox":{"a":1} }'),
  );
});

test('a whole answer whose content is a list of parts becomes the two strings that clients read', () => {
  const content = [
    { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
    { type: 'text', text: '4' },
  ];
  const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }];
  const request = openaiChatCodec.parseRequest(JSON.stringify({ model: 'auto', messages: MESSAGES }));
  for (const indentation of [0, 2]) {
    const own = JSON.stringify({ id: 'x', choices }, null, indentation);
    const answer = { protocol: 'openai-chat', text: own, response: RESPONSE } as const;
    const text = openaiChatCodec.renderWhole(answer, { ...OPTIONS, request, gearbox: null });
    assert.deepEqual(JSON.parse(text), {
      id: 'x',
      choices: [
        { index: 0, message: { role: 'assistant', content: '4', reasoning_content: 'hm' }, finish_reason: 'stop' },
      ],
    });
  }
});

const PARTS: readonly StreamPart[] = [
  { type: 'start', id: 'msg_1', model: 'claude-x', createdAtSeconds: null },
  { type: 'block-start', choice: 0, block: 0, content: { kind: 'text' } },
  { type: 'block-delta', choice: 0, block: 0, text: 'Hello ' },
  { type: 'block-delta', choice: 0, block: 0, text: 'there' },
  { type: 'block-end', choice: 0, block: 0 },
  {
    type: 'block-start',
    choice: 0,
    block: 1,
    content: { kind: 'tool-call', id: 'c1', name: 'f', toolKind: 'function' },
  },
  { type: 'block-end', choice: 0, block: 1 },
  { type: 'usage', usage: { ...NO_USAGE, inputTokens: 10, outputTokens: 3 } },
  { type: 'finish', choice: 0, finish: { kind: 'tool_calls', raw: 'tool_use' } },
  { type: 'end' },
];

const FAULT = { status: 503, code: 'overloaded', message: 'Overloaded.', field: null, gearbox: null } as const;

const renderStream = (fails: boolean) => (request: CanonicalRequest) => {
  const renderer = openaiChatCodec.createStreamRenderer({ ...OPTIONS, request, first: { component: 'fast' } });
  const parts = fails ? PARTS.slice(0, 4) : PARTS;
  const text = renderer.render([{ protocol: 'anthropic-messages', event: null, data: '', parts }]);
  return fails ? text + renderer.fail(FAULT) : text + renderer.release({ component: 'fast' }) + renderer.end();
};

test("the SDK's stream collects a translated answer, its tool call and its usage", async () => {
  const client = createClient({ type: 'text/event-stream', render: renderStream(false) });
  const stream = client.chat.completions.stream({
    model: 'auto',
    messages: [...MESSAGES],
    stream_options: { include_usage: true },
  });
  const completion = await stream.finalChatCompletion();
  const [choice] = completion.choices;
  assert.equal(choice?.message.content, 'Hello there');
  assert.equal(choice.finish_reason, 'tool_calls');
  const [call] = choice.message.tool_calls ?? [];
  assert.deepEqual(call?.type === 'function' && [call.id, call.function.name, call.function.arguments], [
    'c1',
    'f',
    '{}',
  ]);
  assert.equal(completion.usage?.total_tokens, 13);
});

test('the SDK raises the error that ends a stream, after the text that came before', async () => {
  const client = createClient({ type: 'text/event-stream', render: renderStream(true) });
  const stream = await client.chat.completions.create({ model: 'auto', messages: [...MESSAGES], stream: true });
  let text = '';
  const collect = async (): Promise<void> => {
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
  };
  await assert.rejects(collect, (error) => error instanceof APIError && error.code === 'overloaded');
  assert.equal(text, 'Hello there');
});

test("an error answer is the SDK's error of that status, with code, param and type", async () => {
  const cases = [
    [400, 'invalid_request', 'invalid_request_error', BadRequestError],
    [401, 'invalid_api_key', 'authentication_error', AuthenticationError],
    [403, 'model_not_allowed', 'permission_error', PermissionDeniedError],
    [404, 'model_not_found', 'invalid_request_error', NotFoundError],
    [429, 'rate_limited', 'rate_limit_error', RateLimitError],
    [429, 'budget_exceeded', 'insufficient_quota', RateLimitError],
    [502, 'upstream_error', 'server_error', InternalServerError],
    [504, 'upstream_timeout', 'timeout_error', InternalServerError],
  ] as const;
  for (const [status, code, type, kind] of cases) {
    const error = { status, code, message: 'No.', field: 'model', gearbox: { decision_id: 'dec_1' } };
    const render = (): string => openaiChatCodec.renderError(error);
    const client = createClient({ status, type: 'application/json', render });
    const call = client.chat.completions.create({ model: 'auto', messages: [...MESSAGES] });
    await assert.rejects(call, (thrown) => {
      assert.ok(thrown instanceof kind, `${status}: ${String(thrown)}`);
      assert.deepEqual([thrown.code, thrown.type, thrown.param], [code, type, 'model']);
      return true;
    });
    assert.deepEqual((JSON.parse(render()) as { gearbox: unknown }).gearbox, { decision_id: 'dec_1' });
  }
});
