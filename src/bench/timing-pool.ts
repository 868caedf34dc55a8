/** A pool for timing decisions: eight components that choose among three efforts each. Its prices decide nothing here. */
import type { Component } from '../catalog/component.ts';
import type { CatalogModel, TokenPrices } from '../catalog/model.ts';
import type { Candidate } from '../policy/candidate.ts';

const EFFORTS = ['low', 'medium', 'high'] as const;

/** Role and prices in and out, in micro-dollars per million tokens. */
const PARTS: readonly (readonly [string, number, number])[] = [
  ['fast-mini', 100_000, 400_000],
  ['fast', 300_000, 1_200_000],
  ['thinking-nano', 200_000, 800_000],
  ['thinking-mini', 500_000, 2_000_000],
  ['thinking', 2_000_000, 10_000_000],
  ['pro', 15_000_000, 60_000_000],
  ['thinking', 1_500_000, 8_000_000],
  ['fast', 250_000, 1_000_000],
];

const toPrices = (input: number, output: number): TokenPrices => ({
  input,
  output,
  cacheRead: null,
  cacheWrite: null,
  cacheWriteOneHour: null,
});

const toModel = (id: string, prices: TokenPrices): CatalogModel => ({
  id,
  lab: 'timing',
  name: id,
  releasedOn: null,
  status: 'active',
  shutdownOn: null,
  successors: [],
  openWeights: false,
  limits: { contextTokens: 1_000_000, outputTokens: 64_000 },
  input: ['text'],
  output: ['text'],
  capabilities: {
    tools: true,
    structuredOutput: true,
    sampling: 'always',
    forcedToolChoice: true,
    verbosity: true,
    chatTools: 'always',
  },
  reasoning: { control: 'effort', efforts: EFFORTS, defaultEffort: 'medium', budgetTokens: null },
  price: { base: prices, contextTiers: [], serviceTiers: [] },
  sources: { facts: { source: 'made up for timing', asOf: '', verified: false }, price: null },
});

const toComponent = ([role, input, output]: (typeof PARTS)[number], at: number): Component => ({
  name: `${role}-${at}`,
  role,
  deployments: [
    {
      id: `timing/${role}-${at}`,
      provider: 'timing',
      protocol: 'openai-chat',
      alsoResponses: false,
      baseUrl: 'http://127.0.0.1:9',
      upstreamModel: role,
      credentials: null,
      model: toModel(`timing/${role}-${at}`, toPrices(input, output)),
      inCatalog: true,
    },
  ],
  effort: 'auto',
  verbosity: null,
  maxOutputTokens: null,
  instructions: null,
  for: [],
  limits: { router: null, user: null },
  mini: null,
  simulated: true,
  hash: '000000000000',
});

/** 24 candidates, all feasible. */
export const TIMING_CANDIDATES: readonly Candidate[] = PARTS.map(toComponent).flatMap((component) =>
  EFFORTS.map((effort) => ({ component, effort, excluded: null })),
);
