import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_USAGE, type Usage } from '../canonical/usage.ts';
import type { ModelPrice } from '../catalog/model.ts';
import { toCachedTokens } from './cached-tokens.ts';

const toPrice = (cacheRead: number | null, cacheWrite: number | null): ModelPrice => ({
  base: { input: 1_000_000, output: 5_000_000, cacheRead, cacheWrite, cacheWriteOneHour: null },
  contextTiers: [],
  serviceTiers: [],
});

const BY_ITSELF = toPrice(100_000, null);
const WHEN_MARKED = toPrice(100_000, 1_250_000);

const usage = (members: Partial<Usage>): Usage => ({ ...NO_USAGE, ...members });

test('a model that caches by itself has the whole input, one that caches what is marked has what it counted', () => {
  const whole = usage({ inputTokens: 5_000 });
  assert.equal(toCachedTokens(whole, BY_ITSELF).tokens, 5_000);
  assert.equal(toCachedTokens(whole, WHEN_MARKED).tokens, 0);
  const marked = usage({ inputTokens: 5_000, cacheReadTokens: 3_000, cacheWriteTokens: 1_500 });
  assert.equal(toCachedTokens(marked, WHEN_MARKED).tokens, 4_500);
});

test('tokens written for an hour are warm for an hour, all others for five minutes', () => {
  const long = usage({ inputTokens: 5_000, cacheWriteOneHourTokens: 4_000 });
  assert.deepEqual(toCachedTokens(long, WHEN_MARKED), { tokens: 4_000, lifetimeMs: 3_600_000 });
  assert.equal(toCachedTokens(usage({ inputTokens: 5_000 }), BY_ITSELF).lifetimeMs, 300_000);
});

test('nothing is cached where that is not cheaper, where nothing was counted, and of a short prompt', () => {
  assert.equal(toCachedTokens(usage({ inputTokens: 5_000 }), toPrice(null, null)).tokens, 0);
  assert.equal(toCachedTokens(usage({ inputTokens: 5_000 }), null).tokens, 0);
  assert.equal(toCachedTokens(NO_USAGE, BY_ITSELF).tokens, 0);
  assert.equal(toCachedTokens(usage({ inputTokens: 1_023 }), BY_ITSELF).tokens, 0);
});
