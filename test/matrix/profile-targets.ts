/** One deployment of every provider that is known by name, with a model that it really serves. */
import { join } from 'node:path';
import type { ClientProtocol } from '../../src/canonical/protocol.ts';
import type { CanonicalRequest } from '../../src/canonical/request.ts';
import type { Deployment } from '../../src/catalog/component.ts';
import { createDeployment } from '../../src/catalog/deployment.ts';
import { findKnownProvider } from '../../src/catalog/known-providers.ts';
import { loadCatalog } from '../../src/catalog/load.ts';
import { toCallProtocol } from '../../src/catalog/call-protocol.ts';
import { usesTools } from '../../src/policy/feasibility.ts';
import { anthropicProtocol } from '../../src/providers/anthropic/protocol.ts';
import { openaiCompatibleProtocol } from '../../src/providers/openai-compatible/protocol.ts';
import { openaiResponsesProtocol } from '../../src/providers/openai-responses/protocol.ts';
import type { ProviderProtocol, Target, WireRequest } from '../../src/providers/provider.ts';
import { anthropicMessagesCodec } from '../../src/wire/anthropic-messages/codec.ts';
import type { ClientCodec } from '../../src/wire/codec.ts';
import { openaiChatCodec } from '../../src/wire/openai-chat/codec.ts';
import { openaiResponsesCodec } from '../../src/wire/openai-responses/codec.ts';

const catalog = loadCatalog(join(import.meta.dirname, '../../models'));

export const CODECS: Readonly<Record<Exclude<ClientProtocol, 'gemini'>, ClientCodec>> = {
  'openai-chat': openaiChatCodec,
  'openai-responses': openaiResponsesCodec,
  'anthropic-messages': anthropicMessagesCodec,
};

/** `<provider>/<model>`; several of one provider where its models differ in what they take. */
export const TARGETS: readonly string[] = [
  'openai/gpt-5.5',
  'openai/gpt-6.1-sol',
  'azure/gpt-5.5',
  'anthropic/claude-opus-5.5',
  'anthropic/claude-haiku-4.5',
  'google/gemini-3.8-flash',
  'deepseek/deepseek-v4-pro',
  'xai/grok-4.6',
  'mistral/mistral-medium-3.5',
  'alibaba/qwen3.7-plus',
  'moonshotai/kimi-k2.6',
  'zai/glm-5.2',
  'minimax/minimax-m3',
  'openrouter/anthropic/claude-opus-5.5',
  'groq/openai/gpt-oss-120b',
  'together/Qwen/Qwen3.6-35B-A3B',
  'fireworks/accounts/fireworks/models/deepseek-v4-pro',
  'deepinfra/meta-llama/Llama-3.3-70B-Instruct',
  'cerebras/gpt-oss-120b',
  'ollama/qwen3.6:27b',
  'vllm/Qwen/Qwen3.6-35B-A3B',
  'sglang/zai-org/GLM-5.2',
  'llamacpp/gpt-oss-120b',
  'lmstudio/mistral-small-3.2',
];

export const toDeployment = async (reference: string): Promise<Deployment> => {
  const [name = '', ...rest] = reference.split('/');
  const profile = findKnownProvider(name);
  if (profile === undefined) throw new Error(`There is no provider ${name}.`);
  const { protocol, alsoResponses, baseUrl } = profile;
  const settings = { name, protocol, alsoResponses, baseUrl, credentials: null, headers: {}, simulated: false };
  return createDeployment({ settings, upstreamModel: rest.join('/'), catalog: await catalog });
};

const PROTOCOLS: Readonly<Record<string, ProviderProtocol>> = {
  'openai-chat': openaiCompatibleProtocol,
  'openai-responses': openaiResponsesProtocol,
  'anthropic-messages': anthropicProtocol,
};

export interface Sent {
  readonly protocol: keyof typeof CODECS;
  readonly wire: WireRequest;
}

/** The request as it goes to the deployment, with what the request itself asks for resolved by nobody. */
export const send = (request: CanonicalRequest, deployment: Deployment): Sent => {
  const { source, reasoning } = request;
  const shape = { client: source.protocol, hasTools: usesTools(request), effort: reasoning.effort };
  const chosen = toCallProtocol(deployment, shape);
  const target: Target = {
    deployment,
    effort: request.reasoning.effort,
    verbosity: request.verbosity,
    maxOutputTokens: request.maxOutputTokens,
    instructions: null,
    forwardHeaders: {},
  };
  const protocol = PROTOCOLS[chosen];
  if (protocol === undefined) throw new Error(`Nobody speaks ${chosen}.`);
  return { protocol: chosen as keyof typeof CODECS, wire: protocol.toWire(request, target) };
};
