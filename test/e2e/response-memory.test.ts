/** The memory of the Responses protocol: answers that later requests name, whichever provider answers them. */
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { BadRequestError, NotFoundError, type OpenAI } from 'openai';
import { readResponsesStream } from '../contract/responses-stream-validator.ts';
import { send, startGearbox, type Json, type TestGearbox } from './gearbox.ts';

const KEY_ONE = 'gb_1111111111111111111111111111111111111111111';
const KEY_TWO = 'gb_2222222222222222222222222222222222222222222';

const YAML = `
version: 1
providers:
  openai: { base_url: '{lab}/v1' }
  anthropic: { base_url: '{lab}' }
components:
  fast: { model: openai/gpt-6-luna, effort: none }
  thinking: { model: openai/gpt-6.1-sol, effort: high }
  claude: { model: anthropic/claude-opus-5.5, effort: high, role: claude }
models:
  auto: { components: [fast, thinking, claude] }
keys:
  one: { secret: env:KEY_ONE }
  two: { secret: env:KEY_TWO }
`;

let gearbox: TestGearbox;
let client: OpenAI;

before(async () => {
  gearbox = await startGearbox({
    yaml: YAML,
    environment: { OPENAI_API_KEY: 'sk-test', ANTHROPIC_API_KEY: 'sk-ant-test', KEY_ONE, KEY_TWO },
  });
  client = gearbox.client(KEY_ONE);
});

after(() => gearbox.close());

const sentUpstream = (): Json => JSON.parse(gearbox.lab.received().at(-1)?.body ?? 'null');

/** A word that stands nowhere else. */
const SAY = (word: string): string => `[[lab:ok text="${word}"]] Say it (${word} is asked for).`;

for (const [first, second] of [
  ['thinking', 'claude'],
  ['claude', 'thinking'],
  ['thinking', 'thinking'],
] as const) {
  test(`${first} then ${second}: the second request names the first answer and has the whole conversation`, async () => {
    const one = await client.responses.create({ model: `auto/${first}`, input: SAY('Aubergine') });
    assert.equal((one as Json).store, true);
    const two = await client.responses.create({
      model: `auto/${second}`,
      previous_response_id: one.id,
      input: 'And once more?',
    });
    assert.equal(two.previous_response_id, one.id);
    const sent = JSON.stringify(sentUpstream());
    assert.ok(sent.includes('(Aubergine is asked for)') && sent.includes('And once more?'));
    assert.ok(/"text":"Aubergine"/.test(sent), 'what was answered is there as well');
    assert.ok(!sent.includes('previous_response_id'));
    const three = await client.responses.create({
      model: `auto/${first}`,
      previous_response_id: two.id,
      input: 'A third time.',
    });
    assert.equal(three.status, 'completed');
    assert.ok(JSON.stringify(sentUpstream()).includes('(Aubergine is asked for)'), 'two turns back');
  });
}

test('a streamed answer is kept too, as soon as its last event was sent', async () => {
  const body = { model: 'auto/claude', input: SAY('Beetroot'), stream: true };
  const headers = { authorization: `Bearer ${KEY_ONE}` };
  const { text } = await send(`${gearbox.url}/v1/responses`, { body, headers });
  const { last } = readResponsesStream(text);
  const id = String(last?.['id']);
  assert.equal((await client.responses.retrieve(id)).output_text, 'Beetroot');
  const next = await client.responses.create({ model: 'auto/fast', previous_response_id: id, input: 'More' });
  assert.equal(next.status, 'completed');
});

test('an answer out of another protocol has an id of ours, by which its decision can be found', async () => {
  const one = await client.responses.create({ model: 'auto/claude', input: SAY('Fennel') });
  assert.equal(one.id, `resp_${(one as Json).gearbox.decision_id}`);
});

test('an item is named instead of repeated', async () => {
  const one = await client.responses.create({ model: 'auto/claude', input: SAY('Celery') });
  const message = one.output.find(({ type }) => type === 'message');
  assert.ok(message?.id !== undefined);
  const input = [
    { role: 'user', content: 'What did you say?' },
    { type: 'item_reference', id: message.id },
    { role: 'user', content: 'Again, please.' },
  ] as const;
  await client.responses.create({ model: 'auto/fast', input: [...input], store: false });
  assert.ok(JSON.stringify(sentUpstream()).includes('Celery'));
});

test('tokens are counted by estimate, an earlier answer included, and nothing is called', async () => {
  const one = await client.responses.create({ model: 'auto/claude', input: SAY('Endive') });
  const calls = gearbox.lab.received().length;
  const alone = await client.responses.inputTokens.count({ input: 'And once more?' });
  const whole = await client.responses.inputTokens.count({ previous_response_id: one.id, input: 'And once more?' });
  assert.equal(alone.object, 'response.input_tokens');
  assert.ok(alone.input_tokens > 0 && whole.input_tokens > alone.input_tokens + 10, `${whole.input_tokens}`);
  assert.equal((alone as Json).gearbox.warnings[0].code, 'estimate_used');
  assert.equal(gearbox.lab.received().length, calls);
  await assert.rejects(client.responses.inputTokens.count({ previous_response_id: 'resp_none' }), { status: 400 });
});

test('with store: false nothing is kept', async () => {
  const one = await client.responses.create({ model: 'auto/fast', input: SAY('Daikon'), store: false });
  assert.equal((one as Json).store, false);
  await assert.rejects(client.responses.retrieve(one.id), NotFoundError);
  await assert.rejects(
    client.responses.create({ model: 'auto/fast', input: 'More', previous_response_id: one.id }),
    (error: unknown) => {
      assert.ok(error instanceof BadRequestError);
      assert.deepEqual([error.code, error.param], ['previous_response_not_found', 'previous_response_id']);
      return true;
    },
  );
});

test('what was asked is listed, an answer is deleted, and cancelling says what to do instead', async () => {
  const one = await client.responses.create({ model: 'auto/fast', input: SAY('Endive') });
  const items = await client.responses.inputItems.list(one.id);
  assert.deepEqual(items.data, [
    { id: 'item_0', type: 'message', role: 'user', content: [{ type: 'input_text', text: SAY('Endive') }] },
  ]);
  await assert.rejects(client.responses.cancel(one.id), BadRequestError);
  await client.responses.delete(one.id);
  await assert.rejects(client.responses.retrieve(one.id), NotFoundError);
});

test('another key finds nothing', async () => {
  const one = await client.responses.create({ model: 'auto/fast', input: SAY('Fennel') });
  const other = gearbox.client(KEY_TWO);
  await assert.rejects(other.responses.retrieve(one.id), NotFoundError);
  await assert.rejects(other.responses.delete(one.id), NotFoundError);
  const message = one.output.find(({ type }) => type === 'message');
  await assert.rejects(
    other.responses.create({ model: 'auto/fast', input: [{ type: 'item_reference', id: message?.id ?? '' }] }),
    BadRequestError,
  );
  assert.equal((await client.responses.retrieve(one.id)).id, one.id);
});

test('nothing of a conversation can be read in the store', async () => {
  await client.responses.create({ model: 'auto/fast', input: SAY('Gherkin') });
  await gearbox.gearbox.store.flush();
  for (const file of (await readdir(gearbox.home)).filter((name) => name.startsWith('store.db')))
    assert.ok(!(await readFile(join(gearbox.home, file), 'latin1')).includes('Gherkin'), file);
});
