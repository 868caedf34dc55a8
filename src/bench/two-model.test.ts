import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupBootstrap } from '../math/bootstrap.ts';
import { createRandom } from '../math/random.ts';
import type { ComponentPair } from './matrix.ts';
import { createTwoModel, gapRecovered } from './two-model.ts';

const toPairOf = (fast: readonly number[], thinking: readonly number[]): ComponentPair => ({
  size: fast.length,
  fast: 'weak',
  thinking: 'strong',
  fastScores: Float64Array.from(fast),
  thinkingScores: Float64Array.from(thinking),
  fastCosts: new Float64Array(fast.length).fill(1),
  thinkingCosts: new Float64Array(fast.length).fill(10),
});
const close = (found: number, expected: number): void =>
  assert.ok(Math.abs(found - expected) < 1e-12, `${found} is not ${expected}`);

test('the gap recovered is 0 at the weak and 1 at the strong component', () => {
  assert.deepEqual(
    [0.5, 0.75, 1, 0.25].map((quality) => gapRecovered(quality, { weak: 0.5, strong: 1 })),
    [0, 0.5, 1, -0.5],
  );
});

// Gains in the order of keys: 1, 1, 0, −1, 1. PGR at shares 0, .2 … 1: 0, .5, 1, 1, .5, 1.
const pair = toPairOf([0, 0, 1, 1, 0], [1, 1, 1, 0, 1]);
const keys = Float64Array.of(0.9, 0.8, 0.6, 0.5, 0.1);
const even = new Float64Array(5).fill(1);

test('the fine curve has its hand-computed area, and CPT reads its isotonic fit', () => {
  const { fine } = createTwoModel(pair, keys)(even);
  // .2 × (.25 + .75 + 1 + .75 + .75) = .7.
  close(fine.apgr, 0.7);
  // Fit of PGR: 0, .5, then (1 + 1 + .5)/3 = .8333 thrice, then 1. 20 %: .4 of .2; 50 %: .2; 80 %: .2 + .2 × .3/.3333.
  close(fine.cpt[0] ?? 0, 0.08);
  close(fine.cpt[1] ?? 0, 0.2);
  close(fine.cpt[2] ?? 0, 0.38);
});

test('the protocol takes the 11 decile edges of the keys as thresholds', () => {
  const { protocol } = createTwoModel(pair, keys)(even);
  // Edges at ranks 0, .4, .8 … 4 of (.1 .5 .6 .8 .9). Strong calls from the last edge (above .9) to the first:
  // 0, 1, 1, 2, 2, 3, 3, 3, 4, 4, 5 of 5 (rank 3.6 → 1, 3.2 → 1, 2.8 → 2, 2.4 → 2, 2 → 3, 1.6 → 3, 1.2 → 3, .8 → 4 …).
  close(protocol.apgr, 0.7);
  // interp on a curve that falls once: 20 % between shares 0 and .2, 50 % at the last of two points with .5.
  close(protocol.cpt[0] ?? 0, 0.08);
});

test('equal keys are one threshold: the curve is straight across them', () => {
  const { fine, protocol } = createTwoModel(pair, new Float64Array(5))(even);
  close(fine.apgr, 0.5);
  close(protocol.apgr, 0.5);
  [0.2, 0.5, 0.8].forEach((target, index) => close(fine.cpt[index] ?? 0, target));
});

test('an oracle exceeds 1, and a pair whose strong component is not better has no measure', () => {
  const gains = Float64Array.of(1, 1, 0, -1, 1);
  // PGR at shares 0, .6, .8, 1: 0, 1.5, 1.5, 1. Area: .45 + .3 + .25.
  close(createTwoModel(pair, gains)(even).fine.apgr, 1);
  const { fine, protocol } = createTwoModel(
    toPairOf([1, 1], [1, 0]),
    Float64Array.of(1, 2),
  )(new Float64Array(2).fill(1));
  assert.ok([fine.apgr, protocol.apgr, ...fine.cpt].every((value) => Number.isNaN(value)));
});

test('weights count as repeated prompts', () => {
  const random = createRandom(4);
  const size = 200;
  const draw = (): number[] => Array.from({ length: size }, () => random.integer(2));
  const [fast, thinking] = [draw(), draw().map((score) => Math.max(score, random.integer(2)))];
  const levels = Float64Array.from({ length: size }, () => random.integer(60));
  const weights = Float64Array.from({ length: size }, () => random.integer(4));
  const repeats = [...weights.keys()].flatMap((prompt) => Array.from({ length: weights[prompt] ?? 0 }, () => prompt));
  const weighted = createTwoModel(toPairOf(fast, thinking), levels)(weights);
  const repeated = createTwoModel(
    toPairOf(
      repeats.map((prompt) => fast[prompt] ?? 0),
      repeats.map((prompt) => thinking[prompt] ?? 0),
    ),
    Float64Array.from(repeats, (prompt) => levels[prompt] ?? 0),
  )(new Float64Array(repeats.length).fill(1));
  for (const kind of ['protocol', 'fine'] as const) {
    close(weighted[kind].apgr, repeated[kind].apgr);
    weighted[kind].cpt.forEach((share, target) => close(share, repeated[kind].cpt[target] ?? 0));
  }
});

test('a planted signal beats noise in the paired difference; noise is at one half', () => {
  const random = createRandom(12);
  const size = 1_500;
  const hard = Array.from({ length: size }, () => random.integer(2));
  const planted = toPairOf(
    hard.map((is) => (random.next() < (is ? 0.3 : 0.9) ? 1 : 0)),
    hard.map(() => (random.next() < 0.9 ? 1 : 0)),
  );
  const signal = createTwoModel(
    planted,
    Float64Array.from(hard, (is) => is + 0.8 * random.next()),
  );
  const noise = createTwoModel(
    planted,
    Float64Array.from(hard, () => random.next()),
  );
  const [ofNoise, difference, protocolDifference] = groupBootstrap({
    groups: hard.map((_, prompt) => String(prompt)),
    random: createRandom(1),
    resamples: 200,
    measure: (weights) => {
      const [one, other] = [signal(weights), noise(weights)];
      return [other.fine.apgr, one.fine.apgr - other.fine.apgr, one.protocol.apgr - other.protocol.apgr];
    },
  });
  assert.ok(ofNoise && ofNoise.low < 0.5 && ofNoise.high > 0.5, JSON.stringify(ofNoise));
  assert.ok(difference && difference.low > 0.1, JSON.stringify(difference));
  assert.ok(protocolDifference && Math.abs(protocolDifference.value - difference.value) < 0.02);
});
