/** models.dev's published list (`api.json`: provider → models → cost, limit, modalities), read into our units. */
import { z } from 'zod';
import { ConfigError } from '../errors.ts';
import { MICRO_PER_USD } from '../canonical/money.ts';
import type { ContextTier, Modality, ServiceTier, TokenPrices } from './model.ts';
import { MAX_USD_PER_MTOK } from './schema.ts';

export const MODELS_DEV_URL = 'https://models.dev/api.json';

/** What the list says about one model. `null` means that it says nothing, which is no reason to change anything. */
export interface ListedModel {
  readonly provider: string;
  /** The provider's own id. */
  readonly id: string;
  readonly releasedOn: string | null;
  readonly contextTokens: number | null;
  readonly outputTokens: number | null;
  readonly input: readonly Modality[] | null;
  readonly tools: boolean | null;
  readonly prices: TokenPrices | null;
  readonly contextTiers: readonly ContextTier[];
  readonly serviceTiers: readonly ServiceTier[];
}

export interface ModelsDevList {
  /** By `<provider>/<id>`. */
  readonly models: ReadonlyMap<string, ListedModel>;
  /** Entries that are not in the published format, as `<provider>/<id>: <reason>`. */
  readonly skipped: readonly string[];
}

const MODALITIES: readonly Modality[] = ['text', 'image', 'audio', 'video', 'pdf'];

/** The list's own legacy name for one tier says how long it is. */
const LEGACY_TIER_TOKENS = 200_000;

const usd = z.number().min(0).max(MAX_USD_PER_MTOK);

const cost = z.object({
  input: usd,
  output: usd,
  cache_read: usd.nullish(),
  cache_write: usd.nullish(),
});

const tier = cost.extend({ tier: z.object({ type: z.string().nullish(), size: z.number().positive() }) });

const mode = z.object({
  cost: cost.nullish().catch(null),
  provider: z
    .object({ body: z.looseObject({ service_tier: z.string().nullish() }).nullish() })
    .nullish()
    .catch(null),
});

/** The minimum that we read; whatever else an entry holds, now or later, is ignored. */
const entry = z.object({
  release_date: z.string().nullish(),
  tool_call: z.boolean().nullish().catch(null),
  limit: z.object({ context: z.number().nullish(), output: z.number().nullish() }).nullish(),
  modalities: z.object({ input: z.array(z.string()).nullish() }).nullish(),
  cost: cost.extend({ tiers: z.array(tier).nullish(), context_over_200k: cost.nullish() }).nullish(),
  experimental: z
    .object({ modes: z.record(z.string(), mode).nullish() })
    .nullish()
    .catch(null),
});

const list = z.record(z.string(), z.looseObject({ models: z.record(z.string(), z.unknown()) }));

type Entry = z.infer<typeof entry>;

const toMicro = (dollars: number): number => Math.round(dollars * MICRO_PER_USD);
const toMicroOrNull = (dollars: number | null | undefined): number | null =>
  dollars === null || dollars === undefined ? null : toMicro(dollars);

const toPrices = (fields: z.infer<typeof cost>): TokenPrices => ({
  input: toMicro(fields.input),
  output: toMicro(fields.output),
  cacheRead: toMicroOrNull(fields.cache_read),
  cacheWrite: toMicroOrNull(fields.cache_write),
  cacheWriteOneHour: null,
});

const toContextTiers = (fields: Entry['cost']): readonly ContextTier[] => {
  const tiers = (fields?.tiers ?? [])
    .filter((one) => (one.tier.type ?? 'context') === 'context')
    .map((one) => ({ aboveInputTokens: one.tier.size, prices: toPrices(one) }))
    .sort((left, right) => left.aboveInputTokens - right.aboveInputTokens);
  const legacy = fields?.context_over_200k ?? null;
  // The legacy member repeats the only tier under a round number, so it counts only where there are no tiers.
  if (tiers.length > 0 || legacy === null) return tiers;
  return [{ aboveInputTokens: LEGACY_TIER_TOKENS, prices: toPrices(legacy) }];
};

/** Modes that cost something else. The name is the one that the provider's API reports, where the list knows it. */
const toServiceTiers = (experimental: Entry['experimental']): readonly ServiceTier[] =>
  Object.entries(experimental?.modes ?? {}).flatMap(([name, { cost: modeCost, provider }]) =>
    modeCost === null || modeCost === undefined
      ? []
      : [{ name: provider?.body?.service_tier ?? name, prices: toPrices(modeCost) }],
  );

/** A limit of 0 is how the list says "not text in, text out" or "nobody knows". */
const toLimit = (tokens: number | null | undefined): number | null =>
  tokens !== null && tokens !== undefined && Number.isSafeInteger(tokens) && tokens > 0 ? tokens : null;

const toListedModel = (provider: string, id: string, fields: Entry): ListedModel => {
  const modalities = MODALITIES.filter((name) => fields.modalities?.input?.includes(name));
  return {
    provider,
    id,
    releasedOn: fields.release_date ?? null,
    contextTokens: toLimit(fields.limit?.context),
    outputTokens: toLimit(fields.limit?.output),
    input: modalities.length === 0 ? null : modalities,
    tools: fields.tool_call ?? null,
    prices: fields.cost === null || fields.cost === undefined ? null : toPrices(fields.cost),
    contextTiers: toContextTiers(fields.cost),
    serviceTiers: toServiceTiers(fields.experimental),
  };
};

const refuse = (source: string, given: string, cause?: unknown): never => {
  throw new ConfigError(
    `${source}: expected the list of models in the format of ${MODELS_DEV_URL} ` +
      `({"<provider>": {"models": {"<id>": {…}}}}), got ${given}. Download the file again.`,
    { code: 'models_dev_invalid', cause },
  );
};

const parseJson = (source: string, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    return refuse(source, text.trim() === '' ? 'nothing' : 'text that is not JSON', cause);
  }
};

/**
 * Reads the list. One entry in another format is skipped and named, so that one new kind of model does not stop every
 * price update; a document in another format throws ConfigError, as does one without a single readable model.
 */
export const parseModelsDev = (source: string, text: string): ModelsDevList => {
  const parsed = list.safeParse(parseJson(source, text));
  if (!parsed.success) return refuse(source, 'another JSON document');
  const models = new Map<string, ListedModel>();
  const skipped: string[] = [];
  for (const [provider, { models: entries }] of Object.entries(parsed.data)) {
    for (const [id, fields] of Object.entries(entries)) {
      const checked = entry.safeParse(fields);
      const issue = checked.error?.issues[0];
      if (checked.success) models.set(`${provider}/${id}`, toListedModel(provider, id, checked.data));
      else skipped.push(`${provider}/${id}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unreadable'}`);
    }
  }
  if (models.size === 0) return refuse(source, 'a list without a single readable model');
  return { models, skipped };
};
