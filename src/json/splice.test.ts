import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { scanObject } from './scan.ts';
import { appendMember, spliceMembers } from './splice.ts';

test('a set member changes in its place and nothing else does', () => {
  const text = '{ "id":12345678901234567890, "model" : "a", "t":1.0, "s":"\\u00e9\\/" }';
  assert.equal(
    spliceMembers(text, { set: { model: '"b"' } }),
    '{ "id":12345678901234567890, "model" : "b", "t":1.0, "s":"\\u00e9\\/" }',
  );
});

test('a new member goes before the closing brace, in the order given', () => {
  assert.equal(spliceMembers('{"a":1}', { set: { b: '2', c: '3' } }), '{"a":1,"b":2,"c":3}');
  assert.equal(spliceMembers('{ }', { set: { b: '2' } }), '{"b":2 }');
  assert.equal(spliceMembers('{\n  "a": 1\n}\n', { set: { b: '2' } }), '{\n  "a": 1,"b":2\n}\n');
});

test('removing the first, a middle, the last and the only member leaves correct commas', () => {
  const text = '{"a":1, "b":2, "c":3 }';
  assert.equal(spliceMembers(text, { remove: ['a'] }), '{"b":2, "c":3 }');
  assert.equal(spliceMembers(text, { remove: ['b'] }), '{"a":1, "c":3 }');
  assert.equal(spliceMembers(text, { remove: ['c'] }), '{"a":1, "b":2 }');
  assert.equal(spliceMembers(text, { remove: ['b', 'c'] }), '{"a":1 }');
  assert.equal(spliceMembers(text, { remove: ['a', 'b', 'c'] }), '{ }');
  assert.equal(spliceMembers(text, { remove: ['a', 'b', 'c'], set: { d: '4' } }), '{"d":4 }');
  assert.equal(spliceMembers('{"a":1}', { remove: ['a'] }), '{}');
  assert.equal(spliceMembers('{"a":1}', { remove: ['z'] }), '{"a":1}');
});

test('of duplicate members that are set or removed none survives beside the new one', () => {
  const text = '{"m":1,"x":0,"m":2,"m":3}';
  assert.equal(spliceMembers(text, { set: { m: '9' } }), '{"x":0,"m":9}');
  assert.equal(spliceMembers(text, { remove: ['m'] }), '{"x":0}');
  assert.equal(spliceMembers(text, { set: { m: '9' }, remove: ['m', 'x'] }), '{"m":9}');
});

test('a text that is not one object is a defect of the caller', () => {
  assert.throws(() => spliceMembers('[1]', { set: { a: '1' } }), TypeError);
});

const keys = fc.constantFrom('a', 'b', 'c', '1', '10', '__proto__', 'm"q', 'ü');
const member = fc.tuple(keys, fc.oneof(fc.jsonValue(), fc.constant('12345678901234567890')));
const space = fc.constantFrom('', ' ', '\n\t');

/** Objects as no serialiser would print them: duplicates, odd whitespace, raw numbers. */
const objectText = fc
  .tuple(fc.array(fc.tuple(member, space, space)), space)
  .map(
    ([members, inner]) =>
      `{${inner}${members
        .map(
          ([[key, value], before, after]) =>
            `${before}${JSON.stringify(key)}${after}:${before}${JSON.stringify(value)}${after}`,
        )
        .join(',')}}`,
  );

const toMap = (text: string): Map<string, unknown> =>
  new Map(
    (scanObject(text)?.members ?? []).map((one) => [one.key, JSON.parse(text.slice(one.valueStart, one.valueEnd))]),
  );

const toUnedited = (text: string, edited: ReadonlySet<string>): string[] =>
  (scanObject(text)?.members ?? [])
    .filter((one) => !edited.has(one.key))
    .map((one) => text.slice(one.keyStart, one.valueEnd));

test('splicing equals editing the parsed object, and unedited members keep every byte', () => {
  const setting = fc.dictionary(
    keys,
    fc.jsonValue().map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(objectText, setting, fc.array(keys), (text, set, remove) => {
      const result = spliceMembers(text, { set, remove });
      JSON.parse(result);
      const expected = toMap(text);
      for (const key of remove) expected.delete(key);
      for (const [key, value] of Object.entries(set)) expected.set(key, JSON.parse(value));
      assert.deepEqual(toMap(result), expected);
      const edited = new Set([...Object.keys(set), ...remove]);
      assert.deepEqual(toUnedited(result, edited), toUnedited(text, edited));
    }),
    { numRuns: 300 },
  );
});

test('replacing one member keeps the whole text before and after its value', () => {
  fc.assert(
    fc.property(objectText, keys, (text, key) => {
      const before = scanObject(text)?.members.filter((one) => one.key === key) ?? [];
      const [only] = before;
      if (only === undefined || before.length !== 1) return;
      const expected = `${text.slice(0, only.valueStart)}"new"${text.slice(only.valueEnd)}`;
      assert.equal(spliceMembers(text, { set: { [key]: '"new"' } }), expected);
    }),
  );
});

test('an appended member stands where setting it would put it', () => {
  for (const text of ['{"a":1}', ' {"a":1 } \n', '{"a":{"b":2},"c":[{}]\n}', '{"a":"}"}']) {
    assert.equal(appendMember(text, 'x', '{"y":1}'), spliceMembers(text, { set: { x: '{"y":1}' } }), text);
  }
});
