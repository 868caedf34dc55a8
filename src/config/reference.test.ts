import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { renderReference } from './reference.ts';

const toCells = (line: string): string =>
  line
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim())
    .join('|');

test('the reference of gearbox.yaml lists every field of the schema with its default', async () => {
  const text = await readFile(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
  const committed = text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map(toCells);
  const fix =
    "replace its table by: node -e \"import('./src/config/reference.ts').then((m) => console.log(m.renderReference().join('\\n')))\", then npm run format";
  assert.deepEqual(committed, renderReference().slice(2).map(toCells), fix);
});

test('the reference descends into maps, lists of alternatives and sections', () => {
  const lines = renderReference();
  for (const path of ['components.<name>.limit.router', 'models.<name>.objective', 'server.timeouts.first_byte'])
    assert.ok(
      lines.some((line) => line.startsWith(`| \`${path}\` |`)),
      path,
    );
  assert.ok(lines.some((line) => line.includes('`server.limits.body_bytes`') && line.includes('| `32MiB` |')));
  assert.ok(lines.some((line) => line.includes('`components.<name>.model`') && line.includes('| required |')));
});
