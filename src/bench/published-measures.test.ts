import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arenaScore, averageImprovementInQuality, costSaving, performanceGain } from './published-measures.ts';

test('the arena score of a published row comes out as published', () => {
  // Azure's router on RouterArena: 72.94 % at $0.73 per 1,000 queries, score 70.42.
  assert.ok(Math.abs(arenaScore({ accuracy: 0.7294, costPer1000: 0.73 }) * 100 - 70.42) < 0.01);
});

test('the arena score falls with cost, from accuracy-weighted at the cheapest to 0 at the dearest', () => {
  assert.ok(Math.abs(arenaScore({ accuracy: 1, costPer1000: 0.0044 }) - 1) < 1e-12);
  assert.ok(Math.abs(arenaScore({ accuracy: 1, costPer1000: 200 })) < 1e-12);
  assert.ok(arenaScore({ accuracy: 0.7, costPer1000: 1 }) > arenaScore({ accuracy: 0.7, costPer1000: 2 }));
});

const points = [
  { cost: 1, quality: 0.5 },
  { cost: 2, quality: 0.4 },
  { cost: 3, quality: 0.9 },
];

test('AIQ is the mean height of the hull over the range', () => {
  // From 1 to 3 it rises from .5 to .9 (area 1.4), then flat to 5 (1.8): 3.2 / 4. The point at 2 lies below.
  assert.ok(Math.abs(averageImprovementInQuality(points, { least: 1, most: 5 }) - 0.8) < 1e-12);
  // From 2 to 3 only: .7 to .9.
  assert.ok(Math.abs(averageImprovementInQuality(points, { least: 2, most: 3 }) - 0.8) < 1e-12);
  // Flat before the first: .5 from 0 to 1, then 1.4 over 2.
  assert.ok(Math.abs(averageImprovementInQuality(points, { least: 0, most: 3 }) - 1.9 / 3) < 1e-12);
});

test('gain and saving are against the best single component', () => {
  const best = { cost: 6, quality: 0.8 };
  assert.ok(Math.abs(performanceGain(points, best) - 0.125) < 1e-12);
  assert.equal(costSaving(points, best), 0.5);
  assert.equal(costSaving(points, { cost: 6, quality: 0.95 }), null);
});
