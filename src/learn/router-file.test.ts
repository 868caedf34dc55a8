import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { writeSampleRouter, type SampleRouter } from '../../test/samples/trained.ts';
import type { LoadedRouter } from '../policy/learned/release.ts';
import { renderUnloadable } from '../policy/learned/release.ts';
import { renderArtifact } from './artifact-file.ts';
import { findKeptRouter, keepRouter, MAX_KEPT_ROUTERS } from './kept-routers.ts';
import { loadAnyRouter, loadRouter, SHIPPED_ROUTER_FILE } from './router-file.ts';

let folder = '';
let path = '';
let sample: SampleRouter;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gearbox-routers-'));
  path = join(folder, 'router.bin');
  sample = await writeSampleRouter(path);
});

after(() => rm(folder, { recursive: true, force: true }));

const loaded = async (): Promise<LoadedRouter> => {
  const release = await loadRouter(path);
  return release.type === 'loaded' ? release : assert.fail(renderUnloadable(release));
};

test('a router file is read into the artifact that was trained, under the hash of its bytes', async () => {
  const { artifact, hash } = await loaded();
  assert.equal(hash, sample.hash);
  assert.deepEqual(renderArtifact(artifact), sample.bytes);
});

test('the router that comes with the package reads the features of this version', async () => {
  const release = await loadRouter(SHIPPED_ROUTER_FILE);
  assert.equal(release.type, 'loaded', release.type === 'loaded' ? '' : renderUnloadable(release));
});

test('a file that is missing, cut or something else says so, with the path and what to do', async () => {
  const cut = join(folder, 'cut.bin');
  await writeFile(cut, sample.bytes.subarray(0, sample.bytes.length - 5_000));
  const text = join(folder, 'text.bin');
  await writeFile(text, 'not a router');
  for (const [file, expected] of [
    [join(folder, 'nowhere.bin'), /nowhere\.bin: expected a trained router, given no such file; fix: correct the path/],
    [folder, /given no such file/],
    [cut, /cut\.bin: .*the file is cut.*; fix: train it again/],
    [text, /text\.bin: .*this is not a router artifact.*; fix: train it again/],
  ] as const) {
    const release = await loadRouter(file);
    assert.match(release.type === 'unloadable' ? renderUnloadable(release) : 'loaded', expected);
  }
});

test('a router of other features is refused for serving, and read for old records', async () => {
  const other = join(folder, 'other.bin');
  await writeFile(other, renderArtifact({ ...sample.artifact, featureVersion: 'f0' }));
  const release = await loadRouter(other);
  assert.match(
    release.type === 'unloadable' ? renderUnloadable(release) : 'loaded',
    /expected a router trained on features f\d+, given one trained on f0; fix: train it again/,
  );
  assert.equal((await loadAnyRouter(other)).type, 'loaded');
});

test('a router is kept once, whole and for its owner only, and found by the first digits of its hash', async () => {
  const kept = join(folder, 'kept');
  const router = await loaded();
  await Promise.all([keepRouter(kept, router), keepRouter(kept, router)]);
  await keepRouter(kept, router);
  assert.deepEqual(await readdir(kept), [`${sample.hash}.bin`]);
  assert.equal((await stat(join(kept, `${sample.hash}.bin`))).mode & 0o777, 0o600);
  const found = await findKeptRouter(kept, sample.hash.slice(0, 7));
  assert.equal(found?.hash, sample.hash);
  assert.equal(await findKeptRouter(kept, sample.hash.startsWith('0') ? '1' : '0'), undefined);
  assert.equal(await findKeptRouter(join(folder, 'never'), sample.hash), undefined);
});

test('a kept router that was changed afterwards is not taken for the one of its name', async () => {
  const kept = join(folder, 'damaged');
  await keepRouter(kept, await loaded());
  const file = join(kept, `${sample.hash}.bin`);
  await chmod(file, 0o600);
  await writeFile(file, renderArtifact({ ...sample.artifact, name: 'forged' }));
  assert.equal(await findKeptRouter(kept, sample.hash), undefined);
});

test('a file that changed since it was loaded is not kept under the old hash', async () => {
  const moving = join(folder, 'moving.bin');
  const { artifact } = await writeSampleRouter(moving);
  const release = await loadRouter(moving);
  await writeFile(moving, renderArtifact({ ...artifact, name: 'newer' }));
  assert.equal(release.type, 'loaded');
  if (release.type === 'loaded')
    await assert.rejects(keepRouter(join(folder, 'moved'), release), /changed while it was taken over/);
});

test('the folder of kept routers is bounded: the oldest go', async () => {
  const kept = join(folder, 'many');
  await mkdir(kept);
  for (let age = 1; age <= MAX_KEPT_ROUTERS + 2; age += 1) {
    const file = join(kept, `${String(age).padStart(4, '0')}.bin`);
    await writeFile(file, 'old');
    await utimes(file, 1_000_000 - age, 1_000_000 - age);
  }
  await keepRouter(kept, await loaded());
  const files = await readdir(kept);
  assert.equal(files.length, MAX_KEPT_ROUTERS);
  assert.ok(files.includes(`${sample.hash}.bin`) && files.includes('0001.bin'));
  assert.ok(!files.includes(`00${MAX_KEPT_ROUTERS}.bin`));
});
