import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { assert as holds, property, string } from 'fast-check';
import { foldText, normalise } from './normalise.ts';
import { expandPattern } from './phrase-index.ts';
import { tokenise, wordsOf } from './tokens.ts';

test('case, width, accents, invisible marks and blanks are folded', () => {
  assert.equal(normalise('ＴＨＩＮＫ\u200b  Ｈａｒｄ\u202e'), 'think hard');
  assert.equal(normalise('Réfléchis  bien'), 'reflechis bien');
  assert.equal(normalise('HIZLI İstanbul'), 'hizli istanbul');
  assert.equal(normalise('a\r\n\r\n\r\n\r\nb\u00a0c'), 'a\n\nb c');
  assert.equal(normalise('don’t'), "don't");
});

test('greetings and politeness before the request are skipped, in many languages', () => {
  assert.equal(normalise('Hello there! Please, what is DNS?'), 'what is dns?');
  assert.equal(normalise('Guten Tag, bitte übersetze das'), 'ubersetze das');
  assert.equal(normalise('你好，什么是DNS？'), '什么是dns?');
  assert.equal(normalise('Привет! Что такое DNS?'), 'что такое dns?');
});

test('a text that is only a greeting stays, and no statement loses its first word', () => {
  assert.equal(normalise('Hello!'), 'hello!');
  assert.equal(normalise('All cats are animals.'), 'all cats are animals.');
  assert.equal(normalise('History of Rome'), 'history of rome');
});

test('courtesies around a request are skipped, the request itself never', () => {
  assert.equal(normalise('Hi! I hope you are well. What is the capital of Peru?'), 'what is the capital of peru?');
  assert.equal(normalise('What is the capital of Peru? Thank you so much!'), 'what is the capital of peru?');
  assert.equal(
    normalise('Was ist die Hauptstadt von Peru? Vielen Dank im Voraus!'),
    'was ist die hauptstadt von peru?',
  );
  assert.equal(normalise('Thanks for that. It works!'), 'thanks for that. it works!');
  assert.equal(normalise('I hope you can prove that 7 is prime.'), 'i hope you can prove that 7 is prime.');
  assert.equal(normalise('Write a letter that ends in thank you'), 'write a letter that ends in thank you');
});

test('folding twice is folding once', () => {
  holds(
    property(string({ unit: 'binary' }), (text) => foldText(foldText(text)) === foldText(text)),
    { numRuns: 300 },
  );
});

test('tokens point at their own text and never overlap', () => {
  holds(
    property(string({ unit: 'grapheme' }), (raw) => {
      const text = foldText(raw);
      const { starts, ends } = tokenise(text);
      starts.forEach((start, at) => assert.ok(start < (ends[at] ?? 0)));
      starts.slice(1).forEach((start, at) => assert.ok(start >= (ends[at] ?? 0)));
    }),
  );
});

test('words keep inner apostrophes and decimals, hyphens separate, Han characters stand alone', () => {
  assert.deepEqual(wordsOf(tokenise("don't one-word 1,234.5 x-1 请想")), [
    "don't",
    'one',
    'word',
    '1,234.5',
    'x',
    '-',
    '1',
    '请',
    '想',
  ]);
});

test('quotation marks of many languages are recognised, apostrophes and inches are not', () => {
  const quotedOf = (text: string): string => {
    const tokens = tokenise(text);
    return wordsOf(tokens)
      .filter((word, at) => tokens.quoted[at] === 1 && /\w|[^\0-\x7f]/.test(word))
      .join(' ');
  };
  assert.equal(quotedOf('say "think hard" now'), 'think hard');
  assert.equal(quotedOf("say 'don't think' now"), "don't think");
  assert.equal(quotedOf("don't say it, it's fine"), '');
  assert.equal(quotedOf('a 5" pipe and a 7" pipe'), '');
  assert.equal(quotedOf('run `take your time` now'), 'take your time');
});

test('a pattern of choices stands for all its phrases', () => {
  assert.deepEqual(expandPattern('think (very |)(hard|deeply)'), [
    'think very hard',
    'think very deeply',
    'think hard',
    'think deeply',
  ]);
});
