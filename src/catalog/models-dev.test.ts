import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { ConfigError } from '../errors.ts';
import { parseModelsDev } from './models-dev.ts';

const entry = {
  id: 'gpt-x',
  name: 'GPT-X',
  release_date: '2026-09-04',
  tool_call: true,
  attachment: true,
  reasoning: true,
  limit: { context: 1_050_000, input: 922_000, output: 128_000 },
  modalities: { input: ['pdf', 'text', 'image/heic', 'image'], output: ['text'] },
  cost: {
    input: 10,
    output: 50,
    cache_read: 1,
    cache_write: 12.5,
    tiers: [
      { tier: { type: 'context', size: 600_000 }, input: 40, output: 150 },
      { tier: { size: 272_000 }, input: 20, output: 75, cache_read: 2 },
    ],
    context_over_200k: { input: 20, output: 75 },
  },
  experimental: {
    modes: {
      fast: { cost: { input: 20, output: 100 }, provider: { body: { service_tier: 'priority' } } },
      slow: { cost: { input: 5, output: 25 } },
      pro: { provider: { body: { reasoning: { mode: 'pro' } } } },
    },
  },
  some_future_member: { nested: [1] },
};

const parse = (models: Readonly<Record<string, unknown>>) =>
  parseModelsDev('api.json', JSON.stringify({ openai: { id: 'openai', env: ['OPENAI_API_KEY'], models } }));

const none = { cacheRead: null, cacheWrite: null, cacheWriteOneHour: null };

test('an entry is read into micro-dollars, tiers in ascending order, modes under the name the API reports', () => {
  assert.deepEqual(parse({ 'gpt-x': entry }).models.get('openai/gpt-x'), {
    provider: 'openai',
    id: 'gpt-x',
    releasedOn: '2026-09-04',
    contextTokens: 1_050_000,
    outputTokens: 128_000,
    input: ['text', 'image', 'pdf'],
    tools: true,
    prices: { ...none, input: 10_000_000, output: 50_000_000, cacheRead: 1_000_000, cacheWrite: 12_500_000 },
    contextTiers: [
      { aboveInputTokens: 272_000, prices: { ...none, input: 20_000_000, output: 75_000_000, cacheRead: 2_000_000 } },
      { aboveInputTokens: 600_000, prices: { ...none, input: 40_000_000, output: 150_000_000 } },
    ],
    serviceTiers: [
      { name: 'priority', prices: { ...none, input: 20_000_000, output: 100_000_000 } },
      { name: 'slow', prices: { ...none, input: 5_000_000, output: 25_000_000 } },
    ],
  });
});

test('the legacy tier counts where there is no other', () => {
  const { tiers: _tiers, ...cost } = entry.cost;
  const listed = parse({ a: { ...entry, cost } }).models.get('openai/a');
  assert.deepEqual(
    listed?.contextTiers.map((tier) => tier.aboveInputTokens),
    [200_000],
  );
});

test('what the list does not say is null, and a limit of 0 says nothing', () => {
  const listed = parse({ a: { limit: { context: 0, output: 0 } } }).models.get('openai/a');
  assert.deepEqual(listed, {
    provider: 'openai',
    id: 'a',
    releasedOn: null,
    contextTokens: null,
    outputTokens: null,
    input: null,
    tools: null,
    prices: null,
    contextTiers: [],
    serviceTiers: [],
  });
});

test('one unreadable entry is skipped and named; the others are read', () => {
  const { models, skipped } = parse({
    good: entry,
    bad: { cost: { input: 'ten', output: 1 } },
    huge: { cost: { input: 1e7, output: 1 } },
  });
  assert.deepEqual([...models.keys()], ['openai/good']);
  assert.equal(skipped.length, 2);
  assert.match(skipped[0] ?? '', /^openai\/bad: cost\.input: /);
});

for (const [title, text] of [
  ['nothing', ''],
  ['a web page', '<html>'],
  ['a list of another shape', '[{"provider":"openai","id":"gpt-5"}]'],
  ['no models at all', '{"openai":{"models":{}}}'],
  ['only unreadable models', '{"openai":{"models":{"a":{"cost":{"input":-1,"output":1}}}}}'],
] as const) {
  test(`${title} is not the list, and the error names source and format`, () => {
    assert.throws(
      () => parseModelsDev('api.json', text),
      (error: unknown) =>
        error instanceof ConfigError && /^api\.json: expected the list .*, got .*Download/.test(error.message),
    );
  });
}
