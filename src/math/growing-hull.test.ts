import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createGrowingHull, toHull } from './growing-hull.ts';
import { concaveHull, type CostQuality } from './hull.ts';

const hullOf = (points: readonly CostQuality[]): ReturnType<typeof createGrowingHull> => {
  const growing = createGrowingHull();
  points.forEach(({ cost, quality }, index) => growing.add(cost, quality, index));
  return growing;
};

test('vertices keep the tags of their points, whatever the order in which the points came', () => {
  // (2, 3) lies on the line from (1, 1) to (3, 5); (4, 2) is dearer and worse; (0, 0) comes last and is the cheapest.
  const growing = hullOf([
    { cost: 3, quality: 5 },
    { cost: 1, quality: 1 },
    { cost: 2, quality: 3 },
    { cost: 4, quality: 2 },
    { cost: 6, quality: 6 },
    { cost: 0, quality: 0 },
  ]);
  assert.deepEqual(
    Array.from({ length: growing.size() }, (_, vertex) => growing.tagAt(vertex)),
    [5, 0, 4],
  );
  assert.deepEqual(toHull(growing, 2), [
    { cost: 0, quality: 0 },
    { cost: 1.5, quality: 2.5 },
    { cost: 3, quality: 3 },
  ]);
});

test('a cleared hull is empty, and takes points again', () => {
  const growing = hullOf([{ cost: 1, quality: 1 }]);
  growing.clear();
  assert.equal(growing.size(), 0);
  growing.add(2, 1, 7);
  assert.deepEqual([growing.size(), growing.costAt(0), growing.tagAt(0)], [1, 2, 7]);
});

test('it is the hull of all points at once, for any points in any order', () => {
  const coordinate = fc.integer({ min: 0, max: 40 });
  const points = fc.array(
    fc.tuple(coordinate, coordinate).map(([cost, quality]) => ({ cost, quality })),
    { minLength: 1, maxLength: 200 },
  );
  fc.assert(
    fc.property(points, (list) => {
      assert.deepEqual(toHull(hullOf(list)), concaveHull(list));
    }),
    { numRuns: 2_000 },
  );
});

test('it outgrows its first memory', () => {
  // A parabola: every point is a vertex.
  const points = Array.from({ length: 1_000 }, (_, index) => ({ cost: index, quality: 1e6 - (1_000 - index) ** 2 }));
  const shuffled = [...points.filter((_, index) => index % 2 === 0), ...points.filter((_, index) => index % 2 === 1)];
  assert.deepEqual(toHull(hullOf(shuffled)), points);
});
