import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packData, parsePacked } from './packed.ts';
import { fromStoredRows, toStorableRows, toStoredRows } from './storable-rows.ts';

const TREE = {
  name: 'a tree',
  none: null,
  list: [1, 2.5, { codes: Int8Array.of(-1, 0, 127) }],
  floats: Float32Array.of(0.1, -3.5),
  empty: new Uint16Array(0),
  ids: Uint32Array.of(4_000_000_000),
};

test('packed data comes back as it was, arrays with their types', () => {
  assert.deepEqual(parsePacked(packData(TREE)), TREE);
});

test('the same tree gives the same bytes', () => {
  assert.deepEqual(packData(TREE), packData({ ...TREE }));
});

test('packed data can stand anywhere in a larger buffer', () => {
  const bytes = packData(TREE);
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  assert.deepEqual(parsePacked(shifted.subarray(3)), TREE);
});

test('other files and cut ones are refused', () => {
  assert.throws(() => parsePacked(new TextEncoder().encode('{"a": 1}')), /begins with GBXROUT1/);
  const bytes = packData(TREE);
  assert.throws(() => parsePacked(bytes.subarray(0, bytes.length - 8)), /the file is cut/);
  assert.throws(() => parsePacked(bytes.subarray(0, 16)), /the file is cut/);
});

test('rows are rounded once: what is stored is exactly what was computed with', () => {
  const vectors = [
    { columns: Uint32Array.of(1, 4, 9), values: Float32Array.of(0.2, -0.7, 0.4) },
    { columns: new Uint32Array(0), values: new Float32Array(0) },
  ];
  const rows = toStorableRows(vectors, { entries: 2, columnCount: 10 });
  assert.deepEqual([...rows.columns], [4, 9]);
  assert.ok(Math.abs(Math.hypot(...rows.values) - 1) < 0.01);
  assert.deepEqual(fromStoredRows(toStoredRows(rows), 10), rows);
});

test('bytes that were read as a Buffer give the same arrays', () => {
  const bytes = packData({ first: Uint16Array.of(1, 2, 3), second: Float32Array.of(0.5) });
  assert.deepEqual(parsePacked(Buffer.from(bytes)), parsePacked(bytes));
});
