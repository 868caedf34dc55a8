import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createHashSet } from './hash-set.ts';
import { hashWord } from './word-hash.ts';

test('a set says of every hash what a Set of the same hashes says', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 6 })), fc.array(fc.string({ maxLength: 6 })), (held, others) => {
      const set = createHashSet(held);
      const hashes = new Set(held.map(hashWord));
      for (const hash of [...held, ...others].map(hashWord)) assert.equal(set.has(hash), hashes.has(hash));
    }),
  );
});

test('hashes that fall on one place are all found, at the end of the table too', () => {
  const many = Array.from({ length: 2_000 }, (_, index) => `word${index}`);
  const set = createHashSet(many);
  for (const word of many) assert.ok(set.has(hashWord(word)), word);
  for (const word of many) assert.ok(!set.has(hashWord(`no-${word}`)), word);
});

test('an empty set holds nothing, and 0 is in no set', () => {
  assert.equal(createHashSet([]).has(hashWord('word')), false);
  assert.equal(createHashSet(['word']).has(0), false);
});
