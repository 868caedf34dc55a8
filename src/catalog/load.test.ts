import { strict as assert } from 'node:assert';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { ConfigError } from '../errors.ts';
import { createCatalog, loadCatalog } from './load.ts';
import { parseModelFile } from './parse.ts';

const folder = join(import.meta.dirname, '../../models');
const LOAD_BUDGET_MS = 60;

const good = `
name = "Example"
status = "active"
released_on = "2026-01-31"
open_weights = false

[facts]
source = "example.com"
as_of = "2026-02-01"
verified = true

[limits]
context_tokens = 200_000
output_tokens = 64_000

[modalities]
input = ["text", "image"]
output = ["text"]

[capabilities]
tools = true
structured_output = true
sampling = "without-reasoning"
forced_tool_choice = true
verbosity = false
chat_tools = "always"

[reasoning]
control = "effort"
efforts = ["none", "low", "high"]
default_effort = "low"

[price]
source = "example.com"
as_of = "2026-02-01"
verified = false
input_usd_per_mtok = 0.435
output_usd_per_mtok = 2
cache_read_usd_per_mtok = 0.003625

[[price.context_tiers]]
above_input_tokens = 100_000
input_usd_per_mtok = 0.87
output_usd_per_mtok = 4
`;

const inFolder = async (files: Readonly<Record<string, string>>, run: (folder: string) => Promise<void>) => {
  const root = await mkdtemp(join(tmpdir(), 'gearbox-catalog-'));
  try {
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, file)), { recursive: true });
      await writeFile(join(root, file), text);
    }
    await run(root);
  } finally {
    await rm(root, { recursive: true });
  }
};

test('every file of the shipped catalog is valid, and no file is left out', async () => {
  const catalog = await loadCatalog(folder);
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.toml'));
  assert.equal(catalog.models.size, files.length);
  assert.ok(files.length >= 60, `only ${files.length} models`);
});

test('loading the shipped catalog again takes less than its budget of processor time', async () => {
  await loadCatalog(folder);
  const times: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    // Processor time, and the fastest round: other test files run beside this one.
    const start = process.cpuUsage();
    await loadCatalog(folder);
    const { user, system } = process.cpuUsage(start);
    times.push((user + system) / 1_000);
  }
  assert.ok(Math.min(...times) < LOAD_BUDGET_MS, `fastest of 5: ${Math.min(...times)} ms`);
});

test('a file becomes plain facts with prices in integer micro-dollars per million tokens', () => {
  const parsed = parseModelFile('lab/example.toml', good);
  assert.ok(parsed.type === 'model');
  assert.equal(parsed.model.id, 'lab/example');
  assert.equal(parsed.model.lab, 'lab');
  assert.deepEqual(parsed.model.price, {
    base: { input: 435_000, output: 2_000_000, cacheRead: 3_625, cacheWrite: null, cacheWriteOneHour: null },
    contextTiers: [
      {
        aboveInputTokens: 100_000,
        prices: { input: 870_000, output: 4_000_000, cacheRead: null, cacheWrite: null, cacheWriteOneHour: null },
      },
    ],
    serviceTiers: [],
  });
  assert.deepEqual(parsed.model.sources.price, { source: 'example.com', asOf: '2026-02-01', verified: false });
});

test('the hashes depend on values only, and prices move only the price hash', () => {
  const parsed = (text: string, file = 'lab/example.toml') => {
    const result = parseModelFile(file, text);
    assert.ok(result.type === 'model');
    return result.model;
  };
  const other = parsed(good, 'lab/other.toml');
  const dearest = other.price;
  assert.ok(dearest);
  const base = createCatalog([parsed(good), other]);
  assert.match(base.hash, /^[0-9a-f]{12}$/);
  const reordered = createCatalog([other, parsed(`# a comment\n${good.replace('2026-02-01', '2026-03-01')}`)]);
  assert.deepEqual([reordered.hash, reordered.pricesHash], [base.hash, base.pricesHash]);
  const dearer = createCatalog([other, parsed(good.replace('= 0.435', '= 0.436'))]);
  assert.equal(dearer.hash, base.hash);
  assert.notEqual(dearer.pricesHash, base.pricesHash);
  const hosted = createCatalog([
    other,
    {
      ...parsed(good),
      hosts: [{ provider: 'groq', price: dearest, source: { source: 'x', asOf: '2026-01-01', verified: true } }],
    },
  ]);
  assert.equal(hosted.hash, base.hash);
  assert.notEqual(hosted.pricesHash, base.pricesHash);
  const larger = createCatalog([other, parsed(good.replace('= 200_000', '= 300_000'))]);
  assert.notEqual(larger.hash, base.hash);
  assert.equal(larger.pricesHash, base.pricesHash);
});

/** One planted mistake: what to replace, by what, and what the error must say. */
const planted: readonly (readonly [string, string, string, readonly RegExp[]])[] = [
  [
    'a misspelt key',
    'cache_read_usd_per_mtok',
    'cache_raed_usd_per_mtok',
    [/price\.cache_raed/, /Did you mean "cache_read_usd_per_mtok"/],
  ],
  ['an unknown table', '[facts]', '[colours]\nred = 1\n[facts]', [/colours/, /unknown key "colours"/]],
  ['a misspelt key inside a tier', 'above_input_tokens', 'above_tokens', [/price\.context_tiers\[0\]\.above_tokens/]],
  [
    'a missing field',
    'name = "Example"',
    '',
    [/: name: expected text, got nothing|: name: expected .*got nothing/, /Add the field/],
  ],
  ['a number in quotes', 'context_tokens = 200_000', 'context_tokens = "200k"', [/limits\.context_tokens/, /"200k"/]],
  ['a price per token', '= 2\n', '= 2000\n', [/price\.output_usd_per_mtok/, /not per token/, /2000/]],
  ['a negative price', '= 2\n', '= -2\n', [/0 or more/]],
  ['a price finer than a micro-dollar', '= 0.435', '= 0.4350001', [/at most six decimals/]],
  [
    'an unknown effort',
    '["none", "low", "high"]',
    '["none", "low", "hihg"]',
    [/reasoning\.efforts\[2\]/, /Did you mean "high"/],
  ],
  ['efforts out of order', '["none", "low", "high"]', '["low", "none", "high"]', [/order of the ladder/]],
  ['an effort twice', '["none", "low", "high"]', '["low", "low", "high"]', [/each effort once/]],
  [
    'a default that is no effort of the model',
    'default_effort = "low"',
    'default_effort = "max"',
    [/default_effort/, /none, low, high/],
  ],
  ['efforts without reasoning', 'control = "effort"', 'control = "none"', [/reasoning\.efforts/]],
  ['a budget control without limits', 'control = "effort"', 'control = "budget"', [/budget_minimum_tokens/]],
  ['a day that does not exist', '"2026-01-31"', '"2026-02-31"', [/released_on/, /YYYY-MM-DD/]],
  [
    'more output than context',
    'output_tokens = 64_000',
    'output_tokens = 300_000',
    [/limits\.output_tokens/, /200000/],
  ],
  ['a cached token dearer than a fresh one', '= 0.003625', '= 0.5', [/cache_read_usd_per_mtok/, /swapped/]],
  [
    'a tier beyond the context',
    'above_input_tokens = 100_000',
    'above_input_tokens = 272_000',
    [/price\.context_tiers/],
  ],
  [
    'a host that is no known provider',
    'open_weights = false',
    'hosts = [{ provider = "grok", source = "x", as_of = "2026-02-01", verified = true, input_usd_per_mtok = 1, output_usd_per_mtok = 1 }]\nopen_weights = true',
    [/hosts\[0\]\.provider/, /Did you mean "groq"/],
  ],
  [
    'hosts of closed weights',
    'open_weights = false',
    'hosts = [{ provider = "groq", source = "x", as_of = "2026-02-01", verified = true, input_usd_per_mtok = 1, output_usd_per_mtok = 1 }]\nopen_weights = false',
    [/hosts: expected no hosts/],
  ],
  ['forced tools without tools', 'tools = true\n', 'tools = false\n', [/forced_tool_choice/]],
  ['deprecation without an end', 'status = "active"', 'status = "deprecated"', [/shutdown_on or a successor/]],
  ['broken TOML', '[limits]', '[limits', [/line 12/, /TOML/]],
  [
    'a successor that is not in the catalog',
    'open_weights = false',
    'open_weights = false\nsuccessors = ["lab/exampel"]',
    [/successors/, /Add that model/],
  ],
];

for (const [title, find, replace, patterns] of planted) {
  test(`the loader finds ${title}, with file, field, expectation, value and fix`, async () => {
    assert.ok(good.includes(find), find);
    await inFolder({ 'lab/example.toml': good.replace(find, replace) }, async (root) => {
      await assert.rejects(loadCatalog(root), (error: unknown) => {
        assert.ok(error instanceof ConfigError);
        for (const pattern of [/lab\/example\.toml: /, /expected .*, got .*\. /, ...patterns]) {
          assert.match(error.message, pattern);
        }
        assert.ok(error.blocking.length > 0);
        return true;
      });
    });
  });
}

test('the loader reports the problems of every file at once', async () => {
  const files = {
    'lab/a.toml': good.replace('tools = true', 'tools = 1'),
    'lab/b.toml': good.replace('"active"', '"new"'),
  };
  await inFolder(files, async (root) => {
    await assert.rejects(loadCatalog(root), /2 problem[^]*lab\/a\.toml: capabilities\.tools[^]*lab\/b\.toml: status/);
  });
});

test('the loader refuses a name that means two models of one lab, file names with capitals, and folders without models', async () => {
  const named = good.replace('open_weights', 'aliases = ["same"]\nopen_weights');
  await inFolder({ 'lab/a.toml': named, 'lab/b.toml': named }, async (root) => {
    await assert.rejects(loadCatalog(root), /lab\/b\.toml: aliases: .*"same", which also names lab\/a/);
  });
  await inFolder({ 'lab/Example.toml': good }, async (root) => {
    await assert.rejects(loadCatalog(root), /lower-case/);
  });
  await inFolder({ 'readme.md': '' }, async (root) => {
    await assert.rejects(loadCatalog(root), /got none/);
  });
  await assert.rejects(loadCatalog(join(folder, 'nowhere')), /cannot be read/);
});

test('no model file repeats its own id', async () => {
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.toml'));
  for (const file of files) {
    assert.doesNotMatch(await readFile(join(folder, file), 'utf8'), /^id\s*=/m, file);
  }
});
