import { strict as assert } from 'node:assert';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { createDraw } from './draw.ts';

test('a draw is the top 48 bits of the HMAC as a fraction, the same every time', () => {
  const hex = createHmac('sha256', 'secret').update('rules@1\ndec_A').digest('hex').slice(0, 12);
  const draw = createDraw('secret');
  assert.equal(draw('rules@1', 'dec_A'), Number.parseInt(hex, 16) / 2 ** 48);
  assert.equal(draw('rules@1', 'dec_A'), draw('rules@1', 'dec_A'));
  assert.notEqual(draw('rules@1', 'dec_A'), createDraw('other')('rules@1', 'dec_A'));
});

test('draws over many decisions are uniform within chance', () => {
  const draw = createDraw('secret');
  const draws = Array.from({ length: 4_000 }, (_, index) => draw('rules@1', `dec_${index}`));
  const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
  // Standard error of a uniform mean: 1 / sqrt(12 n) = .0046; five of them never happen by chance.
  assert.ok(Math.abs(mean - 0.5) < 0.023, `mean ${mean}`);
});
