import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupBootstrap } from '../math/bootstrap.ts';
import { createRandom } from '../math/random.ts';
import { createHeadroom, type FoldedPredictions } from './headroom.ts';
import { selectPrompts, type ScoreMatrix } from './matrix.ts';
import { toConstantCosts, type Predictions } from './predictions.ts';
import { createRouterCurve, type CurveOptions } from './router-curve.ts';
import { toSwitches } from './switches.ts';
import { createYardstick } from './yardstick.ts';

const close = (found: ArrayLike<number>, expected: readonly number[]): void => {
  assert.equal(found.length, expected.length);
  expected.forEach((value, index) =>
    assert.ok(Math.abs((found[index] ?? Number.NaN) - value) < 1e-12, `${String(found[index])} is not ${value}`),
  );
};

/** Two folds of four prompts; thinking costs 1, fast nothing and never succeeds; both folds have the same predictions. */
const matrix: ScoreMatrix = {
  set: 'tiny',
  components: ['fast', 'thinking'],
  scores: [new Float64Array(8), Float64Array.of(1, 1, 0, 0, 1, 0, 1, 0)],
  costs: [new Float64Array(8), new Float64Array(8).fill(1)],
  groups: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'],
  lengths: new Float64Array(8),
  sources: Array.from({ length: 8 }, () => 's/d'),
};
const predictions: Predictions = [new Float64Array(8), Float64Array.of(0.8, 0.6, 0.4, 0.2, 0.8, 0.6, 0.4, 0.2)];
const options: CurveOptions = {
  matrix,
  switches: toSwitches(predictions, toConstantCosts([0, 1], 8)),
  folds: Uint8Array.of(0, 0, 0, 0, 1, 1, 1, 1),
  withSingles: true,
  chosenOn: 'resample',
};
const budgets = Float64Array.of(0.125, 0.5, 0.9);

test('each fold is routed by the mixture that the hull of the other fold names', () => {
  const { crossFitted, promisedCosts, mixtures } = createRouterCurve(options)(new Float64Array(8).fill(1), budgets);
  // Hull of fold 1, for fold 0: (0, 0) (.25, .25) (.75, .5), stops 0, 1, 3. Of fold 0, for fold 1: (0, 0) (.5, .5), stops 0, 2.
  assert.deepEqual(
    mixtures.map((list) => list.map(({ low, high, part }) => [low, high, part])),
    [
      [
        [0, 1, 0.5],
        [1, 3, 0.5],
        [1, 3, 1],
      ],
      [
        [0, 2, 0.25],
        [0, 2, 1],
        [0, 2, 1],
      ],
    ],
  );
  // Fold 0: (.125, .125) (.5, .375) (.75, .5). Fold 1: (.125, .0625) (.5, .25) (.5, .25).
  close(crossFitted.costs, [0.125, 0.5, 0.625]);
  close(crossFitted.qualities, [0.09375, 0.3125, 0.375]);
  close(promisedCosts, [0.125, 0.5, 0.625]);
});

test('hindsight mixes on the prompts that it is scored on', () => {
  const { hindsight } = createRouterCurve(options)(new Float64Array(8).fill(1), budgets);
  // Hull of all: (0, 0) (.25, .25) (.75, .5).
  close(hindsight.costs, [0.125, 0.5, 0.75]);
  close(hindsight.qualities, [0.125, 0.375, 0.5]);
});

test('prompts with one prediction move together: no λ tells them apart', () => {
  const flat: Predictions = [new Float64Array(8), new Float64Array(8).fill(0.5)];
  const switches = toSwitches(flat, toConstantCosts([0, 1], 8));
  const { crossFitted } = createRouterCurve({ ...options, switches })(
    new Float64Array(8).fill(1),
    Float64Array.of(0.5),
  );
  close([...crossFitted.costs, ...crossFitted.qualities], [0.5, 0.25]);
});

test('the single components are choices where they are allowed: a router of noise falls back on them', () => {
  // The predictions send thinking where it fails, all or nothing: the curve alone ends at (.5, 0).
  const wrong: Predictions = [new Float64Array(8).fill(0.5), Float64Array.of(0, 0, 1, 1, 0, 1, 0, 1)];
  const switches = toSwitches(wrong, toConstantCosts([0, 1], 8));
  const even = new Float64Array(8).fill(1);
  const alone = createRouterCurve({ ...options, switches, withSingles: false })(even, Float64Array.of(0.5));
  const both = createRouterCurve({ ...options, switches })(even, Float64Array.of(0.5));
  close([...alone.crossFitted.costs, ...alone.crossFitted.qualities], [0, 0]);
  close([...both.crossFitted.costs, ...both.crossFitted.qualities], [0.5, 0.25]);
});

test('a resample of one family needs mixtures that were chosen on the whole sample', () => {
  const onlyFirst = Float64Array.of(1, 1, 1, 1, 0, 0, 0, 0);
  const resampled = createRouterCurve(options)(onlyFirst, budgets).crossFitted;
  const fixed = createRouterCurve({ ...options, chosenOn: 'sample' })(onlyFirst, budgets).crossFitted;
  assert.ok(resampled.qualities.every((quality) => Number.isNaN(quality)));
  close(fixed.costs, [0.125, 0.5, 0.75]);
  close(fixed.qualities, [0.125, 0.375, 0.5]);
});

test('one fold is refused', () => {
  assert.throws(() => createRouterCurve({ ...options, folds: new Uint8Array(8) }), /at least two folds, given 1/);
});

/** A planted pattern: thinking helps on kind 1 only, middle on half of either. */
const planted = (
  size: number,
  seed: number,
): ScoreMatrix & { readonly kinds: Uint8Array; readonly folds: Uint8Array } => {
  const random = createRandom(seed);
  const kinds = Uint8Array.from({ length: size }, () => random.integer(2));
  const column = (chances: readonly [number, number]): Float64Array =>
    Float64Array.from(kinds, (kind) => (random.next() < (chances[kind] ?? 0) ? 1 : 0));
  const cost = (usd: number): Float64Array => Float64Array.from(kinds, () => usd * (0.5 + random.next()));
  return {
    set: 'planted',
    components: ['fast', 'middle', 'thinking'],
    scores: [column([0.8, 0.2]), column([0.8, 0.3]), column([0.85, 0.8])],
    costs: [cost(0.001), cost(0.004), cost(0.02)],
    groups: Array.from(kinds, (_, prompt) => `g${Math.floor(prompt / 2)}`),
    lengths: new Float64Array(size),
    sources: Array.from({ length: size }, () => 's/d'),
    kinds,
    folds: Uint8Array.from(kinds, (_, prompt) => Math.floor(prompt / 2) % 5),
  };
};

const runOf = (set: ReturnType<typeof planted>, made: Predictions): FoldedPredictions => ({
  predictions: made,
  expectedCosts: toConstantCosts([0.001, 0.004, 0.02], set.kinds.length),
  folds: set.folds,
});

const measure = (set: ReturnType<typeof planted>, made: Predictions) =>
  createHeadroom({ matrix: set, runs: [runOf(set, made)], withSingles: true, chosenOn: 'resample' });

test('who knows the scores captures everything, who knows the kind a part, and noise nothing', () => {
  const set = planted(4_000, 5);
  const random = createRandom(6);
  const even = new Float64Array(4_000).fill(1);
  const yardstick = createYardstick(set)(even);
  const capturedBy = (made: Predictions): number => measure(set, made)(even, yardstick).captured;
  const kinds: Predictions = [
    Float64Array.from(set.kinds, (kind) => (kind === 1 ? 0.2 : 0.8)),
    Float64Array.from(set.kinds, (kind) => (kind === 1 ? 0.3 : 0.8)),
    Float64Array.from(set.kinds, (kind) => (kind === 1 ? 0.8 : 0.85)),
  ];
  const noise = set.scores.map((column) => column.map(() => random.next()));
  assert.ok(capturedBy(set.scores) > 0.98);
  const known = capturedBy(kinds);
  assert.ok(known > 0.2 && known < 0.4, String(known));
  assert.ok(Math.abs(capturedBy(noise)) < 0.03, String(capturedBy(noise)));
});

test('hindsight pays noise for its luck, cross-fitting does not', () => {
  const differences = Array.from({ length: 12 }, (_, seed) => {
    const set = planted(400, seed);
    const random = createRandom(seed + 100);
    const even = new Float64Array(400).fill(1);
    const noise = set.scores.map((column) => column.map(() => random.next()));
    return measure(set, noise)(even, createYardstick(set)(even));
  });
  const meanOf = (field: 'captured' | 'hindsight'): number =>
    differences.reduce((sum, each) => sum + each[field], 0) / differences.length;
  assert.ok(meanOf('hindsight') > 0.01, String(meanOf('hindsight')));
  assert.ok(meanOf('captured') < 0.005, String(meanOf('captured')));
});

test('weights count as repeated prompts, in every measure', () => {
  const set = planted(300, 9);
  const random = createRandom(1);
  const made = set.scores.map((column) => column.map((score) => score * 0.5 + random.next()));
  const weights = Float64Array.from({ length: 300 }, () => random.integer(3));
  const repeats = Array.from(weights.keys()).flatMap((prompt) =>
    Array.from({ length: weights[prompt] ?? 0 }, () => prompt),
  );
  const repeated = {
    ...selectPrompts(set, repeats),
    kinds: Uint8Array.from(repeats, (prompt) => set.kinds[prompt] ?? 0),
  };
  const folds = Uint8Array.from(repeats, (prompt) => set.folds[prompt] ?? 0);
  const even = new Float64Array(repeats.length).fill(1);
  const weighted = measure(set, made)(weights, createYardstick(set)(weights));
  const plain = measure(
    { ...repeated, folds },
    made.map((column) => Float64Array.from(repeats, (prompt) => column[prompt] ?? 0)),
  )(even, createYardstick(repeated)(even));
  for (const [field, value] of Object.entries(weighted)) {
    const other = plain[field as keyof typeof plain];
    assert.ok(Math.abs(value - other) < 1e-9, `${field}: ${value} and ${other}`);
  }
});

test('a set whose oracle is less than one point above the hull cannot rank routers', () => {
  const size = 1_000;
  const set: ScoreMatrix = {
    ...planted(size, 3),
    components: ['fast', 'thinking'],
    // Thinking fails where fast does, but for five prompts.
    scores: [
      Float64Array.from({ length: size }, (_, prompt) => (prompt < 500 ? 1 : 0)),
      Float64Array.from({ length: size }, (_, prompt) => (prompt < 505 ? 1 : 0)),
    ],
    costs: [new Float64Array(size).fill(1), new Float64Array(size).fill(2)],
  };
  const even = new Float64Array(size).fill(1);
  const folds = Uint8Array.from({ length: size }, (_, prompt) => prompt % 5);
  const runs = [{ predictions: set.scores, expectedCosts: toConstantCosts([1, 2], size), folds }];
  const headroom = createHeadroom({ matrix: set, runs, withSingles: true, chosenOn: 'resample' });
  const { captured, roomPoints, gainPoints } = headroom(even, createYardstick(set)(even));
  assert.ok(Number.isNaN(captured));
  assert.ok(roomPoints > 0 && roomPoints < 1 && gainPoints > 0, `${roomPoints} ${gainPoints}`);
});

test('under the group bootstrap the difference to noise is paired and its interval holds 0 for noise alone', () => {
  const set = planted(600, 21);
  const random = createRandom(22);
  const yardstick = createYardstick(set);
  const noise = measure(
    set,
    set.scores.map((column) => column.map(() => random.next())),
  );
  const half = measure(
    set,
    set.scores.map((column) => column.map((score) => 0.5 * score + random.next())),
  );
  const [ofNoise, difference] = groupBootstrap({
    groups: set.groups,
    random: createRandom(1),
    resamples: 200,
    measure: (weights) => {
      const sample = yardstick(weights);
      const own = noise(weights, sample).captured;
      return [own, half(weights, sample).captured - own];
    },
  });
  assert.ok(ofNoise && ofNoise.low < 0.01 && ofNoise.high > -0.01, JSON.stringify(ofNoise));
  assert.ok(difference && difference.low > 0.1, JSON.stringify(difference));
});
