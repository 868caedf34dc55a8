import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { ConfigError } from '../errors.ts';
import { createDeployment, parseDeploymentId, toModelPrice } from './deployment.ts';
import { findKnownProvider, KNOWN_PROVIDERS } from './known-providers.ts';
import { loadCatalog } from './load.ts';
import type { Catalog } from './model.ts';
import type { ProviderSettings } from './pool.ts';
import { toProviderBaseUrl } from './provider-address.ts';

let catalog: Catalog;

before(async () => {
  catalog = await loadCatalog(join(import.meta.dirname, '../../models'));
});

const settings = (name: string): ProviderSettings => ({
  name,
  protocol: findKnownProvider(name)?.protocol ?? 'openai-chat',
  baseUrl: 'http://127.0.0.1:1/v1',
  credentials: null,
  headers: {},
  alsoResponses: false,
  simulated: false,
});

const at = (provider: string, upstreamModel: string) =>
  createDeployment({ settings: settings(provider), upstreamModel, catalog });

test('a deployment id splits at its first slash', () => {
  assert.deepEqual(parseDeploymentId('openai/gpt-5.5'), { provider: 'openai', upstreamModel: 'gpt-5.5' });
  assert.deepEqual(parseDeploymentId('openrouter/x-ai/grok-4.3:free'), {
    provider: 'openrouter',
    upstreamModel: 'x-ai/grok-4.3:free',
  });
});

for (const text of [
  '',
  'gpt-5',
  '/gpt-5',
  'openai/',
  'open ai/gpt-5',
  'openai/gpt 5',
  'openai/gpt\n5',
  `openai/${'x'.repeat(300)}`,
]) {
  test(`${JSON.stringify(text.slice(0, 20))} is no deployment id, and the error shows one`, () => {
    assert.throws(
      () => parseDeploymentId(text),
      (error: unknown) => error instanceof ConfigError && /openai\/gpt-5\.5/.test(error.message),
    );
  });
}

test("a lab's own API serves its bare ids at the list price", () => {
  const deployment = at('openai', 'gpt-5.5');
  assert.equal(deployment.id, 'openai/gpt-5.5');
  assert.equal(deployment.model.id, 'openai/gpt-5.5');
  assert.equal(deployment.inCatalog, true);
  assert.equal(deployment.model.price?.base.input, 5_000_000);
});

test("the lab's own spelling is sent where the catalog's differs, and the id stays as written", () => {
  const deployment = at('anthropic', 'claude-opus-4.8');
  assert.equal(deployment.id, 'anthropic/claude-opus-4.8');
  assert.equal(deployment.upstreamModel, 'claude-opus-4-8');
  assert.equal(deployment.protocol, 'anthropic-messages');
  const dated = at('anthropic', 'claude-haiku-4-5-20251001');
  assert.equal(dated.upstreamModel, 'claude-haiku-4-5-20251001');
  assert.equal(dated.model.id, 'anthropic/claude-haiku-4.5');
  // OpenRouter spells ids with dots, as the catalog does; nothing may be rewritten there.
  assert.equal(at('openrouter', 'anthropic/claude-opus-4.8').upstreamModel, 'anthropic/claude-opus-4.8');
});

const found: readonly (readonly [string, string, string])[] = [
  ['openrouter', 'openai/gpt-5.5', 'openai/gpt-5.5'],
  ['openrouter', 'x-ai/grok-4.3', 'xai/grok-4.3'],
  ['openrouter', 'qwen/qwen3.6-35b-a3b', 'alibaba/qwen3.6-35b-a3b'],
  ['openrouter', 'z-ai/glm-5.2', 'zai/glm-5.2'],
  ['dashscope', 'qwen3.7-max', 'alibaba/qwen3.7-max'],
  ['vllm', 'qwen3.6-35b-a3b', 'alibaba/qwen3.6-35b-a3b'],
  ['vllm', 'Qwen/Qwen3.6-35B-A3B', 'alibaba/qwen3.6-35b-a3b'],
  ['ollama', 'gpt-oss:20b', 'openai/gpt-oss-20b'],
  ['groq', 'openai/gpt-oss-120b', 'openai/gpt-oss-120b'],
  ['fireworks', 'accounts/fireworks/models/glm-5p2', 'zai/glm-5.2'],
  ['bedrock', 'claude-opus-5.5', 'anthropic/claude-opus-5.5'],
];

for (const [provider, upstreamModel, id] of found) {
  test(`${provider}/${upstreamModel} is the catalog's ${id}`, () => {
    const deployment = at(provider, upstreamModel);
    assert.equal(deployment.model.id, id);
    assert.equal(deployment.inCatalog, true);
  });
}

for (const [provider, upstreamModel] of [
  ['ollama', 'qwen3.6:35b'],
  ['openrouter', 'openai/gpt-oss-20b:free'],
  ['openai', 'GPT-5.5'],
  ['openai', 'gpt-5.5-turbo'],
  ['openai', ''],
] as const) {
  test(`${provider}/${upstreamModel} is nearly a catalog name and stays unknown`, () => {
    assert.equal(at(provider, upstreamModel).inCatalog, false);
  });
}

test('open weights have the list price at their own lab only; closed ones keep it wherever they are resold', () => {
  assert.equal(at('alibaba', 'qwen3.6-35b-a3b').model.price?.base.input, 248_000);
  assert.equal(at('vllm', 'qwen3.6-35b-a3b').model.price, null);
  assert.equal(at('vllm', 'qwen3.6-35b-a3b').model.sources.price, null);
  assert.equal(at('openrouter', 'anthropic/claude-opus-5.5').model.price?.base.input, 4_000_000);
});

test('a host of open weights has its own price where it is known, under its alias too, and a configured one wins', () => {
  const groq = at('groq', 'openai/gpt-oss-120b').model;
  assert.deepEqual(
    [groq.price?.base.input, groq.price?.base.output, groq.price?.base.cacheRead],
    [150_000, 600_000, 75_000],
  );
  assert.equal(groq.sources.price?.source, 'models.dev');
  assert.equal(at('openrouter', 'qwen/qwen3.6-35b-a3b').model.price?.base.input, 140_000);
  assert.equal(at('togetherai', 'openai/gpt-oss-20b').model.price?.base.input, 50_000);
  assert.equal(at('cerebras', 'gpt-oss-20b').model.price, null);
  const own = { input: 1, output: 2 };
  const configured = createDeployment({
    settings: settings('groq'),
    upstreamModel: 'openai/gpt-oss-120b',
    catalog,
    price: own,
  });
  assert.equal(configured.model.price?.base.input, 1_000_000);
});

test('an unknown model is usable: text and tools, no reasoning control, no price, a short window', () => {
  const { model, inCatalog } = at('vllm', 'my-finetune');
  assert.equal(inCatalog, false);
  assert.equal(model.id, 'vllm/my-finetune');
  assert.deepEqual(model.limits, { contextTokens: 32_768, outputTokens: 8_192 });
  assert.deepEqual(model.input, ['text']);
  assert.equal(model.capabilities.tools, true);
  assert.deepEqual(model.reasoning.efforts, []);
  assert.equal(model.price, null);
  assert.equal(model.sources.facts.verified, false);
});

test('a configured price replaces the whole list price; 0 is a price', () => {
  const price = { input: 0.02, output: 0.08 };
  const deployment = createDeployment({ settings: settings('vllm'), upstreamModel: 'qwen3.6-35b-a3b', catalog, price });
  assert.deepEqual(deployment.model.price, {
    base: { input: 20_000, output: 80_000, cacheRead: null, cacheWrite: null, cacheWriteOneHour: null },
    contextTiers: [],
    serviceTiers: [],
  });
  assert.equal(deployment.model.sources.price?.source, 'configuration');
  assert.equal(toModelPrice({ input: 0, output: 0 }).base.input, 0);
  const tiered = createDeployment({ settings: settings('openai'), upstreamModel: 'gpt-5.5', catalog, price });
  assert.deepEqual(tiered.model.price?.contextTiers, []);
});

for (const input of [-1, NaN, Infinity, 1_001]) {
  test(`a configured price of ${input} is refused with its field and unit`, () => {
    assert.throws(() => toModelPrice({ input, output: 1 }), /price\.input: expected US dollars per million tokens/);
  });
}

test('names and aliases of known providers are unique, and their base URLs have no trailing slash', () => {
  const names = KNOWN_PROVIDERS.flatMap(({ name, aliases }) => [name, ...aliases]);
  assert.equal(new Set(names).size, names.length);
  for (const { baseUrl, name } of KNOWN_PROVIDERS) assert.ok(!baseUrl.endsWith('/') && URL.canParse(baseUrl), name);
});

test('every lab that a known provider serves has models in the catalog', () => {
  const labs = new Set([...catalog.models.values()].map((model) => model.lab));
  for (const { labs: served, name } of KNOWN_PROVIDERS) {
    for (const lab of served) assert.ok(labs.has(lab), `${name}: ${lab}`);
  }
});

const addresses: readonly (readonly [string, string, string])[] = [
  ['ollama', '127.0.0.1', 'http://127.0.0.1:11434/v1'],
  ['ollama', '0.0.0.0', 'http://127.0.0.1:11434/v1'],
  ['ollama', '0.0.0.0:5000', 'http://127.0.0.1:5000/v1'],
  ['ollama', 'gpu-box:11434', 'http://gpu-box:11434/v1'],
  ['ollama', ' http://gpu-box:11434/ ', 'http://gpu-box:11434/v1'],
  ['ollama', 'http://gpu-box:80', 'http://gpu-box/v1'],
  ['ollama', 'https://ollama.example.com', 'https://ollama.example.com/v1'],
  ['ollama', '[::1]:11434', 'http://[::1]:11434/v1'],
  ['vllm', 'http://10.0.0.7:8000/v1', 'http://10.0.0.7:8000/v1'],
  ['vllm', 'http://10.0.0.7:8000/v1/', 'http://10.0.0.7:8000/v1'],
  ['vllm', 'https://host/llm/v1', 'https://host/llm/v1'],
];

for (const [name, address, expected] of addresses) {
  test(`${name} at ${JSON.stringify(address)} is ${expected}`, () => {
    const provider = findKnownProvider(name);
    assert.ok(provider);
    assert.equal(toProviderBaseUrl(provider, address), expected);
  });
}

for (const address of ['', 'ftp://host', 'http://']) {
  test(`${JSON.stringify(address)} is no server address, and the error names the variable`, () => {
    const provider = findKnownProvider('ollama');
    assert.ok(provider);
    assert.throws(() => toProviderBaseUrl(provider, address), /OLLAMA_HOST: expected the address of Ollama/);
  });
}
