import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../math/random.ts';
import { createCalibration, type Calibration, type Judged } from './calibration-error.ts';

const measure = (judged: Judged): Calibration =>
  createCalibration(judged)(new Float64Array(judged.predicted.length).fill(1));
const close = (found: number, expected: number, tolerance = 1e-12): void =>
  assert.ok(Math.abs(found - expected) <= tolerance, `${found} is not ${expected}`);

/** Ten blocks of 100 prompts; block b is predicted (b + .5)/10 and right `rights[b]` times. */
const blocks = (rights: readonly number[]): Judged => ({
  predicted: Float64Array.from({ length: 1_000 }, (_, prompt) => (Math.floor(prompt / 100) + 0.5) / 10),
  observed: Float64Array.from({ length: 1_000 }, (_, prompt) =>
    prompt % 100 < (rights[Math.floor(prompt / 100)] ?? 0) ? 1 : 0,
  ),
});

test('the debiased error has its hand-computed value', () => {
  // Every block is right 10 points more often than predicted, at most 100 %: gaps .1 nine times and .05 once.
  const rights = [15, 25, 35, 45, 55, 65, 75, 85, 95, 100];
  const gaps = [...Array.from({ length: 9 }, () => 0.1), 0.05];
  const squared = gaps.reduce((sum, gap, block) => {
    const rate = (rights[block] ?? 0) / 100;
    return sum + (gap ** 2 - (rate * (1 - rate)) / 99) / 10;
  }, 0);
  close(measure(blocks(rights)).ece, Math.sqrt(squared));
});

test('a perfect predictor shows next to nothing where the plain form shows luck', () => {
  const random = createRandom(3);
  const predicted = Float64Array.from({ length: 2_400 }, () => random.next());
  const found = Array.from({ length: 40 }, () =>
    measure({ predicted, observed: predicted.map((chance) => (random.next() < chance ? 1 : 0)) }),
  );
  const mean = found.reduce((sum, { ece }) => sum + ece, 0) / found.length;
  assert.ok(mean < 0.014, String(mean));
  assert.ok(found.some(({ ece }) => ece === 0));
});

test('a shift of every prediction is found in its size', () => {
  const random = createRandom(5);
  const chances = Float64Array.from({ length: 20_000 }, () => 0.2 + 0.6 * random.next());
  const observed = chances.map((chance) => (random.next() < chance ? 1 : 0));
  close(measure({ predicted: chances.map((chance) => chance + 0.1), observed }).ece, 0.1, 0.01);
});

test('bins below 100 prompts say nothing', () => {
  const few = { predicted: new Float64Array(990).fill(0.5), observed: new Float64Array(990).fill(1) };
  assert.ok(Number.isNaN(measure(few).ece));
  close(measure(few).brier, 0.25);
});

test('AUROC counts ties as half', () => {
  const predicted = Float64Array.of(0.1, 0.4, 0.4, 0.8);
  // Right above wrong: (.4, .1) 1, (.8, .1) 1, (.4, .4) ½, (.8, .4) 1, of 4 pairs.
  close(measure({ predicted, observed: Float64Array.of(0, 0, 1, 1) }).auroc, 3.5 / 4);
  close(measure({ predicted: new Float64Array(4).fill(0.3), observed: Float64Array.of(0, 1, 1, 0) }).auroc, 0.5);
  assert.ok(Number.isNaN(measure({ predicted, observed: Float64Array.of(1, 1, 1, 1) }).auroc));
});

test('a graded score counts in its proportion', () => {
  // Score ½ at .6 is half a right and half a wrong prompt: right 1 at .9, ½ at .6; wrong ½ at .6, 1 at .2.
  const { auroc, brier } = measure({
    predicted: Float64Array.of(0.9, 0.6, 0.2),
    observed: Float64Array.of(1, 0.5, 0),
  });
  close(auroc, (1 * 0.5 + 1 * 1 + 0.5 * 0.25 + 0.5 * 1) / 2.25);
  close(brier, (0.01 + 0.01 + 0.04) / 3);
});

test('abstaining leaves the measures of the answered prompts, and says how many they are', () => {
  const answered = { predicted: Float64Array.of(0.2, 0.9), observed: Float64Array.of(0, 1) };
  const abstained = {
    predicted: Float64Array.of(Number.NaN, 0.2, Number.NaN, 0.9),
    observed: Float64Array.of(1, 0, 0, 1),
  };
  assert.deepEqual({ ...measure(abstained), answeredShare: 1 }, measure(answered));
  assert.equal(measure(abstained).answeredShare, 0.5);
});

test('weights count as repeated prompts', () => {
  const random = createRandom(9);
  const predicted = Float64Array.from({ length: 800 }, () => random.next());
  const observed = predicted.map((chance) => (random.next() < chance ** 2 ? 1 : 0));
  const weights = Float64Array.from(predicted, () => random.integer(4));
  const repeats = [...weights.keys()].flatMap((prompt) => Array.from({ length: weights[prompt] ?? 0 }, () => prompt));
  const weighted = createCalibration({ predicted, observed })(weights);
  const repeated = measure({
    predicted: Float64Array.from(repeats, (prompt) => predicted[prompt] ?? 0),
    observed: Float64Array.from(repeats, (prompt) => observed[prompt] ?? 0),
  });
  for (const field of ['ece', 'brier', 'auroc', 'answeredShare'] as const) {
    close(weighted[field], repeated[field], 1e-9);
  }
});
