import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../math/random.ts';
import { createTrueTaskTable } from './category-table.ts';
import { crossFitByFamily, crossFitByGroup, type PredictionBaseline } from './cross-fit.ts';
import type { ScoreMatrix } from './matrix.ts';
import { createLengthRule, createStaticHull } from './pool-baselines.ts';
import { toPoolRows, type PoolRouter } from './pool-result.ts';

const SIZE = 600;
const random = createRandom(31);
/** Three tasks with gains of 0, .3 and .6; length tells nothing. */
const tasks = Array.from({ length: SIZE }, () => random.integer(3));
const column = (rate: (task: number) => number): Float64Array =>
  Float64Array.from(tasks, (task) => (random.next() < rate(task) ? 1 : 0));
const matrix: ScoreMatrix = {
  set: 'made-up',
  components: ['fast', 'thinking'],
  scores: [column((task) => 0.9 - 0.3 * task), column(() => 0.9)],
  costs: [new Float64Array(SIZE).fill(0.001), new Float64Array(SIZE).fill(0.02)],
  groups: Array.from({ length: SIZE }, (_, prompt) => `g${Math.floor(prompt / 2)}`),
  lengths: Float64Array.from({ length: SIZE }, () => random.integer(1_000)),
  sources: tasks.map((task) => `s/${task}`),
};
const seeds = [1, 2];
const routerOf = ({ name, isCheating, make }: PredictionBaseline): PoolRouter => ({
  name,
  isCheating,
  runs: crossFitByGroup({ matrix, make, protocol: { type: 'cross-fit' }, seeds }),
});
const task = routerOf(createTrueTaskTable(matrix.sources));
const length = routerOf(createLengthRule(matrix.lengths));
const flat = routerOf(createStaticHull());
const options = {
  matrix,
  reference: 'prompt-length',
  seed: 1,
  resamples: 100,
  withSingles: true,
  chosenOn: 'resample',
} as const;

test('who knows the task captures headroom, and more than the length rule, beyond the intervals', () => {
  const [ofTask, ofLength, ofFlat] = toPoolRows({ ...options, routers: [task, length, flat] });
  assert.ok(ofTask?.headroom && ofTask.headroom.low > 0.2, JSON.stringify(ofTask?.headroom));
  assert.ok(ofTask.headroom_over_reference && ofTask.headroom_over_reference.low > 0.2);
  assert.ok(ofLength?.headroom && ofLength.headroom.low < 0.03, JSON.stringify(ofLength?.headroom));
  assert.equal(ofLength.headroom_over_reference, null);
  assert.ok(Math.abs(ofFlat?.headroom?.value ?? 1) < 0.01, JSON.stringify(ofFlat?.headroom));
  assert.deepEqual([ofTask.is_cheating, ofLength.is_cheating, ofTask.protocol], [true, false, 'cross-fit']);
  assert.deepEqual([ofTask.n, ofTask.groups, ofTask.set], [600, 300, 'made-up']);
});

test('shares belong to the costs: what was called is what was paid', () => {
  for (const { share, cost_usd } of toPoolRows({ ...options, resamples: 2, routers: [task, length, flat] })) {
    const [fast, thinking] = [share['fast'] ?? 0, share['thinking'] ?? 0];
    assert.ok(Math.abs(fast + thinking - 1) < 1e-9);
    assert.ok(Math.abs(fast * 0.001 + thinking * 0.02 - cost_usd.value) < 1e-9);
  }
});

test('rows of two protocols are refused, and so is a reference that is not there', () => {
  const { make } = createStaticHull();
  const familyOut: PoolRouter = {
    name: 'elsewhere',
    isCheating: false,
    runs: [crossFitByFamily({ matrix: { ...matrix, groups: matrix.sources }, make, families: matrix.sources })],
  };
  assert.throws(() => toPoolRows({ ...options, routers: [length, familyOut] }), /given cross-fit and family-out/);
  assert.throws(() => toPoolRows({ ...options, routers: [task] }), /no router is named prompt-length: true-task/);
});

test('with families left out, families are resampled and mixtures stay those of the whole sample', () => {
  const runs = (make: PredictionBaseline['make']) => [
    crossFitByFamily({ matrix: { ...matrix, groups: matrix.sources }, make, families: matrix.sources }),
  ];
  const [row] = toPoolRows({
    ...options,
    routers: [{ name: 'prompt-length', isCheating: false, runs: runs(createLengthRule(matrix.lengths).make) }],
    groups: matrix.sources,
    chosenOn: 'sample',
  });
  assert.equal(row?.groups, 3);
  assert.ok(row.gain_points.low <= row.gain_points.value && row.gain_points.value <= row.gain_points.high);
});
