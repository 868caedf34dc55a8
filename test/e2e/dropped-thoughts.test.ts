/** Clients that drop what only its maker can read: the maker gets it back all the same, and nobody else does. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createScript } from '../../src/lab/script.ts';
import { send, startGearbox, toEvents, type Json, type TestGearbox } from './gearbox.ts';

const YAML = `
version: 1
providers:
  openai: { base_url: '{lab}/v1' }
  anthropic: { base_url: '{lab}' }
components:
  claude: { model: anthropic/claude-opus-5.5, effort: high, role: thinking }
  sol: { model: openai/gpt-6.1-sol, effort: high, role: pro }
models:
  auto: { components: [claude, sol] }
keys:
  one: { secret: env:KEY_ONE }
  two: { secret: env:KEY_TWO }
`;

const KEYS = { one: 'secret-key-number-one-0001', two: 'secret-key-number-two-0002' } as const;

let gearbox: TestGearbox;

before(async () => {
  const timing = { firstTokenMs: 0, tokensPerSecond: 0, tokensPerEvent: 4 };
  const thinker = {
    type: 'script',
    script: createScript({ text: 'Done.', reasoning: 'I think it over.', timing }),
  } as const;
  gearbox = await startGearbox({
    yaml: YAML,
    environment: { OPENAI_API_KEY: 'sk', ANTHROPIC_API_KEY: 'sk-ant', KEY_ONE: KEYS.one, KEY_TWO: KEYS.two },
    models: { 'claude-opus-5-5': thinker, 'gpt-6.1-sol': thinker },
  });
});

after(() => gearbox.close());

const TOOLS = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: {} } } }];
const QUESTION = { role: 'user', content: '[[lab:tool-call]] What is the weather?' };

const ask = (
  model: string,
  messages: readonly Json[],
  { key = KEYS.one, stream = false }: { key?: string; stream?: boolean } = {},
) =>
  send(`${gearbox.url}/v1/chat/completions`, {
    headers: { authorization: `Bearer ${key}` },
    body: { model, messages, tools: TOOLS, stream },
  });

/** The call's id, whole or from a stream; everything else of the answer is dropped, as many frameworks do. */
const callOf = async (model: string, stream: boolean): Promise<Json> => {
  const answer = await ask(model, [QUESTION], { stream });
  assert.equal(answer.status, 200, answer.text);
  const [call] = stream
    ? toEvents(answer.text).flatMap(({ choices }: Json) => choices.flatMap(({ delta }: Json) => delta.tool_calls ?? []))
    : answer.json.choices[0].message.tool_calls;
  return { id: call.id, type: 'function', function: { name: call.function.name, arguments: '{}' } };
};

const goOn = (model: string, call: Json, key?: string) =>
  ask(
    model,
    [
      { ...QUESTION, content: 'What is the weather?' },
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: call.id, content: 'Rain' },
    ],
    key === undefined ? {} : { key },
  );

const sent = (): Json => JSON.parse(gearbox.lab.received().at(-1)?.body ?? 'null');

for (const stream of [false, true]) {
  const how = stream ? 'streamed' : 'whole';
  test(`Anthropic gets its signed thinking back before the call (${how})`, async () => {
    const call = await callOf('auto/claude', stream);
    const answer = await goOn('auto/claude', call);
    assert.equal(answer.status, 200, answer.text);
    const [thinking, use] = sent().messages[1].content;
    assert.deepEqual([thinking.type, use.type], ['thinking', 'tool_use']);
    assert.match(thinking.thinking, /^I think it over\./);
    assert.ok(thinking.signature.length > 10);
  });

  test(`OpenAI gets its encrypted reasoning back before the call (${how})`, async () => {
    const call = await callOf('auto/sol', stream);
    const answer = await goOn('auto/sol', call);
    assert.equal(answer.status, 200, answer.text);
    const types = sent().input.map(({ type }: Json) => type);
    const at = types.indexOf('reasoning');
    assert.deepEqual(types.slice(at), ['reasoning', 'function_call', 'function_call_output']);
    assert.ok(sent().input[at].encrypted_content.length > 10);
  });
}

test('another key and another maker get none of it', async () => {
  const call = await callOf('auto/claude', false);
  await goOn('auto/claude', call, KEYS.two);
  assert.deepEqual(
    sent().messages[1].content.map(({ type }: Json) => type),
    ['tool_use'],
  );
  await goOn('auto/sol', call);
  assert.ok(!JSON.stringify(sent()).includes('I think it over.'));
});
