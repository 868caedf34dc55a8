import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { sampleKey } from '../../test/samples/pool.ts';
import { AuthenticationError, InvalidRequestError } from '../errors.ts';
import { authenticate, checkHost, readSecret, requireAdmin } from './access.ts';

const keyOf = (secret: string, name: string) =>
  sampleKey({ name, sha256: createHash('sha256').update(secret).digest('hex') });

test('the host is one of this machine, of the configuration, or the bound address', () => {
  const allows = (host: string | undefined, boundHost = '127.0.0.1'): boolean => {
    try {
      checkHost(host === undefined ? {} : { host }, { allowedHosts: ['router.example'], boundHost });
      return true;
    } catch (error) {
      assert.ok(error instanceof InvalidRequestError && error.status === (host === undefined ? 400 : 421));
      return false;
    }
  };
  for (const host of [
    'localhost',
    'LOCALHOST:8484',
    '127.0.0.1:1',
    '[::1]:8484',
    'router.example',
    'Router.Example:443',
  ])
    assert.ok(allows(host), host);
  for (const host of [
    undefined,
    '',
    'evil.example',
    'localhost.evil.example',
    '127.0.0.2',
    '10.0.0.1',
    'a/b',
    'x:y',
    '[::1',
  ])
    assert.ok(!allows(host), String(host));
  assert.ok(allows('10.0.0.1:8484', '0.0.0.0') && allows('[2001:db8::1]', '::'), 'open to all: any literal address');
  assert.ok(!allows('evil.example', '0.0.0.0'), 'but no foreign name');
  assert.ok(allows('10.0.0.7', '10.0.0.7'));
});

test('a secret is found in each of the three headers', () => {
  assert.equal(readSecret({ authorization: 'Bearer abc' }), 'abc');
  assert.equal(readSecret({ authorization: 'bearer  abc ' }), 'abc');
  assert.equal(readSecret({ 'x-api-key': 'abc' }), 'abc');
  assert.equal(readSecret({ 'x-goog-api-key': 'abc' }), 'abc');
  for (const headers of [{}, { authorization: 'Basic abc' }, { authorization: 'Bearer' }, { 'x-api-key': '' }])
    assert.equal(readSecret(headers), null);
});

test('the key whose secret was sent is the one that calls; without keys everyone may', () => {
  const keys = [keyOf('first-secret', 'one'), keyOf('second-secret', 'two')];
  assert.equal(authenticate({}, []), null);
  assert.equal(authenticate({ authorization: 'Bearer second-secret' }, keys)?.name, 'two');
  for (const headers of [{}, { authorization: 'Bearer first-secre' }, { 'x-api-key': 'second-secret ' }])
    assert.throws(() => authenticate(headers, keys), AuthenticationError);
  assert.throws(
    () => authenticate({ authorization: `Bearer ${keys[0]?.sha256 ?? ''}` }, keys),
    AuthenticationError,
    'the hash is no secret',
  );
});

test('only the admin token opens the admin API', () => {
  requireAdmin({ authorization: 'Bearer gba_x' }, 'gba_x');
  for (const headers of [{}, { authorization: 'Bearer gba_y' }, { authorization: 'gba_x' }])
    assert.throws(() => requireAdmin(headers, 'gba_x'), { code: 'admin_token_required', status: 401 });
});
