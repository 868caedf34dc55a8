import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { createId, isId } from './identifier.ts';

const fixed = (milliseconds: number, byte: number) => ({
  now: () => milliseconds,
  randomBytes: (length: number) => new Uint8Array(length).fill(byte),
});

test('an id holds the UUIDv7 of RFC 9562 in 26 digits of Crockford base 32', () => {
  // 0x017F22E279B0 ms is the RFC's own example time (appendix A.6).
  const id = createId('dec_', fixed(0x017f22e279b0, 0));
  assert.equal(id, 'dec_01FWHE4YDGF0080000G0000000'.slice(0, 4) + id.slice(4));
  assert.equal(id.slice(4, 14), '01FWHE4YDG');
  assert.ok(isId('dec_', id));
});

test('ids sort by time of creation', () => {
  const ids = [1, 2, 300, 70_000, 1_800_000_000_000].map((time) => createId('att_', fixed(time, 255)));
  assert.deepEqual([...ids].sort(), ids);
});

test('an id with another prefix, length or alphabet is not one', () => {
  const id = createId('out_', fixed(5, 7));
  assert.ok(!isId('dec_', id));
  assert.ok(!isId('out_', id.slice(0, -1)));
  assert.ok(!isId('out_', `${id.slice(0, -1)}U`));
});
