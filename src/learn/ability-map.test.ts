import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logistic } from '../math/probability.ts';
import { createRandom, type Random } from '../math/random.ts';
import { fitAbilityScale } from './ability-map.ts';
import type { TrainingCalls } from './call-table.ts';

const CLUSTERS = 24;
const COMPONENTS = 40;

/** Sum of twelve uniform numbers less six: nearly normal, mean 0, sd 1. */
const drawNormal = (random: Random): number =>
  Array.from({ length: 12 }, () => random.next()).reduce((a, b) => a + b, -6);

const plant = (seed: number) => {
  const random = createRandom(seed);
  return {
    random,
    alphas: Array.from({ length: CLUSTERS }, () => drawNormal(random)),
    betas: Array.from({ length: CLUSTERS }, () => Math.exp(0.5 * drawNormal(random))),
    thetas: Array.from({ length: COMPONENTS }, () => drawNormal(random)),
  };
};

type Planted = ReturnType<typeof plant>;

interface Drawing {
  readonly callsPerCluster: number;
  /** Added to the log odds of a cell. */
  readonly deviation: (random: Random) => number;
}

const drawCalls = ({ random, alphas, betas, thetas }: Planted, { callsPerCluster, deviation }: Drawing) =>
  new Map(
    thetas.map((theta, component): [string, TrainingCalls] => {
      const sums = Float64Array.from(alphas, (alpha, cluster) => {
        const chance = logistic(alpha + (betas[cluster] ?? 0) * theta + deviation(random));
        return Array.from({ length: callsPerCluster }, () => random.next()).filter((draw) => draw < chance).length;
      });
      const counts = new Float64Array(CLUSTERS).fill(callsPerCluster);
      return [`model-${component}`, { counts, sums, squares: sums }];
    }),
  );

const cellOf = Uint16Array.from({ length: CLUSTERS }, (_, cluster) => cluster);

const ranksOf = (values: readonly number[]): readonly number[] =>
  values.map((value) => values.filter((other) => other < value).length);

const correlate = (one: readonly number[], other: readonly number[]): number => {
  const center = (values: readonly number[]) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.map((value) => value - mean);
  };
  const [a, b] = [center(one), center(other)];
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, at) => sum + value * (y[at] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
};

test('Planted levels, slopes and abilities are found again in their order, and chances to a few points', () => {
  const planted = plant(1);
  const components = drawCalls(planted, { callsPerCluster: 60, deviation: () => 0 });
  const { scale, thetas, isConverged } = fitAbilityScale({ cellOf, components });
  assert.ok(isConverged);
  const found = [...thetas.values()];
  assert.ok(correlate(ranksOf(found), ranksOf(planted.thetas)) > 0.97);
  assert.ok(correlate(ranksOf([...scale.alphas]), ranksOf(planted.alphas)) > 0.95);
  assert.ok(correlate(ranksOf([...scale.betas]), ranksOf(planted.betas)) > 0.85);
  const errors = planted.thetas.flatMap((theta, component) =>
    planted.alphas.map((alpha, cluster) => {
      const fitted = (scale.alphas[cluster] ?? 0) + (scale.betas[cluster] ?? 0) * (found[component] ?? 0);
      return Math.abs(logistic(fitted) - logistic(alpha + (planted.betas[cluster] ?? 0) * theta));
    }),
  );
  assert.ok(errors.reduce((sum, error) => sum + error, 0) / errors.length < 0.03);
});

test('Abilities have an sd of 1, whatever the scale of the log odds', () => {
  const planted = plant(2);
  const steep = { ...planted, betas: planted.betas.map((beta) => 3 * beta) };
  const { thetas } = fitAbilityScale({
    cellOf,
    components: drawCalls(steep, { callsPerCluster: 60, deviation: () => 0 }),
  });
  const squares = [...thetas.values()].reduce((sum, theta) => sum + theta * theta, 0);
  assert.ok(Math.abs(Math.sqrt(squares / COMPONENTS) - 1) < 0.1);
});

test('Cells that deviate from the map are trusted with fewer calls than cells that follow it', () => {
  const strengthOf = (deviation: Drawing['deviation']): number =>
    fitAbilityScale({ cellOf, components: drawCalls(plant(3), { callsPerCluster: 60, deviation }) }).scale.cellStrength;
  const deviating = strengthOf(drawNormal);
  assert.ok(deviating < 12, String(deviating));
  assert.ok(strengthOf(() => 0) > 200);
});

test('A cluster of two calls is drawn to the others, not to certainty', () => {
  const components = drawCalls(plant(4), { callsPerCluster: 60, deviation: () => 0 });
  for (const [index, calls] of [...components.values()].entries()) {
    calls.counts[0] = index < 2 ? 1 : 0;
    calls.sums[0] = 0;
    calls.squares[0] = 0;
  }
  const { scale } = fitAbilityScale({ cellOf, components });
  const level = logistic(scale.alphas[0] ?? Number.NaN);
  assert.ok(level > 0.1 && level < 0.6, String(level));
  assert.ok((scale.betas[0] ?? 0) > 0.3);
});

test('The same calls give the same map, and a near fit to start from gives nearly the same', () => {
  const components = drawCalls(plant(5), { callsPerCluster: 30, deviation: () => 0 });
  const first = fitAbilityScale({ cellOf, components });
  assert.deepEqual(fitAbilityScale({ cellOf, components }), first);
  const again = fitAbilityScale({ cellOf, components, start: first });
  for (const [name, theta] of again.thetas) assert.ok(Math.abs(theta - (first.thetas.get(name) ?? 0)) < 0.05);
});

test('Without components there is no map', () => {
  assert.throws(() => fitAbilityScale({ cellOf, components: new Map() }), RangeError);
});
