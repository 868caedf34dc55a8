import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { findMember, scanObject } from './scan.ts';

const toPairs = (text: string): [string, string][] | undefined =>
  scanObject(text)?.members.map((member) => [member.key, text.slice(member.valueStart, member.valueEnd)]);

test('members come in the order written, with the exact text of key and value', () => {
  const text = ' { "a" : 1.0 ,\n"b":{"x":[1,{"y":"}"}]}, "2":"q\\"uo\\\\", "e":[] } ';
  assert.deepEqual(toPairs(text), [
    ['a', '1.0'],
    ['b', '{"x":[1,{"y":"}"}]}'],
    ['2', '"q\\"uo\\\\"'],
    ['e', '[]'],
  ]);
  const first = scanObject(text)?.members[0];
  assert.equal(text.slice(first?.keyStart, first?.keyEnd), '"a"');
});

test('keys are decoded and duplicate keys are all reported, the last one found', () => {
  const text = '{"m\\u006fdel":1,"model":2}';
  assert.deepEqual(toPairs(text), [
    ['model', '1'],
    ['model', '2'],
  ]);
  const scan = scanObject(text);
  assert.ok(scan);
  assert.equal(text.slice(findMember(scan, 'model')?.valueStart, findMember(scan, 'model')?.valueEnd), '2');
});

test('a member of a member is scanned in its range', () => {
  const text = '{"usage":{"a":1,"b":2},"z":0}';
  const usage = scanObject(text)?.members[0];
  assert.ok(usage);
  const inner = scanObject(text, { start: usage.valueStart, end: usage.valueEnd });
  assert.deepEqual(
    inner?.members.map((member) => member.key),
    ['a', 'b'],
  );
  assert.equal(inner?.end, usage.valueEnd);
  assert.equal(scanObject(text, { start: usage.valueStart, end: usage.valueEnd - 1 }), null);
});

test('what is not one object is null', () => {
  for (const text of [
    '',
    ' ',
    '[]',
    '1',
    '"{}"',
    '{',
    '{"a"}',
    '{"a":}',
    '{"a":1',
    '{"a":1,}',
    '{a:1}',
    '{} {}',
    '{"a":"',
  ]) {
    assert.equal(scanObject(text), null, text);
  }
  assert.deepEqual(scanObject('{}')?.members, []);
});

test('for any object, printed in any style, keys and values are those of JSON.parse', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(0, 1, 2), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      const pairs = toPairs(text)?.map(([key, raw]) => [key, JSON.parse(raw)]);
      assert.deepEqual(pairs, Object.entries(JSON.parse(text)));
    }),
  );
});

test('a text of a million quotes, escapes or brackets is scanned in linear time', () => {
  const started = performance.now();
  for (const filler of ['\\"', '\\\\', 'x']) {
    assert.equal(toPairs(`{"a":"${filler.repeat(500_000)}"}`)?.length, 1);
  }
  assert.equal(toPairs(`{"a":${'['.repeat(500_000)}${']'.repeat(500_000)}}`)?.length, 1);
  assert.ok(performance.now() - started < 1000);
});
