import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CatalogModel } from '../catalog/model.ts';
import { createCatalog } from '../catalog/load.ts';
import { chooseRoles, lowestEffort, type RoleChoice } from './roles.ts';

const source = { source: 'test', asOf: '2026-10-01', verified: true };

/** A usable, current, verified model that reasons; prices in dollars per million tokens. */
const model = (
  name: string,
  [input, output]: readonly [number, number],
  facts: Partial<CatalogModel> = {},
): CatalogModel => ({
  id: `acme/${name}`,
  lab: 'acme',
  name,
  releasedOn: '2026-09-01',
  status: 'active',
  shutdownOn: null,
  successors: [],
  openWeights: false,
  limits: { contextTokens: 200_000, outputTokens: 32_000 },
  input: ['text'],
  output: ['text'],
  capabilities: {
    tools: true,
    structuredOutput: true,
    sampling: 'always',
    forcedToolChoice: true,
    verbosity: false,
    chatTools: 'always',
  },
  reasoning: { control: 'effort', efforts: ['none', 'low', 'high'], defaultEffort: 'low', budgetTokens: null },
  price: {
    base: { input: input * 1e6, output: output * 1e6, cacheRead: null, cacheWrite: null, cacheWriteOneHour: null },
    contextTiers: [],
    serviceTiers: [],
  },
  sources: { facts: source, price: source },
  ...facts,
});

const choose = (models: readonly CatalogModel[], chat = true): RoleChoice | null =>
  chooseRoles(
    models.map((item) => ({ upstreamModel: item.name, model: item })),
    { nowMs: Date.parse('2026-11-23'), chat, catalog: createCatalog(models) },
  );

const names = (models: readonly CatalogModel[]): readonly (string | undefined)[] => {
  const roles = choose(models);
  return [roles?.fast.upstreamModel, roles?.thinking.upstreamModel];
};

const BIG = model('m-2-big', [5, 25]);
const SMALL = model('m-2-small', [0.5, 2]);

test('thinking is the dearer and fast the cheaper of two current models', () => {
  assert.deepEqual(names([BIG, SMALL]), ['m-2-small', 'm-2-big']);
});

test('of flagships the newest is thinking, undated before dated, and the dearer one only of the same day', () => {
  const older = model('m-1-max', [7, 33], { releasedOn: '2026-05-01' });
  assert.deepEqual(names([older, BIG, SMALL]), ['m-2-small', 'm-2-big']);
  assert.deepEqual(names([{ ...older, releasedOn: null }, BIG, SMALL]), ['m-2-small', 'm-1-max']);
  assert.deepEqual(names([{ ...older, releasedOn: '2026-09-01' }, BIG, SMALL]), ['m-2-small', 'm-1-max']);
});

test('a newer model below a third of the dearest is a smaller size, no flagship', () => {
  // Blended 3:1, the big one costs 10, a third of which is 3.33.
  const third = model('m-3-medium', [2, 7.34], { releasedOn: '2026-10-01' });
  const less = model('m-3-medium', [2, 7.3], { releasedOn: '2026-10-01' });
  assert.equal(names([BIG, SMALL, third])[1], 'm-3-medium');
  assert.equal(names([BIG, SMALL, less])[1], 'm-2-big');
});

test('a model above 35 dollars per million output tokens is pro, not thinking', () => {
  const roles = choose([BIG, SMALL, model('m-2-huge', [15, 120])]);
  assert.deepEqual([roles?.thinking.upstreamModel, roles?.pro.upstreamModel], ['m-2-big', 'm-2-huge']);
});

test('a model below a twentieth of thinking’s price is fast-mini, not fast', () => {
  // Blended 3:1, thinking costs 10 and the tiny one 0.4, which is less than 10 / 20.
  const roles = choose([BIG, SMALL, model('m-2-tiny', [0.1, 1.3])]);
  assert.deepEqual(
    [roles?.fast.upstreamModel, roles?.fastMini.upstreamModel, roles?.thinkingNano.upstreamModel],
    ['m-2-small', 'm-2-tiny', 'm-2-tiny'],
  );
});

test('of a family only the highest version counts, compared number by number', () => {
  assert.deepEqual(names([BIG, SMALL, model('m-1.9-big', [9, 30]), model('m-1.10-small', [0.6, 3])]), [
    'm-2-small',
    'm-2-big',
  ]);
  assert.deepEqual(names([BIG, model('m-1.9-small', [0.7, 3]), model('m-1.10-small', [0.8, 3])]), [
    'm-1.10-small',
    'm-2-big',
  ]);
});

test('a size in the name is no version: two sizes are two families', () => {
  assert.deepEqual(names([model('m2-8b', [0.5, 1]), model('m2-70b', [3, 9])]), ['m2-8b', 'm2-70b']);
});

test('models released more than 15 months before the newest of the catalog are left out, undated ones stay', () => {
  const old = model('old', [8, 30], { releasedOn: '2025-05-01' });
  const undated = model('new', [8, 30], { releasedOn: null });
  assert.deepEqual(names([BIG, SMALL, old]), ['m-2-small', 'm-2-big']);
  assert.deepEqual(names([BIG, SMALL, undated]), ['m-2-small', 'new']);
});

test('models without a confirmed price are used only where none with one reasons; unconfirmed facts do not matter', () => {
  const unverified = { sources: { facts: source, price: { ...source, verified: false } } };
  const rumoured = { sources: { facts: { ...source, verified: false }, price: source } };
  assert.deepEqual(names([BIG, SMALL, model('known-price', [6, 30], rumoured)]), ['m-2-small', 'known-price']);
  assert.deepEqual(names([BIG, SMALL, model('rumour', [6, 30], unverified)]), ['m-2-small', 'm-2-big']);
  assert.deepEqual(names([model('a', [1, 4], unverified), model('b', [6, 30], unverified)]), ['a', 'b']);
});

test('a model named for code is used only where no other reasons', () => {
  const code = model('m-3-code', [5, 25], { releasedOn: '2026-10-01' });
  assert.deepEqual(names([BIG, SMALL, code]), ['m-2-small', 'm-2-big']);
  assert.deepEqual(names([code]), ['m-3-code', 'm-3-code']);
});

test('what cannot serve is never chosen', () => {
  const unusable: readonly Partial<CatalogModel>[] = [
    { status: 'deprecated' },
    { status: 'preview' },
    { shutdownOn: '2027-01-14' },
    { price: null },
    { output: ['image'] },
    { limits: { contextTokens: 32_000, outputTokens: 8000 } },
    { capabilities: { ...BIG.capabilities, tools: false } },
    { capabilities: { ...BIG.capabilities, chatTools: 'never' } },
  ];
  for (const facts of unusable) {
    assert.deepEqual(
      names([BIG, SMALL, model('other', [6, 30], facts)]),
      ['m-2-small', 'm-2-big'],
      JSON.stringify(facts),
    );
    assert.equal(choose([model('other', [6, 30], facts)]), null, JSON.stringify(facts));
  }
  assert.equal(
    choose([model('other', [6, 30], { capabilities: { ...BIG.capabilities, chatTools: 'never' } })], false)?.thinking
      .upstreamModel,
    'other',
  );
});

test('one model, or several at one price, give two settings of the most adjustable one', () => {
  assert.deepEqual(names([BIG]), ['m-2-big', 'm-2-big']);
  const fixed = model('fixed', [5, 25], {
    reasoning: { control: 'none', efforts: [], defaultEffort: null, budgetTokens: null },
  });
  assert.deepEqual(names([BIG, fixed]), ['m-2-big', 'm-2-big']);
});

test('the order of the offer does not matter', () => {
  const models = [BIG, SMALL, model('m-2-tiny', [0.1, 1.3]), model('m-2-huge', [15, 120]), model('same', [0.5, 2])];
  assert.deepEqual(choose(models), choose(models.toReversed()));
});

test('the lowest effort is the first on the ladder that the model takes, none where it does not reason', () => {
  const withEfforts = (efforts: CatalogModel['reasoning']['efforts']) =>
    model('m', [1, 1], { reasoning: { ...BIG.reasoning, efforts } });
  assert.equal(lowestEffort(withEfforts(['low', 'high'])), 'low');
  assert.equal(lowestEffort(withEfforts(['none', 'high'])), 'none');
  assert.equal(lowestEffort(withEfforts([])), 'none');
});
