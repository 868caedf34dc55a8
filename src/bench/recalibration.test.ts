import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logistic, logit } from '../math/probability.ts';
import { createRandom } from '../math/random.ts';
import { mean } from '../math/statistics.ts';
import { RECALIBRATIONS, recalibrate, type LeftOutColumn } from './recalibration.ts';

const SIZE = 3_000;
const random = createRandom(3);
/** Twice too sure, and a little too hopeful, on every family. */
const predicted = Float64Array.from({ length: SIZE }, () => logistic(4 * random.next() - 1));
const column: LeftOutColumn = {
  predicted,
  observed: predicted.map((chance) => (random.next() < logistic(0.5 * logit(chance) - 0.3) ? 1 : 0)),
  families: Array.from({ length: SIZE }, (_, prompt) => ['a', 'b', 'c'][prompt % 3] ?? ''),
};

const errorOf = (values: Float64Array): number =>
  mean(values.map((value, prompt) => Math.abs(value - logistic(0.5 * logit(predicted[prompt] ?? 0.5) - 0.3))));

test('a temperature and a shift undo what is wrong with every family alike', () => {
  const idea = RECALIBRATIONS['a temperature and a shift'];
  assert.ok(idea !== undefined);
  assert.ok(errorOf(recalibrate(column, idea)) < 0.2 * errorOf(predicted));
});

test('every idea leaves unanswered prompts unanswered and never reads the scores of the family that it corrects', () => {
  const holes = predicted.map((value, prompt) => (prompt % 7 === 0 ? Number.NaN : value));
  const lied = column.observed.map((value, prompt) => (column.families[prompt] === 'a' ? 1 - value : value));
  for (const [name, idea] of Object.entries(RECALIBRATIONS)) {
    const told = recalibrate({ ...column, predicted: holes }, idea);
    const deceived = recalibrate({ ...column, predicted: holes, observed: lied }, idea);
    for (let prompt = 0; prompt < SIZE; prompt += 1) {
      assert.equal(Number.isNaN(told[prompt]), prompt % 7 === 0, name);
      if (column.families[prompt] === 'a' && prompt % 7 !== 0) assert.equal(told[prompt], deceived[prompt], name);
    }
  }
});
