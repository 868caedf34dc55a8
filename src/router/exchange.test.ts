import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleDecided, sampleIds } from '../../test/samples/decided.ts';
import { createAttempt } from '../executor/attempt.ts';
import { createExchange, type EndedExchange } from './exchange.ts';

const start = (keptCharacters = 0) => {
  const ended: EndedExchange[] = [];
  const decided = sampleDecided();
  let nowMs = 100;
  const clock = (): number => nowMs;
  const exchange = createExchange({
    decided,
    requestId: 'r1',
    clock,
    receivedAt: 98,
    price: () => ({ microUsd: 7, unknown: null, source: 'usage', billedAs: 'provider/fast', substituted: false }),
    listeners: [(end) => ended.push(end)],
    keptCharacters,
  });
  const deployment = decided.chosen.component.deployments[0];
  const attempt = createAttempt({ n: 1, deployment, ids: sampleIds, clock });
  return { exchange, ended, attempt, pass: (ms: number) => (nowMs += ms) };
};

test('an exchange ends exactly once and tells its listeners once', () => {
  const { exchange, ended, attempt } = start();
  assert.equal(exchange.state(), 'decided');
  exchange.setAttempt(attempt);
  exchange.commit();
  assert.equal(exchange.state(), 'committed');
  exchange.end('ok');
  assert.equal(exchange.state(), 'ended');
  assert.throws(() => exchange.end('failed'), /ended twice/);
  assert.equal(ended.length, 1);
  assert.deepEqual([ended[0]?.result, ended[0]?.requestId, ended[0]?.attempts.length], ['ok', 'r1', 1]);
});

test('headers are sent once, and never after the end', () => {
  const { exchange } = start();
  exchange.commit();
  assert.throws(() => exchange.commit(), /commit in state committed/);
  exchange.end('ok');
  assert.throws(() => exchange.commit(), /commit in state ended/);
});

test('an exchange without an attempt has no attempts and ends as well', () => {
  const { exchange, ended } = start();
  assert.deepEqual(exchange.priced(), []);
  exchange.end('failed');
  assert.deepEqual(ended[0]?.attempts, []);
});

test('a fault and a cancellation reach the attempt before it is recorded', () => {
  const failed = start();
  failed.exchange.setAttempt(failed.attempt);
  const fault = { status: 502, code: 'broken', type: null, message: 'broken', retryAfterSeconds: null };
  failed.exchange.end('failed', fault);
  assert.deepEqual(
    [failed.ended[0]?.attempts[0]?.report.result, failed.ended[0]?.attempts[0]?.report.fault],
    ['failed', fault],
  );
  const cancelled = start();
  cancelled.exchange.setAttempt(cancelled.attempt);
  cancelled.exchange.end('cancelled');
  assert.equal(cancelled.ended[0]?.attempts[0]?.report.result, 'cancelled');
});

test('overhead is our own time: the wait for the provider is left out', () => {
  const { exchange, attempt, pass } = start();
  pass(1);
  exchange.setAttempt(attempt);
  assert.equal(exchange.overheadMs(), 3, '2 ms before the start and 1 ms until the call');
  pass(500);
  assert.equal(exchange.overheadMs(), 3);
});

test('text is kept up to its limit, and not at all where none may be', () => {
  const none = start(0);
  none.exchange.collect('secret');
  none.exchange.end('ok');
  assert.equal(none.ended[0]?.answerText, null);
  const some = start(5);
  for (const text of ['abc', 'def', 'ghi']) some.exchange.collect(text);
  some.exchange.end('ok');
  assert.equal(some.ended[0]?.answerText, 'abcde');
});
