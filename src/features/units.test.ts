import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unitAt } from './units.ts';

test('units are those of charCodeAt, in slices and ropes of one and two bytes, and none beyond the end', () => {
  const long = 'The hen eats the grain of the old mill.';
  for (const text of ['', 'a', long.slice(3, 30), `${long}${long}`, 'Грифель', '漢字と😀'])
    for (let at = 0; at <= text.length; at += 1) assert.ok(Object.is(unitAt(text, at), text.charCodeAt(at)));
});
