/** OpenAI's Responses end to end: the official client, over real sockets, whichever provider answers. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type OpenAI, BadRequestError, NotFoundError, RateLimitError } from 'openai';
import { readResponsesStream } from '../contract/responses-stream-validator.ts';
import { send, startGearbox, type Json, type TestGearbox } from './gearbox.ts';

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
`;

const EASY = 'What is the capital of France?';
const TOOL = {
  type: 'function',
  name: 'weather',
  strict: true,
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
} as const;

let gearbox: TestGearbox;
let client: OpenAI;

before(async () => {
  gearbox = await startGearbox({
    yaml: YAML,
    environment: { OPENAI_API_KEY: 'sk-test', ANTHROPIC_API_KEY: 'sk-ant-test' },
  });
  client = gearbox.client();
});

after(() => gearbox.close());

const sentUpstream = (): string => gearbox.lab.received().at(-1)?.body ?? '';

for (const model of ['auto/fast', 'claude-only']) {
  test(`${model}: a whole answer is a response to the SDK, with what it cost`, async () => {
    const response = await client.responses.create({ model, input: EASY, store: false });
    assert.equal(response.status, 'completed');
    assert.ok(response.output_text.length > 0);
    assert.ok((response.usage?.total_tokens ?? 0) > 0);
    const disclosed = (response as unknown as { gearbox: Json }).gearbox;
    assert.match(disclosed.decision_id, /^dec_/);
    assert.equal(typeof disclosed.cost_usd, 'number');
  });

  test(`${model}: a stream obeys every rule of the protocol, and the SDK joins it`, async () => {
    const body = { model, input: EASY, stream: true, store: false };
    const answer = await send(`${gearbox.url}/v1/responses`, { body });
    const summary = readResponsesStream(answer.text);
    assert.equal(summary.ending, 'completed');
    assert.match((summary.first as Json).gearbox.decision_id, /^dec_/);
    assert.equal(typeof (summary.last as Json).gearbox.cost_usd, 'number');
    const final = await client.responses.stream({ model, input: EASY }).finalResponse();
    assert.ok(final.output_text.length > 0);
  });

  test(`${model}: a call of a tool comes streamed, and its result goes back under the same id`, async () => {
    const input = '[[lab:tool-call]] weather?';
    const response = await client.responses.stream({ model, input, tools: [TOOL] }).finalResponse();
    const call = response.output.find((item) => item.type === 'function_call');
    assert.ok(call);
    assert.equal(typeof (JSON.parse(call.arguments) as { city: unknown }).city, 'string');
    const output = { type: 'function_call_output', call_id: call.call_id, output: 'Rain' } as const;
    await client.responses.create({
      model,
      tools: [TOOL],
      input: [
        { role: 'user', content: EASY },
        { type: 'function_call', call_id: call.call_id, name: call.name, arguments: call.arguments },
        output,
      ],
    });
    assert.ok(sentUpstream().includes(call.call_id) && sentUpstream().includes('Rain'));
  });
}

test('errors are the classes of the SDK and name the field', async () => {
  await assert.rejects(client.responses.create({ model: 'nonsense', input: EASY }), NotFoundError);
  await assert.rejects(client.responses.create({ model: 'auto', input: '[[lab:429]] hello' }), RateLimitError);
  const remembering = client.responses.create({ model: 'auto', input: EASY, previous_response_id: 'resp_1' });
  await assert.rejects(remembering, (error: unknown) => {
    assert.ok(error instanceof BadRequestError);
    assert.equal(error.param, 'previous_response_id');
    return true;
  });
});

test('bug-34: encrypted reasoning of its maker reaches no other provider', async () => {
  await client.responses.create({
    model: 'claude-only',
    input: [
      { role: 'user', content: EASY },
      { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'c2VjcmV0' },
      { role: 'assistant', content: 'Paris.' },
      { role: 'user', content: 'And of Spain?' },
    ],
  });
  assert.ok(!sentUpstream().includes('c2VjcmV0'));
});

test('effort, verbosity and schema are obeyed', async () => {
  const response = await client.responses.create({
    model: 'auto/thinking',
    input: EASY,
    reasoning: { effort: 'high' },
    text: { verbosity: 'low', format: { type: 'json_schema', name: 'n', schema: TOOL.parameters, strict: true } },
  });
  const { effort } = (response as unknown as { gearbox: Json }).gearbox;
  assert.equal(effort.applied, 'high');
  const sent: Json = JSON.parse(sentUpstream());
  assert.equal(sent.text.verbosity, 'low');
  assert.equal(sent.text.format.name, 'n');
  assert.equal(sent.reasoning.effort, 'high');
  assert.equal(sent.store, false);
});
