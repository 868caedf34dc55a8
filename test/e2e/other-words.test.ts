/** A chat client before a server that speaks chat, too, but not all of it: what it asks is put into other words and back. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createScript } from '../../src/lab/script.ts';
import { send, startGearbox, toEvents, type Json, type TestGearbox } from './gearbox.ts';

const YAML = `
version: 1
providers:
  vllm: { protocol: openai-chat, base_url: '{lab}/v1' }
  mistral: { base_url: '{lab}/v1' }
components:
  fast: { model: vllm/plain, effort: none, price: { input: 0.1, output: 0.2 } }
  thinking: { model: mistral/mistral-medium-3.5, effort: high }
models:
  auto: { components: [fast, thinking] }
`;

let gearbox: TestGearbox;

before(async () => {
  const script = { type: 'script', script: createScript({ text: 'Done.' }) } as const;
  const models = { plain: script, 'mistral-medium-2604': script };
  gearbox = await startGearbox({ yaml: YAML, environment: { MISTRAL_API_KEY: 'sk-test' }, models });
});

after(() => gearbox.close());

const CUSTOM = { type: 'custom', custom: { name: 'run', description: 'Runs a command' } };
const FUNCTION = { type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: {} } } };

const ask = (model: string, members: Json): Promise<{ status: number; text: string; json: Json }> =>
  send(`${gearbox.url}/v1/chat/completions`, {
    body: {
      model,
      messages: [{ role: 'user', content: '[[lab:tool-call input="input=ls -l"]] List it.' }],
      ...members,
    },
  });

const sent = (): Json => JSON.parse(gearbox.lab.received().at(-1)?.body ?? 'null');

test('a custom tool goes as a function to a server that has none, and its call comes back as the client knows it', async () => {
  const whole = await ask('auto/fast', { tools: [CUSTOM] });
  assert.equal(whole.status, 200, whole.text);
  assert.equal(sent().tools[0].type, 'function');
  const [call] = whole.json.choices[0].message.tool_calls;
  assert.deepEqual([call.type, call.custom.name, call.custom.input], ['custom', 'run', 'ls -l']);
  assert.equal(whole.json.choices[0].finish_reason, 'tool_calls');
  assert.deepEqual(
    whole.json.gearbox.warnings.map(({ code, param }: Json) => [code, param]),
    [],
  );
});

test('streamed it comes back the same, with the gearbox object in first and last event', async () => {
  const streamed = await ask('auto/fast', { tools: [CUSTOM], stream: true });
  const events = toEvents(streamed.text);
  const deltas = events.flatMap((event: Json) =>
    event.choices.flatMap((choice: Json) => choice.delta.tool_calls ?? []),
  );
  assert.equal(deltas[0].type, 'custom');
  assert.equal(deltas.map((delta: Json) => delta.custom?.input ?? '').join(''), 'ls -l');
  assert.ok(events[0].gearbox !== undefined && events.some((event: Json) => event.gearbox?.cost_usd !== undefined));
  assert.ok(streamed.text.trimEnd().endsWith('data: [DONE]'));
});

test('a choice among allowed tools becomes the list of these', async () => {
  const tools = [FUNCTION, { type: 'function', function: { name: 'time' } }];
  const only = [{ type: 'function', function: { name: 'weather' } }];
  const choice = { type: 'allowed_tools', allowed_tools: { mode: 'required', tools: only } };
  const answer = await ask('auto/fast', { tools, tool_choice: choice });
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(
    sent().tools.map((tool: Json) => tool.function.name),
    ['weather'],
  );
  assert.equal(sent().tool_choice, 'required');
  assert.equal(answer.json.choices[0].message.tool_calls[0].function.name, 'weather');
});

test('ids of calls that another provider made up are rewritten where nine letters are prescribed, call and result alike', async () => {
  const id = 'call_0123456789abcdef';
  const messages = [
    { role: 'developer', content: 'Be terse.' },
    { role: 'user', name: 'ann', content: 'Weather?' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id, type: 'function', function: { name: 'weather', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: id, content: 'Rain' },
  ];
  const answer = await ask('auto/thinking', { messages, tools: [FUNCTION] });
  assert.equal(answer.status, 200, answer.text);
  const body = sent();
  assert.match(body.messages[2].tool_calls[0].id, /^[a-zA-Z0-9]{9}$/);
  assert.equal(body.messages[3].tool_call_id, body.messages[2].tool_calls[0].id);
  assert.equal(answer.json.choices[0].message.content, 'Done.');
});

test('an ordinary request passes through as it is, but for the role that only OpenAI knows', async () => {
  const messages = [
    { role: 'developer', content: 'Be terse.' },
    { role: 'user', content: 'Hello' },
  ];
  await ask('auto/fast', { messages, logit_bias: { 11: -1 }, unheard_of: 1.0 });
  const body = sent();
  assert.equal(body.messages[0].role, 'system');
  assert.deepEqual([body.unheard_of, body.logit_bias], [1, { 11: -1 }]);
});
