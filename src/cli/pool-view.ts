/** The effective pool for people: components as a table, what each unified model means, names, keys and the server. */
import { gradedCallsOf, type PublishedAbility, type PublishedScore } from '../catalog/ability.ts';
import type { Component, UnifiedModel } from '../catalog/component.ts';
import type { Pool } from '../catalog/pool.ts';
import { MICRO_PER_USD } from '../canonical/money.ts';
import { renderDuration } from '../config/quantity.ts';
import type { ServerSettings } from '../config/settings.ts';
import { resolveObjective } from '../policy/objective.ts';
import { renderTable, type Column } from './table.ts';

const COLUMNS: readonly Column[] = [
  { title: 'COMPONENT', align: 'left' },
  { title: 'ROLE', align: 'left' },
  { title: 'MODEL', align: 'left' },
  { title: 'EFFORT', align: 'left' },
  { title: '$/M IN', align: 'right' },
  { title: '$/M OUT', align: 'right' },
  { title: 'CONTEXT', align: 'right' },
  { title: 'LIMIT', align: 'left' },
  { title: 'NOTES', align: 'left' },
];

export const renderPool = (
  { components, models, aliases, keys, notes }: Pool,
  settings: ServerSettings,
): readonly string[] => [
  ...renderTable(COLUMNS, [...components.values()].map(toRow)),
  ...(notes.length === 0 ? [] : ['', 'Why:', ...notes.map((note) => `  ${note}`)]),
  '',
  ...[...models.values()].flatMap((model) => renderUnifiedModel(model)),
  ...[...aliases.values()].map(
    ({ name, to, effort }) => `${name} → ${to}${effort === null ? '' : ` at effort ${effort}`}`,
  ),
  ...(keys.length === 0 ? [] : [`Client keys: ${keys.map(({ name }) => name).join(', ')}.`]),
  `Server: http://${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${settings.port}, state in ${settings.home}, texts stored: ${settings.privacy.text}.`,
];

/** The same for programs. Secrets and their hashes are left out. */
export const toPoolJson = (pool: Pool, settings: ServerSettings): Readonly<Record<string, unknown>> => ({
  config_hash: pool.configHash,
  catalog_hash: pool.catalog.hash,
  prices_hash: pool.catalog.pricesHash,
  simulated: pool.simulated,
  notes: pool.notes,
  components: [...pool.components.values()].map((component) => ({
    name: component.name,
    role: component.role,
    hash: component.hash,
    deployments: component.deployments.map(({ id }) => id),
    effort: component.effort,
    mini: component.mini,
    in_catalog: component.deployments[0].inCatalog,
  })),
  models: [...pool.models.values()].map(({ name, components, policy, baseline }) => ({
    name,
    components,
    policy,
    baseline,
  })),
  aliases: [...pool.aliases.values()].map(({ name, to }) => ({ name, to })),
  keys: pool.keys.map(({ name, models, budget }) => ({ name, models, budget })),
  server: { host: settings.host, port: settings.port, home: settings.home, privacy_text: settings.privacy.text },
});

/** `LiveBench 2026-06: 61.3 %, 0.42 logits above its role`: how the score moves what is predicted of the component. */
const renderScore = ({ benchmark, percent }: PublishedScore, published: PublishedAbility | undefined): string => {
  const place = (logits: number): string =>
    `${Math.abs(logits).toFixed(2)} logits ${logits < 0 ? 'below' : 'above'} its role`;
  return `${benchmark}: ${percent} %, ${published === undefined ? 'not compared' : place(published.logits)}`;
};

const toRow = (component: Component): readonly string[] => {
  const [{ model, id, inCatalog }, ...fallbacks] = component.deployments;
  const usd = (micro: number | undefined): string => (micro === undefined ? '-' : (micro / MICRO_PER_USD).toFixed(2));
  const graded = gradedCallsOf(component.ability);
  const notes = [
    ...(component.simulated ? [`simulated, priced as ${model.name.split(' of ').at(-1) ?? model.name}`] : []),
    ...(inCatalog ? [] : ['not in the catalog']),
    ...(graded > 0 ? [`measured by ${graded} grades`] : []),
    ...(component.score === undefined ? [] : [renderScore(component.score, component.published)]),
    ...(fallbacks.length === 0 ? [] : [`then ${fallbacks.map((fallback) => fallback.id).join(', ')}`]),
    ...(component.for.length === 0 ? [] : [`for ${component.for.join(', ')}`]),
    ...(component.instructions === null
      ? []
      : [`instructions ${component.instructions.path ?? component.instructions.hash}`]),
  ];
  return [
    component.name,
    component.role,
    id,
    component.effort,
    usd(model.price?.base.input),
    usd(model.price?.base.output),
    renderTokens(model.limits.contextTokens),
    renderLimit(component),
    notes.join('; '),
  ];
};

const renderTokens = (tokens: number): string =>
  tokens >= 1_000_000 ? `${(tokens / 1_000_000).toFixed(1)}M` : `${Math.round(tokens / 1000)}k`;

const renderLimit = ({ limits, mini }: Component): string => {
  const parts = Object.entries(limits).flatMap(([kind, limit]) =>
    limit === null ? [] : [`${kind} ${limit.count}/${renderDuration(limit.windowMs)}`],
  );
  return parts.length === 0 ? '-' : `${parts.join(', ')} → ${mini ?? 'nothing'}`;
};

const renderUnifiedModel = (model: UnifiedModel): readonly string[] => {
  const { name, components, objective, policy, bandPoints, maxWaitMs, baseline } = model;
  const { microUsdPerSuccess } = resolveObjective(objective, model);
  const worth = `$${(microUsdPerSuccess / MICRO_PER_USD).toFixed(2)}`;
  const title = objective.type === 'preset' ? objective.name : `${worth} per solved task`;
  const only = components.length === 1;
  const bounds = [
    ...(bandPoints === null ? [] : [`never more than ${bandPoints} points below the best`]),
    ...(maxWaitMs === null ? [] : [`waits of at most ${renderDuration(maxWaitMs)}`]),
  ];
  return [
    only
      ? `${name} = ${components[0] ?? 'nothing'}: with one component there is nothing to route.`
      : `${name} (${title}, policy ${policy}) chooses among ${components.join(', ')}: a dearer one is taken while one more solved task costs less than ${worth}.`,
    ...(bounds.length === 0 ? [] : [`  ${bounds.join('; ')}`]),
    `  Savings are counted against ${baseline ?? 'nothing: set baseline to claim any'}.`,
  ];
};
