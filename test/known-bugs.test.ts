/** The table of known bugs: every row has a test that bears its number, in the file that the row names, or says why not. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const FILE = join(import.meta.dirname, '../docs/known-bugs.md');
const ROWS = 67;

const rows = readFileSync(FILE, 'utf8')
  .split('\n')
  .filter((line) => /^\| +\d+ /.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()));

test('the table has every row once', () => {
  assert.deepEqual(
    rows.map(([, number]) => Number(number)),
    Array.from({ length: ROWS }, (_, index) => index + 1),
  );
});

test('every row names a file that holds a test of its number, or says where it belongs', () => {
  for (const [, number, , proof = ''] of rows) {
    const files = [...proof.matchAll(/\]\(([^)]+)\)/g)].map(([, path = '']) => path);
    const isExplained = /^(?:later|does not apply): \S/.test(proof);
    assert.ok(isExplained || files.length > 0, `row ${number}`);
    for (const file of files) {
      const text = readFileSync(join(FILE, '..', file), 'utf8');
      assert.match(text, new RegExp(`bug-${number}\\b`), `${file} has no bug-${number}`);
    }
  }
});
