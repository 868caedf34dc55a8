import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvalidRequestError } from '../errors.ts';
import { matchRoute } from './route.ts';

const refusal = (method: string, url: string): InvalidRequestError => {
  try {
    matchRoute(method, url);
  } catch (error) {
    assert.ok(error instanceof InvalidRequestError);
    return error;
  }
  return assert.fail(`${method} ${url} was routed`);
};

test('every route by method and path, with and without a query', () => {
  for (const [method, path, route] of [
    ['POST', '/v1/chat/completions', { type: 'call', protocol: 'openai-chat' }],
    ['POST', '/v1/responses', { type: 'call', protocol: 'openai-responses' }],
    ['POST', '/v1/messages?beta=true', { type: 'call', protocol: 'anthropic-messages' }],
    ['POST', '/v1/messages/count_tokens', { type: 'count-tokens', protocol: 'anthropic-messages' }],
    ['POST', '/v1/responses/input_tokens', { type: 'count-tokens', protocol: 'openai-responses' }],
    ['GET', '/v1/models', { type: 'models' }],
    ['HEAD', '/v1/models', { type: 'models' }],
    ['POST', '/v1/gearbox/decide', { type: 'decide' }],
    ['POST', '/v1/gearbox/outcomes', { type: 'outcomes' }],
    ['GET', '/v1/gearbox/decisions/dec_1', { type: 'decision', id: 'dec_1' }],
    ['GET', '/healthz', { type: 'health' }],
    ['GET', '/readyz', { type: 'ready' }],
    ['GET', '/metrics', { type: 'metrics' }],
    ['GET', '/', { type: 'root' }],
    ['DELETE', '/api/anything/at/all', { type: 'admin' }],
  ] as const) {
    assert.deepEqual(matchRoute(method, path), route, path);
    assert.deepEqual(matchRoute(method, `${path}?a=%2F..//&b`), route, path);
  }
});

test('counting and compacting are no names of answers', () => {
  assert.equal(refusal('GET', '/v1/responses/input_tokens').code, 'method_not_allowed');
  for (const method of ['GET', 'POST', 'DELETE'])
    assert.equal(refusal(method, '/v1/responses/compact').code, 'not_found', method);
});

test('what lies below a decision is no decision, whatever the method', () => {
  for (const method of ['GET', 'POST']) {
    assert.equal(refusal(method, '/v1/gearbox/decisions/dec_1/elsewhere').code, 'not_found', method);
    assert.equal(refusal(method, '/v1/gearbox/decisions/dec_1/answer-now/again').code, 'not_found', method);
  }
  assert.deepEqual(matchRoute('POST', '/v1/gearbox/decisions/dec_1/answer-now'), { type: 'answer-now', id: 'dec_1' });
  assert.equal(refusal('GET', '/v1/gearbox/decisions/dec_1/answer-now').code, 'method_not_allowed');
});

test('a model id holds plain and encoded slashes and is decoded exactly once', () => {
  for (const [path, id] of [
    ['auto', 'auto'],
    ['openai/gpt-x', 'openai/gpt-x'],
    ['openai%2Fgpt-x', 'openai/gpt-x'],
    ['openai%2fgpt-x', 'openai/gpt-x'],
    ['a%2Fb%2Fc', 'a/b/c'],
    ['a%252Fb', 'a%2Fb'],
    ['a%20b', 'a b'],
    ['', ''],
  ] as const)
    assert.deepEqual(matchRoute('GET', `/v1/models/${path}`), { type: 'model', id });
});

test('a path that could be read in two ways is refused before anything is looked up', () => {
  for (const path of [
    '//',
    '//v1/models',
    '/v1//models',
    '/v1/models//',
    '/./v1/models',
    '/v1/../v1/models',
    '/v1/%2e%2e/models',
    '/v1/%2E%2e/models',
    '/v1/.%2e/models',
    '/v1/models/..',
    '/v1/models/../../api/status',
    '/v1%2fmodels',
    '/v1/chat%2Fcompletions',
    '/api%2Fstatus',
    '/api/..%2f',
    '/v1/gearbox/decisions/a%2fb',
    '/v1/models/%',
    '/v1/models/%zz',
    '/v1/models/%c3',
    `/${'x'.repeat(3_000)}`,
  ]) {
    const error = refusal('GET', path);
    assert.deepEqual([error.status, error.code], [400, 'invalid_path'], path);
    assert.ok(error.message.length < 400);
  }
});

test('another method is 405 with the right one, an unknown path 404 with examples', () => {
  const method = refusal('GET', '/v1/chat/completions');
  assert.deepEqual([method.status, method.blocking[0]?.expected, method.blocking[0]?.given], [405, 'POST', 'GET']);
  assert.equal(refusal('PATCH', '/v1/models/auto').status, 405);
  assert.equal(refusal('POST', '/v1/gearbox/decisions/dec_1').status, 405);
  for (const path of ['/v1', '/V1/models', '/v1/chat', '/api', '/constructor', '/__proto__', 'constructor', '*']) {
    const error = refusal('GET', path);
    assert.deepEqual([error.status, error.code], [404, 'not_found'], path);
    assert.match(error.message, /POST \/v1\/chat\/completions/);
  }
});
