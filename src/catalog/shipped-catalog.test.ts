import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { loadCatalog } from './load.ts';
import type { Catalog, CatalogModel } from './model.ts';

let catalog: Catalog;

before(async () => {
  catalog = await loadCatalog(join(import.meta.dirname, '../../models'));
});

const get = (id: string): CatalogModel => {
  const model = catalog.models.get(id);
  assert.ok(model, id);
  return model;
};

/** The ladder a model accepts and what it does when nothing is sent, as its lab documents it. */
const efforts: readonly (readonly [string, string, string | null])[] = [
  ['openai/gpt-6-astra', 'low medium high xhigh max', null],
  ['openai/gpt-6.1-sol', 'low medium high xhigh max', 'medium'],
  ['openai/gpt-6-sol', 'none low medium high xhigh max', 'medium'],
  ['openai/gpt-6.1-terra', 'none low medium high xhigh max', 'medium'],
  ['openai/gpt-6-luna', 'none low medium high xhigh max', 'medium'],
  ['openai/gpt-5.6-sol', 'none low medium high xhigh max', 'medium'],
  ['openai/gpt-5.5', 'none low medium high xhigh', 'medium'],
  ['openai/gpt-5.5-pro', 'medium high xhigh', null],
  ['openai/gpt-5.4-mini', 'none low medium high xhigh', 'none'],
  ['openai/gpt-5.2', 'none low medium high xhigh', 'none'],
  ['openai/gpt-5.1', 'none low medium high', 'none'],
  ['openai/gpt-5', 'minimal low medium high', 'medium'],
  ['openai/gpt-5-pro', 'high', 'high'],
  ['openai/o3', 'low medium high', 'medium'],
  ['openai/gpt-4o', '', null],
  ['openai/gpt-oss-120b', 'low medium high', 'medium'],
  ['anthropic/claude-fable-5.1', 'low medium high xhigh max', 'high'],
  ['anthropic/claude-opus-5.5', 'low medium high xhigh max', 'medium'],
  ['anthropic/claude-opus-5', 'none low medium high xhigh max', 'high'],
  ['anthropic/claude-sonnet-5', 'none low medium high xhigh max', 'high'],
  ['anthropic/claude-opus-4.8', 'none low medium high xhigh max', 'high'],
  ['anthropic/claude-opus-4.6', 'none low medium high max', 'high'],
  ['anthropic/claude-haiku-4.5', 'none low medium high', null],
  ['google/gemini-3.8-flash', 'low medium high', 'high'],
  ['google/gemini-3.5-flash', 'minimal low medium high', 'medium'],
  ['google/gemini-3.1-pro-preview', 'low medium high', 'high'],
  ['google/gemini-2.5-pro', 'low medium high', null],
  ['google/gemini-2.5-flash', 'none low medium high', null],
  ['deepseek/deepseek-v4-pro', 'none low high max', 'high'],
  ['xai/grok-4.3', 'none low medium high', 'low'],
  ['xai/grok-4.6', 'none low medium high xhigh', 'low'],
  ['mistral/mistral-medium-3.5', 'none high', 'none'],
  ['alibaba/qwen3.6-35b-a3b', 'none high', 'high'],
  ['zai/glm-5.2', 'none high', 'high'],
  ['moonshotai/kimi-k2.6', 'none high', 'high'],
];

for (const [id, list, standard] of efforts) {
  test(`${id} accepts ${list || 'no effort'}, by default ${standard ?? 'what it likes'}`, () => {
    const { reasoning } = get(id);
    assert.equal(reasoning.efforts.join(' '), list);
    assert.equal(reasoning.defaultEffort, standard);
  });
}

/** Input, cached and output price in micro-dollars per million tokens. */
const prices: readonly (readonly [string, number, number | null, number])[] = [
  ['openai/gpt-6-astra', 10_000_000, 1_000_000, 50_000_000],
  ['openai/gpt-6.1-sol', 2_000_000, 100_000, 10_000_000],
  ['openai/gpt-6-luna', 100_000, 10_000, 500_000],
  ['openai/gpt-5.4-nano', 200_000, 20_000, 1_250_000],
  ['openai/gpt-5-pro', 15_000_000, null, 120_000_000],
  ['anthropic/claude-opus-5.5', 4_000_000, 200_000, 20_000_000],
  ['anthropic/claude-haiku-5.5', 100_000, null, 500_000],
  ['google/gemini-3.8-flash', 750_000, 75_000, 3_750_000],
  ['deepseek/deepseek-v4-pro', 435_000, 3_625, 870_000],
  ['deepseek/deepseek-v4-flash', 140_000, 2_800, 280_000],
  ['xai/grok-4.3', 1_250_000, 200_000, 2_500_000],
  ['alibaba/qwen3.6-flash', 187_500, null, 1_125_000],
];

for (const [id, input, cacheRead, output] of prices) {
  test(`${id} costs what its source says`, () => {
    const base = get(id).price?.base;
    assert.deepEqual([base?.input, base?.cacheRead, base?.output], [input, cacheRead, output]);
  });
}

test('what only the press says is never marked as verified', () => {
  for (const { id, sources } of catalog.models.values()) {
    for (const source of [sources.facts, sources.price]) {
      if (source?.source === 'press') assert.equal(source.verified, false, id);
    }
  }
});

test('a price of 0 stands only where the lab itself serves the model for nothing', () => {
  const free = [...catalog.models.values()].filter(({ price }) => price?.base.input === 0 || price?.base.output === 0);
  assert.deepEqual(
    free.map(({ id }) => id),
    ['zai/glm-4.7-flash'],
  );
});

test('every model reads and writes text', () => {
  for (const { id, input, output } of catalog.models.values()) {
    assert.ok(input.includes('text') && output.includes('text'), id);
  }
});

test('names without their lab are unique, so that every bare id finds its model', () => {
  const bare = [...catalog.models.values()].map(({ id, lab }) => id.slice(lab.length + 1));
  assert.equal(new Set(bare).size, bare.length);
});

test('OpenAI models that take tools over the Responses API only, or at effort none only, are marked so', () => {
  assert.deepEqual(
    ['openai/gpt-6-astra', 'openai/gpt-6.1-sol', 'openai/gpt-6-sol', 'openai/gpt-6.1-terra', 'openai/gpt-5.5'].map(
      (id) => get(id).capabilities.chatTools,
    ),
    ['never', 'never', 'without-reasoning', 'without-reasoning', 'always'],
  );
});
