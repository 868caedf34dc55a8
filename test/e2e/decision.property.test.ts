/** Decisions depend on what was asked, in no other order than it was said, and on nothing about who asks. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as fc from 'fast-check';
import type { ClientKey } from '../../src/catalog/pool.ts';
import { NoCandidateError } from '../../src/errors.ts';
import { openaiChatCodec } from '../../src/index.ts';
import type { Decided } from '../../src/router/decided.ts';
import { startGearbox, type Json, type TestGearbox } from './gearbox.ts';

const REQUESTS = 1_000;

const YAML = `
version: 1
providers:
  # Without Responses some requests can be served by nobody, and that has to be the same as well.
  openai: { base_url: '{lab}/v1', responses: false }
  anthropic: { base_url: '{lab}' }
components:
  fast: { model: openai/gpt-6-luna, effort: none }
  thinking: { model: openai/gpt-6.1-sol, effort: auto }
  coder: { model: anthropic/claude-opus-5.5, effort: medium, for: [code] }
models:
  auto: { components: [fast, thinking, coder], baseline: thinking }
`;

let gearbox: TestGearbox;

before(async () => {
  gearbox = await startGearbox({ yaml: YAML, environment: { OPENAI_API_KEY: 'sk', ANTHROPIC_API_KEY: 'sk' } });
});

after(() => gearbox.close());

interface Caller {
  readonly headers?: Readonly<Record<string, string>>;
  readonly key?: ClientKey | null;
}

/** Everything about a decision but its id, its time and how long it took. */
const toComparable = ({ decision, chosen, candidates, effort, verbosity, features, ...rest }: Decided): Json => ({
  component: chosen.component.name,
  effort,
  verbosity,
  candidates: candidates.map((candidate) => [candidate.component.name, candidate.effort, candidate.excluded]),
  decision,
  signals: features.signals,
  structural: features.structural,
  grams: features.grams,
  tokens: features.inputTokensEstimate,
  chosenBy: rest.chosenBy,
  reason: rest.reason,
  warnings: rest.warnings,
  versions: rest.versions,
  baseline: rest.baselineMicroUsd,
});

/** The decision, or the refusal where nothing can serve the request: that has to be the same as well. */
const decide = async (body: Json, { headers = {}, key = null }: Caller = {}): Promise<Json> => {
  const request = openaiChatCodec.parseRequest(JSON.stringify(body));
  try {
    return toComparable(await gearbox.gearbox.router.decide({ request, headers, key }));
  } catch (error) {
    if (!(error instanceof NoCandidateError)) throw error;
    return { component: null, message: error.message, blocking: error.blocking };
  }
};

const SENTENCES = [
  'What is the capital of France?',
  'Hello!',
  'thanks, that helps',
  'Think hard about this.',
  'Quick answer please.',
  'Prove that the square root of 2 is irrational.',
  'Refactor this function so that it handles overflow: `function add(a, b) { return a + b; }`',
  'Translate "good morning" into Japanese.',
  'Summarise the following text in three sentences.',
  'Denke gründlich darüber nach.',
  'Plan a trip through Norway in 10 days on a budget of 1,500 euros, with a table of costs.',
  '1. first\n2. second\n3. third',
  'Which of the following is a primary color? A. green B. red C. orange D. purple',
  'A train travels 120 km in 1.5 hours. What is its average speed?',
  'If all bloops are razzies and no razzy is a lazzy, can a bloop be a lazzy?',
];

const text = fc.array(fc.constantFrom(...SENTENCES), { minLength: 1, maxLength: 6 }).map((list) => list.join(' '));

const conversation = fc
  .tuple(fc.option(text), fc.array(fc.tuple(text, text), { maxLength: 2 }), text)
  .map(([system, turns, last]) => [
    ...(system === null ? [] : [{ role: 'system', content: system }]),
    ...turns.flatMap(([question, answer]) => [
      { role: 'user', content: question },
      { role: 'assistant', content: answer },
    ]),
    { role: 'user', content: [{ type: 'text', text: last }] },
  ]);

const tool = fc.constantFrom('search', 'run_tests', 'get_weather').map((name) => ({
  type: 'function',
  function: {
    name,
    description: `Does ${name}`,
    parameters: {
      type: 'object',
      properties: { query: { type: 'string', description: 'what' }, limit: { type: 'integer', minimum: 1 } },
      required: ['query'],
    },
  },
}));

const request = fc.record(
  {
    model: fc.constant('auto'),
    messages: conversation,
    tools: fc.uniqueArray(tool, { minLength: 1, maxLength: 3, selector: ({ function: { name } }) => name }),
    reasoning_effort: fc.constantFrom('none', 'low', 'medium', 'high'),
    verbosity: fc.constantFrom('low', 'medium', 'high'),
    max_completion_tokens: fc.integer({ min: 16, max: 8_000 }),
    temperature: fc.double({ min: 0, max: 1, noNaN: true }),
    response_format: fc.constantFrom({ type: 'text' }, { type: 'json_object' }),
    stop: fc.constant(['END']),
    stream: fc.boolean(),
    gearbox: fc.record(
      {
        objective: fc.constantFrom('cost', 'balanced', 'quality', 'latency'),
        mode: fc.constantFrom('auto', 'fast', 'thinking'),
        max_effort: fc.constantFrom('medium', 'high'),
        explain: fc.constantFrom('none', 'summary'),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['model', 'messages'] },
);

/** The same JSON with the members of every object in another order; lists keep theirs. */
const permute = (value: Json, next: () => number): Json => {
  if (Array.isArray(value)) return value.map((entry) => permute(entry, next));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries<Json>(value).map(([name, member]) => ({ name, member, rank: next() }));
  members.sort((left, right) => left.rank - right.rank);
  return Object.fromEntries(members.map(({ name, member }) => [name, permute(member, next)]));
};

/** A small generator of numbers; the property only needs different orders, repeatable from the seed. */
const createRanks = (seed: number) => (): number => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed;
};

test('the order of JSON members never changes a decision', async () => {
  let reordered = 0;
  const chosen = new Set<string | null>();
  await fc.assert(
    fc.asyncProperty(request, fc.nat(), async (body, seed) => {
      const other = permute(body, createRanks(seed));
      if (JSON.stringify(other) !== JSON.stringify(body)) reordered += 1;
      const [first, second] = [await decide(body), await decide(other)];
      chosen.add(first.component);
      assert.deepEqual(second, first);
    }),
    { numRuns: REQUESTS },
  );
  assert.ok(reordered > REQUESTS * 0.9, 'the orders really differ');
  assert.ok(
    ['fast', 'thinking', null].every((component) => chosen.has(component)),
    [...chosen].join(),
  );
});

const KEY: ClientKey = {
  name: 'enterprise-platinum',
  sha256: 'ab'.repeat(32),
  models: null,
  objective: null,
  budget: null,
  noTrain: true,
  disclosure: 'headers',
  echoModel: 'requested',
};

test('who asks never changes a decision: user, metadata, key, session, request id, plan, client', async () => {
  const identity = fc.record(
    {
      user: fc.string({ minLength: 1, maxLength: 40 }),
      safety_identifier: fc.string({ minLength: 1, maxLength: 40 }),
      metadata: fc.dictionary(fc.stringMatching(/^[a-z]{1,10}$/), fc.string({ maxLength: 40 }), { maxKeys: 5 }),
      prompt_cache_key: fc.string({ minLength: 1, maxLength: 40 }),
      service_tier: fc.constantFrom('auto', 'default'),
    },
    { requiredKeys: ['user'] },
  );
  const headers = fc.record({
    'user-agent': fc.constantFrom('curl/8', 'OpenAI/JS 7', 'Mozilla/5.0 (think hard)'),
    'x-request-id': fc.uuid(),
    'x-plan': fc.constantFrom('free', 'enterprise'),
    'x-user-tier': fc.constantFrom('free', 'platinum'),
    'anthropic-beta': fc.string({ maxLength: 20 }),
    'x-gearbox-session-id': fc.uuid(),
    'x-forwarded-for': fc.ipV4(),
    'accept-language': fc.constantFrom('de', 'en', 'zh'),
    cookie: fc.string({ maxLength: 30 }),
    referer: fc.webUrl(),
    'openai-organization': fc.string({ maxLength: 20 }),
  });
  await fc.assert(
    fc.asyncProperty(request, identity, headers, async (body, who, from) => {
      const plain = await decide(body);
      assert.deepEqual(await decide({ ...body, ...who }, { headers: from, key: KEY }), plain);
    }),
    { numRuns: REQUESTS / 2 },
  );
});

test('the same request gets the same decision again and again', async () => {
  await fc.assert(
    fc.asyncProperty(request, async (body) => {
      const first = await decide(body);
      for (let times = 0; times < 3; times += 1) assert.deepEqual(await decide(body), first);
    }),
    { numRuns: 100 },
  );
});
