import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toStem } from './stem.ts';

test('a question has one stem, however its choices, topic, case and signs are written', () => {
  const forms = [
    'What is the capital of Peru?\nA. Lima\nB. Quito\nAnswer:',
    ' what is the capital of  Peru?\n(A) Lima\n(B) Cusco',
    '[Geography]\nWhat is the capital of Peru?\n  (A) Lima.\n  (B) Quito.\nAnswer with the correct option.',
    'What is the capital of Peru',
  ];
  assert.deepEqual(new Set(forms.map(toStem)), new Set(['what is the capital of peru']));
});

test('questions that differ in a number or a letter of any script have stems of their own', () => {
  assert.notEqual(toStem('Add 12 and 3.'), toStem('Add 13 and 3.'));
  assert.notEqual(toStem('Что такое мир?'), toStem('Что такое мор?'));
});

test('a prompt of choices alone keeps them', () => {
  assert.equal(toStem('\nA. one\nB. two'), 'a one b two');
});
