import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../math/random.ts';
import { drawLabels } from './label-draw.ts';

/** Strata of 60, 30 and 10 prompts. */
const strata = Uint16Array.from({ length: 100 }, (_, prompt) => (prompt < 60 ? 0 : prompt < 90 ? 1 : 2));
const prompts = [...strata.keys()];

test('Every stratum gets its share of the labels, and no prompt is drawn twice', () => {
  const drawn = drawLabels({ prompts, strata, labels: 20, random: createRandom(1) });
  assert.equal(new Set(drawn).size, 20);
  assert.deepEqual(
    [0, 1, 2].map((stratum) => drawn.filter((prompt) => strata[prompt] === stratum).length),
    [12, 6, 2],
  );
});

test('The same seed draws the same prompts, another seed others', () => {
  const draw = (seed: number) => drawLabels({ prompts, strata, labels: 20, random: createRandom(seed) });
  assert.deepEqual(draw(1), draw(1));
  assert.notDeepEqual(draw(1), draw(2));
});

test('All prompts are labelled where more labels are wanted than there are', () => {
  assert.deepEqual(drawLabels({ prompts, strata, labels: 500, random: createRandom(1) }), prompts);
});
