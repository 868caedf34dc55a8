import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { watchConfiguration, type ConfigurationWatcher, type WatchOptions } from './watch.ts';

interface Loaded {
  readonly text: string;
  readonly files: readonly string[];
}

interface Bench {
  readonly folder: string;
  readonly path: string;
  readonly reloads: string[];
  readonly problems: string[];
  readonly watcher: ConfigurationWatcher;
}

const until = async (condition: () => boolean): Promise<void> => {
  for (const end = Date.now() + 4000; !condition();) {
    assert.ok(Date.now() < end, 'the change was not seen within 4 s');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A watcher on a real file. Contents: lines; a line `file:NAME` refers to a file, `broken` makes it invalid. */
const start = async (t: TestContext, options: Partial<WatchOptions<Loaded>> = {}): Promise<Bench> => {
  const folder = await mkdtemp(join(tmpdir(), 'gearbox-watch-'));
  const path = options.path ?? join(folder, 'gearbox.yaml');
  if (options.path === undefined) await writeFile(path, 'one');
  const [reloads, problems]: [string[], string[]] = [[], []];
  const load = async (): Promise<Loaded> => {
    const text = await readFile(path, 'utf8');
    if (text.includes('broken')) throw new Error(`broken: ${text}`);
    return {
      text,
      files: text
        .split('\n')
        .filter((line) => line.startsWith('file:'))
        .map((line) => join(folder, line.slice(5))),
    };
  };
  const watcher = await watchConfiguration<Loaded>({
    path,
    current: { files: [] },
    load,
    onReload: ({ text }) => reloads.push(text),
    onProblem: (error) => problems.push(error instanceof Error ? error.message : 'no error'),
    debounceMs: 20,
    ...options,
  });
  t.after(async () => {
    await watcher.close();
    await rm(folder, { recursive: true, force: true });
  });
  return { folder, path, reloads, problems, watcher };
};

test('a changed file is loaded once it is quiet', async (t) => {
  const { path, reloads } = await start(t);
  await writeFile(path, 'two');
  await until(() => reloads.length > 0);
  assert.deepEqual(reloads, ['two']);
});

test('several writes in a row end in one load of the last contents', async (t) => {
  const { path, reloads } = await start(t, { debounceMs: 80 });
  for (const text of ['a', 'b', 'c', 'd']) await writeFile(path, text);
  await until(() => reloads.length > 0);
  await pause(120);
  assert.deepEqual(reloads, ['d']);
});

test('editors that save by renaming a new file over the old one are followed, again and again', async (t) => {
  const { folder, path, reloads } = await start(t);
  for (const text of ['two', 'three', 'four']) {
    await writeFile(join(folder, '.gearbox.yaml.swp'), text);
    await rename(join(folder, '.gearbox.yaml.swp'), path);
    await until(() => reloads.at(-1) === text);
  }
  assert.deepEqual(reloads, ['two', 'three', 'four']);
});

test('a wrong file is reported once, the last good one stays in force, and the next good one is taken', async (t) => {
  const { path, reloads, problems } = await start(t);
  await writeFile(path, 'broken');
  await until(() => problems.length > 0);
  await writeFile(join(path, '..', 'unrelated.txt'), 'noise');
  await pause(80);
  assert.deepEqual([reloads, problems], [[], ['broken: broken']]);
  await writeFile(path, 'good');
  await until(() => reloads.length > 0);
  assert.deepEqual(reloads, ['good']);
});

test('a missing file is a problem, and its return is a reload', async (t) => {
  const { path, reloads, problems } = await start(t);
  await rm(path);
  await until(() => problems.length > 0);
  assert.match(problems[0] ?? '', /ENOENT/);
  await writeFile(path, 'back');
  await until(() => reloads.length > 0);
  assert.deepEqual(reloads, ['back']);
});

test('unrelated files in the folder cause no load', async (t) => {
  const { folder, reloads, problems } = await start(t);
  await writeFile(join(folder, 'other.yaml'), 'x');
  await pause(100);
  assert.deepEqual([reloads, problems], [[], []]);
});

test('a file that the configuration refers to is watched, from the moment it is named', async (t) => {
  const { folder, path, reloads, watcher } = await start(t);
  await mkdir(join(folder, 'prompts'));
  await writeFile(join(folder, 'prompts', 'coder.md'), 'v1');
  await writeFile(path, 'file:prompts/coder.md');
  await until(() => reloads.length === 1);
  assert.equal(await watcher.reload(), true);
  await writeFile(join(folder, 'prompts', 'coder.md'), 'v2');
  await until(() => reloads.length === 3);
});

test('a link that is swapped, as orchestrators do for mounted configurations, is followed', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'gearbox-mount-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  for (const version of ['v1', 'v2']) {
    await mkdir(join(folder, version));
    await writeFile(join(folder, version, 'gearbox.yaml'), version);
  }
  await symlink('v1', join(folder, '..data'));
  await symlink('..data/gearbox.yaml', join(folder, 'gearbox.yaml'));
  const { reloads } = await start(t, { path: join(folder, 'gearbox.yaml') });
  await symlink('v2', join(folder, '..new'));
  await rename(join(folder, '..new'), join(folder, '..data'));
  await until(() => reloads.length > 0);
  assert.deepEqual(reloads, ['v2']);
});

test('reload() loads without a change, and says whether it was taken over', async (t) => {
  const { path, reloads, watcher } = await start(t, { debounceMs: 10_000 });
  assert.equal(await watcher.reload(), true);
  assert.deepEqual(reloads, ['one']);
  await writeFile(path, 'broken');
  assert.equal(await watcher.reload(), false);
});

test('an older, slower load never wins over a newer one', async (t) => {
  const delays = [60, 0];
  const texts = ['old', 'new'];
  const seen: string[] = [];
  const { watcher } = await start(t, {
    load: async () => {
      const text = texts.shift() ?? 'none';
      await pause(delays.shift() ?? 0);
      return { text, files: [] };
    },
    onReload: ({ text }) => seen.push(text),
  });
  await Promise.all([watcher.reload(), watcher.reload()]);
  assert.deepEqual(seen, ['old', 'new']);
});

test('polling finds a change where the system reports none', async (t) => {
  const { path, reloads } = await start(t, { debounceMs: 100_000, pollMs: 30 });
  await writeFile(path, 'polled');
  await until(() => reloads.length > 0);
  assert.deepEqual(reloads, ['polled']);
});

test('after close() nothing is called any more', async (t) => {
  const { path, reloads, problems, watcher } = await start(t);
  await writeFile(path, 'late');
  await watcher.close();
  await pause(80);
  assert.equal(await watcher.reload(), false);
  assert.deepEqual([reloads, problems], [[], []]);
});
