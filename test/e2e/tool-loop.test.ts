/** An open tool loop end to end: the component stays whatever the words of a step look like, in every client protocol. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { replayDecision } from '../../src/router/replay.ts';
import { send, startGearbox, type Json, type TestGearbox } from './gearbox.ts';

const YAML = `
version: 1
providers:
  openai: { base_url: '{lab}/v1' }
  anthropic: { base_url: '{lab}' }
components:
  fast: { model: openai/gpt-6-luna, effort: none }
  thinking: { model: anthropic/claude-opus-5.5, effort: auto }
models:
  auto: { components: [fast, thinking] }
`;

const HARD =
  '[[lab:tool-call]] Think hard: prove that for every prime p > 3 the number p^2 - 1 is divisible by 24, step by step.';
const SCHEMA = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };

let gearbox: TestGearbox;

before(async () => {
  const environment = { OPENAI_API_KEY: 'sk-test', ANTHROPIC_API_KEY: 'sk-ant-test' };
  gearbox = await startGearbox({ yaml: YAML, environment });
});

after(() => gearbox.close());

const post = async (path: string, body: Json): Promise<Json> => {
  const answer = await send(`${gearbox.url}${path}`, { body });
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
};

const chat = (messages: Json, members: Json = {}): Promise<Json> =>
  post('/v1/chat/completions', {
    model: 'auto',
    tools: [{ type: 'function', function: { name: 'weather', parameters: SCHEMA } }],
    messages,
    ...members,
  });

test('a step whose words look easy stays with the thinking component that made the call, at its effort', async () => {
  const question = { role: 'user', content: HARD };
  const first = await chat([question]);
  assert.equal(first.gearbox.component, 'thinking');
  const { message } = first.choices[0];
  const [call] = message.tool_calls;
  const result = { role: 'tool', tool_call_id: call.id, content: 'Rain' };
  // A harness's words behind the result read like a greeting by themselves.
  const step = await chat([question, message, result, { role: 'user', content: 'Hi, quick answer please.' }]);
  assert.deepEqual(
    [step.gearbox.component, step.gearbox.effort.applied, step.gearbox.chosen_by],
    ['thinking', first.gearbox.effort.applied, 'session'],
  );
  assert.deepEqual(step.gearbox.reason_codes, ['tool_loop_locked']);
  assert.equal(step.gearbox.session.decision, 'retain');
  assert.match(step.gearbox.session.id, /^s_/);
});

test('what the caller asks by name is obeyed inside a loop, and a new turn is free again', async () => {
  const question = { role: 'user', content: HARD };
  const first = await chat([question]);
  const { message } = first.choices[0];
  const result = { role: 'tool', tool_call_id: message.tool_calls[0].id, content: 'Rain' };
  const asked = await chat([question, message, result], { gearbox: { mode: 'fast' } });
  assert.equal(asked.gearbox.component, 'fast');
  const fresh = await chat([
    question,
    message,
    result,
    { role: 'assistant', content: 'Done.' },
    { role: 'user', content: 'Thanks, hello!' },
  ]);
  assert.notEqual(fresh.gearbox.chosen_by, 'session');
});

test('the loop holds in Messages, too, and its decisions are replayed identically', async () => {
  const tools = [{ name: 'weather', input_schema: SCHEMA }];
  const body = { model: 'auto', max_tokens: 4_000, tools };
  const question = { role: 'user', content: HARD };
  const first = await post('/v1/messages', { ...body, messages: [question] });
  const call = first.content.find((block: Json) => block.type === 'tool_use');
  const messages = [
    question,
    { role: 'assistant', content: first.content },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: 'Rain' }] },
  ];
  const step = await post('/v1/messages', { ...body, messages });
  assert.deepEqual([step.gearbox.component, step.gearbox.chosen_by], ['thinking', 'session']);
  await gearbox.gearbox.store.flush();
  const stored = await gearbox.gearbox.reader.decision(step.gearbox.decision_id);
  assert.ok(stored);
  const { policies } = gearbox.gearbox.snapshot();
  const components = gearbox.gearbox.pool().components;
  const loadComponents = () => Promise.resolve(components);
  const replayed = await replayDecision(stored.decision, { policies: policies.byVersion, loadComponents });
  assert.deepEqual(replayed, { type: 'identical' });
});
