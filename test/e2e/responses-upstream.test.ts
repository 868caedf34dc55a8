/** Models that take tools over Responses only, for clients that speak something else. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { send, startGearbox, type TestGearbox } from './gearbox.ts';

const YAML = `
version: 1
providers:
  openai: { base_url: '{lab}/v1' }
components:
  fast: { model: openai/gpt-6-luna, effort: none }
  thinking: { model: openai/gpt-6.1-sol, effort: high }
models:
  auto: { components: [fast, thinking] }
`;

const FUNCTION = { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } };
const TOOLS = [{ type: 'function', function: FUNCTION }] as const;
const PROMPT = [{ role: 'user', content: '[[lab:tool-call]] Weather?' }] as const;

let gearbox: TestGearbox;

before(async () => {
  gearbox = await startGearbox({ yaml: YAML, environment: { OPENAI_API_KEY: 'sk-test' } });
});

after(() => gearbox.close());

const pathUpstream = (): string | undefined => gearbox.lab.received().at(-1)?.path;

test('a chat client with tools is served through Responses where the model takes them nowhere else', async () => {
  const client = gearbox.client();
  const first = await client.chat.completions.create({
    model: 'auto/thinking',
    messages: [...PROMPT],
    tools: [...TOOLS],
  });
  assert.equal(pathUpstream(), '/v1/responses');
  const [call] = first.choices[0]?.message.tool_calls ?? [];
  assert.ok(call?.type === 'function');
  assert.equal(call.function.name, 'weather');
  assert.equal(first.choices[0]?.finish_reason, 'tool_calls');
  const { message } = first.choices[0];
  const second = await client.chat.completions.create({
    model: 'auto/thinking',
    messages: [...PROMPT, message, { role: 'tool', tool_call_id: call.id, content: 'Rain' }],
    tools: [...TOOLS],
  });
  assert.ok((second.choices[0]?.message.content ?? '').length > 0);
  assert.equal(pathUpstream(), '/v1/responses');
});

test('the same streamed gives the SDK the same call', async () => {
  const stream = gearbox.client().chat.completions.stream({
    model: 'auto/thinking',
    messages: [...PROMPT],
    tools: [...TOOLS],
  });
  const { choices } = await stream.finalChatCompletion();
  assert.equal(choices[0]?.finish_reason, 'tool_calls');
  assert.equal(choices[0].message.tool_calls?.[0]?.type, 'function');
});

test('without tools, and with tools at effort none, Chat Completions is kept', async () => {
  const url = `${gearbox.url}/v1/chat/completions`;
  const messages = [{ role: 'user', content: 'Hello' }];
  assert.equal((await send(url, { body: { model: 'auto/thinking', messages } })).status, 200);
  assert.equal(pathUpstream(), '/v1/chat/completions');
  assert.equal((await send(url, { body: { model: 'auto/fast', messages, tools: TOOLS } })).status, 200);
  assert.equal(pathUpstream(), '/v1/chat/completions');
});

test('an Anthropic client with tools reaches such a model as well', async () => {
  const body = {
    model: 'auto/thinking',
    max_tokens: 5_000,
    messages: PROMPT,
    tools: [{ name: 'weather', input_schema: FUNCTION.parameters }],
  };
  const { status, json } = await send(`${gearbox.url}/v1/messages`, { body });
  assert.equal(status, 200);
  assert.equal(json.stop_reason, 'tool_use');
  assert.equal(pathUpstream(), '/v1/responses');
});
