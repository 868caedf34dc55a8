import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../math/random.ts';
import { toSparseRows, type SparseRows } from '../math/sparse.ts';
import { mean } from '../math/statistics.ts';
import { createTrueTaskTable, createTypeTable } from './category-table.ts';
import { createClusterTable } from './cluster-table.ts';
import type { TrainingRows } from './cross-fit.ts';
import { createLengthLogistic } from './length-logistic.ts';
import { createNearestNeighbours } from './nearest-neighbours.ts';
import {
  createLengthRule,
  createRandomScores,
  createSingle,
  createStaticHull,
  createTransportedStatic,
} from './pool-baselines.ts';

/** Prompts 0 to 3 are labelled, 4 and 5 are held out. */
const training: TrainingRows = {
  prompts: Int32Array.of(0, 1, 2, 3),
  scores: [Float64Array.of(0, 0, 1, 0), Float64Array.of(1, 1, 1, 0.5)],
  costs: [new Float64Array(4).fill(1), new Float64Array(4).fill(5)],
};
const heldOut = Int32Array.of(4, 5);
const plain = (columns: readonly Float64Array[]): readonly (readonly number[])[] =>
  columns.map((column) => [...column]);

test('constant baselines know the training means and nothing of a prompt', () => {
  assert.deepEqual(plain(createStaticHull().make(training, heldOut)), [
    [0.25, 0.25],
    [0.875, 0.875],
  ]);
  assert.deepEqual(plain(createSingle('fast', 0).make(training, heldOut)), [
    [1, 1],
    [0, 0],
  ]);
  assert.deepEqual(plain(createTransportedStatic().make(training, heldOut)), [
    [0, 0],
    [1, 1],
  ]);
});

test('a random score belongs to the prompt, whatever fold it stands in', () => {
  const random = createRandomScores(3);
  const [together, alone] = [random.make(training, heldOut), random.make(training, Int32Array.of(5))];
  assert.equal(together[1]?.[1], alone[1]?.[0]);
  assert.equal(new Set(together.flatMap((column) => [...column])).size, 4);
});

test('the length rule gives the lead of the better component in proportion to the rank by length', () => {
  const lengths = Float64Array.of(10, 20, 30, 40, 20, 50);
  // Prompt 4: one shorter, one of its length, so 1.5 of 4; prompt 5: longer than all.
  assert.deepEqual(plain(createLengthRule(lengths).make(training, heldOut)), [
    [0, 0],
    [0.375 * 0.625, 0.625],
  ]);
});

test('a category table is shrunk to the overall mean by 15 prompts, and unknown categories have it', () => {
  const types = ['code', 'code', 'chat', 'chat', 'code', 'vision'];
  const made = createTypeTable(types).make(training, heldOut);
  assert.deepEqual(plain(made), [
    [(0 + 15 * 0.25) / 17, 0.25],
    [(2 + 15 * 0.875) / 17, 0.875],
  ]);
  assert.deepEqual([createTypeTable(types).isCheating, createTrueTaskTable(types).isCheating], [false, true]);
});

/** Two kinds of prompts with words of their own; fast succeeds on the first kind, thinking on the second. */
const planted = (size: number) => {
  const random = createRandom(17);
  const kinds = Array.from({ length: size }, () => random.integer(2));
  const words = (kind: number): Uint32Array =>
    Uint32Array.from(
      new Set(Array.from({ length: 8 }, () => random.integer(30) + (random.next() < 0.8 ? 40 * kind : 80))),
    ).sort();
  const counts: SparseRows = toSparseRows(
    kinds.map((kind) => {
      const columns = words(kind);
      return { columns, values: Float32Array.from(columns, () => 1 + random.integer(3)) };
    }),
    128,
  );
  const prompts = Int32Array.from({ length: size - 100 }, (_, prompt) => prompt);
  const column = (good: number): Float64Array =>
    Float64Array.from(prompts, (prompt) => (random.next() < (kinds[prompt] === good ? 0.9 : 0.3) ? 1 : 0));
  const rows: TrainingRows = { prompts, scores: [column(0), column(1)], costs: [column(0), column(1)] };
  return { kinds, counts, rows, heldOut: Int32Array.from({ length: 100 }, (_, index) => size - 100 + index) };
};

test('neighbours and clusters find the kinds that the words betray', () => {
  const { kinds, counts, rows, heldOut } = planted(700);
  for (const { name, make } of [createNearestNeighbours(counts), createClusterTable(counts, 1)]) {
    const [fast, thinking] = make(rows, heldOut);
    const gains = heldOut.map((_, index) => ((thinking?.[index] ?? 0) - (fast?.[index] ?? 0)) * 1_000);
    const meanGain = (kind: number): number =>
      mean([...gains].filter((_, index) => kinds[heldOut[index] ?? 0] === kind)) / 1_000;
    // The planted gains are −.6 and .6.
    assert.ok(meanGain(0) < -0.4 && meanGain(1) > 0.4, `${name}: ${meanGain(0)} ${meanGain(1)}`);
  }
});

test('neighbours are the most similar prompts, and the mean stands for those that share no word', () => {
  const row = (...columns: readonly number[]) => ({
    columns: Uint32Array.from(columns),
    values: new Float32Array(columns.length).fill(1),
  });
  const counts = toSparseRows([row(0, 1), row(0), row(2), row(2), row(0, 1), row(3)], 4);
  const [fast, thinking] = createNearestNeighbours(counts).make(training, heldOut);
  // Prompt 4 shares words with prompts 0 and 1; prompt 5 with none.
  assert.ok(Math.abs((fast?.[0] ?? 0) - (0 + 38 * 0.25) / 40) < 1e-12);
  assert.ok(Math.abs((thinking?.[0] ?? 0) - (2 + 38 * 0.875) / 40) < 1e-12);
  assert.deepEqual([fast?.[1], thinking?.[1]], [0.25, 0.875]);
});

test('the length curve finds that long prompts fail, and predicts between 0 and 1 beyond what it saw', () => {
  const random = createRandom(2);
  const size = 2_000;
  const lengths = Float64Array.from({ length: size }, (_, prompt) =>
    prompt === size - 2 ? 1 : prompt === size - 1 ? 1e6 : 20 * 50 ** random.next(),
  );
  const prompts = Int32Array.from({ length: size - 2 }, (_, prompt) => prompt);
  // Log odds 2 − 2 ln(length / 100): at 100 characters 88 %.
  const truth = (length: number): number => 1 / (1 + Math.exp(-2 + 2 * Math.log(length / 100)));
  const scores = [Float64Array.from(prompts, (prompt) => (random.next() < truth(lengths[prompt] ?? 0) ? 1 : 0))];
  const asked = Int32Array.of(0, 1, 2, 3, size - 2, size - 1);
  const [made] = createLengthLogistic(lengths).make({ prompts, scores, costs: scores }, asked);
  asked.forEach((prompt, index) => {
    const expected = truth(lengths[prompt] ?? 0);
    assert.ok(Math.abs((made?.[index] ?? 0) - expected) < 0.05, `${made?.[index]} ${expected}`);
  });
});
