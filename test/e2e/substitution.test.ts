/** A provider that answers with another model than it was asked for: told in the answer, billed by it, and alarmed. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { send, startGearbox, type Json, type TestGearbox } from './gearbox.ts';

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

let gearbox: TestGearbox;

before(async () => {
  gearbox = await startGearbox({ yaml: YAML, environment: { OPENAI_API_KEY: 'sk-test' } });
});

after(() => gearbox.close());

const ask = async (model: string, members: Json = {}): Promise<Json> => {
  const messages = [{ role: 'user', content: '[[lab:ok text=Yes answers_as=gpt-6-luna-2026-09-01]] Hello' }];
  const answer = await send(`${gearbox.url}/v1/chat/completions`, { body: { model, messages, ...members } });
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
};

test('the answer names who answered, says so in a warning, and costs what that model costs', async () => {
  const { gearbox: told, model, usage } = await ask('auto/thinking');
  assert.equal(told.component, 'thinking');
  assert.match(told.model, /^openai\/gpt-6-luna/);
  assert.match(model, /^gpt-6-luna/);
  const warning = told.warnings.find(({ code }: Json) => code === 'substituted');
  assert.equal(warning.requested, 'gpt-6.1-sol');
  const fast = await ask('auto/fast');
  assert.deepEqual(fast.gearbox.warnings, [], 'the same model with a date is no substitution');
  assert.ok(usage.prompt_tokens > 0 && told.cost_usd < 0.001);
});

test('whoever runs the gateway is told once, by log, metrics and status', async () => {
  await ask('auto/thinking');
  await ask('auto/thinking', { stream: false });
  await gearbox.gearbox.store.flush();
  const alarms = gearbox.warnings.filter((warning) => warning.startsWith('the provider answers'));
  assert.equal(alarms.length, 1);
  assert.match(alarms[0] ?? '', /openai\/gpt-6\.1-sol with openai\/gpt-6-luna/);
  const metrics = await send(`${gearbox.url}/metrics`);
  assert.match(metrics.text, /gearbox_substitutions_total\{component="thinking",simulated="false"\} 3/);
  const headers = { authorization: `Bearer ${gearbox.adminToken}` };
  const status = await send(`${gearbox.url}/api/status`, { headers });
  const [substitution] = status.json.substitutions;
  assert.deepEqual([substitution.asked, substitution.count], ['openai/gpt-6.1-sol', 3]);
});
