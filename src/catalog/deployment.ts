/** Deployments: from `<provider>/<upstream model id>` in the configuration to where a call goes and what is known there. */
import { ConfigError } from '../errors.ts';
import { MICRO_PER_USD } from '../canonical/money.ts';
import type { Deployment } from './component.ts';
import { findKnownProvider } from './known-providers.ts';
import { findCatalogModel, namesOf, type FoundModel } from './lookup.ts';
import type { Catalog, CatalogModel, FactSource, HostPrice, ModelPrice } from './model.ts';
import type { ProviderSettings } from './pool.ts';
import { MAX_USD_PER_MTOK } from './schema.ts';

export interface DeploymentId {
  readonly provider: string;
  /** May hold further slashes. */
  readonly upstreamModel: string;
}

const PROVIDER_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const LONGEST_ID = 200;

/** Splits at the first slash. Throws ConfigError when a part is missing or holds blanks or control characters. */
export const parseDeploymentId = (text: string): DeploymentId => {
  const slash = text.indexOf('/');
  const provider = text.slice(0, Math.max(0, slash));
  const upstreamModel = text.slice(slash + 1);
  const isClean = !/[\s\p{Cc}]/u.test(text) && text.length <= LONGEST_ID;
  if (!PROVIDER_NAME.test(provider) || upstreamModel === '' || !isClean) {
    throw new ConfigError(
      `model: expected <provider>/<model id> without blanks, such as openai/gpt-5.5, got ${JSON.stringify(text.slice(0, LONGEST_ID))}. ` +
        'Write the provider, a slash, and the id that the provider uses.',
      { code: 'deployment_id_invalid' },
    );
  }
  return { provider, upstreamModel };
};

/** A price from the configuration: US dollars per million tokens. 0 is allowed and means free (own hardware). */
export interface PriceOverride {
  readonly input: number;
  readonly output: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
  readonly cacheWriteOneHour?: number;
}

const toMicro = (field: string, usd: number): number => {
  if (!Number.isFinite(usd) || usd < 0 || usd > MAX_USD_PER_MTOK) {
    throw new ConfigError(
      `price.${field}: expected US dollars per million tokens between 0 and ${MAX_USD_PER_MTOK}, got ${usd}. ` +
        'Write the price of a million tokens, not of one.',
      { code: 'price_invalid' },
    );
  }
  return Math.round(usd * MICRO_PER_USD);
};

const toMicroOrNull = (field: string, usd: number | undefined): number | null =>
  usd === undefined ? null : toMicro(field, usd);

const CONFIGURATION: FactSource = { source: 'configuration', asOf: '', verified: true };

const NO_PRICE = { price: null, source: null };

/** One price for every call: an override replaces context and service tiers too. Throws ConfigError on a bad number. */
export const toModelPrice = (override: PriceOverride): ModelPrice => ({
  base: {
    input: toMicro('input', override.input),
    output: toMicro('output', override.output),
    cacheRead: toMicroOrNull('cache_read', override.cacheRead),
    cacheWrite: toMicroOrNull('cache_write', override.cacheWrite),
    cacheWriteOneHour: toMicroOrNull('cache_write_one_hour', override.cacheWriteOneHour),
  },
  contextTiers: [],
  serviceTiers: [],
});

/**
 * Facts about a model that the catalog does not know. "Conservative" means that a wrong guess shows as an error the
 * operator can read, never as a silently worse answer, and that a local model stays usable:
 * - context 32,768 tokens: common local servers load no more by default, and several cut longer prompts silently;
 *   refusing such a request names the limit, cutting it does not.
 * - output 8,192 tokens: leaves three quarters of that window for the prompt; it only bounds what is asked for.
 * - text only: a text model would answer without having seen the picture.
 * - tools and structured output true: every current server has both, one that has not answers with a clear error, and
 *   `false` would lock an agent's operator out of the one model that was configured.
 * - no reasoning control: nothing is sent, so the model does what its own template says. Efforts need a known model.
 * - no price: unknown until the configuration gives one.
 */
const guessModel = (id: string, { provider, upstreamModel }: DeploymentId): CatalogModel => ({
  id,
  lab: provider,
  name: upstreamModel,
  releasedOn: null,
  status: 'active',
  shutdownOn: null,
  successors: [],
  openWeights: false,
  limits: { contextTokens: 32_768, outputTokens: 8_192 },
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
  reasoning: { control: 'none', efforts: [], defaultEffort: null, budgetTokens: null },
  price: null,
  sources: { facts: { source: 'assumed', asOf: '', verified: false }, price: null },
});

/** What this provider charges for the model where that is known; else what the lab's list says, where that holds. */
const toKnownPrice = (found: FoundModel, provider: string): Pick<HostPrice, 'source' | 'price'> | null => {
  const name = findKnownProvider(provider)?.name ?? provider;
  const host = found.model.hosts?.find((candidate) => candidate.provider === name);
  if (host !== undefined) return host;
  const { price, sources } = found.model;
  return price === null || sources.price === null || !hasListPrice(found) ? null : { price, source: sources.price };
};

/**
 * A lab's list price holds at the lab's own API, and for closed weights wherever else they are served (resellers pass
 * it on). Whoever hosts open weights sets a price of their own, which the catalog does not know.
 */
const hasListPrice = ({ model, firstHand }: FoundModel): boolean => firstHand || !model.openWeights;

interface FactOptions {
  readonly found: FoundModel | undefined;
  readonly guess: CatalogModel;
  readonly provider: string;
  readonly override: ModelPrice | null;
}

const toFacts = ({ found, guess, provider, override }: FactOptions): CatalogModel => {
  const model = found?.model ?? guess;
  const known = found === undefined ? null : toKnownPrice(found, provider);
  const { price, source } = override === null ? (known ?? NO_PRICE) : { price: override, source: CONFIGURATION };
  return { ...model, price, sources: { ...model.sources, price: source } };
};

/** The lab's API may spell the id otherwise than the catalog (`claude-opus-4.8`, `claude-opus-4-8`): send its spelling. */
const toUpstreamModel = (found: FoundModel | undefined, upstreamModel: string): string => {
  if (found === undefined || !found.firstHand || found.model.apiId === undefined) return upstreamModel;
  const [catalogName] = namesOf(found.model);
  return upstreamModel === catalogName ? found.model.apiId : upstreamModel;
};

export interface DeploymentOptions {
  readonly settings: ProviderSettings;
  /** As written after the provider's slash. */
  readonly upstreamModel: string;
  readonly catalog: Catalog;
  /** From the configuration; null or absent: the catalog's price, where it holds. */
  readonly price?: PriceOverride | null;
}

/** Throws ConfigError when the price override is no price. */
export const createDeployment = ({ settings, upstreamModel, catalog, price }: DeploymentOptions): Deployment => {
  const given = { provider: settings.name, upstreamModel };
  const id = `${settings.name}/${upstreamModel}`;
  const found = findCatalogModel(catalog, given);
  const override = price === undefined || price === null ? null : toModelPrice(price);
  return {
    id,
    provider: settings.name,
    protocol: settings.protocol,
    alsoResponses: settings.alsoResponses,
    baseUrl: settings.baseUrl,
    upstreamModel: toUpstreamModel(found, upstreamModel),
    credentials: settings.credentials,
    model: toFacts({ found, guess: guessModel(id, given), provider: settings.name, override }),
    inCatalog: found !== undefined,
  };
};
