import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { isStrictSchema } from './openai-schema.ts';

const closed = (properties: object) => ({
  type: 'object',
  properties: properties as Record<string, never>,
  required: Object.keys(properties),
  additionalProperties: false,
});

test('a schema whose objects are all closed and complete may be strict', () => {
  assert.ok(isStrictSchema(closed({ a: { type: 'string' }, b: closed({ c: { type: 'integer' } }) })));
  assert.ok(isStrictSchema({ type: 'array', items: closed({ a: { type: ['string', 'null'] } }) }));
});

test('an open object, an optional property or an open object inside may not', () => {
  assert.ok(!isStrictSchema({ type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }));
  assert.ok(!isStrictSchema({ ...closed({ a: {}, b: {} }), required: ['a'] }));
  assert.ok(!isStrictSchema(closed({ a: { anyOf: [{ type: 'object', properties: {} }] } })));
});
