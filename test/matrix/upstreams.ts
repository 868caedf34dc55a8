/** A Gearbox with one component for each provider protocol, all of them the lab under names of the catalog. */
import type { Upstream } from '../../src/drive/wire-matrix.ts';
import type { LabScript } from '../../src/lab/script.ts';
import { startGearbox, type TestGearbox } from '../e2e/gearbox.ts';

const MODELS: Readonly<Record<Upstream, string>> = {
  chat: 'openai/gpt-5.5',
  responses: 'replies/gpt-5.5',
  messages: 'anthropic/claude-opus-5.5',
};

const renderYaml = (effort: string): string => `
version: 1
providers:
  openai: { base_url: '{lab}/v1', responses: false }
  replies: { protocol: openai-responses, base_url: '{lab}/v1', key: env:OPENAI_API_KEY }
  anthropic: { base_url: '{lab}' }
components:
${Object.entries(MODELS)
  .map(([name, model]) => `  ${name}: { model: ${model}, effort: ${effort}, role: ${name} }`)
  .join('\n')}
models:
  auto: { components: [${Object.keys(MODELS).join(', ')}] }
`;

/** `timeScale`: 1 lets the lab take the time that a prompt asks for. */
export const startUpstreams = (effort: 'auto' | 'high', script: LabScript, timeScale = 0): Promise<TestGearbox> => {
  const model = { type: 'script', script } as const;
  return startGearbox({
    yaml: renderYaml(effort),
    timeScale,
    environment: { OPENAI_API_KEY: 'sk-test', ANTHROPIC_API_KEY: 'sk-ant-test' },
    models: { 'gpt-5.5': model, 'claude-opus-5-5': model },
  });
};
