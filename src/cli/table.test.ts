import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { alignRows, renderTable } from './table.ts';

test('columns are as wide as their widest cell, numbers to the right, no blanks at the end', () => {
  const columns = [
    { title: 'NAME', align: 'left' },
    { title: 'PRICE', align: 'right' },
    { title: 'NOTE', align: 'left' },
  ] as const;
  assert.deepEqual(renderTable(columns, [['a', '1', 'x'], ['größer', '1000.25', ''], ['b']]), [
    'NAME      PRICE  NOTE',
    'a             1  x',
    'größer  1000.25',
    'b',
  ]);
});

test('rows without titles are aligned left, indented, and may be of different lengths', () => {
  assert.deepEqual(
    alignRows([
      ['a', 'bb'],
      ['ccc', 'd', 'e'],
    ]),
    ['  a    bb', '  ccc  d   e'],
  );
  assert.deepEqual(alignRows([]), []);
});
