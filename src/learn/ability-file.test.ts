import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { ConfigError } from '../errors.ts';
import type { Ability } from '../catalog/ability.ts';
import { loadAbilities, saveAbilities, toAbilitiesPath } from './ability-file.ts';

const home = await mkdtemp(join(tmpdir(), 'gearbox-abilities-'));
after(() => rm(home, { recursive: true, force: true }));

const ABILITY: Ability = {
  deployment: 'openai/gpt-5.5-mini',
  simulated: false,
  text: { calls: 61, types: { code: { logits: 0.25, sd: 0.2 } }, others: { logits: 0.1, sd: 0.5 } },
  tools: null,
};

const FITTED = { fittedAt: '2026-11-27T07:00:00.000Z', components: new Map([['fast', ABILITY]]) };

test('what was saved is loaded, readable by its owner alone, and nothing unfinished stays behind', async () => {
  const path = toAbilitiesPath(home);
  assert.equal(await loadAbilities(path), null);
  const hash = await saveAbilities(path, FITTED);
  assert.deepEqual(await loadAbilities(path), { ...FITTED, hash });
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.equal(await saveAbilities(path, FITTED), hash);
  assert.deepEqual(await readdir(dirname(path)), ['abilities.json']);
});

test('a file that is none is refused with its place and the way out', async () => {
  const path = join(home, 'broken.json');
  for (const [text, given] of [
    ['{', /no JSON/],
    ['{"version":1,"fitted_at":"2026-11-27T07:00:00.000Z","components":{"fast":{}}}', /components\.fast\.deployment/],
    ['{"version":2}', /version/],
  ] as const) {
    await writeFile(path, text);
    await assert.rejects(loadAbilities(path), (error: unknown) => {
      assert.ok(error instanceof ConfigError);
      assert.equal(error.code, 'abilities_unreadable');
      assert.match(error.message, given);
      assert.match(error.message, /abilities reset/);
      return true;
    });
  }
});
