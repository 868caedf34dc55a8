import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { compareCatalog, compareModel, toPercent, type Comparison } from './compare.ts';
import { createCatalog } from './load.ts';
import type { CatalogModel } from './model.ts';
import { parseModelsDev } from './models-dev.ts';
import { parseModelFile } from './parse.ts';
import { guardUpdate } from './update-guard.ts';
import { updateModelFile } from './update.ts';

const file = `# Reviewed by hand.
name = "Example"
status = "active"
open_weights = false
api_id = "example-1"

[facts]
source = "press"
as_of = "2026-02-01"
verified = false

[limits]
context_tokens = 400_000
output_tokens = 64_000

[modalities]
input = ["text", "image"]
output = ["text"]

[capabilities]
tools = true
structured_output = true
sampling = "always"
forced_tool_choice = true
verbosity = false
chat_tools = "always"

[reasoning]
control = "none"

[price]
# Conflict between two sources.
source = "press"
as_of = "2026-02-01"
verified = false
input_usd_per_mtok = 4 # per million
output_usd_per_mtok = 20

[[price.context_tiers]]
above_input_tokens = 200_000
input_usd_per_mtok = 8
output_usd_per_mtok = 30
`;

const model = (id = 'lab/example.1', text = file): CatalogModel => {
  const parsed = parseModelFile(`${id}.toml`, text);
  assert.ok(parsed.type === 'model', JSON.stringify(parsed));
  return parsed.model;
};

const compare = (models: readonly CatalogModel[], entries: Readonly<Record<string, unknown>>): Comparison =>
  compareCatalog(createCatalog(models), parseModelsDev('list', JSON.stringify({ lab: { models: entries } })));

const cost = { input: 5, output: 20, cache_read: 0.5 };

test('only what the list says otherwise is a change, with old value, new value and per cent', () => {
  const { models, unlisted } = compare([model(), model('lab/other', file.replace('example-1', 'other-1'))], {
    'example-1': { cost, limit: { context: 400_000 }, modalities: { input: ['image', 'text'] } },
  });
  assert.deepEqual(
    unlisted.map(({ id }) => id),
    ['lab/other'],
  );
  const changes = models[0]?.changes ?? [];
  assert.deepEqual(changes, [
    { table: 'price', index: null, key: 'input_usd_per_mtok', from: 4, to: 5 },
    { table: 'price', index: null, key: 'cache_read_usd_per_mtok', from: null, to: 0.5 },
  ]);
  assert.deepEqual(changes.map(toPercent), [25, null]);
});

test('tiers are matched by threshold and name; new ones come after the known ones', () => {
  const entry = {
    cost: {
      input: 4,
      output: 20,
      tiers: [
        { tier: { size: 200_000 }, input: 8, output: 33 },
        { tier: { size: 300_000 }, input: 9, output: 40 },
      ],
    },
    experimental: { modes: { fast: { cost: { input: 8, output: 40 } } } },
  };
  const [compared] = compare([model()], { 'example-1': entry }).models;
  assert.deepEqual(
    compared?.changes.map(
      ({ table, index, key, from, to }) => `${table}[${index}].${key} ${String(from)} ${String(to)}`,
    ),
    [
      'price.context_tiers[0].output_usd_per_mtok 30 33',
      'price.context_tiers[1].above_input_tokens null 300000',
      'price.context_tiers[1].input_usd_per_mtok null 9',
      'price.context_tiers[1].output_usd_per_mtok null 40',
      'price.service_tiers[0].name null fast',
      'price.service_tiers[0].input_usd_per_mtok null 8',
      'price.service_tiers[0].output_usd_per_mtok null 40',
    ],
  );
});

test("open weights without a list price do not get one host's price", () => {
  const free = file.slice(0, file.indexOf('[price]')).replace('open_weights = false', 'open_weights = true');
  const [compared] = compare([model('lab/open', free)], { 'example-1': { cost } }).models;
  assert.deepEqual(compared?.changes, []);
});

test('an update writes values, source and date of the changed groups, and keeps comments and the other groups', () => {
  const entry = {
    cost: { ...cost, tiers: [{ tier: { size: 300_000 }, input: 9, output: 40 }] },
    limit: { context: 500_000, output: 64_000 },
  };
  const [comparison] = compare([model()], { 'example-1': entry }).models;
  assert.ok(comparison);
  const updated = updateModelFile(file, comparison, { name: 'models.dev', asOf: '2026-11-23' });
  const result = model('lab/example.1', updated);
  assert.deepEqual(compareModel(result, comparison.listed), []);
  assert.deepEqual(result.sources.price, { source: 'models.dev', asOf: '2026-11-23', verified: true });
  assert.deepEqual(result.sources.facts, { source: 'models.dev', asOf: '2026-11-23', verified: true });
  assert.deepEqual(
    result.price?.contextTiers.map((tier) => tier.aboveInputTokens),
    [200_000, 300_000],
  );
  for (const kept of [
    '# Reviewed by hand.',
    '# Conflict between two sources.',
    'input_usd_per_mtok = 5 # per million',
  ]) {
    assert.ok(updated.includes(kept), kept);
  }
});

test('an update of prices alone leaves the source of the facts', () => {
  const [comparison] = compare([model()], { 'example-1': { cost } }).models;
  assert.ok(comparison);
  const result = model('lab/example.1', updateModelFile(file, comparison, { name: 'models.dev', asOf: '2026-11-23' }));
  assert.equal(result.sources.facts.source, 'press');
  assert.equal(result.sources.price?.source, 'models.dev');
});

test('a file that cannot be edited line by line is refused, not half written', () => {
  const top = `limits = { context_tokens = 400_000, output_tokens = 64_000 }\n${file.replace(/\[limits\][^[]*/, '')}`;
  const [comparison] = compare([model('lab/example.1', top)], { 'example-1': { limit: { context: 500_000 } } }).models;
  assert.ok(comparison);
  assert.throws(
    () => updateModelFile(top, comparison, { name: 'models.dev', asOf: '2026-11-23' }),
    /lab\/example\.1\.toml: expected a file whose values can be replaced.*by hand/,
  );
});

const kinds = (comparison: Comparison) => guardUpdate(comparison).map(({ kind }) => kind);

test('the guard refuses a price that moves by more than a factor of 3, either way, and names it', () => {
  const others = Object.fromEntries([1, 2, 3].map((n) => [`o-${n}`, { cost: { input: 4, output: 20 } }]));
  const models = [model(), ...[1, 2, 3].map((n) => model(`lab/o${n}`, file.replace('example-1', `o-${n}`)))];
  const at = (input: number, output: number) =>
    compare(models, { ...others, 'example-1': { cost: { input, output } } });
  assert.deepEqual(kinds(at(12, 20)), []);
  assert.deepEqual(kinds(at(12.01, 20)), ['price_factor']);
  assert.deepEqual(kinds(at(1.34, 20)), []);
  assert.deepEqual(kinds(at(1.33, 6)), ['price_factor', 'price_factor']);
  assert.match(
    guardUpdate(at(40, 20))[0]?.message ?? '',
    /lab\/example\.1: input_usd_per_mtok 4 → 40: a factor of 10\.0/,
  );
  assert.deepEqual(kinds(at(0, 20)), ['price_factor']);
});

test('the guard refuses a list that moves the median price, though no single price moves far', () => {
  const models = [1, 2, 3].map((n) => model(`lab/o${n}`, file.replace('example-1', `o-${n}`)));
  const list = (factor: number) =>
    compare(
      models,
      Object.fromEntries([1, 2, 3].map((n) => [`o-${n}`, { cost: { input: 4 * factor, output: 20 * factor } }])),
    );
  assert.deepEqual(kinds(list(1.25)), []);
  assert.deepEqual(kinds(list(1.3)), ['median_shift']);
  assert.deepEqual(kinds(list(0.7)), ['median_shift']);
});

test('the guard refuses a list that lost more than half of the priced models', () => {
  const models = [1, 2, 3].map((n) => model(`lab/o${n}`, file.replace('example-1', `o-${n}`)));
  const entry = { cost: { input: 4, output: 20 } };
  assert.deepEqual(kinds(compare(models, { 'o-1': entry, 'o-2': entry })), []);
  assert.deepEqual(kinds(compare(models, { 'o-1': entry })), ['list_shrunk']);
});

test('the guard refuses a price of 0 where none was known', () => {
  const unpriced = model('lab/example.1', file.slice(0, file.indexOf('[price]')));
  assert.deepEqual(kinds(compare([unpriced], { 'example-1': { cost: { input: 0, output: 0 } } })), [
    'price_factor',
    'price_factor',
  ]);
  assert.deepEqual(kinds(compare([unpriced], { 'example-1': { cost: { input: 1, output: 2 } } })), []);
});
