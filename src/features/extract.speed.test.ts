import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { leastCpuMicroseconds, type CpuTimeOptions } from '../../test/samples/cpu-time.ts';
import { extractFeatures } from './extract.ts';
import { toRequest, user } from './request.test-data.ts';
import { WINDOW_CHARACTERS } from './text-window.ts';

const PROSE =
  'Our small shop moves from one virtual machine to a managed platform. We have about 3,000 customers, a database of ' +
  '40 GB and two developers (one in Bern). Please explain the main risks, and give me a step-by-step plan. ';

const textOf = (characters: number): string => PROSE.repeat(Math.ceil(characters / PROSE.length)).slice(0, characters);

/** Of one extraction. */
const cpuMicroseconds = (text: string, options: CpuTimeOptions): number => {
  const request = toRequest([user(text)]);
  return leastCpuMicroseconds(() => extractFeatures(request), options);
};

test('a prompt of 400 characters costs less than 150 µs of CPU', (context) => {
  const text = textOf(400);
  cpuMicroseconds(text, { rounds: 4, calls: 500 });
  // Short rounds: one that nothing else disturbs is all that is needed.
  const cost = cpuMicroseconds(text, { rounds: 150, calls: 40 });
  context.diagnostic(`${cost.toFixed(1)} µs`);
  assert.ok(cost < 150, `${cost} µs`);
});

test('cost grows with the text and no faster, and not at all beyond the two windows that are read', () => {
  const one = cpuMicroseconds(textOf(WINDOW_CHARACTERS / 5), { rounds: 8, calls: 50 });
  const ten = cpuMicroseconds(textOf(2 * WINDOW_CHARACTERS), { rounds: 8, calls: 20 });
  const hundreds = cpuMicroseconds(textOf(100_000), { rounds: 8, calls: 20 });
  assert.ok(ten < 25 * one, `8,000 characters: ${ten} µs, a tenth of them: ${one} µs`);
  assert.ok(hundreds < 2.5 * ten, `100,000 characters: ${hundreds} µs, 8,000: ${ten} µs`);
});

test('texts made to be slow are not: each is read within 20 ms', () => {
  const LENGTH = 100_000;
  const characters = 'aA()"\'`“7\n\r \t.:<>_$\\/#\u0301\u3000漢한ا😀'.split('');
  const patterns = [
    'a.b.c.',
    '1,',
    'a-',
    "a'",
    'aB',
    'x^',
    '1 + ',
    '<a ',
    '\\a',
    'if ',
    'think ',
    'not (',
    'a_',
    'f(',
    'x=',
    '--a ',
    'let a',
    'than ',
    'thanks. ',
    'all a. ',
    '2, ',
  ];
  const lines = ['> ', '```\n', '- ', '1. ', 'a) ', '\n\t', ' \n', 'error', '\nat ', '\ncontext:', '\nuser:'];
  for (const piece of [...characters, ...patterns, ...lines]) {
    const text = piece.repeat(LENGTH / piece.length);
    // The first rounds also pay for the compiler, on a busy machine several times the reading.
    const cost = cpuMicroseconds(text, { rounds: 8, calls: 1 });
    assert.ok(cost < 20_000, `${JSON.stringify(piece)}: ${cost} µs`);
  }
});
