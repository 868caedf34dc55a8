import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WordGrams } from '../features/word-grams.ts';
import { fitGramWeights } from './gram-weights.ts';

const toGrams = (...buckets: readonly number[]): WordGrams => ({
  buckets: Uint16Array.from(buckets),
  counts: new Uint8Array(buckets.length).fill(1),
});

const repeat = (source: string, prompts: number): readonly string[] => Array.from({ length: prompts }, () => source);

/** 40 prompts: bucket 1 in 17 of 40 prompts, bucket 2 in 16, and bucket 100 + n in prompt n alone. */
const exam = Array.from({ length: 40 }, (_, index) =>
  toGrams(...(index < 17 ? [1] : []), ...(index < 16 ? [2] : []), 100 + index),
);

test('A gram weighs ln((1 + n) / (1 + df)) + 1 to the next sixteenth, and one that was never seen weighs most', () => {
  const weights = fitGramWeights(exam, repeat('exam', 40));
  // ln(41 / 17) + 1 = 1.8804, ln(41 / 2) + 1 = 4.0204, ln(41) + 1 = 4.7136
  assert.deepEqual([weights[2], weights[100], weights[9]], [1.875, 4, 4.6875]);
});

test('A gram in more than 40 % of the prompts of one source has no weight, however rare it is elsewhere', () => {
  const others = Array.from({ length: 400 }, (_, index) => toGrams(1_000 + index));
  const sources = [...repeat('exam', 40), ...repeat('chat', 400)];
  const weights = fitGramWeights([...exam, ...others], sources);
  assert.equal(weights[1], 0);
  assert.ok((weights[2] ?? 0) > 1, 'exactly 40 % is no template word');
});

test('A source of few prompts names no template words', () => {
  const few = Array.from({ length: 29 }, () => toGrams(7));
  assert.equal(fitGramWeights(few, repeat('few', 29))[7], 1);
  const enough = [...few, toGrams(7)];
  assert.equal(fitGramWeights(enough, repeat('enough', 30))[7], 0);
});

test('Lists that are not aligned are refused', () => {
  assert.throws(() => fitGramWeights(exam, ['exam']), RangeError);
});
