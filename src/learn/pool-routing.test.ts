import assert from 'node:assert/strict';
import { test } from 'node:test';
import { routingGain } from './pool-routing.ts';

/** The dear component is right on half of the prompts only, where the cheap one is wrong; else they are alike. */
const strata = [
  { prompts: 100, sums: [0, 100] },
  { prompts: 100, sums: [80, 80] },
];
const costs = [1, 3];

test('Who sees where the dear component helps gains what lies between the static line and the routed one', () => {
  // Static: .4 at 1 to .9 at 3. Routed: .9 at 2 already, so up to there the gain is .25 (cost - 1); beyond, nothing is
  // left to buy, and the router stays at 2, .25 above the line.
  const gain = routingGain({
    costs,
    predictions: [
      [0, 1],
      [0.8, 0.8],
    ],
    planned: strata,
    realised: strata,
  });
  assert.ok(Math.abs(gain - (0.125 + 0.25) / 2) < 1e-9, String(gain));
});

test('Predictions that are the same everywhere gain nothing', () => {
  const alike = [
    [0.4, 0.9],
    [0.4, 0.9],
  ];
  const gain = routingGain({ costs, predictions: alike, planned: strata, realised: strata });
  assert.ok(Math.abs(gain) < 1e-9, String(gain));
});

test('Predictions that are wrong lose', () => {
  const wrong = [
    [0.8, 0.8],
    [0, 1],
  ];
  assert.ok(routingGain({ costs, predictions: wrong, planned: strata, realised: strata }) < -0.05);
});
