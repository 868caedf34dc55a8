/** The package as people get it: packed, installed in an empty folder, checked out without scripts or without tools. */
import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join, relative } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const manifest = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as unknown);

const NEEDED_MAJOR = 24;
const INSTALL_TIMEOUT_MS = 150_000;
/** What npm says when it reaches no registry; anything else is a failure of ours. */
const OFFLINE = /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENOTCACHED|ENETUNREACH|ERR_SOCKET_TIMEOUT/;

let work = '';

/** A folder with what npm put there; `missing` says why it put nothing there. */
interface Installed {
  readonly folder: string;
  readonly missing: string | null;
}

const FLAGS = ['--ignore-scripts', '--omit=dev'] as const;

let installed: Installed;
let checkouts: ReadonlyMap<string, Installed>;

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const run = (
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly node?: string },
): Ran => {
  const node = options.node ?? process.execPath;
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: options.cwd,
    encoding: 'utf8',
    timeout: INSTALL_TIMEOUT_MS,
    env: toEnvironment(node),
  });
  return { status, stdout, stderr };
};

const toEnvironment = (node: string): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: `${dirname(node)}${delimiter}${process.env['PATH'] ?? ''}`,
});

/** Null when it worked; why not when the registry cannot be reached. Rejects for anything else. */
const npm = (args: readonly string[], cwd: string): Promise<string | null> =>
  new Promise((resolve, reject) => {
    const all = [...args, '--prefer-offline', '--no-audit', '--no-fund'];
    const options = { cwd, timeout: INSTALL_TIMEOUT_MS, env: toEnvironment(process.execPath) };
    execFile('npm', all, options, (error, stdout, stderr) => {
      if (error === null) resolve(null);
      else if (error.killed === true || OFFLINE.test(stderr)) resolve(`npm ${args[0] ?? ''} reached no registry`);
      else reject(new Error(`npm ${args.join(' ')} failed:\n${stdout}\n${stderr}`));
    });
  });

/** A Node of this machine that is too old for the program, or null. */
const findOldNode = (): string | null => {
  const folders = ['/usr/local/bin', '/usr/bin', ...(process.env['PATH'] ?? '').split(delimiter)];
  const paths = folders.map((folder) => join(folder, 'node')).filter((path) => existsSync(path));
  const isOld = (path: string): boolean => {
    const version = spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout;
    const major = Number(/^v(\d+)\./.exec(version)?.[1]);
    return major >= 18 && major < NEEDED_MAJOR;
  };
  return paths.find(isOld) ?? null;
};

/** The files of a fresh clone. */
const checkOut = (name: string): string => {
  const folder = join(work, name);
  const left = new Set(['node_modules', '.git', 'dist', 'shared']);
  cpSync(root, folder, { recursive: true, filter: (path) => !left.has(basename(path)) || relative(root, path) === '' });
  return folder;
};

interface Served {
  readonly url: string;
  readonly child: ChildProcess;
  /** Sends the signal to the whole process group, as a terminal does. Resolves with exit code and standard error. */
  readonly stop: (signal: NodeJS.Signals) => Promise<{ readonly code: number | null; readonly stderr: string }>;
}

const serve = async (command: readonly string[], home: string, cwd: string): Promise<Served> => {
  const [program = '', ...args] = command;
  const child = spawn(program, [...args, 'serve', '--lab', '--port', '0', '--json', '--home', home], {
    cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: toEnvironment(process.execPath),
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    void exited.then((code) => reject(new Error(`serve ended with ${code}: ${stderr}`)));
  });
  const { url } = z.object({ url: z.string() }).parse(JSON.parse(line) as unknown);
  return {
    url,
    child,
    stop: async (signal) => {
      process.kill(-(child.pid ?? 0), signal);
      return { code: await exited, stderr };
    },
  };
};

const answerSchema = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string() }) })),
  gearbox: z.object({
    component: z.string(),
    router: z.string(),
    decision_id: z.string(),
    simulated: z.boolean(),
  }),
});

const ask = async (url: string, text: string): Promise<z.infer<typeof answerSchema>> => {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: text }] }),
  });
  assert.equal(response.status, 200);
  return answerSchema.parse(await response.json());
};

const needInstalled = (context: TestContext): string | null => {
  if (installed.missing !== null) context.skip(installed.missing);
  return installed.missing === null ? installed.folder : null;
};

const installPackage = async (): Promise<Installed> => {
  const source = checkOut('source');
  symlinkSync(join(root, 'node_modules'), join(source, 'node_modules'), 'dir');
  assert.equal(await npm(['pack', '--pack-destination', work], source), null);
  const tarball = readdirSync(work).find((name) => name.endsWith('.tgz')) ?? assert.fail('npm pack wrote no tarball');
  const folder = join(work, 'installed');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  return { folder, missing: await npm(['install', join(work, tarball)], folder) };
};

const installCheckout = async (flag: string): Promise<Installed> => {
  const folder = checkOut(`checkout${flag}`);
  return { folder, missing: await npm(['ci', flag, '--ignore-scripts'], folder) };
};

// All at once: each waits for files and the registry most of the time.
before(async () => {
  work = mkdtempSync(join(tmpdir(), 'gearbox-package-'));
  const [first, ...others] = await Promise.all([installPackage(), ...FLAGS.map(installCheckout)]);
  installed = first;
  checkouts = new Map(others.map((checkout, index) => [FLAGS[index] ?? '', checkout]));
});

after(() => rmSync(work, { recursive: true, force: true }));

test('the package holds build, workers, catalog, migrations and licence, and neither tests nor sources', (context) => {
  const folder = needInstalled(context);
  if (folder === null) return;
  const home = join(folder, 'node_modules', 'gearbox');
  const files = readdirSync(home, { recursive: true, encoding: 'utf8' });
  for (const needed of [
    'LICENSE',
    'README.md',
    'bin/gearbox.mjs',
    'dist/index.js',
    'dist/index.d.ts',
    'dist/cli/main.js',
    'dist/store/sqlite-worker.js',
    'dist/store/sqlite-reader-worker.js',
    'migrations/0001-initial.sql',
    'models/openai/gpt-6-luna.toml',
    'artifacts/default/router.bin',
  ])
    assert.ok(files.includes(needed), `${needed} is missing`);
  const unwanted = files.filter((file) =>
    /(^|\/)(src|test|scripts|node_modules)(\/|$)|\.test[.-]|test-data/.test(file),
  );
  assert.deepEqual(unwanted, []);
});

test('an installed package starts, serves, writes its store and replays it', async (context) => {
  const folder = needInstalled(context);
  if (folder === null) return;
  const binary = join(folder, 'node_modules', '.bin', 'gearbox');
  const elsewhere = join(work, 'elsewhere');
  mkdirSync(elsewhere);
  assert.equal(run(binary, ['--version'], { cwd: elsewhere }).stdout, `${manifest.version}\n`);
  assert.match(run(binary, ['help'], { cwd: elsewhere }).stdout, /^ {2}serve {2}/m);
  const home = join(work, 'home-installed');
  const served = await serve([binary], home, elsewhere);
  const answer = await ask(served.url, 'What is the capital of France?');
  assert.equal(answer.gearbox.component, 'fast');
  assert.equal(answer.gearbox.simulated, true);
  assert.match(
    answer.gearbox.router,
    /^default@[0-9a-f]{7}\.[0-9a-f]{7}$/,
    'the router that comes with the package decides',
  );
  const { code, stderr } = await served.stop('SIGTERM');
  assert.equal(code, 0, stderr);
  const replay = run(binary, ['decisions', 'replay', '--all', '--json', '--home', home], { cwd: elsewhere });
  const counts = z
    .object({ identical: z.number(), different: z.number(), not_replayable: z.number() })
    .parse(JSON.parse(replay.stdout) as unknown);
  assert.deepEqual(counts, { identical: 1, different: 0, not_replayable: 0 });
});

test('a program in TypeScript gets the types of the installed package', (context) => {
  const folder = needInstalled(context);
  if (folder === null) return;
  writeFileSync(
    join(folder, 'use.ts'),
    `import { createGearbox, type Gearbox, type GearboxOptions, type Pool } from 'gearbox';
export const open = (options: GearboxOptions): Promise<Gearbox> => createGearbox(options);
export const names = (pool: Pool): readonly string[] => [...pool.components.values()].map(({ name }) => name.trim());
// @ts-expect-error: a port is no set of options
export const wrong = createGearbox(8484);
// @ts-expect-error: a pool has no such member
export const missing = (pool: Pool) => pool.nothing;
`,
  );
  const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--types', 'node'];
  const types = ['--typeRoots', join(root, 'node_modules', '@types')];
  const tsc = run(join(root, 'node_modules', '.bin', 'tsc'), [...flags, ...types, '--ignoreConfig', 'use.ts'], {
    cwd: folder,
  });
  assert.equal(tsc.status, 0, tsc.stdout);
});

test('an old Node without a newer one beside it says in one sentence what to do', (context) => {
  const folder = needInstalled(context);
  const node = findOldNode();
  if (node === null) return context.skip(`no Node from 18 to ${NEEDED_MAJOR - 1} on this machine`);
  if (folder === null) return;
  const binary = join(folder, 'node_modules', 'gearbox', 'bin', 'gearbox.mjs');
  const { status, stdout, stderr } = run(node, [binary, 'serve'], { cwd: work });
  assert.equal(status, 1);
  assert.equal(stdout, '');
  assert.match(stderr, /^gearbox: needs Node 24 or newer, but this is [\d.]+; [^\n]+\n$/);
  assert.ok(stderr.includes(`run \`npm install node@26\` in ${folder} and`), stderr);
});

test('an old Node runs the newer one that is installed beside the package, and one Ctrl-C stops it once', async (context) => {
  const folder = needInstalled(context);
  const node = findOldNode();
  if (node === null) return context.skip(`no Node from 18 to ${NEEDED_MAJOR - 1} on this machine`);
  if (folder === null) return;
  const bundled = join(folder, 'node_modules', 'node');
  mkdirSync(join(bundled, 'bin'), { recursive: true });
  writeFileSync(join(bundled, 'package.json'), '{ "name": "node", "version": "26.0.0" }\n');
  const binary = join(folder, 'node_modules', 'gearbox', 'bin', 'gearbox.mjs');
  const withoutBinary = run(node, [binary, '--version'], { cwd: work });
  assert.equal(withoutBinary.status, 1);
  assert.match(withoutBinary.stderr, /run `npm rebuild node` in /);
  symlinkSync(process.execPath, join(bundled, 'bin', 'node'));
  assert.equal(run(node, [binary, '--version'], { cwd: work }).stdout, `${manifest.version}\n`);
  assert.equal(run(node, [binary, 'nonsense'], { cwd: work }).status, 2);
  const served = await serve([node, binary], join(work, 'home-old'), work);
  await ask(served.url, 'What is the capital of France?');
  const { code, stderr } = await served.stop('SIGINT');
  assert.equal(code, 0, stderr);
  assert.match(stderr, /Stopped\. Everything is on disk\./);
  rmSync(bundled, { recursive: true });
});

for (const flag of FLAGS)
  test(`a checkout after npm ci ${flag} serves from another folder`, async (context) => {
    const { folder, missing } = checkouts.get(flag) ?? assert.fail(`no checkout for ${flag}`);
    if (missing !== null) return context.skip(missing);
    assert.ok(!existsSync(join(folder, 'dist')), 'a checkout runs its sources');
    const binary = join(folder, 'bin', 'gearbox.mjs');
    const served = await serve([process.execPath, binary], join(work, `home${flag}`), tmpdir());
    const answer = await ask(served.url, 'Prove that the square root of 2 is irrational. Think hard about this.');
    assert.equal(answer.gearbox.component, 'thinking');
    const { code, stderr } = await served.stop('SIGTERM');
    assert.equal(code, 0, stderr);
  });
