import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleComponent, sampleModel } from '../../test/samples/policy.ts';
import { sampleCatalog, sampleProvider } from '../../test/samples/pool.ts';
import { NO_USAGE, type Usage } from '../canonical/usage.ts';
import type { Deployment } from '../catalog/component.ts';
import type { AttemptReport } from '../executor/attempt.ts';
import { isSameModel, priceAttempt } from './cost.ts';

test('an id and the same id with a date, a version or "latest" behind it are one model', () => {
  for (const [asked, answered] of [
    ['gpt-x', 'gpt-x'],
    ['gpt-x', 'gpt-x-2026-04-01'],
    ['gpt-x', 'gpt-x-20260401'],
    ['gpt-x-latest', 'gpt-x'],
    ['claude-x@20260401', 'claude-x'],
    ['mistral-large', 'mistral-large-2512'],
    ['models/gemini-x', 'gemini-x-preview'],
    ['Qwen/Qwen3', 'qwen3'],
    ['qwen3:v2', 'qwen3'],
  ] as const) {
    assert.ok(isSameModel(asked, answered), `${asked} ${answered}`);
    assert.ok(isSameModel(answered, asked), `${answered} ${asked}`);
  }
});

test('another model of the same family is another model', () => {
  for (const [asked, answered] of [
    ['gpt-x', 'gpt-x-mini'],
    ['gpt-x', 'gpt-xy'],
    ['gpt-5', 'gpt-5.5'],
    ['gpt-5', 'gpt-5-5'],
    ['claude-x', 'claude-x-fast'],
    ['o3', 'o3-pro'],
    ['gpt-x-2026-04-01', 'gpt-x-2026-05-01'],
  ] as const)
    assert.ok(!isSameModel(asked, answered), `${asked} ${answered}`);
});

const USAGE: Usage = { ...NO_USAGE, inputTokens: 1_000, outputTokens: 100 };

const deploymentOf = (id: string, members: Partial<Deployment> = {}): Deployment => ({
  ...sampleComponent('x').deployments[0],
  id: `openai/${id}`,
  provider: 'openai',
  upstreamModel: id,
  // $1 and $10 per million tokens: 1,000 in and 100 out are 1,000 + 1,000 micro-dollars.
  model: sampleModel({ id: `openai/${id}`, price: { input: 1, output: 10 } }),
  ...members,
});

const price = (report: Partial<AttemptReport>, context: { simulated?: boolean; provider?: string } = {}) =>
  priceAttempt(
    {
      id: 'att_1',
      n: 1,
      deployment: deploymentOf('gpt-x'),
      result: 'ok',
      answeredModel: 'gpt-x',
      usage: USAGE,
      serviceTier: null,
      seenOutputTokens: 0,
      firstTokenMs: 5,
      totalMs: 9,
      fault: null,
      warnings: [],
      upstreamRequestId: null,
      ...report,
    },
    {
      catalog: sampleCatalog(),
      settings: sampleProvider(context.provider ?? 'openai'),
      inputTokensEstimate: 500,
      simulated: context.simulated ?? false,
    },
  );

const FAULT = { status: 500, code: null, type: null, message: 'broken', retryAfterSeconds: null };

test("cost is usage times the price of the model that answered, under the configured deployment's price", () => {
  const expected = { microUsd: 2_000, unknown: null, source: 'usage', billedAs: 'openai/gpt-x', substituted: false };
  for (const answeredModel of ['gpt-x', 'gpt-x-2026-04-01', null, ''])
    assert.deepEqual(price({ answeredModel }), expected);
});

test('a substitution by the provider is priced and named by the model that answered', () => {
  // The catalog's twin costs the sample's default: $0.20 and $1.20 per million, so 200 + 120 micro-dollars.
  assert.deepEqual(price({ answeredModel: 'twin' }), {
    microUsd: 320,
    source: 'usage',
    billedAs: 'openai/twin',
    unknown: null,
    substituted: true,
  });
  const unknown = price({ answeredModel: 'something-else' });
  assert.deepEqual([unknown.microUsd, unknown.substituted], [null, true], 'no price is guessed for it');
});

test('a local server that calls its one model by another name substitutes nothing, and neither does the lab', () => {
  const local = deploymentOf('qwen.gguf', { inCatalog: false });
  const answered = price({ deployment: local, answeredModel: '/models/q4.gguf' }, { provider: 'local' });
  assert.deepEqual([answered.microUsd, answered.substituted], [2_000, false]);
  const lab = price({ answeredModel: 'twin' }, { simulated: true });
  assert.deepEqual([lab.source, lab.substituted, lab.billedAs], ['lab', false, 'openai/gpt-x']);
});

test('without usage the cost is an estimate from what was seen; a call that never began is free', () => {
  const cut = price({ usage: NO_USAGE, seenOutputTokens: 50, fault: FAULT });
  assert.deepEqual([cut.microUsd, cut.source], [1_000, 'estimate']);
  const refused = price({ usage: NO_USAGE, firstTokenMs: null, answeredModel: null, fault: FAULT });
  assert.deepEqual([refused.microUsd, refused.source], [0, 'estimate']);
});

test('an unknown price is null and never 0', () => {
  const free = deploymentOf('gpt-x', { model: sampleModel({ id: 'openai/gpt-x', price: null }) });
  assert.equal(price({ deployment: free }).microUsd, null);
});
