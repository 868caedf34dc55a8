import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../math/random.ts';
import { crossFit, crossFitByFamily, crossFitByGroup, type PredictionMaker, type TrainingRows } from './cross-fit.ts';
import { toGroupFolds } from '../math/group-folds.ts';
import { toFamilyFolds } from './folds.ts';
import type { ScoreMatrix } from './matrix.ts';
import { answeredOf, withFallback } from './predictions.ts';
import { singleProtocol } from './protocol.ts';

const SIZE = 60;
/** Scores name their prompt, so that a maker's training rows can be recognised. */
const matrix: ScoreMatrix = {
  set: 'made-up',
  components: ['fast', 'thinking'],
  scores: [
    Float64Array.from({ length: SIZE }, (_, prompt) => prompt / 100),
    Float64Array.from({ length: SIZE }, (_, prompt) => prompt / 200),
  ],
  costs: [new Float64Array(SIZE).fill(1), Float64Array.from({ length: SIZE }, (_, prompt) => prompt)],
  groups: Array.from({ length: SIZE }, (_, prompt) => `g${Math.floor(prompt / 3)}`),
  lengths: new Float64Array(SIZE),
  sources: Array.from({ length: SIZE }, (_, prompt) => (prompt < 30 ? 'a' : 'b')),
};

const record = () => {
  const calls: { training: TrainingRows; heldOut: Int32Array }[] = [];
  const make: PredictionMaker = (training, heldOut) => {
    calls.push({ training, heldOut });
    return [Float64Array.from(heldOut), Float64Array.from(heldOut, (prompt) => -prompt)];
  };
  return { calls, make };
};

test('every prompt is predicted once, by a maker that saw no prompt of its group', () => {
  const { calls, make } = record();
  const [run] = crossFitByGroup({ matrix, make, protocol: { type: 'cross-fit' }, seeds: [4] });
  assert.equal(calls.length, 5);
  for (const { training, heldOut } of calls) {
    const known = new Set(Array.from(training.prompts, (prompt) => matrix.groups[prompt]));
    assert.ok(heldOut.every((prompt) => !known.has(matrix.groups[prompt] ?? '')));
    assert.equal(training.prompts.length + heldOut.length, SIZE);
    assert.ok(training.scores[0]?.every((score, index) => score === (training.prompts[index] ?? 0) / 100));
  }
  assert.deepEqual(
    [...(run?.predictions[0] ?? [])],
    Array.from({ length: SIZE }, (_, prompt) => prompt),
  );
  assert.deepEqual([run?.protocol, run?.seed], ['cross-fit', 4]);
});

test('expected costs are the means of the training prompts', () => {
  const { expectedCosts } = crossFit({
    matrix,
    make: record().make,
    folds: Uint8Array.from({ length: SIZE }, (_, prompt) => (prompt < 20 ? 0 : 1)),
  });
  // Of prompts 20 … 59 for the first fold, of 0 … 19 for the second.
  assert.deepEqual([expectedCosts[0]?.[0], expectedCosts[1]?.[0], expectedCosts[1]?.[59]], [1, 39.5, 9.5]);
});

test('a number of labels is drawn in whole groups from the other folds', () => {
  const { calls, make } = record();
  crossFitByGroup({ matrix, make, protocol: { type: 'n-labels', labels: 10 }, seeds: [1, 2] });
  assert.equal(calls.length, 10);
  for (const { training, heldOut } of calls) {
    assert.ok(training.prompts.length >= 10 && training.prompts.length < 13, String(training.prompts.length));
    assert.ok(training.prompts.every((prompt) => !heldOut.includes(prompt)));
  }
  assert.notDeepEqual(calls[0]?.training.prompts, calls[5]?.training.prompts);
});

test('with zero labels the maker sees none, and prices are known all the same', () => {
  const { calls, make } = record();
  const [run] = crossFitByGroup({ matrix, make, protocol: { type: 'zero-label' }, seeds: [1] });
  assert.ok(calls.every(({ training }) => training.prompts.length === 0));
  assert.deepEqual([run?.expectedCosts[0]?.[7], run?.expectedCosts[1]?.[7]], [1, 29.5]);
});

test('each family is predicted from the others', () => {
  const { calls, make } = record();
  const run = crossFitByFamily({ matrix, make, families: matrix.sources });
  assert.deepEqual([run.families, run.protocol, run.seed], [['a', 'b'], 'family-out', null]);
  assert.deepEqual(
    calls.map(({ training }) => training.prompts[0]),
    [30, 0],
  );
});

test('a family whose prompt has a copy in another family is refused', () => {
  assert.throws(
    () => toFamilyFolds(['a', 'a', 'b'], ['g1', 'g2', 'g2']),
    /group g2 stands in families a and b: join them or drop its copies/,
  );
});

test('folds by group are even, whole, and drawn by the seed', () => {
  const folds = toGroupFolds(matrix.groups, 5, createRandom(1));
  const sizes = [0, 1, 2, 3, 4].map((fold) => folds.filter((each) => each === fold).length);
  assert.deepEqual(sizes, [12, 12, 12, 12, 12]);
  folds.forEach((fold, prompt) => assert.equal(fold, folds[prompt - (prompt % 3)]));
  assert.deepEqual(folds, toGroupFolds(matrix.groups, 5, createRandom(1)));
  assert.notDeepEqual(folds, toGroupFolds(matrix.groups, 5, createRandom(2)));
  assert.throws(() => toGroupFolds(['a', 'b'], 5, createRandom(1)), /5 folds of 2 groups/u);
});

test('protocols are not mixed', () => {
  assert.equal(singleProtocol([{ protocol: 'n-labels' }, { protocol: 'n-labels' }]), 'n-labels');
  assert.throws(
    () => singleProtocol([{ protocol: 'cross-fit' }, { protocol: 'zero-label' }]),
    /one protocol, given cross-fit and zero-label/,
  );
  assert.throws(() => singleProtocol([]), /given no run/);
});

test('a maker that returns too few predictions is refused', () => {
  assert.throws(
    () => crossFit({ matrix, folds: Uint8Array.from({ length: SIZE }, (_, at) => at % 2), make: () => [] }),
    /expected 30 predictions of component 0, made undefined/,
  );
});

test('where any component abstains, all of them fall back together', () => {
  const predictions = [Float64Array.of(0.1, Number.NaN, 0.3), Float64Array.of(0.5, 0.6, Number.NaN)];
  const fallback = [Float64Array.of(0, 0.2, 0.2), Float64Array.of(0, 0.9, 0.9)];
  assert.deepEqual(
    withFallback(predictions, fallback).map((column) => [...column]),
    [
      [0.1, 0.2, 0.2],
      [0.5, 0.9, 0.9],
    ],
  );
  assert.deepEqual([...answeredOf(predictions)], [1, 0, 0]);
});
