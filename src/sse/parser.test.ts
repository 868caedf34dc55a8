import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { ProviderError } from '../errors.ts';
import type { SseEvent } from './parser.ts';
import { createSseParser } from './parser.ts';
import { renderComment, renderEvent } from './writer.ts';

const encoder = new TextEncoder();
const maxEventBytes = 1_000_000;

const readAll = (chunks: readonly Uint8Array[]): SseEvent[] => {
  const parser = createSseParser({ maxEventBytes });
  return [...chunks.flatMap((chunk) => [...parser.push(chunk)]), ...parser.end()];
};

const read = (text: string): SseEvent[] => readAll([encoder.encode(text)]);

const dataOf = (text: string): string[] => read(text).map((event) => event.data);

const cut = (bytes: Uint8Array, places: readonly number[]): Uint8Array[] => {
  const sorted = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return sorted.slice(1).map((end, index) => bytes.slice(sorted[index], end));
};

test('an event has its name, data lines joined with a line feed, and the last id', () => {
  assert.deepEqual(read('event: a\ndata: 1\ndata: 2\nid: 7\n\ndata: 3\n\n'), [
    { event: 'a', data: '1\n2', id: '7' },
    { event: null, data: '3', id: '7' },
  ]);
});

test('bug-3: LF, CRLF and CR end lines alike, data may lack its space, and only one space is taken', () => {
  for (const end of ['\n', '\r\n', '\r']) {
    assert.deepEqual(dataOf(['data:x', 'data:  y', 'data', '', 'data: z', '', ''].join(end)), ['x\n y\n', 'z']);
  }
});

test('the examples of the specification are read as it says', () => {
  const example = ': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n';
  assert.deepEqual(read(example), [
    { event: null, data: 'first event', id: '1', comment: 'test stream' },
    { event: null, data: 'second event', id: '' },
    { event: null, data: ' third event', id: '' },
  ]);
  assert.deepEqual(dataOf('data\n\ndata\ndata\n\ndata:'), ['', '\n']);
});

test('a leading byte order mark, unknown fields and comments are not data; retry is milliseconds', () => {
  assert.deepEqual(read('\uFEFFdata: 1\n\n: ping\nretry: 250\nfoo: bar\n\ndata: 2\n\nretry: x\ndata: 3\n\n'), [
    { event: null, data: '1', id: '' },
    { event: null, data: '2', id: '', retry: 250, comment: 'ping' },
    { event: null, data: '3', id: '' },
  ]);
  assert.deepEqual(dataOf('data: 1\n\ndata: \uFEFF2\n\n'), ['1', '\uFEFF2']);
});

test('an event without a blank line is not dispatched, and pending says that something was cut', () => {
  const parser = createSseParser({ maxEventBytes });
  assert.equal(parser.pending(), false);
  assert.deepEqual(parser.push(encoder.encode('data: 1\n\n')).length, 1);
  assert.equal(parser.pending(), false);
  for (const piece of ['da', 'ta: 2', '\n']) {
    assert.deepEqual(parser.push(encoder.encode(piece)), []);
    assert.equal(parser.pending(), true);
  }
  assert.deepEqual(parser.end(), []);
  assert.equal(parser.pending(), true);
});

test('a reader that can judge the data may have the unfinished last event', () => {
  for (const text of ['data: 1\n\ndata: [DONE]', 'data: 1\n\ndata: [DONE]\n', 'data: 1\r\n\r\ndata: [DONE]\r']) {
    const parser = createSseParser({ maxEventBytes, lastEvent: 'dispatch' });
    assert.equal(parser.push(encoder.encode(text)).length, 1);
    assert.equal(parser.pending(), true);
    assert.deepEqual(parser.end(), [{ event: null, data: '[DONE]', id: '' }]);
    assert.deepEqual(parser.end(), []);
  }
});

test('an endless event is refused at the limit', () => {
  const parser = createSseParser({ maxEventBytes: 100 });
  assert.equal(parser.push(encoder.encode(`data: ${'x'.repeat(90)}`)).length, 0);
  assert.throws(
    () => parser.push(encoder.encode('x'.repeat(20))),
    (error) => error instanceof ProviderError && error.code === 'upstream_event_too_large',
  );
  assert.deepEqual(parser.push(encoder.encode('\n\n')), []);
});

test('a line of ten megabytes in small chunks is read in linear time', () => {
  const parser = createSseParser({ maxEventBytes: 20_000_000 });
  const chunk = encoder.encode('x'.repeat(1000));
  const started = performance.now();
  parser.push(encoder.encode('data: '));
  for (let count = 0; count < 10_000; count += 1) parser.push(chunk);
  assert.equal(parser.push(encoder.encode('\n\n'))[0]?.data.length, 10_000_000);
  assert.ok(performance.now() - started < 2000);
});

const LINES = [
  'data: ',
  'data',
  ':c',
  'id: 1',
  'event: e',
  'retry: 9',
  'x',
  '',
  '',
  'data: é€😀',
  '\uFEFF',
  'data:[1]',
];
const streamText = fc
  .array(fc.tuple(fc.constantFrom(...LINES), fc.constantFrom('\n', '\r\n', '\r')))
  .map((lines) => lines.map(([line, end]) => line + end).join(''));

test('bug-1: any cut of the bytes gives the same events, also inside a character', () => {
  fc.assert(
    fc.property(streamText, fc.array(fc.nat()), (text, places) => {
      const bytes = encoder.encode(text);
      assert.deepEqual(readAll(cut(bytes, places)), readAll([bytes]));
    }),
    { numRuns: 500 },
  );
  const everyByte = [...encoder.encode('data: 😀é€\r\n\r\n')].map((byte) => Uint8Array.of(byte));
  assert.deepEqual(readAll(everyByte), [{ event: null, data: '😀é€', id: '' }]);
});

test('bytes that are not UTF-8 become the same replacement characters in any cut', () => {
  const byte = fc.constantFrom(0x61, 0x80, 0xbf, 0xc2, 0xe0, 0xe2, 0xed, 0xf0, 0xf4, 0xff, 0x9f);
  fc.assert(
    fc.property(fc.array(byte), fc.array(fc.nat()), (body, places) => {
      const bytes = Uint8Array.from([...encoder.encode('data:'), ...body, 10, 10]);
      assert.deepEqual(readAll(cut(bytes, places)), readAll([bytes]));
      assert.equal(
        readAll([bytes])[0]?.data,
        new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(body)),
      );
    }),
    { numRuns: 500 },
  );
});

test('bug-2: a stream that ends inside a character is pending and yields no broken event', () => {
  const parser = createSseParser({ maxEventBytes });
  assert.deepEqual(parser.push(Uint8Array.from([...encoder.encode('data: '), 0xf0, 0x9f])), []);
  assert.equal(parser.pending(), true);
  assert.deepEqual(parser.end(), []);
});

test('what the writer renders the parser reads back', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', ' ', ':', '\n', 'é') }),
      fc.option(fc.constantFrom('e', 'x y')),
      (data, event) => {
        assert.deepEqual(read(renderEvent({ event, data })), [{ event, data, id: '' }]);
      },
    ),
  );
  assert.equal(renderEvent({ data: 'x' }), 'data: x\n\n');
  assert.equal(renderEvent({ event: 'a\nb', data: '1\r\n2' }), 'event: a b\ndata: 1\ndata: 2\n\n');
  assert.equal(renderComment('gearbox thinking 12s'), ': gearbox thinking 12s\n\n');
  assert.deepEqual(read(renderComment('a\ndata: forged\n\nb')), []);
});
