/** What a call costs: exact from its usage, or estimated before it is made. */
import type { Usage } from '../canonical/usage.ts';
import type { ModelPrice, TokenPrices } from './model.ts';

/**
 * `price`: nobody says what the model costs. `service_tier`: it was served at a tier whose price is not known.
 * `cache_write_one_hour`: tokens were written for an hour at an unknown price. `usage_missing`: the provider did not
 * count input or output tokens. `usage_invalid`: it counted impossibly (negative, fractional, more cached than sent).
 */
export type UnknownCostReason = 'price' | 'service_tier' | 'cache_write_one_hour' | 'usage_missing' | 'usage_invalid';

export interface UnknownCost {
  readonly type: 'unknown';
  readonly reason: UnknownCostReason;
  /** One sentence with the field and the value at fault. */
  readonly detail: string;
}

/** An unknown cost is a case of its own: it cannot be added up or shown as 0 by mistake. */
export type Cost = { readonly type: 'known'; readonly microUsd: number } | UnknownCost;

const unknown = (reason: UnknownCostReason, detail: string): UnknownCost => ({ type: 'unknown', reason, detail });

/**
 * How providers say "no special tier": OpenAI answers `default`, Anthropic `standard`, Groq `on_demand`; `auto` is what a
 * request says. Any other name must have a price of its own, because tiers differ by factors of 0.5 to 2.5.
 */
const STANDARD_TIERS: ReadonlySet<string> = new Set(['', 'default', 'standard', 'auto', 'on_demand']);

const PICO_PER_MICRO = 1_000_000n;
const HALF_MICRO_IN_PICO = 500_000n;

/** Prices at which the whole call is billed: those of the highest context tier that its input exceeds. */
const atContext = (price: ModelPrice, inputTokens: number): TokenPrices =>
  price.contextTiers.findLast((tier) => inputTokens > tier.aboveInputTokens)?.prices ?? price.base;

const atServiceTier = (price: ModelPrice, name: string, inputTokens: number): TokenPrices | UnknownCost => {
  const tier = price.serviceTiers.find((candidate) => candidate.name === name);
  if (tier === undefined) {
    const known = price.serviceTiers.map((candidate) => candidate.name).join(', ') || 'none besides the standard one';
    return unknown('service_tier', `service_tier "${name}" has no known price (known: ${known}).`);
  }
  const threshold = price.contextTiers[0]?.aboveInputTokens;
  if (threshold !== undefined && inputTokens > threshold) {
    return unknown('service_tier', `service_tier "${name}" has no known price above ${threshold} input tokens.`);
  }
  return tier.prices;
};

const pricesFor = (price: ModelPrice, inputTokens: number, serviceTier: string | null): TokenPrices | UnknownCost =>
  serviceTier === null || STANDARD_TIERS.has(serviceTier)
    ? atContext(price, inputTokens)
    : atServiceTier(price, serviceTier, inputTokens);

/** Disjoint counts of one call; they add up to all its tokens. */
interface TokenCounts {
  readonly input: number;
  readonly fresh: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly cacheWriteOneHour: number;
  readonly output: number;
}

const COUNTED = [
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'cacheWriteOneHourTokens',
] as const satisfies readonly (keyof Usage)[];

/**
 * A provider that says nothing about its cache is billed as if it had none: most have none, and where one exists
 * unmentioned, fresh input is the price it lists. Missing input or output counts are never taken as 0.
 */
const toCounts = (usage: Usage): TokenCounts | UnknownCost => {
  const { inputTokens: input, outputTokens: output } = usage;
  const invalid = COUNTED.find((name) => {
    const count = usage[name];
    return count !== null && (!Number.isSafeInteger(count) || count < 0);
  });
  if (invalid !== undefined) {
    return unknown('usage_invalid', `${invalid} is ${usage[invalid]}: expected a whole number of 0 or more.`);
  }
  if (input === null || output === null) {
    return unknown('usage_missing', `The provider counted no ${input === null ? 'input' : 'output'} tokens.`);
  }
  const cacheRead = usage.cacheReadTokens ?? 0;
  const cacheWrite = usage.cacheWriteTokens ?? 0;
  const cacheWriteOneHour = usage.cacheWriteOneHourTokens ?? 0;
  const fresh = input - cacheRead - cacheWrite - cacheWriteOneHour;
  if (fresh < 0) {
    return unknown('usage_invalid', `${input - fresh} cached tokens are more than all ${input} input tokens.`);
  }
  return { input, fresh, cacheRead, cacheWrite, cacheWriteOneHour, output };
};

/** Pico-dollars of one call by what they were paid for; they add up to the whole. */
export interface CostParts {
  readonly freshInput: bigint;
  readonly cacheRead: bigint;
  /** Of every lifetime. */
  readonly cacheWrite: bigint;
  readonly output: bigint;
}

const toParts = (counts: TokenCounts, prices: TokenPrices): CostParts | UnknownCost => {
  if (counts.cacheWriteOneHour > 0 && prices.cacheWriteOneHour === null) {
    const detail = `${counts.cacheWriteOneHour} tokens were written to the cache for an hour at an unknown price (a configured one is \`cache_write_1h\`).`;
    return unknown('cache_write_one_hour', detail);
  }
  const of = (tokens: number, microUsdPerMtok: number | null): bigint =>
    BigInt(tokens) * BigInt(microUsdPerMtok ?? prices.input);
  return {
    freshInput: of(counts.fresh, prices.input),
    cacheRead: of(counts.cacheRead, prices.cacheRead),
    cacheWrite: of(counts.cacheWrite, prices.cacheWrite) + of(counts.cacheWriteOneHour, prices.cacheWriteOneHour),
    output: of(counts.output, prices.output),
  };
};

const isUnknown = (value: TokenPrices | TokenCounts | CostParts | bigint | UnknownCost): value is UnknownCost =>
  typeof value === 'object' && 'type' in value;

/**
 * The exact cost in pico-dollars, by what was paid for: micro-dollars per million tokens times tokens are 1e-6 · 1e-6
 * dollars. In bigint, because a call of ten million tokens at the dearest allowed price exceeds 2^53 pico-dollars.
 */
export const toCostParts = (
  usage: Usage,
  price: ModelPrice | null,
  serviceTier: string | null,
): CostParts | UnknownCost => {
  if (price === null) return unknown('price', 'Nobody says what this model costs; the configuration can.');
  const counts = toCounts(usage);
  if (isUnknown(counts)) return counts;
  const prices = pricesFor(price, counts.input, serviceTier);
  return isUnknown(prices) ? prices : toParts(counts, prices);
};

export const totalOf = ({ freshInput, cacheRead, cacheWrite, output }: CostParts): bigint =>
  freshInput + cacheRead + cacheWrite + output;

/** The sum of its parts. */
export const toPicoUsd = (usage: Usage, price: ModelPrice | null, serviceTier: string | null): bigint | UnknownCost => {
  const parts = toCostParts(usage, price, serviceTier);
  return isUnknown(parts) ? parts : totalOf(parts);
};

/** Whole micro-dollars, rounded half up. */
export const fromPicoUsd = (picoUsd: bigint): number => Number((picoUsd + HALF_MICRO_IN_PICO) / PICO_PER_MICRO);

/**
 * What one call costs, rounded once, half up, to micro-dollars. `serviceTier` is the tier that served the call, as the
 * provider names it (usually `usage.serviceTier`); null is the standard one. Reasoning tokens are output tokens.
 */
export const toCost = (usage: Usage, price: ModelPrice | null, serviceTier: string | null): Cost => {
  const picoUsd = toPicoUsd(usage, price, serviceTier);
  if (isUnknown(picoUsd)) return picoUsd;
  const microUsd = fromPicoUsd(picoUsd);
  if (!Number.isSafeInteger(microUsd)) return unknown('usage_invalid', 'The token counts are impossibly large.');
  return { type: 'known', microUsd };
};

export interface ExpectedCall {
  /** Expected tokens, 0 or more, need not be whole. */
  readonly inputTokens: number;
  /** Of the input tokens, those that the provider has cached; more than all of them count as all. */
  readonly cachedTokens: number;
  /** The rest of the input is written to the cache, at the price of that where there is one. */
  readonly writesCache: boolean;
  readonly outputTokens: number;
  readonly price: ModelPrice | null;
}

/**
 * What a call of about this size would cost at the standard tier: whole micro-dollars, half up. Null when the price is
 * unknown or a count is not a number. In floating point and without allocation, for the hot path: the error is below one
 * part in 1e15, far below that of any forecast of tokens.
 */
export const estimateCostMicroUsd = (call: ExpectedCall): number | null => {
  const { inputTokens, outputTokens, price } = call;
  if (price === null || !(inputTokens >= 0 && outputTokens >= 0)) return null;
  const prices = price.contextTiers.length === 0 ? price.base : atContext(price, inputTokens);
  const cached = Math.min(call.cachedTokens, inputTokens);
  const fresh = call.writesCache ? (prices.cacheWrite ?? prices.input) : prices.input;
  const input = (inputTokens - cached) * fresh + cached * (prices.cacheRead ?? prices.input);
  return Math.floor((input + outputTokens * prices.output) / 1_000_000 + 0.5);
};
