import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { CONVERSATION_TYPES as ROUTED_TYPES } from '../features/signals.ts';
import { knownFields, renderJsonSchema } from './json-schema.ts';
import { CONVERSATION_TYPES } from './schema.ts';

test('the committed JSON Schema equals the one that the definition generates', async () => {
  const committed = await readFile(new URL('../../docs/gearbox.schema.json', import.meta.url), 'utf8');
  const fix =
    'write it again: node -e "import(\'./src/config/json-schema.ts\').then((m) => process.stdout.write(m.renderJsonSchema()))" > docs/gearbox.schema.json';
  assert.equal(committed, renderJsonSchema(), fix);
});

test('the conversation types of the configuration are the ones that the router knows', () => {
  assert.deepEqual(CONVERSATION_TYPES, ROUTED_TYPES);
});

test('known fields are found at the top, below any name, through lists of alternatives, and nowhere else', () => {
  assert.ok(knownFields([]).includes('components'));
  assert.ok(knownFields(['components', 'fast']).includes('max_output_tokens'));
  assert.deepEqual(knownFields(['components', 'fast', 'limit']), ['router', 'user']);
  assert.ok(knownFields(['aliases', 'o3']).includes('sunset'));
  assert.deepEqual(knownFields(['components']), []);
  assert.deepEqual(knownFields(['version']), []);
});

test('every field of the JSON Schema is closed against unknown names', () => {
  const schema = JSON.parse(renderJsonSchema()) as { additionalProperties: unknown; required: unknown };
  assert.equal(schema.additionalProperties, false);
  assert.deepEqual(schema.required, ['version', 'components']);
});
