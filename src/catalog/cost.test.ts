import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { NO_USAGE, type Usage } from '../canonical/usage.ts';
import { estimateCostMicroUsd, toCost, toPicoUsd, type UnknownCostReason } from './cost.ts';
import type { ModelPrice, TokenPrices } from './model.ts';

const usd = (dollars: number): number => Math.round(dollars * 1_000_000);

const prices = (input: number, output: number, rest: Partial<Record<keyof TokenPrices, number>> = {}): TokenPrices => ({
  input: usd(input),
  output: usd(output),
  cacheRead: rest.cacheRead === undefined ? null : usd(rest.cacheRead),
  cacheWrite: rest.cacheWrite === undefined ? null : usd(rest.cacheWrite),
  cacheWriteOneHour: rest.cacheWriteOneHour === undefined ? null : usd(rest.cacheWriteOneHour),
});

const flat = (base: TokenPrices): ModelPrice => ({ base, contextTiers: [], serviceTiers: [] });

const usage = (inputTokens: number, outputTokens: number, rest: Partial<Usage> = {}): Usage => ({
  ...NO_USAGE,
  inputTokens,
  outputTokens,
  ...rest,
});

const luna = flat(prices(0.1, 0.5, { cacheRead: 0.01 }));
const opus = {
  base: prices(4, 20, { cacheRead: 0.2, cacheWrite: 5, cacheWriteOneHour: 8 }),
  contextTiers: [],
  serviceTiers: [{ name: 'fast', prices: prices(8, 40, { cacheRead: 0.4, cacheWrite: 10 }) }],
} satisfies ModelPrice;
const astra: ModelPrice = {
  base: prices(10, 50, { cacheRead: 1, cacheWrite: 12.5 }),
  contextTiers: [
    { aboveInputTokens: 272_000, prices: prices(20, 75) },
    { aboveInputTokens: 600_000, prices: prices(40, 150) },
  ],
  serviceTiers: [{ name: 'priority', prices: prices(20, 100, { cacheRead: 2, cacheWrite: 25 }) }],
};
const deepseek = flat(prices(0.435, 0.87, { cacheRead: 0.003625 }));
const free = flat(prices(0, 0));

/** Computed by hand; dollars in the comment, micro-dollars in the row. */
const invoices: readonly (readonly [string, number, ModelPrice, Usage, string | null])[] = [
  // 1,000 · 0.10/M + 500 · 0.50/M = 0.0001 + 0.00025
  ['plain chat', 350, luna, usage(1_000, 500), null],
  // 1 · 0.10/M = 0.0000001: a tenth of a micro-dollar rounds to 0, which is known
  ['one token', 0, luna, usage(1, 0), null],
  // 5 · 0.10/M = 0.0000005: exactly half rounds up
  ['half a micro-dollar', 1, luna, usage(5, 0), null],
  // 4 · 0.10/M = 0.0000004 rounds down
  ['less than half a micro-dollar', 0, luna, usage(4, 0), null],
  // 6 · 0.10/M + 1 · 0.50/M = 0.6 + 0.5 = 1.1 micro-dollars: line by line it would be 1 + 1
  ['rounded once, not line by line', 1, luna, usage(6, 1), null],
  // 0.4 + 0.5 = 0.9 micro-dollars: each line alone would round to 0 and 1
  ['two small lines add before rounding', 1, luna, usage(4, 1), null],
  // 10,000 cached of 12,000: 2,000 · 0.10/M + 10,000 · 0.01/M = 0.0002 + 0.0001
  ['read from the cache', 300, luna, usage(12_000, 0, { cacheReadTokens: 10_000 }), null],
  // 100 · 4/M + 20,000 · 0.20/M + 3,000 · 5/M + 700 · 20/M = 0.0004 + 0.004 + 0.015 + 0.014
  [
    'an agent turn with reads and writes',
    33_400,
    opus,
    usage(23_100, 700, { cacheReadTokens: 20_000, cacheWriteTokens: 3_000 }),
    'standard',
  ],
  // 1,000 written for 5 minutes at 5/M, 1,000 for an hour at 8/M = 0.005 + 0.008
  [
    'both kinds of writes',
    13_000,
    opus,
    usage(2_000, 0, { cacheWriteTokens: 1_000, cacheWriteOneHourTokens: 1_000 }),
    null,
  ],
  // fast: 1,000 · 8/M + 1,000 · 40/M
  ['a dearer service tier', 48_000, opus, usage(1_000, 1_000), 'fast'],
  // 272,000 is not above the threshold: 2.72 + 0.005
  ['input on the threshold', 2_725_000, astra, usage(272_000, 100), 'default'],
  // one token more doubles the whole call: 272,001 · 20/M + 100 · 75/M = 5.44002 + 0.0075
  ['input above the threshold', 5_447_520, astra, usage(272_001, 100), null],
  // cached tokens count for the threshold and have no cached price there: 300,000 · 20/M
  ['cached input above the threshold', 6_000_000, astra, usage(300_000, 0, { cacheReadTokens: 299_000 }), null],
  // the highest tier reached: 700,000 · 40/M + 10 · 150/M = 28 + 0.0015
  ['the second threshold', 28_001_500, astra, usage(700_000, 10), null],
  // priority: 1,000 written · 25/M + 500 · 100/M
  ['written at a service tier', 75_000, astra, usage(1_000, 500, { cacheWriteTokens: 1_000 }), 'priority'],
  // 100,000 read · 0.003625/M = 0.0003625, and 1,000 · 0.87/M = 0.00087: 1,232.5 micro-dollars round up
  ['prices below a cent', 1_233, deepseek, usage(100_000, 1_000, { cacheReadTokens: 100_000 }), null],
  // reasoning tokens are part of the 2,000 output tokens: 2,000 · 20/M
  ['reasoning is output', 40_000, opus, usage(0, 2_000, { reasoningTokens: 1_900 }), null],
  // no cached price: 10,000 · 0.02/M at the input price
  [
    'cached input without a cached price',
    200,
    flat(prices(0.02, 0.08)),
    usage(10_000, 0, { cacheReadTokens: 9_000 }),
    null,
  ],
  ['nothing sent, nothing answered', 0, opus, usage(0, 0), null],
  ['a free model', 0, free, usage(1_000_000, 1_000_000), null],
  // 10,000,000 · 600/M + 1,000,000 · 600/M: beyond 2^53 pico-dollars, still exact
  ['the dearest call', 6_600_000_000, flat(prices(600, 600)), usage(10_000_000, 1_000_000), null],
];

for (const [title, microUsd, price, used, tier] of invoices) {
  test(`invoice: ${title}`, () => {
    assert.deepEqual(toCost(used, price, tier), { type: 'known', microUsd });
  });
}

const unknowns: readonly (readonly [string, UnknownCostReason, ModelPrice | null, Usage, string | null])[] = [
  ['no price', 'price', null, usage(1, 1), null],
  ['no price, even for no tokens', 'price', null, usage(0, 0), null],
  ['no input count', 'usage_missing', luna, { ...NO_USAGE, outputTokens: 5 }, null],
  ['no output count', 'usage_missing', luna, { ...NO_USAGE, inputTokens: 5 }, null],
  ['no count at a free model', 'usage_missing', free, NO_USAGE, null],
  ['a negative count', 'usage_invalid', luna, usage(-1, 1), null],
  ['a fractional count', 'usage_invalid', luna, usage(1, 1.5), null],
  ['a count that is not a number', 'usage_invalid', luna, usage(1, 1, { cacheReadTokens: NaN }), null],
  ['more cached than sent', 'usage_invalid', luna, usage(10, 1, { cacheReadTokens: 6, cacheWriteTokens: 5 }), null],
  ['a tier without a price', 'service_tier', luna, usage(1, 1), 'flex'],
  ['a tier above the threshold', 'service_tier', astra, usage(272_001, 1), 'priority'],
  [
    'a one-hour write without a price',
    'cache_write_one_hour',
    astra,
    usage(9, 1, { cacheWriteOneHourTokens: 9 }),
    null,
  ],
  ['counts beyond every bill', 'usage_invalid', flat(prices(600, 600)), usage(2 ** 53 - 1, 2 ** 53 - 1), null],
];

for (const [title, reason, price, used, tier] of unknowns) {
  test(`unknown, never 0: ${title}`, () => {
    const cost = toCost(used, price, tier);
    assert.ok(cost.type === 'unknown');
    assert.equal(cost.reason, reason);
    assert.match(cost.detail, /\.$/);
  });
}

const anyPrice = fc.integer({ min: 0, max: 1_000_000_000 });
const anyTokens = fc.integer({ min: 0, max: 10_000_000 });
const anyPrices: fc.Arbitrary<TokenPrices> = fc.record({
  input: anyPrice,
  output: anyPrice,
  cacheRead: fc.option(anyPrice),
  cacheWrite: fc.option(anyPrice),
  cacheWriteOneHour: anyPrice,
});
const anyUsage = fc
  .record({ fresh: anyTokens, read: anyTokens, write: anyTokens, hour: anyTokens, output: anyTokens })
  .map(({ fresh, read, write, hour, output }) =>
    usage(fresh + read + write + hour, output, {
      cacheReadTokens: read,
      cacheWriteTokens: write,
      cacheWriteOneHourTokens: hour,
    }),
  );

const known = (used: Usage, price: ModelPrice): number => {
  const cost = toCost(used, price, null);
  assert.ok(cost.type === 'known');
  return cost.microUsd;
};

const plus = (left: number | null, right: number | null): number => (left ?? 0) + (right ?? 0);

const add = (left: Usage, right: Usage): Usage =>
  usage(plus(left.inputTokens, right.inputTokens), plus(left.outputTokens, right.outputTokens), {
    cacheReadTokens: plus(left.cacheReadTokens, right.cacheReadTokens),
    cacheWriteTokens: plus(left.cacheWriteTokens, right.cacheWriteTokens),
    cacheWriteOneHourTokens: plus(left.cacheWriteOneHourTokens, right.cacheWriteOneHourTokens),
  });

test('more tokens of any kind never cost less', () => {
  fc.assert(
    fc.property(anyPrices, anyUsage, anyUsage, (base, used, more) => {
      assert.ok(known(add(used, more), flat(base)) >= known(used, flat(base)));
    }),
  );
});

test('two calls cost what their tokens cost together: exactly in pico-dollars, within one micro-dollar when rounded', () => {
  fc.assert(
    fc.property(anyPrices, anyUsage, anyUsage, (base, left, right) => {
      const price = flat(base);
      const [a, b, both] = [left, right, add(left, right)].map((used) => toPicoUsd(used, price, null));
      assert.ok(typeof a === 'bigint' && typeof b === 'bigint' && typeof both === 'bigint');
      assert.equal(a + b, both);
      assert.ok(Math.abs(known(left, price) + known(right, price) - known(add(left, right), price)) <= 1);
    }),
  );
});

test('a cached token never costs more than a fresh one when its price says so', () => {
  fc.assert(
    fc.property(anyPrices, anyTokens, anyTokens, (base, fresh, read) => {
      const price = flat({ ...base, cacheRead: Math.min(base.cacheRead ?? 0, base.input) });
      const cached = known(usage(fresh + read, 0, { cacheReadTokens: read }), price);
      assert.ok(cached <= known(usage(fresh + read, 0), price));
    }),
  );
});

const UNCACHED = { cachedTokens: 0, writesCache: false };

test('the estimate of an uncached call is its cost, to a micro-dollar', () => {
  fc.assert(
    fc.property(anyTokens, anyTokens, (inputTokens, outputTokens) => {
      const estimate = estimateCostMicroUsd({ ...UNCACHED, inputTokens, outputTokens, price: astra });
      assert.ok(estimate !== null);
      assert.ok(Math.abs(estimate - known(usage(inputTokens, outputTokens), astra)) <= 1);
    }),
  );
});

test('the estimate takes expected tokens that are not whole, and is null where nothing is known', () => {
  // 1,000.5 · 0.10/M + 10.25 · 0.50/M = 100.05 + 5.125 = 105.175 micro-dollars
  assert.equal(estimateCostMicroUsd({ ...UNCACHED, inputTokens: 1_000.5, outputTokens: 10.25, price: luna }), 105);
  assert.equal(estimateCostMicroUsd({ ...UNCACHED, inputTokens: 0, outputTokens: 0, price: luna }), 0);
  assert.equal(estimateCostMicroUsd({ ...UNCACHED, inputTokens: 1, outputTokens: 1, price: null }), null);
  assert.equal(estimateCostMicroUsd({ ...UNCACHED, inputTokens: NaN, outputTokens: 1, price: luna }), null);
  assert.equal(estimateCostMicroUsd({ ...UNCACHED, inputTokens: 1, outputTokens: -1, price: luna }), null);
});

test('the estimate of a cached call is its cost, whether the rest is written to the cache or not', () => {
  fc.assert(
    fc.property(anyPrices, fc.tuple(anyTokens, anyTokens), fc.boolean(), (base, [cachedTokens, rest], writesCache) => {
      const price = flat(base);
      const inputTokens = cachedTokens + rest;
      const estimate = estimateCostMicroUsd({ inputTokens, cachedTokens, writesCache, outputTokens: 7, price });
      const counted = { cacheReadTokens: cachedTokens, cacheWriteTokens: writesCache ? rest : 0 };
      assert.ok(estimate !== null);
      assert.ok(Math.abs(estimate - known(usage(inputTokens, 7, counted), price)) <= 1);
    }),
  );
});

test('more cached tokens than the request has are all of its tokens', () => {
  const call = { inputTokens: 1_000, writesCache: false, outputTokens: 0, price: astra };
  assert.equal(
    estimateCostMicroUsd({ ...call, cachedTokens: 5_000 }),
    estimateCostMicroUsd({ ...call, cachedTokens: 1_000 }),
  );
});
