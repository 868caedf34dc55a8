import assert from 'node:assert/strict';
import { test } from 'node:test';
import { array, assert as assertProperty, integer, nat, property, string, uint8Array } from 'fast-check';
import { splitBytes } from './random.ts';
import { toPieces } from './reply.ts';
import { sampleFromSchema } from './sample.ts';

test('cut bytes are the same bytes in pieces of 1 to the maximum, the same for the same seed', () => {
  assertProperty(
    property(uint8Array({ maxLength: 200 }), integer({ min: 1, max: 40 }), nat(), (bytes, maxBytes, seed) => {
      const pieces = splitBytes(Buffer.from(bytes), maxBytes, seed);
      assert.deepEqual(Buffer.concat(pieces), Buffer.from(bytes));
      assert.ok(pieces.every(({ length }) => length >= 1 && length <= maxBytes));
      assert.deepEqual(splitBytes(Buffer.from(bytes), maxBytes, seed), pieces);
    }),
  );
  const sizes = (seed: number): readonly number[] => splitBytes(Buffer.alloc(100), 9, seed).map(({ length }) => length);
  assert.notDeepEqual(sizes(1), sizes(2));
});

test('pieces of a text join to the text and never split a character', () => {
  assertProperty(
    property(string({ unit: 'binary', maxLength: 100 }), integer({ min: 1, max: 5 }), (text, tokens) => {
      const pieces = toPieces(text, tokens);
      assert.equal(pieces.join(''), text);
      assert.ok(pieces.every((piece) => piece.isWellFormed() && Array.from(piece).length <= tokens * 4));
    }),
  );
});

test('a sample ends for schemas that refer to themselves, and holds every required member', () => {
  const tree = {
    $ref: '#/$defs/node',
    $defs: { node: { type: 'object', required: ['next'], properties: { next: { $ref: '#/$defs/node' } } } },
  };
  assert.equal(typeof sampleFromSchema(tree), 'object');
  assertProperty(
    property(array(string({ minLength: 1 }), { maxLength: 8 }), (names) => {
      const properties = Object.fromEntries(names.map((name) => [name, { type: ['null', 'boolean'] }]));
      const sample = sampleFromSchema({ properties, required: names });
      assert.deepEqual(sample, Object.fromEntries(Object.keys(properties).map((name) => [name, true])));
    }),
  );
});
