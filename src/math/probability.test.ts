import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clipProbability, logistic, logit } from './probability.ts';

test('log odds have their hand-computed values', () => {
  assert.equal(logit(0.5), 0);
  assert.ok(Math.abs(logit(0.8) - Math.log(4)) < 1e-15);
  assert.equal(logistic(0), 0.5);
  assert.ok(Math.abs(logistic(-Math.log(3)) - 0.25) < 1e-15);
});

test('one undoes the other within the clipped range', () => {
  for (let at = -13; at <= 13; at += 0.5) {
    assert.ok(Math.abs(logit(logistic(at)) - at) < 1e-8);
  }
});

test('nothing is certain', () => {
  assert.deepEqual([logistic(1e6), logistic(-1e6)], [1 - 1e-6, 1e-6]);
  assert.deepEqual([clipProbability(1), clipProbability(-3), clipProbability(0.3)], [1 - 1e-6, 1e-6, 0.3]);
  assert.ok(Number.isFinite(logit(0)) && Math.abs(logit(0) + logit(1)) < 1e-9);
});
