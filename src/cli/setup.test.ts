import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { parse } from 'yaml';
import { loadCatalog } from '../catalog/load.ts';
import { checkConfiguration } from '../config/check.ts';
import type { Environment } from '../config/environment.ts';
import { JSON_SCHEMA_FILE } from '../config/json-schema.ts';
import { createCheckCommand } from './check.ts';
import type { Command, SharedFlags } from './command.ts';
import { createInitCommand } from './init.ts';
import { createKeysCommand, renderKey } from './keys.ts';
import { packageRoot } from './package-root.ts';

const catalogFolder = join(packageRoot, 'models');
const now = (): Date => new Date('2026-11-23T00:00:00Z');

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly questions: readonly string[];
}

interface RunOptions {
  readonly args?: readonly string[];
  readonly flags?: Partial<SharedFlags>;
  /** Answers by a word of the question; the default otherwise. */
  readonly answers?: Readonly<Record<string, string>>;
}

const run = async (command: Command, { args = [], flags = {}, answers = {} }: RunOptions = {}): Promise<Run> => {
  const [out, err, questions]: [string[], string[], string[]] = [[], [], []];
  const code = await command.run({
    args,
    flags: { config: null, home: null, json: false, quiet: false, yes: false, color: false, ...flags },
    print: (line) => out.push(line),
    report: (line) => err.push(line),
    fail: (line) => err.push(line),
    ask: (question, defaultAnswer) => {
      questions.push(question);
      return Promise.resolve(Object.entries(answers).find(([word]) => question.includes(word))?.[1] ?? defaultAnswer);
    },
    signal: new AbortController().signal,
  });
  return { code, out: out.join('\n'), err: err.join('\n'), questions };
};

const createFolder = async (t: TestContext): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'gearbox-cli-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const setup = async (t: TestContext, environment: Environment) => {
  const folder = await createFolder(t);
  const dependencies = {
    environment: { GEARBOX_HOME: join(folder, 'home'), ...environment },
    workingFolder: folder,
    catalogFolder,
    now,
    listModels: () => Promise.resolve(['qwen3.6-35b-a3b']),
    randomBytes: (count: number) => new Uint8Array(count).fill(7),
  };
  return {
    folder,
    path: join(folder, 'gearbox.yaml'),
    init: createInitCommand(dependencies),
    check: createCheckCommand(dependencies),
    keys: createKeysCommand(dependencies),
  };
};

const KEY = { OPENAI_API_KEY: 'sk-proj-never-written-anywhere-0123456789' };

test('init writes a file that checks without a problem, its reasons, the schema, and never the key', async (t) => {
  const { folder, path, init, check } = await setup(t, KEY);
  const { code, out } = await run(init);
  assert.equal(code, 0);
  const text = await readFile(path, 'utf8');
  assert.match(text, /^# yaml-language-server: \$schema=\.\/gearbox\.schema\.json\n/);
  assert.match(text, /# fast = openai\/gpt-5\.4-mini \(\$0\.75/);
  assert.doesNotMatch(text + out, /never-written/);
  assert.deepEqual(Object.keys(parse(text) as object), ['version', 'components', 'models']);
  assert.equal(await isThere(join(folder, JSON_SCHEMA_FILE)), true);
  const checked = await checkConfiguration(text, path, {
    environment: KEY,
    catalog: await loadCatalog(catalogFolder),
    nowMs: now().getTime(),
  });
  assert.deepEqual(checked.problems, []);
  assert.equal((await run(check)).code, 0);
  assert.match(out, /gearbox check\s.*\n.*gearbox serve/);
});

test('the answers to init’s questions end up in the file, and nonsense does not', async (t) => {
  const { path, init } = await setup(t, KEY);
  await run(init, { answers: { 'counts most': 'cost', 'Spending limit': '$250' } });
  const written = parse(await readFile(path, 'utf8')) as { models: unknown; budgets: unknown };
  assert.deepEqual(written.models, {
    auto: { components: ['fast', 'thinking'], objective: 'cost', baseline: 'thinking' },
  });
  assert.deepEqual(written.budgets, { total: { usd: '250/month', at_limit: 'refuse' } });
  const { err } = await run(init, { answers: { Replace: 'yes', 'counts most': 'cheap', 'Spending limit': 'lots' } });
  assert.match(err, /"cheap" is none of these[^]*"lots" is no amount/);
  assert.equal((parse(await readFile(path, 'utf8')) as { budgets?: unknown }).budgets, undefined);
});

test('init keeps an existing file unless the operator says yes; the default of the question is no', async (t) => {
  const { path, init } = await setup(t, KEY);
  await writeFile(path, 'mine');
  const kept = await run(init, { flags: { yes: true } });
  assert.equal(kept.code, 1);
  assert.equal(await readFile(path, 'utf8'), 'mine');
  assert.match(kept.err, /Kept .*gearbox\.yaml/);
  assert.equal((await run(init, { answers: { Replace: 'y' } })).code, 0);
  assert.match(await readFile(path, 'utf8'), /^# yaml-language-server/);
});

test('init without any key asks for the provider and says which variable to set', async (t) => {
  const { path, init } = await setup(t, {});
  const { code, out } = await run(init, { answers: { 'which provider': 'anthropic' } });
  assert.equal(code, 0);
  assert.match(out, /export ANTHROPIC_API_KEY=…/);
  const text = await readFile(path, 'utf8');
  assert.match(text, /once ANTHROPIC_API_KEY is set/);
  assert.doesNotMatch(text, /to-be-set/);
  const checked = await checkConfiguration(text, path, {
    environment: { ANTHROPIC_API_KEY: 'k' },
    catalog: await loadCatalog(catalogFolder),
    nowMs: now().getTime(),
  });
  assert.deepEqual(checked.problems, []);
});

test('init refuses a provider that it does not know, and writes nothing', async (t) => {
  const { path, init } = await setup(t, {});
  const { code, err } = await run(init, { answers: { 'which provider': 'acme' } });
  assert.deepEqual([code, await isThere(path)], [1, false]);
  assert.match(err, /Expected one of openai, anthropic.*given "acme"/);
});

test('init writes a local server’s model at two settings', async (t) => {
  const { path, init, check } = await setup(t, { OLLAMA_HOST: '127.0.0.1' });
  await run(init);
  assert.deepEqual((parse(await readFile(path, 'utf8')) as { components: unknown }).components, {
    fast: { model: 'ollama/qwen3.6-35b-a3b', effort: 'none', price: { input: 0, output: 0 } },
    thinking: { model: 'ollama/qwen3.6-35b-a3b', effort: 'auto', price: { input: 0, output: 0 } },
  });
  assert.equal((await run(check)).code, 0);
});

test('init has no other source than the environment, and says so', async (t) => {
  const { init } = await setup(t, KEY);
  assert.equal((await run(init, { args: ['--from', 'litellm'] })).code, 2);
  assert.equal((await run(init, { args: ['--form', 'env'] })).code, 2);
});

test('check prints problems as one line each with a path as one would type it, and exits 1', async (t) => {
  const { path, check } = await setup(t, KEY);
  await writeFile(path, 'version: 1\ncomponents:\n  fast: { model: openai/gpt-5.5, limit: 160/3h }\n');
  const { code, err, out } = await run(check);
  assert.deepEqual([code, out], [1, '']);
  assert.match(
    err,
    /^gearbox\.yaml:3:41 components\.fast\.limit: expected a component that takes over .*, given none; fix: add a component fast-mini/,
  );
});

test('check shows the effective pool, what auto means, and warnings', async (t) => {
  const { path, check } = await setup(t, KEY);
  await writeFile(
    path,
    'version: 1\ncomponents:\n  fast: { model: openai/gpt-5.4-mini, effort: none, limit: 160/3h }\n  fast-mini: { model: openai/gpt-5.4-nano }\n  thinking: { model: openai/gpt-5.5, for: [code] }\nmodels: { auto: { baseline: thinking, band: 2, max_wait: 90s } }\naliases: { gpt-4o: { to: fast, effort: low } }\nbudgets: { team: { usd: 5/day } }\n',
  );
  const { code, out, err } = await run(check);
  assert.equal(code, 0);
  assert.match(out, /^gearbox\.yaml: ok\n\nCOMPONENT/);
  assert.match(
    out,
    /fast +fast +openai\/gpt-5\.4-mini +none +0\.75 +4\.50 +400k +router 160\/3h, user 160\/3h → fast-mini/,
  );
  assert.match(
    out,
    /auto \(balanced, policy learned\) chooses among fast, thinking: a dearer one is taken while one more solved task costs less than \$0\.50\./,
  );
  assert.match(out, /never more than 2 points below the best; waits of at most 90s/);
  assert.match(out, /Savings are counted against thinking/);
  assert.match(out, /gpt-4o → fast at effort low/);
  assert.match(err, /budgets\.team: \(warning\)/);
});

test('check without a file shows what the environment gives and why, or the lab', async (t) => {
  const withKey = await run((await setup(t, KEY)).check);
  assert.equal(withKey.code, 0);
  assert.match(withKey.out, /no gearbox\.yaml: the pool comes from the environment/);
  assert.match(withKey.out, /Why:\n {2}fast = openai/);
  const lab = await run((await setup(t, {})).check);
  assert.match(lab.out, /the lab answers, simulated/);
  assert.match(lab.out, /thinking-nano/);
});

test('check finds that another bind than loopback needs keys', async (t) => {
  const { check } = await setup(t, { ...KEY, HOST: '0.0.0.0' });
  const { code, err } = await run(check);
  assert.equal(code, 1);
  assert.match(
    err,
    /server\.host: expected 127\.0\.0\.1 while there are no client keys, given 0\.0\.0\.0; fix: .*keys new/,
  );
});

test('check --json is for programs: problems with places, or the pool without secrets', async (t) => {
  const { path, check } = await setup(t, { ...KEY, WEB: 'a-secret-of-enough-characters' });
  await writeFile(path, 'version: 1\ncomponents: { fast: { model: openai/gpt-5.5, efort: low } }\n');
  const wrong = await run(check, { flags: { json: true } });
  assert.equal(wrong.code, 1);
  const report = JSON.parse(wrong.out) as { ok: boolean; problems: { line: number; field: string }[]; pool: unknown };
  assert.deepEqual(
    [report.ok, report.pool, report.problems[0]?.line, report.problems[0]?.field],
    [false, null, 2, 'components.fast.efort'],
  );
  await writeFile(
    path,
    'version: 1\ncomponents: { fast: { model: openai/gpt-5.5 } }\nkeys: { web: { secret: env:WEB } }\n',
  );
  const right = await run(check, { flags: { json: true } });
  const { ok, pool } = JSON.parse(right.out) as {
    ok: boolean;
    pool: { components: { hash: string }[]; keys: unknown };
  };
  assert.equal(ok, true);
  assert.match(pool.components[0]?.hash ?? '', /^[0-9a-f]{12}$/);
  assert.deepEqual(pool.keys, [{ name: 'web', models: null, budget: null }]);
});

test('check takes one file, and wrong calls are usage errors', async (t) => {
  const { folder, check } = await setup(t, KEY);
  await writeFile(join(folder, 'other.yaml'), 'version: 1\ncomponents: { fast: { model: openai/gpt-5.5 } }\n');
  assert.match((await run(check, { args: ['other.yaml'] })).out, /^other\.yaml: ok/);
  assert.equal((await run(check, { args: ['a', 'b'] })).code, 2);
  for (const args of [['--alive'], ['--budget', '1'], ['--live', '--budget', 'much'], ['--live', '--budget', '0']])
    assert.equal((await run(check, { args })).code, 2, args.join(' '));
  await assert.rejects(run(check, { args: ['nowhere.yaml'] }), /nowhere\.yaml, which is not there/);
});

test('a new key is gb_ and 43 base62 digits, and its YAML holds the hash that the server compares', async (t) => {
  const { path, keys } = await setup(t, KEY);
  const { code, out } = await run(keys, { args: ['new', 'web'] });
  assert.equal(code, 0);
  const [key = '', ...yaml] = out.split('\n');
  assert.match(key, /^gb_[0-9A-Za-z]{43}$/);
  const text = `version: 1\ncomponents: { fast: { model: openai/gpt-5.5 } }\n${yaml.join('\n')}\n`;
  const { result } = await checkConfiguration(text, path, {
    environment: KEY,
    catalog: await loadCatalog(catalogFolder),
    nowMs: 0,
  });
  assert.deepEqual(
    result?.pool.keys.map(({ name, sha256 }) => [name, sha256]),
    [['web', createHash('sha256').update(key).digest('hex')]],
  );
});

test('keys are the number of their random bytes in base 62: nothing is lost, and the length is fixed', () => {
  assert.equal(renderKey(new Uint8Array(32)), `gb_${'0'.repeat(43)}`);
  assert.equal(
    renderKey(Uint8Array.from({ length: 32 }, (_, index) => (index === 31 ? 62 : 0))),
    `gb_${'0'.repeat(41)}10`,
  );
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  const largest = Array.from(renderKey(new Uint8Array(32).fill(255)).slice(3)).reduce(
    (sum, digit) => sum * 62n + BigInt(alphabet.indexOf(digit)),
    0n,
  );
  assert.equal(largest, 2n ** 256n - 1n);
});

test('keys list shows names and the beginning of hashes only; without a file there are none', async (t) => {
  const { path, keys } = await setup(t, KEY);
  assert.match((await run(keys, { args: ['list'] })).out, /No client keys/);
  const hash = 'ab'.repeat(32);
  await writeFile(
    path,
    `version: 1\ncomponents: { fast: { model: openai/gpt-5.5 } }\nkeys: { web: { hash: "sha256:${hash}", models: [auto], no_train: true } }\n`,
  );
  const { out } = await run(keys, { args: ['list'] });
  assert.match(out, /web +auto +- +no +abababab…/);
  assert.doesNotMatch(out, new RegExp(hash));
  const json = JSON.parse((await run(keys, { args: ['list'], flags: { json: true } })).out) as unknown;
  assert.deepEqual(json, [{ name: 'web', models: ['auto'], budget: null, no_train: true, hash_prefix: 'abababab' }]);
});

test('keys refuses names that the configuration would refuse, and unknown subcommands', async (t) => {
  const { keys } = await setup(t, KEY);
  for (const args of [['new'], ['new', 'a b'], ['new', '__proto__'], ['drop', 'web'], [], ['list', 'x'], ['--x']])
    assert.equal((await run(keys, { args })).code, 2, args.join(' '));
});
