/** Providers that need no configuration: a key, or for a local server an address, in the environment is enough. */
import type { UpstreamProtocol } from '../canonical/protocol.ts';

export interface KnownProvider {
  /** Name in `<provider>/<model id>`. */
  readonly name: string;
  /** Other names that people write for it; they mean the same provider. */
  readonly aliases: readonly string[];
  /** Name for people. */
  readonly title: string;
  readonly protocol: Extract<UpstreamProtocol, 'openai-chat' | 'anthropic-messages'>;
  /** Answers `/responses` beside `/chat/completions`. */
  readonly alsoResponses: boolean;
  /**
   * Without a trailing slash. `openai-chat`: ends where `/chat/completions` begins. `anthropic-messages`: ends where
   * `/v1/messages` begins, as in Anthropic's own SDKs.
   */
  readonly baseUrl: string;
  /** Environment variables that may hold the key; the first that is set counts. */
  readonly keyVariables: readonly string[];
  /** False: the key is sent where one is set, and the server is used without one as well. */
  readonly keyRequired: boolean;
  /**
   * For local servers: the variable that says the server exists and where (see `toProviderBaseUrl`). Hosted providers
   * have none on purpose: a machine whose clients already go through this router has `OPENAI_BASE_URL` or
   * `ANTHROPIC_BASE_URL` set to the router itself, and reading them here would make it call itself.
   */
  readonly addressVariable: string | null;
  /** Labs whose models the provider serves first-hand under their bare ids, at the lab's list price. */
  readonly labs: readonly string[];
}

/** A lab's own API, or another hosted one, that speaks Chat Completions and needs a key. */
const hosted = (
  provider: Pick<KnownProvider, 'name' | 'title' | 'baseUrl' | 'keyVariables' | 'labs'> & Partial<KnownProvider>,
): KnownProvider => ({
  aliases: [],
  protocol: 'openai-chat',
  alsoResponses: false,
  keyRequired: true,
  addressVariable: null,
  ...provider,
});

/** A server on a machine of the operator's own. Serves what was loaded into it, so its ids belong to no lab. */
const local = (
  provider: Pick<KnownProvider, 'name' | 'title' | 'baseUrl' | 'addressVariable'> & Partial<KnownProvider>,
): KnownProvider => ({
  aliases: [],
  protocol: 'openai-chat',
  alsoResponses: false,
  keyVariables: [],
  keyRequired: false,
  labs: [],
  ...provider,
});

/** In the order in which they are offered: labs, then hosts of many labs' models, then local servers. */
export const KNOWN_PROVIDERS: readonly KnownProvider[] = [
  hosted({
    name: 'openai',
    title: 'OpenAI',
    alsoResponses: true,
    baseUrl: 'https://api.openai.com/v1',
    keyVariables: ['OPENAI_API_KEY'],
    labs: ['openai'],
  }),
  hosted({
    name: 'anthropic',
    title: 'Anthropic',
    protocol: 'anthropic-messages',
    baseUrl: 'https://api.anthropic.com',
    keyVariables: ['ANTHROPIC_API_KEY'],
    labs: ['anthropic'],
  }),
  hosted({
    name: 'google',
    aliases: ['gemini'],
    title: 'Google Gemini',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    keyVariables: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    labs: ['google'],
  }),
  hosted({
    name: 'deepseek',
    title: 'DeepSeek',
    baseUrl: 'https://api.deepseek.com/v1',
    keyVariables: ['DEEPSEEK_API_KEY'],
    labs: ['deepseek'],
  }),
  hosted({
    name: 'xai',
    title: 'xAI',
    baseUrl: 'https://api.x.ai/v1',
    keyVariables: ['XAI_API_KEY'],
    labs: ['xai'],
  }),
  hosted({
    name: 'mistral',
    title: 'Mistral',
    baseUrl: 'https://api.mistral.ai/v1',
    keyVariables: ['MISTRAL_API_KEY'],
    labs: ['mistral'],
  }),
  hosted({
    name: 'alibaba',
    aliases: ['dashscope'],
    title: 'Alibaba DashScope (international)',
    baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
    keyVariables: ['DASHSCOPE_API_KEY'],
    labs: ['alibaba'],
  }),
  hosted({
    name: 'moonshotai',
    aliases: ['moonshot'],
    title: 'Moonshot AI',
    baseUrl: 'https://api.moonshot.ai/v1',
    keyVariables: ['MOONSHOT_API_KEY'],
    labs: ['moonshotai'],
  }),
  hosted({
    name: 'zai',
    title: 'Z.ai',
    baseUrl: 'https://api.z.ai/api/paas/v4',
    keyVariables: ['ZAI_API_KEY', 'ZHIPU_API_KEY'],
    labs: ['zai'],
  }),
  hosted({
    name: 'minimax',
    title: 'MiniMax',
    baseUrl: 'https://api.minimax.io/v1',
    keyVariables: ['MINIMAX_API_KEY'],
    labs: ['minimax'],
  }),
  hosted({
    name: 'openrouter',
    title: 'OpenRouter',
    baseUrl: 'https://openrouter.ai/api/v1',
    keyVariables: ['OPENROUTER_API_KEY'],
    labs: [],
  }),
  hosted({
    name: 'groq',
    title: 'Groq',
    baseUrl: 'https://api.groq.com/openai/v1',
    keyVariables: ['GROQ_API_KEY'],
    labs: [],
  }),
  hosted({
    name: 'together',
    aliases: ['togetherai'],
    title: 'Together AI',
    baseUrl: 'https://api.together.xyz/v1',
    keyVariables: ['TOGETHER_API_KEY'],
    labs: [],
  }),
  hosted({
    name: 'fireworks',
    aliases: ['fireworks-ai'],
    title: 'Fireworks AI',
    baseUrl: 'https://api.fireworks.ai/inference/v1',
    keyVariables: ['FIREWORKS_API_KEY'],
    labs: [],
  }),
  hosted({
    name: 'deepinfra',
    title: 'DeepInfra',
    baseUrl: 'https://api.deepinfra.com/v1/openai',
    keyVariables: ['DEEPINFRA_API_KEY'],
    labs: [],
  }),
  hosted({
    name: 'cerebras',
    title: 'Cerebras',
    baseUrl: 'https://api.cerebras.ai/v1',
    keyVariables: ['CEREBRAS_API_KEY'],
    labs: [],
  }),
  local({
    name: 'ollama',
    title: 'Ollama',
    baseUrl: 'http://127.0.0.1:11434/v1',
    addressVariable: 'OLLAMA_HOST',
  }),
  local({
    name: 'vllm',
    title: 'vLLM',
    baseUrl: 'http://127.0.0.1:8000/v1',
    keyVariables: ['VLLM_API_KEY'],
    addressVariable: 'VLLM_BASE_URL',
  }),
  local({
    name: 'sglang',
    title: 'SGLang',
    baseUrl: 'http://127.0.0.1:30000/v1',
    keyVariables: ['SGLANG_API_KEY'],
    addressVariable: 'SGLANG_BASE_URL',
  }),
  local({
    name: 'llamacpp',
    aliases: ['llama-server'],
    title: 'llama.cpp server',
    baseUrl: 'http://127.0.0.1:8080/v1',
    keyVariables: ['LLAMACPP_API_KEY'],
    addressVariable: 'LLAMACPP_BASE_URL',
  }),
  local({
    name: 'lmstudio',
    aliases: ['lm-studio'],
    title: 'LM Studio',
    baseUrl: 'http://127.0.0.1:1234/v1',
    addressVariable: 'LMSTUDIO_BASE_URL',
  }),
];

/** The provider of this name or alias; undefined for one that only configuration can describe. Exact, case-sensitive. */
export const findKnownProvider = (name: string): KnownProvider | undefined =>
  KNOWN_PROVIDERS.find((provider) => provider.name === name || provider.aliases.includes(name));

/**
 * How hosts of many labs' models (OpenRouter, Together, Hugging Face names in vLLM) spell a lab before the slash, where
 * that differs from the lab's name here.
 */
export const LAB_NAMES_ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['x-ai', 'xai'],
  ['mistralai', 'mistral'],
  ['qwen', 'alibaba'],
  ['Qwen', 'alibaba'],
  ['meta-llama', 'meta'],
  ['z-ai', 'zai'],
  ['zai-org', 'zai'],
  ['deepseek-ai', 'deepseek'],
  ['MiniMaxAI', 'minimax'],
]);
