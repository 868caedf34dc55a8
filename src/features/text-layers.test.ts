import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitLayers } from './text-layers.ts';

const SETS = [
  'Let s = [1,2,2,3]. In Python3, what is a possible output of set(s)?',
  'A. {2,3}',
  'B. {1}',
  'C. {1,2,3}',
  'D. {3,2,2,1}',
].join('\n');

const PASTED = ['Why does this fail?', 'Public static int main() {', '  Int total = 0;', '  Return total;', '}'].join(
  '\n',
);

test('case never decides what is code: capitals and small letters give the same layers', () => {
  for (const text of [SETS, PASTED, 'Select name\nFrom people\nWhere age > 3', 'IMPORT os\nDef f(x):\n  RETURN x']) {
    const { prose, code } = splitLayers(text);
    for (const changed of [text.toLowerCase(), text.toUpperCase()]) {
      const layers = splitLayers(changed);
      assert.equal(layers.code.toLowerCase(), code.toLowerCase(), changed);
      assert.equal(layers.prose.toLowerCase(), prose.toLowerCase(), changed);
    }
  }
});

test('a question is prose, even one that begins like a declaration', () => {
  const { prose, code } = splitLayers(SETS);
  assert.match(prose, /^Let s/);
  assert.match(code, /^A\. \{2,3\}/);
});

test('code pasted below a question is code, however it is written', () => {
  const { prose, code } = splitLayers(PASTED);
  assert.equal(prose, 'Why does this fail?');
  assert.match(code, /Int total = 0;/);
});
