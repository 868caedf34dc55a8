/** Builders of pools, keys and aliases for tests: two providers, fast, thinking and pro, and whatever a test adds. */
import type { Alias, Component, UnifiedModel } from '../../src/catalog/component.ts';
import type { Catalog } from '../../src/catalog/model.ts';
import type { ClientKey, Pool, ProviderSettings } from '../../src/catalog/pool.ts';
import { sampleComponent, sampleModel, samplePair } from './policy.ts';

export const sampleProvider = (name: string, members: Partial<ProviderSettings> = {}): ProviderSettings => ({
  name,
  protocol: 'openai-chat',
  baseUrl: 'http://127.0.0.1:1/v1',
  credentials: null,
  headers: {},
  alsoResponses: false,
  simulated: false,
  ...members,
});

export const sampleUnified = (name: string, members: Partial<UnifiedModel> = {}): UnifiedModel => ({
  name,
  components: ['fast', 'thinking'],
  objective: { type: 'preset', name: 'balanced' },
  baseline: null,
  policy: 'rules',
  router: null,
  bandPoints: null,
  maxWaitMs: null,
  ...members,
});

export const sampleAlias = (name: string, to: string, members: Partial<Alias> = {}): Alias => ({
  name,
  to,
  effort: null,
  verbosity: null,
  deprecatedOn: null,
  sunsetOn: null,
  ...members,
});

export const sampleKey = (members: Partial<ClientKey> = {}): ClientKey => ({
  name: 'web',
  sha256: '00'.repeat(32),
  models: null,
  objective: null,
  budget: null,
  noTrain: false,
  disclosure: 'body',
  echoModel: 'answered',
  ...members,
});

/** One model of the lab `openai`, one of the lab `anthropic`, and one id that both labs have. */
export const sampleCatalog = (): Catalog => {
  const models = ['openai/gpt-x', 'anthropic/claude-x', 'openai/twin', 'anthropic/twin'].map((id) => {
    const model = sampleModel({ id });
    // Without a source, a price counts as unknown.
    return { ...model, lab: id.slice(0, id.indexOf('/')), sources: { ...model.sources, price: model.sources.facts } };
  });
  return {
    models: new Map(models.map((model) => [model.id, model])),
    hash: 'catalog00000',
    pricesHash: 'prices000000',
  };
};

export interface PoolSample {
  readonly components?: readonly Component[];
  readonly models?: readonly UnifiedModel[];
  readonly aliases?: readonly Alias[];
  readonly keys?: readonly ClientKey[];
  readonly providers?: readonly ProviderSettings[];
}

export const samplePool = (sample: PoolSample = {}): Pool => {
  const components = sample.components ?? [...samplePair(), sampleComponent('pro')];
  const providers = sample.providers ?? ['provider', 'openai', 'anthropic'].map((name) => sampleProvider(name));
  return {
    providers: new Map(providers.map((provider) => [provider.name, provider])),
    components: new Map(components.map((component) => [component.name, component])),
    models: new Map((sample.models ?? [sampleUnified('auto')]).map((model) => [model.name, model])),
    aliases: new Map((sample.aliases ?? []).map((alias) => [alias.name, alias])),
    keys: sample.keys ?? [],
    catalog: sampleCatalog(),
    configHash: 'config000000',
    notes: [],
    simulated: false,
  };
};
