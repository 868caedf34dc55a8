/** The catalog for people and for machines: a table of all models, one model in full, and both as JSON. */
import { toUsd } from '../canonical/money.ts';
import type { CatalogModel, FactSource, ModelPrice, TokenPrices } from '../catalog/model.ts';
import { renderTable, type Column } from './table.ts';

const COLUMNS: readonly Column[] = [
  { title: 'MODEL', align: 'left' },
  { title: 'STATUS', align: 'left' },
  { title: 'CONTEXT', align: 'right' },
  { title: 'OUTPUT', align: 'right' },
  { title: 'IN $/M', align: 'right' },
  { title: 'CACHED', align: 'right' },
  { title: 'OUT $/M', align: 'right' },
  { title: 'PRICE OF', align: 'left' },
  { title: 'EFFORTS', align: 'left' },
];

const UNKNOWN = '-';

const renderPrice = (microUsd: number | null | undefined): string =>
  microUsd === null || microUsd === undefined ? UNKNOWN : String(toUsd(microUsd));

/** `1.05M`, `200k`, `8192`: the size at a glance; `show` has every digit. */
const renderTokens = (tokens: number): string => {
  if (tokens >= 1_000_000) return `${Number((tokens / 1_000_000).toFixed(2))}M`;
  return tokens >= 10_000 ? `${Math.round(tokens / 1_000)}k` : String(tokens);
};

/** A question mark marks what only the press says. */
const renderDay = (source: FactSource | null): string =>
  source === null ? UNKNOWN : `${source.asOf}${source.verified ? '' : '?'}`;

const toRow = (model: CatalogModel): readonly string[] => [
  model.id,
  model.status,
  renderTokens(model.limits.contextTokens),
  renderTokens(model.limits.outputTokens),
  renderPrice(model.price?.base.input),
  renderPrice(model.price?.base.cacheRead),
  renderPrice(model.price?.base.output),
  renderDay(model.sources.price),
  model.reasoning.efforts.join(',') || UNKNOWN,
];

export const renderModelList = (models: readonly CatalogModel[]): readonly string[] =>
  renderTable(COLUMNS, models.map(toRow));

const toPricesJson = (prices: TokenPrices) => ({
  input_usd_per_mtok: toUsd(prices.input),
  output_usd_per_mtok: toUsd(prices.output),
  cache_read_usd_per_mtok: prices.cacheRead === null ? null : toUsd(prices.cacheRead),
  cache_write_usd_per_mtok: prices.cacheWrite === null ? null : toUsd(prices.cacheWrite),
  cache_write_one_hour_usd_per_mtok: prices.cacheWriteOneHour === null ? null : toUsd(prices.cacheWriteOneHour),
});

const toPriceJson = ({ base, contextTiers, serviceTiers }: ModelPrice) => ({
  ...toPricesJson(base),
  context_tiers: contextTiers.map((tier) => ({
    above_input_tokens: tier.aboveInputTokens,
    ...toPricesJson(tier.prices),
  })),
  service_tiers: serviceTiers.map((tier) => ({ name: tier.name, ...toPricesJson(tier.prices) })),
});

const toSourceJson = (source: FactSource | null) =>
  source === null ? null : { source: source.source, as_of: source.asOf, verified: source.verified };

/** The model in the names and units of its file, with null for what nobody says. */
export const toModelJson = (model: CatalogModel) => ({
  id: model.id,
  lab: model.lab,
  name: model.name,
  status: model.status,
  released_on: model.releasedOn,
  shutdown_on: model.shutdownOn,
  successors: model.successors,
  open_weights: model.openWeights,
  api_id: model.apiId ?? null,
  aliases: model.aliases ?? [],
  limits: { context_tokens: model.limits.contextTokens, output_tokens: model.limits.outputTokens },
  modalities: { input: model.input, output: model.output },
  capabilities: {
    tools: model.capabilities.tools,
    structured_output: model.capabilities.structuredOutput,
    sampling: model.capabilities.sampling,
    forced_tool_choice: model.capabilities.forcedToolChoice,
    verbosity: model.capabilities.verbosity,
    chat_tools: model.capabilities.chatTools,
  },
  reasoning: {
    control: model.reasoning.control,
    efforts: model.reasoning.efforts,
    default_effort: model.reasoning.defaultEffort,
    budget_tokens: model.reasoning.budgetTokens,
  },
  price: model.price === null ? null : toPriceJson(model.price),
  hosts: (model.hosts ?? []).map(({ provider, price, source }) => ({
    provider,
    ...toPricesJson(price.base),
    source: toSourceJson(source),
  })),
  sources: { facts: toSourceJson(model.sources.facts), price: toSourceJson(model.sources.price) },
});

const renderSource = (source: FactSource): string =>
  `${source.source}, ${source.asOf}${source.verified ? '' : ' (not verified)'}`;

const PRICE_COLUMNS: readonly Column[] = [
  { title: '  $ per 1M tokens', align: 'left' },
  { title: 'input', align: 'right' },
  { title: 'cached', align: 'right' },
  { title: 'written', align: 'right' },
  { title: 'output', align: 'right' },
];

const toPriceRow = (title: string, prices: TokenPrices): readonly string[] => [
  `  ${title}`,
  renderPrice(prices.input),
  renderPrice(prices.cacheRead),
  renderPrice(prices.cacheWrite),
  renderPrice(prices.output),
];

const renderPriceLines = ({ price, hosts = [], sources }: CatalogModel): readonly string[] => {
  if (price === null || sources.price === null) {
    const elsewhere = hosts.length === 0 ? 'unknown' : 'no list price; known at the hosts below, unknown elsewhere';
    return [`price         ${elsewhere}: the configuration can give one`];
  }
  const rows = [
    toPriceRow('standard', price.base),
    ...price.contextTiers.map((tier) => toPriceRow(`above ${tier.aboveInputTokens} input tokens`, tier.prices)),
    ...price.serviceTiers.map((tier) => toPriceRow(`service tier ${tier.name}`, tier.prices)),
  ];
  return [`price         ${renderSource(sources.price)}`, ...renderTable(PRICE_COLUMNS, rows)];
};

const yes = (value: boolean): string => (value ? 'yes' : 'no');

const renderReasoning = ({ reasoning }: CatalogModel): string => {
  if (reasoning.control === 'none') return 'no control';
  const standard = reasoning.defaultEffort === null ? '' : `, default ${reasoning.defaultEffort}`;
  const { budgetTokens: budget } = reasoning;
  const range = budget === null ? '' : `, ${budget.minimum} to ${budget.maximum} tokens`;
  return `${reasoning.control}: ${reasoning.efforts.join(', ')}${standard}${range}`;
};

const renderLife = (model: CatalogModel): string =>
  [
    model.status,
    ...(model.releasedOn === null ? [] : [`released ${model.releasedOn}`]),
    ...(model.shutdownOn === null ? [] : [`shut down ${model.shutdownOn}`]),
    ...(model.successors.length === 0 ? [] : [`followed by ${model.successors.join(', ')}`]),
  ].join(', ');

const renderHosts = ({ hosts = [] }: CatalogModel): readonly string[] => {
  if (hosts.length === 0) return [];
  const rows = hosts.map(({ provider, price, source }) =>
    toPriceRow(`at ${provider} (${renderDay(source)})`, price.base),
  );
  return ['hosts', ...renderTable(PRICE_COLUMNS, rows)];
};

/** Everything the catalog says about one model. */
export const renderModel = (model: CatalogModel): readonly string[] => {
  const names = [...(model.apiId === undefined ? [] : [model.apiId]), ...(model.aliases ?? [])];
  const { capabilities, limits } = model;
  return [
    `${model.id}  ${model.name}`,
    `status        ${renderLife(model)}`,
    ...(names.length === 0 ? [] : [`also called   ${names.join(', ')}`]),
    `weights       ${model.openWeights ? 'open' : 'closed'}`,
    `limits        ${limits.contextTokens} tokens of context, ${limits.outputTokens} of output`,
    `modalities    ${model.input.join(', ')} → ${model.output.join(', ')}`,
    `reasoning     ${renderReasoning(model)}`,
    `tools         ${yes(capabilities.tools)}; over Chat Completions: ${capabilities.chatTools}; forced: ${yes(capabilities.forcedToolChoice)}`,
    `JSON schema   ${yes(capabilities.structuredOutput)}`,
    `sampling      ${capabilities.sampling}`,
    `verbosity     ${yes(capabilities.verbosity)}`,
    `facts         ${renderSource(model.sources.facts)}`,
    ...renderPriceLines(model),
    ...renderHosts(model),
  ];
};
