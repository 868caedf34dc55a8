/** What the documentation says exists: links, commands, flags, and the example of the official SDK. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const binary = join(root, 'bin', 'gearbox.mjs');
const runFile = promisify(execFile);

const documents: readonly string[] = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

const read = (document: string): string => readFileSync(join(root, document), 'utf8');

interface Mention {
  readonly document: string;
  readonly command: string;
  readonly flags: readonly string[];
}

/** `gearbox COMMAND … --flag` at the beginning of a shell line or in code marks. */
const findMentions = (document: string): readonly Mention[] =>
  [...read(document).matchAll(/(?:^|`)(?:npx )?gearbox ([a-z]+)([^`\n]*)/gm)].map((match) => ({
    document,
    command: match[1] ?? '',
    flags: (match[2] ?? '').replace(/"[^"]*"/g, '').match(/--[a-z-]+/g) ?? [],
  }));

const SHARED = new Set(['--config', '--home', '--json', '--quiet', '--yes', '--no-color', '--help']);

test('every relative link of the documentation leads to a file', () => {
  const broken = documents.flatMap((document) =>
    [...read(document).matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)]
      .map((match) => match[1] ?? '')
      .filter((target) => !existsSync(join(root, dirname(document), target)))
      .map((target) => `${document}: ${target}`),
  );
  assert.deepEqual(broken, []);
});

test('every command and flag that the documentation names is in the help of that command', async () => {
  const mentions = documents.flatMap(findMentions).filter(({ command }) => command !== 'help');
  assert.ok(mentions.length >= 10, `only ${mentions.length} commands found: the pattern no longer fits`);
  const helps = new Map<string, string>();
  for (const command of new Set(mentions.map((mention) => mention.command)))
    helps.set(command, (await runFile(process.execPath, [binary, 'help', command])).stdout);
  const unknown = mentions.flatMap(({ document, command, flags }) =>
    flags
      .filter((flag) => !SHARED.has(flag) && !new RegExp(`${flag}(?![a-z-])`).test(helps.get(command) ?? ''))
      .map((flag) => `${document}: gearbox ${command} ${flag}`),
  );
  assert.deepEqual(unknown, []);
});

test('the example with the official SDK gets a fast answer, and a thinking one at high effort', async () => {
  const home = mkdtempSync(join(tmpdir(), 'gearbox-example-'));
  const server = spawn(process.execPath, [binary, 'serve', '--lab', '--port', '0', '--json', '--home', home], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  try {
    const line = await new Promise<string>((resolve, reject) => {
      createInterface({ input: server.stdout }).once('line', resolve);
      void ended.then(() => reject(new Error('serve ended early')));
    });
    const { url } = JSON.parse(line) as { readonly url: string };
    const { stdout } = await runFile(process.execPath, [join(root, 'examples', 'openai-sdk.mjs')], {
      env: { ...process.env, OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_KEY: 'unused' },
    });
    assert.match(stdout, /^fast \(fast, effort none\): .+\nthinking \(thinking, effort high\): .+\n$/);
  } finally {
    server.kill('SIGTERM');
    await ended;
    rmSync(home, { recursive: true, force: true });
  }
});
