/** The command line as a whole: help in one tone, mistakes of usage and of the home, and where they are printed. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { packageRoot } from './package-root.ts';

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that hangs is killed and has no exit code. */
const MAX_RUN_MS = 60_000;

const gearbox = (...args: readonly string[]): Promise<Ran> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(packageRoot, 'bin', 'gearbox.mjs'), ...args],
      { timeout: MAX_RUN_MS, killSignal: 'SIGKILL' },
      (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? Number.NaN), stdout, stderr }),
    );
  });

const listCommands = async (): Promise<readonly (readonly [name: string, summary: string])[]> => {
  const { stdout } = await gearbox('help', '--all');
  const lines = [...stdout.matchAll(/^ {2}([a-z]+) {2,}(\S.*)$/gm)];
  return lines.map((match) => [match[1] ?? '', match[2] ?? '']);
};

test('every command has a summary in one tone and a help that begins with its usage', async () => {
  const commands = await listCommands();
  assert.ok(commands.length >= 11);
  for (const [name, summary] of commands) {
    assert.match(summary, /^[a-z`].*[^.]$/, `${name}: ${summary}`);
    assert.ok(summary.length <= 100, `${name}: ${summary}`);
  }
  const helps = await Promise.all(commands.map(([name]) => gearbox('help', name)));
  helps.forEach(({ code, stdout }, index) => {
    const name = commands[index]?.[0] ?? '';
    assert.equal(code, 0);
    assert.ok(stdout.startsWith(`Usage: gearbox ${name} `), name);
    assert.match(stdout, /\nExamples?:/, `${name} has no example`);
    const tooLong = stdout.split('\n').filter((line) => line.length > 125);
    assert.deepEqual(tooLong, [], name);
  });
});

test('an unknown flag is wrong usage: exit 2, a hint at the help, nothing on standard output', async () => {
  const commands = await listCommands();
  const word: Readonly<Record<string, string>> = {
    decisions: 'list',
    outcomes: 'list',
    catalog: 'list',
    keys: 'list',
    bench: 'latency',
  };
  const runs = await Promise.all(
    commands.map(([name]) => gearbox(name, ...(word[name] === undefined ? [] : [word[name]]), '--nonsense')),
  );
  runs.forEach(({ code, stdout, stderr }, index) => {
    const name = commands[index]?.[0] ?? '';
    assert.equal(code, 2, `${name}: ${stderr}`);
    assert.equal(stdout, '', name);
    assert.match(stderr, /nonsense/, name);
    assert.ok(stderr.endsWith(`\`gearbox help ${name}\` shows its usage.\n`), `${name}: ${stderr}`);
  });
});

test('a wrong value of serve is wrong usage and names what was given', async () => {
  const { code, stderr } = await gearbox('serve', '--port', '70000');
  assert.equal(code, 2);
  assert.match(stderr, /--port: expected a port from 0 to 65535, given 70000/);
});

test('a home that cannot be one is exit 3 with the fix, and nothing hangs', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'gearbox-main-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'file');
  await writeFile(file, '');
  const serve = ['serve', '--lab', '--port', '0'] as const;
  const cases: readonly (readonly [string, readonly string[]])[] = [
    [file, serve],
    [file, ['ask', 'Hello']],
    [file, ['decisions', 'list']],
    ...(existsSync('/proc') ? [['/proc/nope', serve] as const] : []),
  ];
  const runs = await Promise.all(cases.map(([home, args]) => gearbox(...args, '--home', home)));
  runs.forEach(({ code, stderr }, index) => {
    const [home = '', args = []] = cases[index] ?? [];
    assert.equal(code, 3, `${home} ${args.join(' ')}: ${stderr}`);
    assert.match(stderr, /The home folder .+ cannot be used: .+ Set GEARBOX_HOME or --home to a folder/);
  });
});
