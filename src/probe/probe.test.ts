import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { join } from 'node:path';
import type { Deployment } from '../catalog/component.ts';
import { createDeployment } from '../catalog/deployment.ts';
import { loadCatalog } from '../catalog/load.ts';
import type { ProviderSettings } from '../catalog/pool.ts';
import { createLab, type Lab } from '../lab/lab.ts';
import { createScript, LAB_MODELS, type LabModel } from '../lab/script.ts';
import { createProviders } from '../providers/registry.ts';
import { probe, type Probed } from './probe.ts';

const catalog = await loadCatalog(join(import.meta.dirname, '../../models'));

let lab: Lab;
let url: string;

const failing = createScript({ failure: { type: 'status', status: 401, headers: {}, body: null } });

before(async () => {
  const thinking = LAB_MODELS['thinking'] as LabModel;
  lab = createLab({
    timeScale: 0,
    keepReceived: 100,
    models: {
      'gpt-6-luna': LAB_MODELS['fast'] as LabModel,
      'gpt-6.1-sol': thinking,
      'claude-opus-5-5': thinking,
      'gpt-5.5': { type: 'script', script: failing },
    },
  });
  ({ url } = await lab.listen());
});

after(() => lab.close());

const settingsOf = (name: 'openai' | 'anthropic'): ProviderSettings => ({
  name,
  protocol: name === 'openai' ? 'openai-chat' : 'anthropic-messages',
  alsoResponses: name === 'openai',
  baseUrl: name === 'openai' ? `${url}/v1` : url,
  credentials: 'env:KEY',
  headers: {},
  simulated: false,
});

const deploymentOf = (provider: 'openai' | 'anthropic', upstreamModel: string): Deployment =>
  createDeployment({ settings: settingsOf(provider), upstreamModel, catalog });

const run = async (deployments: readonly Deployment[], budgetMicroUsd = 1_000_000): Promise<readonly Probed[]> => {
  const providers = createProviders([settingsOf('openai'), settingsOf('anthropic')], {
    resolveSecret: () => 'sk-test',
    now: Date.now,
  });
  try {
    return await probe({
      deployments,
      findProvider: providers.find,
      budgetMicroUsd,
      clock: () => performance.now(),
      signal: new AbortController().signal,
      onProbed: () => {},
    });
  } finally {
    await providers.close();
  }
};

const resultsOf = (probed: readonly Probed[]): readonly string[] =>
  probed.map(({ control, result, detail }) => `${control}: ${result}${result === 'ok' ? '' : ` (${detail})`}`);

test('every control that the model is said to have is tried, over the protocol that carries it', async () => {
  const probed = await run([deploymentOf('openai', 'gpt-6.1-sol')]);
  assert.deepEqual(resultsOf(probed), [
    'text: ok',
    'stream: ok',
    'cancel: ok',
    'tool: ok',
    'schema: ok',
    'lowest effort: ok',
    'highest effort: ok',
  ]);
  const paths = lab.received().map(({ path }) => path);
  assert.ok(paths.includes('/v1/responses') && paths.includes('/v1/chat/completions'));
  assert.ok(probed.every(({ control, costMicroUsd }) => control === 'cancel' || (costMicroUsd ?? 0) > 0));
});

test('an Anthropic model is tried in its own protocol', async () => {
  const probed = await run([deploymentOf('anthropic', 'claude-opus-5.5')]);
  assert.deepEqual(
    probed.filter(({ result }) => result !== 'ok'),
    [],
  );
});

test('a key that is refused fails once, with the provider’s words, and spares the rest', async () => {
  const probed = await run([deploymentOf('openai', 'gpt-5.5')]);
  assert.equal(probed.length, 1);
  assert.equal(probed[0]?.result, 'failed');
  assert.match(probed[0].detail ?? '', /status 401: .*refuse this key/);
});

test('what would exceed the budget is not called, and says what it may cost', async () => {
  const before = lab.received().length;
  const probed = await run([deploymentOf('openai', 'gpt-6.1-sol')], 1);
  assert.ok(probed.every(({ result }) => result === 'skipped'));
  assert.match(probed[0]?.detail ?? '', /may cost \$[\d.]+, and \$0\.0000 of the budget is left/);
  assert.equal(lab.received().length, before);
});

test('a model without a price is not called: no budget could hold', async () => {
  const probed = await run([deploymentOf('openai', 'house-model')]);
  assert.ok(
    probed.every(({ result, detail }) => result === 'skipped' && detail?.includes('price is unknown') === true),
  );
});
