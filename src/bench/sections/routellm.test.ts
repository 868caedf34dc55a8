import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plantedPrompt } from '../../../test/samples/planted-examples.ts';
import { createRandom } from '../../math/random.ts';
import type { RouteLlmRow } from '../../outcomes/routellm.ts';
import { createOverlap, type AuxiliaryRow } from '../auxiliary-data.ts';
import { measureRouteLlm, toSubjectUnits } from './routellm.ts';

const random = createRandom(5);

/** The strong model is ahead on riddles only; recipes are longer, so that length says the opposite. */
const toRow = (at: number): RouteLlmRow => {
  const isRiddle = at % 2 === 0;
  const prompt = plantedPrompt(isRiddle ? 'riddle' : 'recipe', random);
  return {
    benchmark: at < 240 ? 'mmlu' : 'gsm8k',
    subject: `subject ${at % 12}`,
    prompt: isRiddle ? prompt : `${prompt} Say it at some length, please, with every step.`,
    weak: Number(random.next() < (isRiddle ? 0.2 : 0.9)),
    strong: Number(random.next() < 0.9),
    group: `g${at}`,
    fileGroup: `f${at}`,
  };
};

const rows = Array.from({ length: 360 }, (_, at) => toRow(at));
const auxiliary: readonly AuxiliaryRow[] = Array.from({ length: 260 }, (_, at) => ({
  source: 'other/exam',
  prompt: plantedPrompt(at % 2 === 0 ? 'riddle' : 'recipe', random),
  weak: at % 2,
  strong: 1,
}));

const measured = measureRouteLlm(rows, auxiliary, {
  seeds: [1],
  resamples: 20,
  signal: new AbortController().signal,
  report: () => {},
});

test('the planted gain is found within each benchmark, and a random order recovers half of the gap', () => {
  const rowsOf = (protocol: string, router: string) =>
    measured.rows.filter((row) => row.protocol === protocol && row.router === router);
  for (const { benchmark, apgr_fine: apgr } of rowsOf('own rows, 5 folds', 'learned'))
    assert.ok((apgr?.value ?? 0) > 0.65, `${benchmark} ${apgr?.value}`);
  for (const { apgr_fine: apgr } of rowsOf('own rows, 5 folds', 'random'))
    assert.ok(Math.abs((apgr?.value ?? 0) - 0.5) < 1e-9);
  const [oracle] = rowsOf('own rows, 5 folds', 'oracle');
  assert.ok((oracle?.apgr_fine?.value ?? 0) > 0.75);
});

test('every protocol has a table of its own, and published figures stand with the difference of their protocol', () => {
  const headings = measured.markdown.match(/^### .*$/gm) ?? [];
  assert.equal(headings.length, 9);
  assert.equal(new Set(headings).size, 9);
  assert.match(measured.markdown, /Published routers[^\n]*Their protocol differs/);
});

test('an auxiliary question is dropped by its group or by its stem, whatever its choices', () => {
  const overlaps = createOverlap([
    { ...toRow(0), prompt: 'Which of these is the tallest tree?\nA. oak\nB. fern', fileGroup: 'known' },
  ]);
  assert.ok(overlaps('which of these is the TALLEST tree?\n(A) yew\n(B) moss', 'new'));
  assert.ok(overlaps('Something else entirely.', 'known'));
  assert.ok(!overlaps('Something else entirely.', 'new'));
});

test('questions that two subjects share are held out with the first of them', () => {
  const units = toSubjectUnits({ subjects: ['botany', 'law', 'law'], groups: ['a', 'a', 'b'] });
  assert.deepEqual(units, ['botany', 'botany', 'law']);
});
