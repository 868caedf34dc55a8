/** Embeddings: passed on to the provider that is named, whatever the official client sends. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BadRequestError, PermissionDeniedError } from 'openai';
import { startGearbox, type TestGearbox } from './gearbox.ts';

const KEY = 'gb_1111111111111111111111111111111111111111111';
const NARROW = 'gb_2222222222222222222222222222222222222222222';

const YAML = `
version: 1
providers:
  openai: { base_url: '{lab}/v1' }
  anthropic: { base_url: '{lab}' }
components:
  fast: { model: openai/gpt-6-luna, effort: none }
keys:
  one: { secret: env:KEY }
  narrow: { secret: env:NARROW, models: [auto] }
`;

let gearbox: TestGearbox;

before(async () => {
  gearbox = await startGearbox({
    yaml: YAML,
    environment: { OPENAI_API_KEY: 'sk-upstream', ANTHROPIC_API_KEY: 'sk-ant', KEY, NARROW },
  });
});

after(() => gearbox.close());

const MODEL = 'openai/text-embedding-3-small';

test('the SDK, which asks for base 64, gets numbers; the provider gets its own id and its own key', async () => {
  const { data, usage } = await gearbox.client(KEY).embeddings.create({ model: MODEL, input: ['one', 'two'] });
  assert.equal(data.length, 2);
  assert.equal(data[0]?.embedding.length, 8);
  assert.notDeepEqual(data[0].embedding, data[1]?.embedding);
  assert.ok(usage.total_tokens > 0);
  const sent = gearbox.lab.received().at(-1);
  assert.deepEqual(JSON.parse(sent?.body ?? '{}').model, 'text-embedding-3-small');
  assert.equal(sent?.headers['authorization'], 'Bearer sk-upstream');
});

test('what is no embedding model of a provider is refused with a reason', async () => {
  const client = gearbox.client(KEY);
  await assert.rejects(client.embeddings.create({ model: 'auto', input: 'x' }), (error: unknown) => {
    assert.ok(error instanceof BadRequestError);
    assert.match(error.message, /vectors of two models do not mix/);
    return true;
  });
  await assert.rejects(client.embeddings.create({ model: 'anthropic/claude-opus-5.5', input: 'x' }), BadRequestError);
});

test('bug-62: an error of the provider keeps its words, and a key calls only what it may', async () => {
  await assert.rejects(gearbox.client(KEY).embeddings.create({ model: MODEL, input: '' }), BadRequestError);
  await assert.rejects(gearbox.client(NARROW).embeddings.create({ model: MODEL, input: 'x' }), PermissionDeniedError);
});
