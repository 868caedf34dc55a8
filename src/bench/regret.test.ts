import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScoreMatrix } from './matrix.ts';
import { regretOf } from './regret.ts';
import { robustnessOf } from './robustness.ts';

const matrix: ScoreMatrix = {
  set: 'tiny',
  components: ['fast', 'middle', 'thinking'],
  scores: [Float64Array.of(0, 1, 0.5, 0), Float64Array.of(1, 1, 0.25, 0), Float64Array.of(1, 1, 1, 0)],
  costs: [Float64Array.of(1, 1, 1, 1), Float64Array.of(2, 2, 2, 2), Float64Array.of(9, 9, 9, 9)],
  groups: ['a', 'b', 'c', 'd'],
  lengths: new Float64Array(4),
  sources: ['s', 's', 's', 's'],
};

test('regret is the mean distance to the best score; the best choice may still be wasteful', () => {
  // Thinking, thinking, fast, fast: short of the best by 0, 0, ½, 0; the second was to be had for less.
  const found = regretOf(matrix, [2, 2, 0, 0], new Float64Array(4).fill(1));
  assert.deepEqual(found, { regret: 0.125, bestShare: 0.75, cheapestBestShare: 0.25 });
  // Only the third prompt counts, twice.
  assert.deepEqual(regretOf(matrix, [0, 0, 0, 0], Float64Array.of(0, 0, 2, 0)), {
    regret: 0.5,
    bestShare: 0,
    cheapestBestShare: 0,
  });
});

test('a flip is harmful only where the other component scored lower', () => {
  const choices = {
    original: [1, 1, 2, 0],
    // First form: worse on prompt 0, no matter on 1, worse on 2. Second: unchanged but for a gain nowhere.
    perturbed: [
      [0, 2, 1, 0],
      [1, 1, 2, 1],
    ],
    scores: matrix.scores,
  };
  assert.deepEqual(robustnessOf(choices, new Float64Array(4).fill(1)), {
    flipRate: 4 / 8,
    harmfulFlipRate: 2 / 8,
    lossPoints: ((1 + 0.75) / 8) * 100,
    pairs: 8,
  });
});

test('a flip that gains is a flip, is not harmful, and counts against the losses', () => {
  const choices = { original: [0, 0, 0, 0], perturbed: [[1, 0, 1, 0]], scores: matrix.scores };
  const { flipRate, harmfulFlipRate, lossPoints } = robustnessOf(choices, new Float64Array(4).fill(1));
  assert.deepEqual([flipRate, harmfulFlipRate, lossPoints], [0.5, 0.25, ((-1 + 0.25) / 4) * 100]);
});
