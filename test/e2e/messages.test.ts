/** Anthropic's protocol end to end: the official Anthropic client, over real sockets, whichever provider answers. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import Anthropic, {
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from '@anthropic-ai/sdk';
import { readMessagesStream } from '../contract/messages-stream-validator.ts';
import { send, startGearbox, type Answer, type Json, type TestGearbox } from './gearbox.ts';

const YAML = `
version: 1
providers:
  openai: { base_url: '{lab}/v1' }
  anthropic: { base_url: '{lab}' }
components:
  fast: { model: openai/gpt-6-luna, effort: none }
  thinking: { model: openai/gpt-6.1-sol, effort: auto }
  claude: { model: anthropic/claude-opus-5.5, effort: auto, role: claude }
models:
  auto: { components: [fast, thinking], baseline: thinking }
  claude-only: { components: [claude] }
  both: { components: [fast, claude] }
`;

const MAX_TOKENS = 4_000;
const EASY = 'What is the capital of France?';
const TOOLS = [
  {
    name: 'weather',
    description: 'Weather of a city.',
    input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
] satisfies Anthropic.Tool[];

let gearbox: TestGearbox;
let client: Anthropic;

before(async () => {
  gearbox = await startGearbox({
    yaml: YAML,
    environment: { OPENAI_API_KEY: 'sk-test', ANTHROPIC_API_KEY: 'sk-ant-test' },
  });
  client = new Anthropic({ apiKey: 'unused', authToken: null, baseURL: gearbox.url, maxRetries: 0 });
});

after(() => gearbox.close());

const user = (content: string): Anthropic.MessageParam[] => [{ role: 'user', content }];
const sentUpstream = (): { readonly body: Json; readonly headers: Json } => {
  const received = gearbox.lab.received().at(-1);
  return { body: JSON.parse(received?.body ?? '{}'), headers: received?.headers };
};
const post = (body: Json, headers: Record<string, string> = {}): Promise<Answer> =>
  send(`${gearbox.url}/v1/messages`, { body: { max_tokens: MAX_TOKENS, messages: user(EASY), ...body }, headers });

/** Behind both kinds of provider: one whose answer is translated, one whose answer passes through. */
const TARGETS = ['auto/fast', 'claude-only'] as const;

for (const model of TARGETS) {
  test(`${model}: a whole answer is a message to the SDK, with what it cost`, async () => {
    const message = await client.messages.create({ model, max_tokens: MAX_TOKENS, messages: user(EASY) });
    assert.equal(message.type, 'message');
    assert.equal(message.stop_reason, 'end_turn');
    assert.ok(message.content.some((block) => block.type === 'text' && block.text !== ''));
    assert.ok(message.usage.input_tokens > 0 && message.usage.output_tokens > 0);
    const disclosed = (message as unknown as { gearbox: Json }).gearbox;
    assert.match(disclosed.decision_id, /^dec_/);
    assert.equal(typeof disclosed.cost_usd, 'number');
  });

  test(`${model}: a stream obeys every rule of the protocol and carries both objects`, async () => {
    const answer = await post({ model, stream: true });
    const summary = readMessagesStream(answer.text);
    assert.equal(summary.ending, 'stop');
    assert.ok(summary.blocks.some(({ type, text }) => type === 'text' && text !== ''));
    assert.match((summary.message as Json).gearbox.decision_id, /^dec_/);
    assert.equal(typeof (summary.last as Json).gearbox.cost_usd, 'number');
  });

  test(`${model}: the SDK joins a streamed tool call to its input`, async () => {
    const stream = client.messages.stream({
      model,
      max_tokens: MAX_TOKENS,
      tools: TOOLS,
      messages: user('[[lab:two-tool-calls]] weather?'),
    });
    const message = await stream.finalMessage();
    assert.equal(message.stop_reason, 'tool_use');
    const calls = message.content.filter((block) => block.type === 'tool_use');
    assert.equal(calls.length, 2);
    for (const { name, input } of calls) {
      assert.equal(name, 'weather');
      assert.equal(typeof (input as { city: unknown }).city, 'string');
    }
  });

  test(`${model}: results of tools and images reach the provider`, async () => {
    await client.messages.create({
      model,
      max_tokens: MAX_TOKENS,
      tools: TOOLS,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } },
            { type: 'text', text: 'Here?' },
          ],
        },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Rome' } }] },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'toolu_1', content: 'Rain', is_error: true },
            { type: 'text', text: 'And now?' },
          ],
        },
      ],
    });
    const text = JSON.stringify(sentUpstream().body);
    for (const part of ['iVBORw0KGgo=', 'toolu_1', 'Rome', 'Rain', 'And now?']) assert.ok(text.includes(part), part);
  });

  test(`${model}: an error before anything was shown is a status of its own, streamed or not`, async () => {
    const messages = user('[[lab:stream-error after_events=0]] hello');
    const answer = await post({ model, stream: true, messages });
    assert.ok(answer.status >= 500, String(answer.status));
    assert.equal(answer.json.type, 'error');
    await assert.rejects(client.messages.stream({ model, max_tokens: MAX_TOKENS, messages }).finalMessage(), APIError);
  });
}

test('bug-43: errors are the classes of the SDK, in the shape of the protocol, and say what to do', async () => {
  const ask = (members: Partial<Anthropic.MessageCreateParamsNonStreaming>): Promise<unknown> =>
    client.messages.create({ model: 'auto', max_tokens: MAX_TOKENS, messages: user(EASY), ...members });
  await assert.rejects(ask({ model: 'nonsense' }), NotFoundError);
  await assert.rejects(ask({ messages: [] }), (error: unknown) => {
    assert.ok(error instanceof BadRequestError);
    assert.equal((error.error as Json).type, 'error');
    assert.equal((error.error as Json).error.type, 'invalid_request_error');
    assert.match(error.message, /messages.*at least one message/);
    assert.ok(error.requestID);
    return true;
  });
  await assert.rejects(ask({ messages: user('[[lab:429]] hello') }), RateLimitError);
  await assert.rejects(ask({ messages: user('[[lab:500]] hello') }), InternalServerError);
  assert.equal(
    (await post({ max_tokens: undefined, model: 'auto' })).json.gearbox.blocking[0].constraint,
    'max_tokens',
  );
});

test('a missing key is an authentication error of this protocol', async () => {
  const locked = await startGearbox({
    yaml: `${YAML}keys:\n  web: { secret: env:GEARBOX_KEY_WEB }\n`,
    environment: {
      OPENAI_API_KEY: 'k',
      ANTHROPIC_API_KEY: 'k',
      GEARBOX_KEY_WEB: 'gbx_a_long_enough_secret_for_a_test',
    },
  });
  try {
    const stranger = new Anthropic({ apiKey: 'wrong', authToken: null, baseURL: locked.url, maxRetries: 0 });
    const call = stranger.messages.create({ model: 'auto', max_tokens: 10, messages: user(EASY) });
    await assert.rejects(call, AuthenticationError);
  } finally {
    await locked.close();
  }
});

test('a client that leaves aborts the call', async () => {
  const stream = client.messages.stream({
    model: 'auto',
    max_tokens: MAX_TOKENS,
    messages: user('[[lab:stall after_events=2]] hello'),
  });
  stream.on('connect', () => setTimeout(() => stream.abort(), 50));
  await assert.rejects(stream.finalMessage());
});

test('bug-44: a beta of the client travels to a provider of the same protocol and to no other', async () => {
  const beta = { 'anthropic-beta': 'context-management-2025-06-27', 'anthropic-version': '2023-06-01' };
  await post({ model: 'claude-only', context_management: { edits: [] } }, beta);
  assert.equal(sentUpstream().headers['anthropic-beta'], beta['anthropic-beta']);
  assert.deepEqual(sentUpstream().body.context_management, { edits: [] });
  const answer = await post({ model: 'auto/fast', context_management: { edits: [] } }, beta);
  assert.equal(sentUpstream().headers['anthropic-beta'], undefined);
  assert.equal(sentUpstream().body.context_management, undefined);
  assert.ok(answer.json.gearbox.warnings.some((warning: Json) => warning.param === 'context_management'));
});

test('thinking goes A to B to A: signed for its maker, left out for others, unsigned never to one that checks', async () => {
  const signed = { type: 'thinking', thinking: 'Hm.', signature: 'c2lnbmVk' };
  const unsigned = { type: 'thinking', thinking: 'Shown by another model.', signature: '' };
  const history = (block: Json): Json => [
    { role: 'user', content: EASY },
    { role: 'assistant', content: [block, { type: 'text', text: 'Paris.' }] },
    { role: 'user', content: 'And of Spain?' },
  ];
  await post({ model: 'claude-only', messages: history(signed) });
  assert.deepEqual(sentUpstream().body.messages[1].content[0], signed);
  await post({ model: 'auto/fast', messages: history(signed) });
  assert.ok(!JSON.stringify(sentUpstream().body).includes('c2lnbmVk'));
  const answer = await post({ model: 'claude-only', messages: history(unsigned) });
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(sentUpstream().body.messages[1].content, [{ type: 'text', text: 'Paris.' }]);
});

test('tokens are counted by estimate, and the answer says so', async () => {
  const count = await client.messages.countTokens({ model: 'auto', messages: user(EASY) });
  assert.ok(count.input_tokens >= 5 && count.input_tokens <= 40, String(count.input_tokens));
  assert.equal((count as unknown as { gearbox: Json }).gearbox.warnings[0].code, 'estimate_used');
});

test('effort is read from budget, effort and the word disabled', async () => {
  const appliedFor = async (members: Json): Promise<unknown> =>
    (await post({ model: 'auto/thinking', ...members })).json.gearbox.effort.requested;
  assert.equal(await appliedFor({ thinking: { type: 'enabled', budget_tokens: 1_500 } }), 'low');
  assert.equal(await appliedFor({ thinking: { type: 'enabled', budget_tokens: 16_000 }, max_tokens: 20_000 }), 'high');
  assert.equal(await appliedFor({ output_config: { effort: 'medium' } }), 'medium');
  assert.equal(await appliedFor({}), null);
});
