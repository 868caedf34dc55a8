import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RECALIBRATIONS } from '../recalibration.ts';
import { PLANTED, plantedExamples, type Kind } from '../../../test/samples/planted-examples.ts';
import type { BenchSet } from '../bench-set.ts';
import { measureCalibration, type CalibrationRow } from './calibration.ts';

const SIZE = 1_200;
const examples = plantedExamples(SIZE, 4);
const kindOf = (at: number): Kind => (at % 2 === 0 ? 'riddle' : 'recipe');

/** Two data sets of the same prompts, so that a left-out one is known ground to the other, and graded scores. */
const set: BenchSet = {
  features: examples.map(({ example }) => example.features),
  sources: examples.map(() => 'planted'),
  matrix: {
    set: 'planted',
    components: ['fast', 'thinking'],
    scores: [0, 1].map((column) => Float64Array.from({ length: SIZE }, (_, at) => PLANTED[kindOf(at)][column] ?? 0)),
    costs: [new Float64Array(SIZE).fill(1), new Float64Array(SIZE).fill(20)],
    groups: examples.map(({ example }) => example.group),
    lengths: new Float64Array(SIZE).fill(100),
    sources: examples.map((_, at) => (at % 4 < 2 ? 'one/set' : 'other/set')),
  },
};

const rows = measureCalibration({ set, seed: 1, resamples: 10 }).rows as readonly CalibrationRow[];

test('a planted probability is predicted with little error, in family and where the ground is known', () => {
  for (const { ground, component, ece, answered_share: share } of rows.filter(
    ({ family, idea }) => family === 'all' && idea === null,
  )) {
    assert.ok((ece?.value ?? 1) < 0.05, `${ground} ${component}: ${ece?.value}`);
    assert.ok(share > 0.7, `${ground} ${component} answers ${share}`);
  }
});

test('every family left out has rows of its own, named by its collection, and no aim', () => {
  const out = rows.filter(({ ground, family }) => ground === 'family left out' && family !== 'all');
  assert.deepEqual(
    out.map(({ family, component, n, aim_ece: aim }) => [family, component, n, aim]),
    [
      ['one', 'fast', 600, null],
      ['one', 'thinking', 600, null],
      ['other', 'fast', 600, null],
      ['other', 'thinking', 600, null],
    ],
  );
});

test('every idea against overconfidence has a row for each component, beside what it corrects', () => {
  const ideas = rows.filter(({ idea }) => idea !== null);
  assert.deepEqual([...new Set(ideas.map(({ idea }) => idea))], Object.keys(RECALIBRATIONS));
  assert.ok(ideas.every(({ ground, family }) => ground === 'family left out' && family === 'all'));
});
