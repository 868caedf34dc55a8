import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleComponent } from '../../test/samples/policy.ts';
import type { Component } from '../catalog/component.ts';
import { logistic, logit } from '../math/probability.ts';
import { mean } from '../math/statistics.ts';
import { PRIOR_SUCCESS } from './prior-table.ts';
import { ABILITY_PRIOR, compareScores, SCORE_PRIOR } from './published-score.ts';

const scored = (name: string, percent: number, benchmark = 'exam 2026-06'): Component => ({
  ...sampleComponent(name),
  score: { benchmark, percent },
});

const near = (actual: number | undefined, expected: number): void => {
  assert.ok(Math.abs((actual ?? Number.NaN) - expected) < 1e-9, `expected ${expected}, given ${actual}`);
};

/** By how many logits the tables put thinking above fast, on average over what benchmarks ask. */
const ROLES_APART = mean(
  (['mathematics', 'code', 'logic', 'planning'] as const).map(
    (type) => logit(PRIOR_SUCCESS[type].thinking) - logit(PRIOR_SUCCESS[type].fast),
  ),
);

test('scores as far apart as the roles say move nothing', () => {
  const apart = 100 * logistic(ROLES_APART / SCORE_PRIOR.slope);
  const abilities = compareScores([scored('fast', 50), scored('thinking', apart)]);
  near(abilities.get('fast')?.logits, 0);
  near(abilities.get('thinking')?.logits, 0);
});

test('a fast component that scores like the thinking one rises by half the distance, and the other falls as much', () => {
  const abilities = compareScores([scored('fast', 70), scored('thinking', 70)]);
  const weight = ABILITY_PRIOR.componentSd ** 2 / (ABILITY_PRIOR.componentSd ** 2 + SCORE_PRIOR.residualSd ** 2);
  near(abilities.get('fast')?.logits, (weight * ROLES_APART) / 2);
  near(abilities.get('thinking')?.logits, (-weight * ROLES_APART) / 2);
});

test('components without a score stay out, and so do benchmarks of which there is one score', () => {
  const others = [scored('pro', 90, 'another exam'), sampleComponent('fast-mini')];
  const abilities = compareScores([scored('fast', 50), scored('thinking', 80), ...others]);
  assert.deepEqual([...abilities.keys()], ['fast', 'thinking']);
  assert.equal(abilities.get('fast')?.compared, 2);
  assert.equal(compareScores([scored('fast', 50), ...others]).size, 0);
});

test('a score leaves less doubt than the role alone, and less the more components it is compared with', () => {
  const [two, three] = [
    compareScores([scored('fast', 50), scored('thinking', 80)]),
    compareScores([scored('fast', 50), scored('thinking', 80), scored('pro', 85)]),
  ].map((abilities) => abilities.get('fast')?.sd ?? Number.NaN);
  assert.ok(two !== undefined && three !== undefined && three < two && two < ABILITY_PRIOR.componentSd);
  assert.ok(three > SCORE_PRIOR.residualSd / 2);
});
