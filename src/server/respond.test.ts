import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvalidRequestError, ProviderError } from '../errors.ts';
import { describeError, NO_DECISION, toErrorHeaders } from './respond.ts';

test('an error of ours is told; a defect shows neither message nor stack', () => {
  const told = describeError(new InvalidRequestError('No.', { field: 'model', code: 'x' }), NO_DECISION);
  assert.deepEqual([told.status, told.code, told.message, told.field], [400, 'x', 'No.', 'model']);
  assert.deepEqual(told.gearbox, { decision_id: null, attempts: [], blocking: [] });
  const defect = describeError(new TypeError('secret internals'), NO_DECISION);
  assert.deepEqual([defect.status, defect.code], [500, 'internal_error']);
  assert.ok(!JSON.stringify(defect).includes('secret internals'));
  const decided = describeError(told, { decisionId: 'dec_1', attempts: [{ n: 1 }] });
  assert.deepEqual(decided.gearbox, { decision_id: 'dec_1', attempts: [{ n: 1 }], blocking: [] });
});

test('SDKs are told when another try cannot help, when it can, and which method is right', () => {
  assert.deepEqual(toErrorHeaders(new ProviderError('busy', { retryAfterSeconds: 1.2 }), 429), { 'retry-after': '2' });
  assert.deepEqual(toErrorHeaders(new Error('defect'), 500), { 'x-should-retry': 'false' });
  assert.deepEqual(toErrorHeaders(new InvalidRequestError('gone', { status: 409 }), 409), {
    'x-should-retry': 'false',
  });
  assert.deepEqual(toErrorHeaders(new InvalidRequestError('wrong'), 400), {});
  const blocking = [{ constraint: 'method', expected: 'GET', given: 'PUT', fix: 'Send GET.' }];
  assert.deepEqual(toErrorHeaders(new InvalidRequestError('no', { status: 405, blocking }), 405), {
    allow: 'GET, HEAD',
  });
});
