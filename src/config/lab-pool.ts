/** The lab pool: six made-up components for trying things out without a key, at the prices that real ones would have. */
import type { Component, Deployment, Role } from '../catalog/component.ts';
import { ROLES } from '../catalog/component.ts';
import { KNOWN_PROVIDERS } from '../catalog/known-providers.ts';
import type { Catalog, CatalogModel } from '../catalog/model.ts';
import type { Pool, ProviderSettings } from '../catalog/pool.ts';
import { ConfigError } from '../errors.ts';
import { finishPool } from './build-pool.ts';
import { renderPrice, withHash } from './components.ts';
import { chooseRoles, lowestEffort, type Offer, type RoleChoice } from './roles.ts';

export const LAB_PROVIDER = 'lab';

interface LabOptions {
  /** Where the lab's Chat Completions begin. */
  readonly baseUrl: string;
  readonly catalog: Catalog;
  readonly nowMs: number;
}

/**
 * `auto` over fast and thinking; minis, nano and pro answer as `auto/<name>`. Facts and prices are those of the models
 * that the likeliest key would build, so that simulated costs are realistic. Throws ConfigError when the catalog has none.
 */
export const createLabPool = ({ baseUrl, catalog, nowMs }: LabOptions): Pool => {
  const roles = chooseLabRoles(catalog, nowMs);
  const settings: ProviderSettings = {
    name: LAB_PROVIDER,
    protocol: 'openai-chat',
    alsoResponses: true,
    baseUrl: baseUrl.replace(/\/+$/, ''),
    credentials: null,
    headers: {},
    simulated: true,
  };
  const components = ROLES.map((role) => createLabComponent(role, offerOf(role, roles), settings));
  return finishPool({
    providers: new Map([[LAB_PROVIDER, settings]]),
    components: new Map(components.map((component) => [component.name, component])),
    models: new Map([
      [
        'auto',
        {
          name: 'auto',
          components: ['fast', 'thinking'],
          objective: { type: 'preset', name: 'balanced' },
          baseline: 'thinking',
          policy: 'learned',
          router: null,
          bandPoints: null,
          maxWaitMs: null,
        },
      ],
    ]),
    aliases: new Map(),
    keys: [],
    catalog,
    notes: [
      'Every answer is made up by the lab and says so: nothing is sent to a provider, and costs are simulated.',
      ...components.map(({ name, deployments: [{ model }] }) => `${name} = ${model.name} (${renderPrice(model)})`),
    ],
  });
};

/** The first known provider whose own lab has models for every role: OpenAI, as long as the catalog holds it. */
const chooseLabRoles = (catalog: Catalog, nowMs: number): RoleChoice => {
  for (const { labs } of KNOWN_PROVIDERS) {
    const models = [...catalog.models.values()].filter(({ lab }) => labs.includes(lab));
    const offers = models.map((model): Offer => ({ upstreamModel: model.id, model }));
    const roles = chooseRoles(offers, { nowMs, catalog, chat: true });
    // The dearest model of a lab often has no Chat Completions; its price is realistic all the same.
    const pro = chooseRoles(offers, { nowMs, catalog, chat: false })?.pro;
    if (roles !== null) return { ...roles, pro: pro ?? roles.pro };
  }
  throw new ConfigError('The catalog holds no current model whose prices the lab could use; reinstall the package.', {
    code: 'catalog_empty',
  });
};

const offerOf = (role: (typeof ROLES)[number], roles: RoleChoice): Offer => {
  switch (role) {
    case 'fast':
      return roles.fast;
    case 'fast-mini':
      return roles.fastMini;
    case 'thinking':
      return roles.thinking;
    case 'thinking-mini':
      return roles.thinkingMini;
    case 'thinking-nano':
      return roles.thinkingNano;
    case 'pro':
      return roles.pro;
  }
};

const createLabComponent = (role: (typeof ROLES)[number], { model }: Offer, settings: ProviderSettings): Component => {
  const facts: CatalogModel = {
    ...model,
    id: `${LAB_PROVIDER}/${role}`,
    lab: LAB_PROVIDER,
    name: `lab ${role}, simulated, at the prices of ${model.name}`,
    // The lab answers in every protocol and takes tools at every effort, whatever its model of prices does.
    capabilities: { ...model.capabilities, chatTools: 'always' },
    successors: [],
  };
  const deployment: Deployment = {
    id: facts.id,
    provider: LAB_PROVIDER,
    protocol: settings.protocol,
    alsoResponses: settings.alsoResponses,
    baseUrl: settings.baseUrl,
    upstreamModel: role,
    credentials: null,
    model: facts,
    inCatalog: true,
  };
  return withHash({
    name: role,
    role: role satisfies Role,
    deployments: [deployment],
    effort: role.startsWith('fast') ? lowestEffort(model) : 'auto',
    verbosity: null,
    maxOutputTokens: null,
    instructions: null,
    for: [],
    limits: { router: null, user: null },
    mini: role === 'fast' || role === 'thinking' ? `${role}-mini` : null,
    simulated: true,
  });
};
