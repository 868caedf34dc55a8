import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../math/random.ts';
import { toSparseRows } from '../math/sparse.ts';
import { createRecognisedTask } from './recognised-task.ts';

const SIZE = 400;
const random = createRandom(5);
/** Two tasks with words of their own (columns 0 to 9 and 10 to 19) and shared ones; each component is good at one. */
const tasks = Array.from({ length: SIZE }, (_, prompt) => (prompt % 2 === 0 ? 'sums' : 'poems'));
const counts = toSparseRows(
  tasks.map((task) => {
    const own = (task === 'sums' ? 0 : 10) + random.integer(10);
    return { columns: Uint32Array.from([own, 20 + random.integer(5)]), values: Float32Array.from([1, 1]) };
  }),
  25,
);
const training = Int32Array.from({ length: 300 }, (_, prompt) => prompt);
const heldOut = Int32Array.from({ length: SIZE - 300 }, (_, at) => 300 + at);
const scoreOn = (task: string): Float64Array =>
  Float64Array.from(training, (prompt) => (tasks[prompt] === task ? 0.9 : 0.3));
const rows = { prompts: training, scores: [scoreOn('sums'), scoreOn('poems')], costs: [] };

test('words tell the task, and the prediction is what components score on that task', () => {
  const [first, second] = createRecognisedTask(counts, tasks).make(rows, heldOut);
  for (const [row, prompt] of heldOut.entries()) {
    const isSum = tasks[prompt] === 'sums';
    assert.ok((first?.[row] ?? 0) > (second?.[row] ?? 0) === isSum, `prompt ${prompt}`);
  }
  assert.ok(Math.max(...(first ?? [])) > 0.8);
});

test('the task of a prompt that is routed is never read', () => {
  const blind = tasks.map((task, prompt) => (prompt < 300 ? task : 'unknown'));
  assert.deepEqual(
    createRecognisedTask(counts, blind).make(rows, heldOut),
    createRecognisedTask(counts, tasks).make(rows, heldOut),
  );
});

test('where no word is known, tasks count as they are common, and no number is missing', () => {
  const empty = toSparseRows(
    tasks.map(() => ({ columns: new Uint32Array(0), values: new Float32Array(0) })),
    25,
  );
  const [first] = createRecognisedTask(empty, tasks).make(rows, heldOut);
  assert.ok(first?.every((value) => value > 0.55 && value < 0.65));
});
