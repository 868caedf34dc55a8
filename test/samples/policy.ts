/** Builders of plain policy inputs for tests: models, components, features, requests; every member can be replaced. */
import type { Effort } from '../../src/canonical/effort.ts';
import type { CanonicalRequest } from '../../src/canonical/request.ts';
import type { Component, EffortSetting } from '../../src/catalog/component.ts';
import type { CatalogModel, ModelCapabilities, ReasoningControl, TokenPrices } from '../../src/catalog/model.ts';
import type { ConversationType, ExplicitIntent, Features, ToolNeeds } from '../../src/features/signals.ts';
import { NO_GRAMS } from '../../src/features/word-grams.ts';
import { NO_CACHE, type CacheOutlook } from '../../src/policy/cache-outlook.ts';
import { listCandidates } from '../../src/policy/candidates.ts';
import { NO_CONSTRAINTS, type RequestConstraints } from '../../src/policy/constraints.ts';
import { resolveObjective } from '../../src/policy/objective.ts';
import type { Objective, PolicyInput, SessionOutlook } from '../../src/policy/policy.ts';

export interface ModelSample {
  readonly id?: string;
  readonly efforts?: readonly Effort[];
  readonly control?: ReasoningControl;
  readonly defaultEffort?: Effort | null;
  /** Dollars per million tokens; null: unknown. */
  readonly price?: { readonly input: number; readonly output: number; readonly cacheRead?: number } | null;
  readonly contextTokens?: number;
  readonly outputTokens?: number;
  readonly input?: CatalogModel['input'];
  readonly output?: CatalogModel['output'];
  readonly capabilities?: Partial<ModelCapabilities>;
}

const toPrices = ({ input, output, cacheRead }: NonNullable<ModelSample['price']>): TokenPrices => ({
  input: Math.round(input * 1_000_000),
  output: Math.round(output * 1_000_000),
  cacheRead: cacheRead === undefined ? null : Math.round(cacheRead * 1_000_000),
  cacheWrite: null,
  cacheWriteOneHour: null,
});

export const sampleModel = (sample: ModelSample = {}): CatalogModel => {
  const efforts = sample.efforts ?? ['none', 'low', 'medium', 'high', 'xhigh', 'max'];
  const price = sample.price === undefined ? { input: 0.2, output: 1.2 } : sample.price;
  return {
    id: sample.id ?? 'lab/model',
    lab: 'lab',
    name: 'Model',
    releasedOn: null,
    status: 'active',
    shutdownOn: null,
    successors: [],
    openWeights: false,
    limits: { contextTokens: sample.contextTokens ?? 1_000_000, outputTokens: sample.outputTokens ?? 128_000 },
    input: sample.input ?? ['text', 'image', 'audio', 'video', 'pdf'],
    output: sample.output ?? ['text'],
    capabilities: {
      tools: true,
      structuredOutput: true,
      sampling: 'always',
      forcedToolChoice: true,
      verbosity: true,
      chatTools: 'always',
      ...sample.capabilities,
    },
    reasoning: {
      control: sample.control ?? (efforts.length === 0 ? 'none' : 'effort'),
      efforts,
      defaultEffort: sample.defaultEffort ?? null,
      budgetTokens: null,
    },
    price: price === null ? null : { base: toPrices(price), contextTiers: [], serviceTiers: [] },
    sources: { facts: { source: 'test', asOf: '2026-11-01', verified: true }, price: null },
  };
};

export interface ComponentSample extends Partial<Omit<Component, 'deployments' | 'effort'>> {
  readonly effort?: EffortSetting;
  readonly model?: ModelSample;
  readonly protocol?: Component['deployments'][0]['protocol'];
}

export const sampleComponent = (name: string, sample: ComponentSample = {}): Component => {
  const { effort = 'auto', model, protocol = 'openai-chat', ...rest } = sample;
  return {
    name,
    role: name,
    deployments: [
      {
        id: `provider/${name}`,
        provider: 'provider',
        protocol,
        alsoResponses: false,
        baseUrl: 'http://127.0.0.1:1',
        upstreamModel: name,
        credentials: null,
        model: sampleModel({ id: `lab/${name}`, ...model }),
        inCatalog: true,
      },
    ],
    effort,
    verbosity: null,
    maxOutputTokens: null,
    instructions: null,
    for: [],
    limits: { router: null, user: null },
    mini: null,
    simulated: false,
    hash: '0123456789ab',
    ...rest,
  };
};

/** fast at $0.20 / $1.20 without reasoning; thinking at $2 / $10 with effort left to the router. */
export const samplePair = (): readonly Component[] => [
  sampleComponent('fast', { effort: 'none' }),
  sampleComponent('thinking', { model: { price: { input: 2, output: 10 } } }),
];

export interface FeaturesSample {
  readonly type?: ConversationType;
  readonly complexity?: number;
  readonly toolNeeds?: ToolNeeds;
  readonly intent?: ExplicitIntent;
  readonly inputTokens?: number;
}

export const sampleFeatures = (sample: FeaturesSample = {}): Features => ({
  version: 'features@test',
  signals: {
    conversationType: { value: sample.type ?? 'chat', weight: 1, evidence: [] },
    complexity: { value: sample.complexity ?? 0.3, weight: 1, evidence: [] },
    toolNeeds: { value: sample.toolNeeds ?? 'none', weight: 1, evidence: [] },
    explicitIntent: { value: sample.intent ?? 'none', weight: 1, evidence: [] },
  },
  structural: [],
  grams: NO_GRAMS,
  inputTokensEstimate: sample.inputTokens ?? 200,
});

export const sampleRequest = (members: Partial<CanonicalRequest> = {}): CanonicalRequest => ({
  source: { protocol: 'openai-chat', text: '{}' },
  model: 'auto',
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
  tools: [],
  toolChoice: null,
  parallelToolCalls: null,
  sampling: {},
  maxOutputTokens: null,
  reasoning: { effort: null, budgetTokens: null, summary: null, mode: null },
  verbosity: null,
  responseFormat: null,
  stream: false,
  includeUsage: false,
  serviceTier: null,
  cache: null,
  outputModalities: [],
  endUser: null,
  metadata: null,
  controls: undefined,
  unknownMembers: [],
  ...members,
});

export const BALANCED: Objective = resolveObjective(
  { type: 'preset', name: 'balanced' },
  { bandPoints: null, maxWaitMs: null },
);

export interface InputSample {
  readonly components?: readonly Component[];
  readonly features?: FeaturesSample;
  readonly request?: Partial<CanonicalRequest>;
  readonly constraints?: Partial<RequestConstraints>;
  readonly objective?: Partial<Objective>;
  readonly componentChosen?: boolean;
  readonly session?: SessionOutlook;
  readonly cache?: CacheOutlook;
}

/** A policy input as the router builds it: candidates listed by the real filters. */
export const sampleInput = (sample: InputSample = {}): PolicyInput => {
  const constraints: RequestConstraints = { ...NO_CONSTRAINTS, ...sample.constraints };
  const features = sampleFeatures(sample.features);
  const request = sampleRequest(sample.request);
  return {
    features,
    candidates: listCandidates({ components: sample.components ?? samplePair(), request, features, constraints }),
    objective: { ...BALANCED, ...sample.objective },
    preference: { effort: constraints.effort, componentChosen: sample.componentChosen ?? false },
    maxOutputTokens: request.maxOutputTokens,
    session: sample.session ?? null,
    cache: sample.cache ?? NO_CACHE,
    draw: 0,
  };
};
