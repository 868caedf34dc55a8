import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  sampleComponent,
  sampleFeatures,
  sampleInput,
  samplePair,
  sampleRequest,
  type ComponentSample,
} from '../../test/samples/policy.ts';
import type { ContentPart } from '../canonical/content.ts';
import { EFFORTS, effortRank } from '../canonical/effort.ts';
import type { CanonicalRequest } from '../canonical/request.ts';
import type { Tool } from '../canonical/tool.ts';
import type { Component } from '../catalog/component.ts';
import { NoCandidateError } from '../errors.ts';
import { CONVERSATION_TYPES } from '../features/signals.ts';
import { isFeasible, listCandidates, toNoCandidateError, type CandidateQuestion } from './candidates.ts';
import { MODES, NO_CONSTRAINTS, type RequestConstraints } from './constraints.ts';
import { guardPolicy } from './guard.ts';
import { createRulesPolicy } from './rules.ts';
import { createStaticPolicy } from './static.ts';

const FUNCTION_TOOL: Tool = { type: 'function', name: 'weather', description: null, parameters: null, strict: null };
const SCHEMA = { type: 'json-schema', name: 'answer', description: null, schema: {}, strict: true } as const;

const withPart = (part: ContentPart): Partial<CanonicalRequest> => ({ messages: [{ role: 'user', content: [part] }] });

interface Case {
  readonly title: string;
  readonly request?: Partial<CanonicalRequest>;
  readonly inputTokens?: number;
  readonly component?: ComponentSample;
  readonly constraints?: Partial<RequestConstraints>;
  /** Code and constraint; null: feasible. */
  readonly expected: readonly [string, string] | null;
}

const image: ContentPart = { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } };
const document = (mediaType: string | null): ContentPart => ({
  type: 'file',
  source: { type: 'base64', mediaType, data: '' },
  filename: null,
});

const CASES: readonly Case[] = [
  { title: 'a plain request', expected: null },
  {
    title: 'input and margin and reserve just fit',
    // 1,000 tokens + 10 % + 1,024 tokens of reserve.
    inputTokens: 1000,
    component: { model: { contextTokens: 2124 } },
    expected: null,
  },
  {
    title: 'input and margin and reserve are one token too long',
    inputTokens: 1000,
    component: { model: { contextTokens: 2123 } },
    expected: ['context_length', 'messages'],
  },
  {
    title: 'requested output does not fit beside the input',
    inputTokens: 1000,
    request: { maxOutputTokens: 4000 },
    component: { model: { contextTokens: 5000 } },
    expected: ['context_length', 'messages'],
  },
  {
    title: 'more output than the model writes',
    request: { maxOutputTokens: 8193 },
    component: { model: { outputTokens: 8192 } },
    expected: ['output_length', 'max_output_tokens'],
  },
  {
    title: 'an image for a model without eyes',
    request: withPart(image),
    component: { model: { input: ['text'] } },
    expected: ['modality', 'messages'],
  },
  {
    title: 'an image inside a tool result',
    request: withPart({ type: 'tool-result', callId: 'c', content: [image], isError: false }),
    component: { model: { input: ['text'] } },
    expected: ['modality', 'messages'],
  },
  {
    title: 'a document of unknown kind for a model that reads images only',
    request: withPart(document(null)),
    component: { model: { input: ['text', 'image'] } },
    expected: ['modality', 'messages'],
  },
  {
    title: 'a text file for a text model',
    request: withPart(document('text/csv')),
    component: { model: { input: ['text'] } },
    expected: null,
  },
  {
    title: 'audio output from a text model',
    request: { outputModalities: ['text', 'audio'] },
    expected: ['modality', 'modalities'],
  },
  {
    title: 'tools for a model without them',
    request: { tools: [FUNCTION_TOOL] },
    component: { model: { capabilities: { tools: false } } },
    expected: ['tools', 'tools'],
  },
  {
    title: 'a tool call in the history for a model without tools',
    request: withPart({ type: 'tool-call', id: 'c', name: 'weather', kind: 'function', input: '{}' }),
    component: { model: { capabilities: { tools: false } } },
    expected: ['tools', 'tools'],
  },
  {
    title: 'a forced tool where only auto is accepted',
    request: { tools: [FUNCTION_TOOL], toolChoice: { type: 'required' } },
    component: { model: { capabilities: { forcedToolChoice: false } } },
    expected: ['tool_choice', 'tool_choice'],
  },
  {
    title: 'tool_choice auto where only auto is accepted',
    request: { tools: [FUNCTION_TOOL], toolChoice: { type: 'auto' } },
    component: { model: { capabilities: { forcedToolChoice: false } } },
    expected: null,
  },
  {
    title: 'an allowed subset that is required counts as forced',
    request: { tools: [FUNCTION_TOOL], toolChoice: { type: 'allowed', mode: 'required', names: ['weather'] } },
    component: { model: { capabilities: { forcedToolChoice: false } } },
    expected: ['tool_choice', 'tool_choice'],
  },
  {
    title: 'tools over Chat Completions for a model that has them over Responses only',
    request: { tools: [FUNCTION_TOOL] },
    component: { effort: 'none', model: { capabilities: { chatTools: 'never' } } },
    expected: ['tools', 'tools'],
  },
  {
    title: 'the same model over Responses',
    request: { tools: [FUNCTION_TOOL] },
    component: { protocol: 'openai-responses', model: { capabilities: { chatTools: 'never' } } },
    expected: null,
  },
  {
    title: 'tools over Chat Completions at effort none where only none is allowed',
    request: { tools: [FUNCTION_TOOL] },
    component: { effort: 'none', model: { capabilities: { chatTools: 'without-reasoning' } } },
    expected: null,
  },
  {
    title: 'tools over Chat Completions at effort low where only none is allowed',
    request: { tools: [FUNCTION_TOOL] },
    component: { effort: 'low', model: { capabilities: { chatTools: 'without-reasoning' } } },
    expected: ['tools', 'tools'],
  },
  {
    title: 'a JSON schema for a model without structured output',
    request: { responseFormat: SCHEMA },
    component: { model: { capabilities: { structuredOutput: false } } },
    expected: ['structured_output', 'response_format'],
  },
  {
    title: 'two choices over Messages',
    request: { sampling: { choices: 2 } },
    component: { protocol: 'anthropic-messages' },
    expected: ['choices', 'n'],
  },
  { title: 'two choices over Chat Completions', request: { sampling: { choices: 2 } }, expected: null },
  {
    title: 'a hosted tool of another protocol',
    request: { tools: [{ type: 'hosted', name: 'web_search', protocol: 'openai-responses', value: {} }] },
    component: { protocol: 'anthropic-messages' },
    expected: ['protocol', 'tools'],
  },
  { title: 'a name outside the allow-list', constraints: { allow: ['other'] }, expected: ['not_allowed', 'allow'] },
  { title: 'a role outside the mode', constraints: { mode: 'pro' }, expected: ['mode', 'mode'] },
  {
    title: 'a highest effort below the lowest of the model',
    component: { model: { efforts: ['medium', 'high'] } },
    constraints: { maxEffort: 'low' },
    expected: ['max_effort', 'max_effort'],
  },
  {
    title: 'an effort that would be clamped, strictly',
    component: { model: { efforts: ['low', 'high'] } },
    constraints: { effort: 'medium', strictParams: true },
    expected: ['strict_params', 'reasoning_effort'],
  },
  {
    title: 'an effort that the level of the component replaces, strictly',
    component: { effort: 'none' },
    constraints: { effort: 'high', strictParams: true },
    expected: ['strict_params', 'reasoning_effort'],
  },
  {
    title: 'an effort that is the level of the component, strictly',
    component: { effort: 'high' },
    constraints: { effort: 'high', strictParams: true },
    expected: null,
  },
  {
    title: 'an effort of the name in place of the level, strictly',
    component: { effort: 'none' },
    constraints: { effort: 'high', effortReplacesLevel: true, strictParams: true },
    expected: null,
  },
  {
    title: 'a temperature that a reasoning model drops, strictly',
    request: { sampling: { temperature: 0.2 } },
    component: { effort: 'high', model: { capabilities: { sampling: 'without-reasoning' } } },
    constraints: { strictParams: true },
    expected: ['strict_params', 'temperature'],
  },
  {
    title: 'a temperature that would be dropped with a warning',
    request: { sampling: { temperature: 0.2 } },
    component: { effort: 'high', model: { capabilities: { sampling: 'never' } } },
    expected: null,
  },
  {
    title: 'a cost bound below any answer',
    constraints: { maxCostMicroUsd: 1 },
    expected: ['max_cost', 'max_cost_usd'],
  },
  { title: 'a cost bound of a dollar', constraints: { maxCostMicroUsd: 1_000_000 }, expected: null },
  {
    title: 'a cost bound where the price is unknown',
    component: { model: { price: null } },
    constraints: { maxCostMicroUsd: 1_000_000 },
    expected: ['max_cost', 'max_cost_usd'],
  },
  {
    title: 'a latency bound below any answer',
    constraints: { maxLatencyMs: 10 },
    expected: ['max_latency', 'max_latency_ms'],
  },
];

for (const { title, request, inputTokens, component, constraints, expected } of CASES) {
  test(`${title} ${expected === null ? 'is feasible' : `is excluded by ${expected[0]}`}`, () => {
    const candidates = listCandidates({
      components: [sampleComponent('fast', component)],
      request: sampleRequest(request),
      features: sampleFeatures(inputTokens === undefined ? {} : { inputTokens }),
      constraints: { ...NO_CONSTRAINTS, ...constraints },
    });
    for (const { excluded } of candidates) {
      assert.deepEqual(excluded === null ? null : [excluded.code, excluded.constraint], expected);
      if (excluded === null) continue;
      for (const member of [excluded.expected, excluded.given, excluded.fix]) assert.ok(member.length > 0);
    }
  });
}

test('mode thinking takes a smaller relative only when no component has the role itself', () => {
  const [fast, thinking] = samplePair();
  const mini = sampleComponent('thinking-mini');
  const feasible = (components: readonly Component[]): readonly string[] => [
    ...new Set(
      sampleInput({ components, constraints: { mode: 'thinking' } })
        .candidates.filter(isFeasible)
        .map(({ component }) => component.name),
    ),
  ];
  assert.ok(fast && thinking);
  assert.deepEqual(feasible([fast, thinking, mini]), ['thinking']);
  assert.deepEqual(feasible([fast, mini]), ['thinking-mini']);
  assert.deepEqual(feasible([fast]), []);
});

test('the error for an empty set names every constraint once, and each component where they differ', () => {
  const components = [
    sampleComponent('fast', { effort: 'none', model: { contextTokens: 8000 } }),
    sampleComponent('thinking', { model: { contextTokens: 32_000 } }),
    sampleComponent('vision', { model: { input: ['text'] } }),
  ];
  const { candidates } = sampleInput({ components, features: { inputTokens: 100_000 }, request: withPart(image) });
  const error = toNoCandidateError(candidates);
  assert.ok(error instanceof NoCandidateError);
  assert.equal(error.status, 400);
  assert.equal(error.message, 'No component can serve this request: blocked by messages.');
  assert.equal(error.blocking.length, 2);
  assert.equal(
    error.blocking[0]?.expected,
    'at most 8,000 tokens of input and output together (fast); at most 32,000 tokens of input and output together (thinking)',
  );
  assert.equal(error.blocking[1]?.given, 'image');
});

test('a bound that leaves nothing is named in the message', () => {
  const { candidates } = sampleInput({ constraints: { maxCostMicroUsd: 1 } });
  const error = toNoCandidateError(candidates);
  assert.match(
    error.message,
    /^No component can serve this request within max_cost_usd \(expected at least .+, given .+\)\. Raise max_cost_usd/,
  );
  assert.equal(error.field, 'max_cost_usd');
  assert.deepEqual(
    error.blocking.map(({ constraint }) => constraint),
    ['max_cost_usd'],
  );
  const parts = error.blocking[0]?.expected.split('; ') ?? [];
  const components = new Set(candidates.map(({ component }) => component.name));
  assert.equal(
    parts.length,
    components.size,
    `the least that each component needs, not one for every effort: ${parts.join('; ')}`,
  );
});

/** True in three of four, so that about half of the requests can be served. */
const mostly = fc.constantFrom(true, true, true, false);
const rarely = fc.constantFrom(false, false, false, false, false, true);

const arbitraryComponent = (name: string): fc.Arbitrary<Component> =>
  fc
    .record({
      role: fc.constantFrom('fast', 'thinking', 'thinking-mini', 'pro', 'coder'),
      effort: fc.constantFrom('auto' as const, 'provider' as const, ...EFFORTS),
      protocol: fc.constantFrom(
        'openai-chat' as const,
        'openai-responses' as const,
        'anthropic-messages' as const,
        'gemini' as const,
      ),
      efforts: fc.subarray([...EFFORTS]),
      contextTokens: fc.constantFrom(4000, 1_000_000, 1_000_000),
      outputTokens: fc.constantFrom(1000, 64_000, 64_000),
      input: fc.subarray(['image' as const, 'audio' as const, 'pdf' as const]),
      price: fc.constantFrom(null, { input: 0.1, output: 0.5 }, { input: 5, output: 25 }),
      capabilities: fc.record({
        tools: mostly,
        structuredOutput: mostly,
        forcedToolChoice: mostly,
        sampling: fc.constantFrom('always' as const, 'without-reasoning' as const, 'never' as const),
        chatTools: fc.constantFrom(
          'always' as const,
          'always' as const,
          'without-reasoning' as const,
          'never' as const,
        ),
      }),
    })
    .map(({ role, effort, protocol, input, ...model }) =>
      sampleComponent(name, { role, effort, protocol, model: { ...model, input: ['text', ...input] } }),
    );

const PARTS: readonly ContentPart[] = [
  { type: 'text', text: 'Hello' },
  image,
  { type: 'audio', source: { type: 'base64', mediaType: 'audio/wav', data: '' }, format: 'wav' },
  document('application/pdf'),
];

const arbitraryRequest: fc.Arbitrary<CanonicalRequest> = fc
  .record({
    parts: fc.oneof(
      { weight: 2, arbitrary: fc.constant(PARTS.slice(0, 1)) },
      { weight: 1, arbitrary: fc.subarray([...PARTS]) },
    ),
    tools: fc.constantFrom<readonly Tool[]>(
      [],
      [],
      [FUNCTION_TOOL],
      [{ type: 'hosted', name: 'web_search', protocol: 'openai-responses', value: {} }],
    ),
    forced: rarely,
    choices: fc.constantFrom(1, 1, 1, 1, 2),
    schema: rarely,
    temperature: fc.boolean(),
    maxOutputTokens: fc.constantFrom(null, 500, 8000),
  })
  .map(({ parts, tools, forced, choices, schema, temperature, maxOutputTokens }) =>
    sampleRequest({
      messages: [{ role: 'user', content: parts }],
      tools,
      toolChoice: forced && tools.length > 0 ? { type: 'required' } : null,
      sampling: { choices, ...(temperature ? { temperature: 0.5 } : {}) },
      responseFormat: schema ? SCHEMA : null,
      maxOutputTokens,
    }),
  );

const arbitraryConstraints: fc.Arbitrary<RequestConstraints> = fc.record({
  mode: fc.constantFrom(...MODES, ...Array.from({ length: 8 }, () => 'auto' as const)),
  allow: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.subarray(['a', 'b', 'c']) }),
  maxCostMicroUsd: fc.constantFrom(null, null, null, null, 100, 10_000),
  maxLatencyMs: fc.constantFrom(null, null, null, null, 2000, 20_000),
  maxEffort: fc.constantFrom(...Array.from({ length: 14 }, () => null), ...EFFORTS),
  effort: fc.constantFrom(...Array.from({ length: 7 }, () => null), ...EFFORTS),
  effortReplacesLevel: fc.boolean(),
  strictParams: rarely,
});

const arbitraryQuestion: fc.Arbitrary<CandidateQuestion> = fc.record({
  components: fc
    .tuple(arbitraryComponent('a'), arbitraryComponent('b'), arbitraryComponent('c'))
    .map((components) => components),
  request: arbitraryRequest,
  features: fc
    .record({
      type: fc.constantFrom(...CONVERSATION_TYPES),
      complexity: fc.double({ min: 0, max: 1, noNaN: true }),
      toolNeeds: fc.constantFrom('none' as const, 'single' as const, 'multi_step' as const),
      intent: fc.constantFrom('none' as const, 'think' as const, 'quick' as const),
      inputTokens: fc.constantFrom(50, 5000, 100_000),
    })
    .map(sampleFeatures),
  constraints: arbitraryConstraints,
});

/** Checks a candidate against the request without the filters: written from the contract, not from the code. */
const violates = ({ request, features, constraints }: CandidateQuestion, component: Component): boolean => {
  const { model, protocol } = component.deployments[0];
  const kinds = request.messages.flatMap(({ content }) => content.map(({ type }) => type));
  const usesTools = request.tools.length > 0;
  return (
    features.inputTokensEstimate > model.limits.contextTokens ||
    (request.maxOutputTokens ?? 0) > model.limits.outputTokens ||
    (kinds.includes('image') && !model.input.includes('image')) ||
    (kinds.includes('audio') && !model.input.includes('audio')) ||
    (kinds.includes('file') && !model.input.includes('pdf')) ||
    (usesTools && !model.capabilities.tools) ||
    (usesTools && protocol === 'openai-chat' && model.capabilities.chatTools === 'never') ||
    (request.toolChoice?.type === 'required' && !model.capabilities.forcedToolChoice) ||
    (request.responseFormat?.type === 'json-schema' && !model.capabilities.structuredOutput) ||
    ((request.sampling.choices ?? 1) > 1 && (protocol === 'anthropic-messages' || protocol === 'openai-responses')) ||
    request.tools.some((tool) => tool.type === 'hosted' && tool.protocol !== protocol) ||
    (constraints.allow !== null && !constraints.allow.includes(component.name))
  );
};

const POLICIES = [
  createRulesPolicy(),
  createStaticPolicy({ component: 'b' }),
  guardPolicy(createRulesPolicy(), {
    safeComponent: 'a',
    onFailure: (error) => {
      throw error;
    },
  }),
];

test('in 20,000 random requests nothing infeasible and nothing beyond a bound is chosen', () => {
  let decided = 0;
  let refused = 0;
  fc.assert(
    fc.property(arbitraryQuestion, (question) => {
      const candidates = listCandidates(question);
      const { constraints, features, request } = question;
      const input = {
        ...sampleInput(),
        features,
        candidates,
        preference: { effort: constraints.effort, componentChosen: false },
        maxOutputTokens: request.maxOutputTokens,
      };
      if (!candidates.some(isFeasible)) {
        refused += 1;
        assert.ok(toNoCandidateError(candidates).blocking.length > 0);
        for (const policy of POLICIES) assert.throws(() => policy.decide(input), NoCandidateError);
        return;
      }
      decided += 1;
      for (const policy of POLICIES) {
        const { chosen, scores } = policy.decide(input);
        const candidate = candidates[chosen];
        const prediction = scores[chosen]?.prediction;
        assert.ok(candidate && prediction);
        assert.equal(candidate.excluded, null);
        assert.ok(!violates(question, candidate.component));
        const { maxEffort, maxCostMicroUsd, maxLatencyMs } = constraints;
        if (maxEffort !== null && candidate.effort !== null) {
          assert.ok(effortRank(candidate.effort) <= effortRank(maxEffort));
        }
        if (maxCostMicroUsd !== null)
          assert.ok(prediction.costMicroUsd && prediction.costMicroUsd.p90 <= maxCostMicroUsd);
        if (maxLatencyMs !== null) assert.ok(prediction.totalMs <= maxLatencyMs);
      }
    }),
    { numRuns: 20_000, seed: 1 },
  );
  assert.ok(decided > 4000 && refused > 4000, `${decided} decided, ${refused} refused`);
});

test('a filter is monotone: a further need or a tighter bound never makes an excluded candidate feasible', () => {
  const tighten: fc.Arbitrary<(question: CandidateQuestion) => CandidateQuestion> = fc.constantFrom(
    (question) => ({
      ...question,
      request: { ...question.request, tools: [...question.request.tools, FUNCTION_TOOL] },
    }),
    (question) => ({ ...question, request: { ...question.request, responseFormat: SCHEMA } }),
    (question) => ({
      ...question,
      request: { ...question.request, messages: [...question.request.messages, { role: 'user', content: [image] }] },
    }),
    (question) => ({ ...question, request: { ...question.request, maxOutputTokens: 70_000 } }),
    (question) => ({
      ...question,
      features: { ...question.features, inputTokensEstimate: question.features.inputTokensEstimate * 10 },
    }),
    (question) => ({ ...question, constraints: { ...question.constraints, allow: ['a'] } }),
    (question) => ({ ...question, constraints: { ...question.constraints, strictParams: true } }),
    (question) => ({ ...question, constraints: { ...question.constraints, maxLatencyMs: 1 } }),
  );
  fc.assert(
    fc.property(arbitraryQuestion, tighten, (question, tighter) => {
      // A raised output limit would also raise the expected cost, but it starts from at most 8,000 tokens here.
      const loose = { ...question, constraints: { ...question.constraints, allow: null, maxLatencyMs: null } };
      const before = listCandidates(loose);
      const after = listCandidates(tighter(loose));
      assert.equal(after.length, before.length);
      for (const [index, candidate] of before.entries()) {
        if (candidate.excluded !== null) assert.notEqual(after[index]?.excluded, null);
      }
    }),
    { numRuns: 2000, seed: 2 },
  );
});
