/** The shape of a catalog file: one TOML document a model, strictly checked, turned into plain readonly facts. */
import { z } from 'zod';
import { EFFORTS } from '../canonical/effort.ts';
import { MICRO_PER_USD } from '../canonical/money.ts';
import type { CatalogModel, ModelPrice, ReasoningFacts, TokenPrices } from './model.ts';

/** Dollars per million tokens. The dearest model ever listed cost 600; a larger number is a mistake in the unit. */
export const MAX_USD_PER_MTOK = 1_000;

/** Tokens. Larger context windows than this are a mistake in the number of zeros. */
export const MAX_CONTEXT_TOKENS = 100_000_000;

const MODALITIES = ['text', 'image', 'audio', 'video', 'pdf'] as const;

const isDay = (text: string): boolean => {
  const time = Date.parse(`${text}T00:00:00Z`);
  return Number.isFinite(time) && new Date(time).toISOString().startsWith(text);
};

const day = z.string().refine(isDay, { error: 'a day as "YYYY-MM-DD"' });
/** Some labs only name the month. */
const monthOrDay = z.string().refine((text) => isDay(text) || (/^\d{4}-\d{2}$/.test(text) && isDay(`${text}-01`)), {
  error: 'a day as "YYYY-MM-DD", or a month as "YYYY-MM"',
});
export const text = z.string().min(1, { error: 'text that is not empty' });
const tokens = z
  .int({ error: 'a whole number of tokens' })
  .min(1, { error: 'at least 1 token' })
  .max(MAX_CONTEXT_TOKENS, { error: `at most ${MAX_CONTEXT_TOKENS} tokens` });

// Division rounds correctly, so a decimal of at most six places, and no other number, survives the round trip.
const hasSixDecimals = (usd: number): boolean => Math.round(usd * MICRO_PER_USD) / MICRO_PER_USD === usd;

const usdPerMtok = z
  .number({ error: 'US dollars per million tokens as a decimal' })
  .min(0, { error: 'a price of 0 or more' })
  .max(MAX_USD_PER_MTOK, { error: `at most ${MAX_USD_PER_MTOK} US dollars per million tokens (not per token)` })
  .refine(hasSixDecimals, { error: 'at most six decimals' });

const prices = {
  input_usd_per_mtok: usdPerMtok,
  output_usd_per_mtok: usdPerMtok,
  cache_read_usd_per_mtok: usdPerMtok.optional(),
  cache_write_usd_per_mtok: usdPerMtok.optional(),
  cache_write_one_hour_usd_per_mtok: usdPerMtok.optional(),
};

export const sourceFields = { source: text, as_of: day, verified: z.boolean() };

const effort = z.enum(EFFORTS);
const modalities = z.array(z.enum(MODALITIES)).min(1, { error: 'at least one modality' });

/** Strict on every level: a key that is not listed here is an error, because a misspelt price would be no price. */
export const modelFileSchema = z.strictObject({
  name: text,
  status: z.enum(['active', 'preview', 'deprecated', 'retired']),
  released_on: monthOrDay.optional(),
  shutdown_on: day.optional(),
  successors: z.array(text).default([]),
  open_weights: z.boolean(),
  api_id: text.optional(),
  aliases: z.array(text).default([]),
  facts: z.strictObject(sourceFields),
  limits: z.strictObject({ context_tokens: tokens, output_tokens: tokens }),
  modalities: z.strictObject({ input: modalities, output: modalities }),
  capabilities: z.strictObject({
    tools: z.boolean(),
    structured_output: z.boolean(),
    sampling: z.enum(['always', 'without-reasoning', 'never']),
    forced_tool_choice: z.boolean(),
    verbosity: z.boolean(),
    chat_tools: z.enum(['always', 'without-reasoning', 'never']),
  }),
  reasoning: z.strictObject({
    control: z.enum(['none', 'effort', 'budget', 'adaptive', 'toggle']),
    efforts: z.array(effort).default([]),
    default_effort: effort.optional(),
    budget_minimum_tokens: tokens.optional(),
    budget_maximum_tokens: tokens.optional(),
  }),
  price: z
    .strictObject({
      ...sourceFields,
      ...prices,
      context_tiers: z.array(z.strictObject({ above_input_tokens: tokens, ...prices })).default([]),
      service_tiers: z.array(z.strictObject({ name: text, ...prices })).default([]),
    })
    .optional(),
  hosts: z.array(z.strictObject({ provider: text, ...sourceFields, ...prices })).default([]),
});

export type ModelFile = z.infer<typeof modelFileSchema>;

type PriceFields = z.infer<z.ZodObject<typeof prices>>;

const toMicro = (usd: number): number => Math.round(usd * MICRO_PER_USD);
const toMicroOrNull = (usd: number | undefined): number | null => (usd === undefined ? null : toMicro(usd));

const toTokenPrices = (fields: PriceFields): TokenPrices => ({
  input: toMicro(fields.input_usd_per_mtok),
  output: toMicro(fields.output_usd_per_mtok),
  cacheRead: toMicroOrNull(fields.cache_read_usd_per_mtok),
  cacheWrite: toMicroOrNull(fields.cache_write_usd_per_mtok),
  cacheWriteOneHour: toMicroOrNull(fields.cache_write_one_hour_usd_per_mtok),
});

const toPrice = (price: NonNullable<ModelFile['price']>): ModelPrice => ({
  base: toTokenPrices(price),
  contextTiers: price.context_tiers.map((tier) => ({
    aboveInputTokens: tier.above_input_tokens,
    prices: toTokenPrices(tier),
  })),
  serviceTiers: price.service_tiers.map((tier) => ({ name: tier.name, prices: toTokenPrices(tier) })),
});

export const toSource = (fields: z.infer<z.ZodObject<typeof sourceFields>>) => ({
  source: fields.source,
  asOf: fields.as_of,
  verified: fields.verified,
});

const toHosts = (hosts: ModelFile['hosts']): Pick<CatalogModel, 'hosts'> =>
  hosts.length === 0
    ? {}
    : {
        hosts: hosts.map((host) => ({
          provider: host.provider,
          price: { base: toTokenPrices(host), contextTiers: [], serviceTiers: [] },
          source: toSource(host),
        })),
      };

const toReasoning = (reasoning: ModelFile['reasoning']): ReasoningFacts => {
  const { budget_minimum_tokens: minimum, budget_maximum_tokens: maximum } = reasoning;
  return {
    control: reasoning.control,
    efforts: reasoning.efforts,
    defaultEffort: reasoning.default_effort ?? null,
    budgetTokens: minimum === undefined || maximum === undefined ? null : { minimum, maximum },
  };
};

/** Facts from a checked file. The members' order is fixed here, so that the catalog's hash depends on values only. */
export const toCatalogModel = (id: string, file: ModelFile): CatalogModel => ({
  id,
  lab: id.slice(0, id.indexOf('/')),
  name: file.name,
  ...(file.api_id === undefined ? {} : { apiId: file.api_id }),
  ...(file.aliases.length === 0 ? {} : { aliases: file.aliases }),
  releasedOn: file.released_on ?? null,
  status: file.status,
  shutdownOn: file.shutdown_on ?? null,
  successors: file.successors,
  openWeights: file.open_weights,
  limits: { contextTokens: file.limits.context_tokens, outputTokens: file.limits.output_tokens },
  input: file.modalities.input,
  output: file.modalities.output,
  capabilities: {
    tools: file.capabilities.tools,
    structuredOutput: file.capabilities.structured_output,
    sampling: file.capabilities.sampling,
    forcedToolChoice: file.capabilities.forced_tool_choice,
    verbosity: file.capabilities.verbosity,
    chatTools: file.capabilities.chat_tools,
  },
  reasoning: toReasoning(file.reasoning),
  price: file.price === undefined ? null : toPrice(file.price),
  ...toHosts(file.hosts),
  sources: { facts: toSource(file.facts), price: file.price === undefined ? null : toSource(file.price) },
});
