import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toModelName } from './model-name.ts';

const SAME: readonly (readonly [string, string])[] = [
  ['gpt-4o-2024-05-13(history)', 'GPT-4O-2024-05-13'],
  ['Claude-3.5-Sonnet-20240620', 'claude-3-5-sonnet-20240620'],
  ['O1-Mini-2024-09-12 (N=1)', 'o1-mini-2024-09-12'],
  ['meta-llama/llama-3.1-8b-instruct', 'Meta-Llama-3.1-8B-Instruct'],
  ['Meta-Llama-3.1-70B-Instruct@hyperbolic', 'Meta-Llama-3.1-70B-Instruct'],
];

for (const [one, other] of SAME) {
  test(`${one} and ${other} are one model`, () => {
    assert.equal(toModelName(one), toModelName(other));
  });
}

test('Efforts and modes are components of their own', () => {
  const names = ['O1-2024-12-17 (N=1) (Low)', 'O1-2024-12-17 (N=1) (High)', 'gpt-4-0613', 'gpt-4-0613-FC'];
  assert.equal(new Set(names.map(toModelName)).size, 4);
});
