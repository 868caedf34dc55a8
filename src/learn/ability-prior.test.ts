import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../math/random.ts';
import { fitAbilityPrior, priorFromOrder, priorFromTraits, type ComponentTraits } from './ability-prior.ts';

const toTraits = (era: string, score: number | null, isReasoning = false): ComponentTraits => ({
  era,
  score,
  logPrice: null,
  isReasoning,
  effort: 0,
  role: 0,
});

/** Thirty components an era; ability is (score - center) / 10, give or take .2. */
const toEra = (era: string, center: number, seed: number) => {
  const random = createRandom(seed);
  return Array.from({ length: 30 }, (_, index) => {
    const score = center + index - 14.5;
    return { traits: toTraits(era, score), theta: (score - center) / 10 + 0.4 * (random.next() - 0.5) };
  });
};

const fit = fitAbilityPrior([...toEra('2023', 40, 1), ...toEra('2025', 70, 2)]);

test('A score says where in its own era a component stands, not where it would have stood in another', () => {
  assert.ok(fit !== null);
  for (const [era, center] of [
    ['2023', 40],
    ['2025', 70],
  ] as const) {
    const prior = priorFromTraits(fit, toTraits(era, center + 10));
    assert.ok(prior !== null && Math.abs(prior.mean - 1) < 0.15, String(prior?.mean));
    assert.ok(prior.sd < 0.25, String(prior.sd));
  }
});

test('Without a score, or in an era that training did not see, there is no prior but the order of roles', () => {
  assert.ok(fit !== null);
  assert.equal(priorFromTraits(fit, toTraits('2025', null, true)), null);
  assert.equal(priorFromTraits(fit, toTraits('2027', 70)), null);
});

test('An era of four components is none', () => {
  assert.equal(fitAbilityPrior(toEra('2024', 50, 3).slice(0, 4)), null);
});

test('The order of roles puts a component half-way between its neighbours, or a step beyond the only one', () => {
  assert.deepEqual(priorFromOrder({ below: -1, above: 2 }), { mean: 0.5, sd: 3 / Math.sqrt(12) });
  assert.deepEqual(priorFromOrder({ below: 1, above: null }), { mean: 1.5, sd: 0.5 });
  assert.deepEqual(priorFromOrder({ below: null, above: 1 }), { mean: 0.5, sd: 0.5 });
  assert.deepEqual(priorFromOrder({ below: null, above: null }), { mean: 0, sd: 1 });
});
