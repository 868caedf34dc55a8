import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../math/random.ts';
import { fixedPolicy } from './baselines.ts';
import { selectPrompts, toPair, type ScoreMatrix } from './matrix.ts';
import {
  assignShare,
  createOracleQuality,
  headroomCaptured,
  mixQuality,
  performanceOf,
  staticHull,
  toShareOrder,
} from './metrics.ts';
import { createOracleHull } from './oracle.ts';
import { toBenchRows, type BenchRow } from './result.ts';
import { renderBenchTable } from './table.ts';

/** Four prompts: thinking gains 1, 0.5, 0 and −0.5. */
const tiny: ScoreMatrix = {
  set: 'tiny',
  components: ['fast', 'thinking'],
  scores: [Float64Array.of(0, 0.5, 1, 1), Float64Array.of(1, 1, 1, 0.5)],
  costs: [Float64Array.of(1, 1, 1, 1), Float64Array.of(5, 5, 5, 5)],
  groups: ['a', 'b', 'c', 'd'],
  lengths: Float64Array.of(10, 40, 30, 30),
  sources: ['s/1', 's/1', 's/2', 's/2'],
};
const even = new Float64Array(4).fill(1);

test('the static hull joins the single components', () => {
  assert.deepEqual(staticHull(tiny, even), [
    { cost: 1, quality: 0.625 },
    { cost: 5, quality: 0.875 },
  ]);
});

test('the oracle hull takes the largest gains first and never a loss', () => {
  // Vertices: nobody thinks (1, .625); the gain of 1 (2, .875); the gain of .5 as well (3, 1).
  assert.deepEqual(createOracleHull(tiny)(even), [
    { cost: 1, quality: 0.625 },
    { cost: 2, quality: 0.875 },
    { cost: 3, quality: 1 },
  ]);
});

test('the oracle hull of three components chooses by mean cost and pays each prompt its own', () => {
  const matrix: ScoreMatrix = {
    ...tiny,
    components: ['small', 'middle', 'large'],
    scores: [Float64Array.of(0, 0), Float64Array.of(0.75, 0), Float64Array.of(1, 1)],
    costs: [Float64Array.of(0, 0), Float64Array.of(1, 3), Float64Array.of(6, 2)],
    groups: ['a', 'b'],
  };
  // Mean costs 0, 2, 4. λ of prompt 1: 0.375 to middle (paid 1), 0.125 to large (paid 5 more); of prompt 2: 0.25 (paid 2).
  // Points: (0,0) (.5,.375) (1.5,.875) (4,1); singles (2,.375) (4,1).
  assert.deepEqual(createOracleHull(matrix)(Float64Array.of(1, 1)), [
    { cost: 0, quality: 0 },
    { cost: 0.5, quality: 0.375 },
    { cost: 1.5, quality: 0.875 },
    { cost: 4, quality: 1 },
  ]);
});

test('weights count as repeated prompts', () => {
  const weights = Float64Array.of(2, 0, 1, 1);
  const repeated = selectPrompts(tiny, [0, 0, 2, 3]);
  assert.deepEqual(createOracleHull(tiny)(weights), createOracleHull(repeated)(even));
  assert.deepEqual(staticHull(tiny, weights), staticHull(repeated, even));
});

test('mix and oracle at a share have their hand-computed values', () => {
  const pair = toPair(tiny);
  const oracle = createOracleQuality(pair);
  assert.equal(mixQuality(pair, 0.5, even), 0.75);
  assert.equal(oracle(0.25, even), 0.875);
  assert.equal(oracle(0.375, even), 0.9375);
  assert.equal(oracle(0.5, even), 1);
  assert.equal(oracle(1, even), 1);
  // q = 0.875 at t = 0.5: half of the way from 0.75 to 1.
  assert.equal(headroomCaptured({ quality: 0.875, mix: 0.75, oracle: 1 }), 0.5);
  assert.ok(Number.isNaN(headroomCaptured({ quality: 1, mix: 0.995, oracle: 1 })));
});

test('a share that ends among equal keys is given to them evenly', () => {
  const order = toShareOrder(tiny.lengths);
  assert.deepEqual([...assignShare(order, 0.5, even)], [0, 1, 0.5, 0.5]);
  assert.deepEqual([...assignShare(order, 0, even)], [0, 0, 0, 0]);
  assert.deepEqual([...assignShare(order, 1, even)], [1, 1, 1, 1]);
  // Length rule at share 0.5: .25 (0 + 1 + 1 + .75) = .6875.
  assert.equal(performanceOf(toPair(tiny), assignShare(order, 0.5, even), even).quality, 0.6875);
});

test('the cheaper component is the fast one whatever the order of columns', () => {
  const turned: ScoreMatrix = {
    ...tiny,
    components: ['slow', 'quick'],
    scores: [...tiny.scores].reverse(),
    costs: [...tiny.costs].reverse(),
  };
  const { fast, thinking, fastScores } = toPair(turned);
  assert.deepEqual([fast, thinking, fastScores], ['quick', 'slow', tiny.scores[0]]);
  assert.throws(() => toPair({ ...tiny, components: ['only'] }), /expected a set of two components, given 1: only/);
});

const synthetic = (size: number): ScoreMatrix => {
  const random = createRandom(11);
  const column = (probability: number): Float64Array =>
    Float64Array.from({ length: size }, () => (random.next() < probability ? 1 : 0));
  return {
    set: 'synthetic',
    components: ['fast', 'thinking'],
    scores: [column(0.6), column(0.8)],
    costs: [new Float64Array(size).fill(0.001), new Float64Array(size).fill(0.02)],
    groups: Array.from({ length: size }, (_, index) => `g${Math.floor(index / 2)}`),
    lengths: Float64Array.from({ length: size }, () => random.integer(500)),
    sources: Array.from({ length: size }, () => 's/d'),
  };
};

const rowsOf = (matrix: ScoreMatrix, thinking: Float64Array): ReadonlyMap<string, BenchRow> => {
  const subject = fixedPolicy('subject', thinking);
  return new Map(toBenchRows({ matrix, subject, seed: 5, resamples: 200 }).map((row) => [row.policy, row]));
};

test('a random policy captures no headroom, and its interval says so', () => {
  const matrix = synthetic(1_000);
  const random = createRandom(2);
  const rows = rowsOf(
    matrix,
    Float64Array.from({ length: 1_000 }, () => (random.next() < 0.3 ? 1 : 0)),
  );
  const subject = rows.get('subject');
  assert.ok(subject?.headroom);
  assert.ok(subject.headroom.low < 0 && subject.headroom.high > 0, JSON.stringify(subject.headroom));
  assert.ok(subject.headroom.high - subject.headroom.low < 0.6);
  assert.equal(subject.n, 1_000);
  assert.equal(subject.groups, 500);
  const length = rows.get('prompt-length');
  assert.ok(Math.abs((length?.share['thinking'] ?? 0) - (subject.share['thinking'] ?? 1)) < 1e-9);
  assert.ok(length?.headroom && length.headroom.low < 0 && length.headroom.high > 0);
});

test('the oracle captures all of it at its own share and at the share of the subject', () => {
  const matrix = synthetic(400);
  const rows = rowsOf(
    matrix,
    Float64Array.from({ length: 400 }, (_, index) => (index % 5 === 0 ? 1 : 0)),
  );
  for (const name of ['oracle', 'oracle-same-share']) {
    const headroom = rows.get(name)?.headroom;
    assert.ok(headroom);
    for (const value of [headroom.value, headroom.low, headroom.high]) {
      assert.ok(Math.abs(value - 1) < 1e-9, `${name}: ${value}`);
    }
  }
});

test('single components have no headroom of their own, and the random mixture costs what the subject costs', () => {
  const rows = rowsOf(
    synthetic(200),
    Float64Array.from({ length: 200 }, (_, index) => (index % 4 === 0 ? 1 : 0)),
  );
  assert.equal(rows.get('fast')?.headroom, null);
  assert.equal(rows.get('thinking')?.headroom, null);
  assert.equal(rows.get('thinking')?.gain_over_thinking_points?.value, 0);
  assert.ok(Math.abs((rows.get('random')?.cost_usd.value ?? 0) - (rows.get('subject')?.cost_usd.value ?? 1)) < 1e-12);
  assert.ok(Math.abs(rows.get('random')?.gain_over_random_points?.value ?? 1) < 1e-9);
  assert.equal(rows.get('subject')?.share['thinking'], 0.25);
});

test('the table has one line for each policy, intervals included', () => {
  const lines = renderBenchTable([...rowsOf(synthetic(100), new Float64Array(100).fill(0.5)).values()]).split('\n');
  assert.equal(lines.length, 2 + 7);
  assert.match(lines[2] ?? '', /^\| fast \| \d+\.\d \[\d+\.\d, \d+\.\d\] \| 1\.00 \[1\.00, 1\.00\] \| 0\.0 \| – \|/);
});
