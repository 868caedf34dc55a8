import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { StoreError } from '../errors.ts';
import { createHome, findMissingFolders } from './home.ts';

const refusal = async (home: string): Promise<StoreError> => {
  try {
    await createHome(home);
  } catch (error) {
    assert.ok(error instanceof StoreError);
    return error;
  }
  return assert.fail(`${home} was made`);
};

test('a home is made with every folder above it, for the owner alone; one that exists stays as it is', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'gearbox-home-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const home = join(folder, 'a/b');
  assert.deepEqual(await findMissingFolders(home), [join(folder, 'a'), home]);
  await Promise.all([createHome(home), createHome(home)]);
  assert.equal((await stat(home)).mode & 0o777, 0o700);
  assert.deepEqual(await findMissingFolders(home), []);
  await createHome(home);
});

test('a file in the place of the home, or above it, is named with what to do', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'gearbox-home-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'file');
  await writeFile(file, '');
  for (const home of [file, join(file, 'below'), join(file, 'below/further')]) {
    const error = await refusal(home);
    assert.equal(error.code, 'home_unusable', home);
    assert.ok(error.message.includes(`${file} is a file`), error.message);
    assert.match(error.blocking[0]?.fix ?? '', /GEARBOX_HOME or --home/);
  }
});

test('where the system makes no folder the home is refused at once', { skip: !existsSync('/proc') }, async () => {
  const error = await refusal('/proc/nope');
  assert.match(error.message, /\/proc\/nope cannot be made \(\w+\)/);
});
