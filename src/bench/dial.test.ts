import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDial } from './dial.ts';
import type { ScoreMatrix } from './matrix.ts';
import { toConstantCosts } from './predictions.ts';
import { toSwitches } from './switches.ts';

/** Thinking costs 1 and always succeeds, fast nothing and never does. Fold 1 has higher predictions than fold 0. */
const matrix: ScoreMatrix = {
  set: 'tiny',
  components: ['fast', 'thinking'],
  scores: [new Float64Array(8), new Float64Array(8).fill(1)],
  costs: [new Float64Array(8), new Float64Array(8).fill(1)],
  groups: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'],
  lengths: new Float64Array(8),
  sources: Array.from({ length: 8 }, () => 's/d'),
};
const folds = Uint8Array.of(0, 0, 0, 0, 1, 1, 1, 1);
const dialOf = (thinking: Float64Array) =>
  createDial({ matrix, folds, switches: toSwitches([new Float64Array(8), thinking], toConstantCosts([0, 1], 8)) });
const even = new Float64Array(8).fill(1);

test('folds with the same predictions pay what was asked for', () => {
  const dial = dialOf(Float64Array.of(0.8, 0.6, 0.4, 0.2, 0.8, 0.6, 0.4, 0.2));
  const { costs, qualities, meanError, worstOverrun } = dial(even, Float64Array.of(0.25, 0.5));
  assert.deepEqual([...costs, ...qualities], [0.25, 0.5, 0.25, 0.5]);
  assert.deepEqual([meanError, worstOverrun], [0, 0]);
});

test('a fold that predicts more than the others pays more than was asked for, and the reading says so', () => {
  // λ for half of the other fold: between .5 and .3 there (fold 0 is asked), between .9 and .8 (fold 1 is asked).
  const dial = dialOf(Float64Array.of(0.7, 0.5, 0.3, 0.1, 1, 0.9, 0.8, 0.75));
  const { costs, meanError, worstOverrun } = dial(even, Float64Array.of(0.5));
  // Fold 0 at a λ between .9 and .8: nobody. Fold 1 at a λ between .5 and .3: all four. Together .5 again.
  assert.deepEqual([...costs], [0.5]);
  assert.deepEqual([meanError, worstOverrun], [0, 0]);
  const onlySecond = Float64Array.of(1, 1, 1, 1, 3, 3, 3, 3);
  const skewed = dial(onlySecond, Float64Array.of(0.5));
  assert.deepEqual([...skewed.costs], [0.75]);
  assert.deepEqual([skewed.meanError, skewed.worstOverrun], [0.5, 0.5]);
});
