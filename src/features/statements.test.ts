import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { normalise } from './normalise.ts';
import { readStatements } from './statements.ts';
import { tokenise } from './tokens.ts';

const read = (text: string) => readStatements(tokenise(normalise(text)));

test('statements that name the same things are linked, and so is what the question names', () => {
  const { stated, linked, askedLinks } = read('Rex is a dog. Every dog barks. Does Rex bark?');
  assert.deepEqual({ stated, linked, askedLinks }, { stated: 2, linked: 2, askedLinks: 2 });
});

test('a statement about something else is stated and not linked', () => {
  const { stated, linked, askedLinks } = read('Rex is a dog. Every dog barks. Paris is large. Does Rex bark?');
  assert.deepEqual({ stated, linked, askedLinks }, { stated: 3, linked: 2, askedLinks: 2 });
});

test('an ending, an article or a particle changes no name', () => {
  assert.equal(read('Аня выше Бори. Боря выше Веры. Кто выше?').linked, 2);
  assert.equal(read('철수는 영희보다 크다. 영희는 민수보다 크다. 누가 가장 작은가?').linked, 2);
  assert.equal(read('小明比小红高，小红比小华高，谁最矮？').linked, 2);
  assert.equal(read('الطيور لها أجنحة. النسور طيور. هل النسور لها أجنحة؟').linked, 2);
});

test('what the writer says of himself beside the matter is no statement and none of his affairs', () => {
  const aside = read('I was late today. Rex is a dog. Every dog barks. Does Rex bark?');
  assert.deepEqual([aside.stated, aside.firstPerson, aside.ownAffairs], [2, 1, 0]);
  assert.equal(read('My dog is old. My dog is deaf. Is my dog sad?').ownAffairs, 3);
});

test('words in quotation marks are not the writer speaking of himself', () => {
  assert.equal(read('Ann says "I did it and my bike proves it" to Bob. Did Ann lie to Bob?').firstPerson, 0);
});

test('a question needs no mark when it opens as one', () => {
  assert.equal(read('the lamp is lit. the door is shut. what is shut').opensQuestion, 1);
  assert.equal(read('the lamp is lit. the door is shut.').opensQuestion, 0);
});

test('comparisons are found by their grammar, in many languages', () => {
  for (const text of [
    'Ann is noisier than Bob.',
    'Das Heft ist teurer als der Stift.',
    'Le lac est plus profond que la mer.',
    'El lago es menos hondo que el mar.',
    'Il lago è più profondo del mare.',
    'Kot jest cichszy niż pies.',
    'Лиса хитрее волка.',
    "Ali Veli'den daha sessiz.",
  ])
    assert.equal(read(text).comparisons, 1, text);
  for (const text of ['Other than that, fine.', 'He rather than she came.', 'Ich komme später.'])
    assert.equal(read(text).comparisons, 0, text);
});

test('a row of numbers or letters is measured, with its gaps', () => {
  const row = (text: string) => {
    const { row: items, rowGaps } = read(text);
    return [items, rowGaps];
  };
  assert.deepEqual(row('2, 4, 8, 16, ?'), [4, 1]);
  assert.deepEqual(row('A1 C3 F6 what next'), [3, 0]);
  assert.deepEqual(row('2,5,10,17'), [4, 0]);
  assert.deepEqual(row('the price is 1,234,567 in all'), [1, 0]);
  assert.deepEqual(row('B, D, G, ... then?'), [3, 1]);
  assert.deepEqual(row('nothing here'), [0, 0]);
});

test('a text too long for a puzzle has no statements, and none is needed', () => {
  assert.equal(read('Rex is a dog. '.repeat(400)).stated, 0);
  assert.equal(read('').stated, 0);
});
