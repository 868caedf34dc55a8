import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { isAllowedOrigin, toCorsHeaders } from './cors.ts';

test('pages of this machine and of the configuration may call; a star allows all', () => {
  const allowed = ['https://app.example'];
  for (const origin of ['https://app.example', 'http://localhost:5173', 'http://127.0.0.1', 'https://[::1]:1'])
    assert.ok(isAllowedOrigin(origin, allowed), origin);
  for (const origin of ['null', 'http://app.example', 'https://app.example:444', 'http://localhost.evil', 'https://a'])
    assert.ok(!isAllowedOrigin(origin, allowed), origin);
  assert.ok(isAllowedOrigin('https://anything', ['*']));
  // Only the headers of a request are read.
  const from = (origin: string | undefined) => ({ headers: { origin } }) as IncomingMessage;
  assert.deepEqual(toCorsHeaders(from(undefined), allowed), {});
  assert.equal(
    toCorsHeaders(from('https://app.example'), allowed)['access-control-allow-origin'],
    'https://app.example',
  );
  assert.throws(() => toCorsHeaders(from('https://evil.example'), allowed), {
    status: 403,
    code: 'origin_not_allowed',
  });
});
