import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleDecisionRow, sampleOutcome as outcome } from '../../test/samples/stored.ts';
import type { OutcomeRow, StoredDecision } from '../store/store.ts';
import {
  countSimulated,
  describeEvidence,
  renderFrontierSvg,
  toFrontier,
  toMeasuredPoints,
  type ComponentPoint,
} from './frontier.ts';

const point = (name: string, costUsd: number, quality: number): ComponentPoint => ({
  name,
  origin: 'prior',
  costUsd,
  quality,
  labels: null,
});

const measured = (origin: 'measured-here' | 'measured-on-data-set', from: ComponentPoint): ComponentPoint => ({
  ...from,
  origin,
  labels: 40,
});

const stored = (
  component: string,
  outcomes: readonly OutcomeRow[],
  members: Partial<StoredDecision['decision']> = {},
): StoredDecision => ({ decision: sampleDecisionRow({ component, ...members }), attempts: [], outcomes });

test('graded decisions make points; thumbs, simulated ones and unknown costs do not', () => {
  const points = toMeasuredPoints([
    stored('fast', [outcome('correct', 1)]),
    stored('fast', [outcome('correct', 0), outcome('tests', { passed: 1, failed: 1 })], { costMicroUsd: 4_000 }),
    stored('fast', [outcome('thumb', -1)]),
    stored('fast', [outcome('correct', 0)], { simulated: true }),
    stored('fast', [outcome('correct', 0)], { costMicroUsd: null }),
    stored('thinking', [outcome('correct', 1)], { effort: 'high' }),
  ]);
  assert.deepEqual(points, [
    { name: 'fast', origin: 'measured-here', costUsd: 0.003, quality: 0.625, labels: 2 },
    { name: 'thinking/high', origin: 'measured-here', costUsd: 0.002, quality: 1, labels: 1 },
  ]);
});

test('planted dominated points are found, by one point and by a mixture of two', () => {
  const entries = toFrontier([
    point('cheap', 1, 0.5),
    point('worse', 2, 0.4),
    point('below', 3, 0.6),
    point('dear', 5, 0.9),
    measured('measured-on-data-set', point('elsewhere', 0.5, 0.99)),
  ]);
  // At cost 3 the mixture of cheap and dear has (0.5 + 0.9) / 2 = 0.7.
  assert.deepEqual(
    entries.map(({ name, dominatedBy }) => [name, dominatedBy]),
    [
      ['elsewhere', []],
      ['cheap', []],
      ['worse', ['cheap']],
      ['below', ['cheap', 'dear']],
      ['dear', []],
    ],
  );
});

test('without labels it says so, and few labels are named', () => {
  assert.match(describeEvidence(toFrontier([point('fast', 1, 0.5)])), /No answer .* graded/);
  const few = { ...measured('measured-here', point('fast', 1, 0.5)), labels: 3 };
  assert.match(describeEvidence(toFrontier([few])), /^3 graded answers .*luck: fast\.$/);
});

test('the picture shows the three kinds differently, also where a call costs nothing', () => {
  const svg = renderFrontierSvg(
    toFrontier([
      measured('measured-here', point('own', 0, 0.5)),
      measured('measured-on-data-set', point('set', 0.1, 0.6)),
      point('table', 0.2, 0.7),
    ]),
  );
  assert.match(svg, /<circle class="m measured-here"/);
  assert.match(svg, /<rect class="m measured-on-data-set"/);
  assert.match(svg, /<path class="m prior"/);
  assert.doesNotMatch(svg, /NaN|Infinity/);
});

test('a picture of priors alone has their mixtures as its only line', () => {
  const svg = renderFrontierSvg(toFrontier([point('fast', 0.001, 0.7), point('thinking', 0.02, 0.9)]));
  assert.match(svg, /mixtures, by the prior/);
  assert.doesNotMatch(svg, /measured here<|on a data set</);
});

test('graded answers of the lab do not count, and that is said', () => {
  const graded = stored('fast', [{ ...outcome('correct', 1), simulated: true }], { simulated: true });
  const all = [graded, stored('fast', [{ ...outcome('thumb', 1), simulated: true }], { simulated: true })];
  assert.equal(countSimulated(all), 1);
  const entries = toFrontier([...toMeasuredPoints(all), point('fast', 1, 0.5)]);
  assert.match(describeEvidence(entries, 1), /^No real answer .* simulated, so not counted: 1\.$/);
});
