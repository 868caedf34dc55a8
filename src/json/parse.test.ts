import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { InvalidRequestError } from '../errors.ts';
import { decodeUtf8, parseJson } from './parse.ts';

const errorOf = (run: () => unknown): InvalidRequestError => {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof InvalidRequestError);
    return error;
  }
  assert.fail('nothing was thrown');
};

test('any value that was printed as JSON is parsed to what JSON.parse gives', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      const text = JSON.stringify(value);
      assert.deepEqual(parseJson(text), JSON.parse(text));
    }),
  );
});

const FAULTS: readonly (readonly [string, string, RegExp])[] = [
  ['{"a": 1,}', 'line 1, column 9', /comma before the closing/],
  ['{\n  "a": 1\n  "b": 2}', 'line 3, column 3', /expected , or }/],
  ['{"a": None}', 'line 1, column 7', /null, true or false/],
  ['{"a": NaN}', 'line 1, column 7', /no NaN/],
  ["{'a': 1}", 'line 1, column 2', /double quotes/],
  ['{a: 1}', 'line 1, column 2', /key in double quotes/],
  ['{"a": "x\ny"}', 'line 1, column 9', /control characters/],
  ['{"a": "\\x41"}', 'line 1, column 8', /backslash/],
  ['{"a": "secret', 'line 1, column 14', /cut/],
  ['{"a": [1, 2', 'line 1, column 12', /cut/],
  ['{"a": 1} trailing', 'line 1, column 10', /nothing after it/],
  ['{"a": 01}', 'line 1, column 8', /expected , or }/],
  ['{"a": 1 d', 'line 1, column 9', /expected , or }/],
  ['{"a" 1}', 'line 1, column 6', /expected :/],
  ['{"a": 1, // note\n}', 'line 1, column 10', /comment/],
  ['[1, 2}', 'line 1, column 6', /expected , or ]/],
  ['', 'line 1, column 1', /JSON object/],
];

test('a syntax error names line, column, what was expected and the fix, and never quotes the text', () => {
  for (const [text, place, message] of FAULTS) {
    const error = errorOf(() => parseJson(text));
    assert.equal(error.code, 'invalid_json');
    assert.equal(error.status, 400);
    assert.ok(error.message.includes(place), `${text}: ${error.message}`);
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, /secret|trailing/);
    assert.equal(error.cause, undefined);
    assert.equal(error.blocking.length, 1);
  }
});

const SYNTAX = '{}[]":,\\ue019.-tn \n';

test('every text that JSON.parse refuses gets an error with a place inside the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...SYNTAX.split('')) }), (text) => {
      let valid = true;
      try {
        JSON.parse(text);
      } catch {
        valid = false;
      }
      if (valid) parseJson(text);
      else assert.equal(errorOf(() => parseJson(text)).code, 'invalid_json');
    }),
    { numRuns: 2000 },
  );
});

test('nesting beyond the limit is refused before parsing, brackets inside strings do not count', () => {
  assert.deepEqual(parseJson('[[1]]', { maxDepth: 2 }), [[1]]);
  assert.equal(errorOf(() => parseJson('[[[1]]]', { maxDepth: 2 })).code, 'json_too_deep');
  assert.equal(parseJson(JSON.stringify('[{'.repeat(500)), { maxDepth: 1 }), '[{'.repeat(500));
  const error = errorOf(() => parseJson('['.repeat(2_000_000)));
  assert.match(error.message, /more than 128 .* line 1, column 129/);
});

test('UTF-8 is decoded strictly and a bad byte is named with its offset', () => {
  const encoder = new TextEncoder();
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      assert.equal(decodeUtf8(encoder.encode(text)), text);
    }),
  );
  assert.equal(decodeUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b)), '{');
  const bad: readonly (readonly [number[], number])[] = [
    [[0x61, 0xe9, 0x20], 1],
    [[0xc0, 0xaf], 0],
    [[0x61, 0x62, 0xed, 0xa0, 0x80], 2],
    [[0xf0, 0x9f, 0x98], 0],
    [[0xff], 0],
  ];
  for (const [bytes, offset] of bad) {
    const error = errorOf(() => decodeUtf8(Uint8Array.from(bytes)));
    assert.equal(error.code, 'invalid_utf8');
    assert.ok(error.message.includes(`at byte ${offset}`), error.message);
  }
});
