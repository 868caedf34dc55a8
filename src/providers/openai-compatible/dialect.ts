/**
 * Where servers that speak Chat Completions differ. One row per family, as data; a server that nobody knows gets the
 * row that the fewest refuse. Seen between 2026-02 and 2026-11 in the servers' documentation and issue threads.
 */
import type { Effort } from '../../canonical/effort.ts';
import type { JsonObject } from '../../canonical/json.ts';
import type { Deployment } from '../../catalog/component.ts';

/** How a server is told to reason. */
type ReasoningWords = 'effort' | 'openrouter' | 'thinking-type' | 'enable-thinking' | 'chat-template';

export interface Dialect {
  /** Where the limit goes. OpenAI's reasoning models refuse `max_tokens`; DeepSeek and Mistral do not know the other. */
  readonly maxTokens: 'max_tokens' | 'max_completion_tokens';
  /** `stream_options` is understood. Where it is not, usage comes by itself in the last chunk. */
  readonly streamOptions: boolean;
  /** Custom tools, `allowed_tools`, `strict`, prompt-cache members, service tiers: OpenAI's own inventions. */
  readonly openaiOnly: boolean;
  readonly reasoning: ReasoningWords;
  /** `prescribed`: call ids must be nine letters or digits (Mistral). */
  readonly callIds: 'free' | 'prescribed';
}

const COMPATIBLE: Dialect = {
  maxTokens: 'max_tokens',
  streamOptions: true,
  openaiOnly: false,
  reasoning: 'effort',
  callIds: 'free',
};

const ROWS: readonly (readonly [RegExp, Dialect])[] = [
  [
    /^(?:openai|azure)\b|\bapi\.openai\.com|\.openai\.azure\.com|\.cognitiveservices\.azure\.com/,
    { ...COMPATIBLE, maxTokens: 'max_completion_tokens', openaiOnly: true },
  ],
  [/^openrouter\b|\bopenrouter\.ai/, { ...COMPATIBLE, reasoning: 'openrouter' }],
  [/^mistral\b|\bapi\.mistral\.ai/, { ...COMPATIBLE, streamOptions: false, callIds: 'prescribed' }],
  [
    /^(?:deepseek|moonshot|moonshotai|kimi|zai|zhipu)\b|api\.(?:deepseek|moonshot|z)\.|bigmodel\.cn/,
    { ...COMPATIBLE, reasoning: 'thinking-type' },
  ],
  [/^(?:dashscope|alibaba|qwen)\b|dashscope|aliyuncs\.com/, { ...COMPATIBLE, reasoning: 'enable-thinking' }],
  // Hosts that take the effort as a word even for models which they only switch on and off.
  [/^(?:ollama|groq|together|fireworks|deepinfra|cerebras|minimax|google|xai)\b|:11434\b/, COMPATIBLE],
];

const hostOf = (baseUrl: string): string => (URL.canParse(baseUrl) ? new URL(baseUrl).host : '');

export const dialectOf = ({ provider, baseUrl, model }: Deployment): Dialect => {
  const text = `${provider.toLowerCase()} ${hostOf(baseUrl)}`;
  const row = ROWS.find(([pattern]) => pattern.test(text))?.[1];
  if (row !== undefined) return row;
  // Self-hosted servers (vLLM, SGLang, llama.cpp) switch hybrid models through the chat template.
  return model.reasoning.control === 'toggle' ? { ...COMPATIBLE, reasoning: 'chat-template' } : COMPATIBLE;
};

/** Whether the model wants its earlier reasoning back on assistant turns with tool calls, else it answers 400. */
export const echoesReasoning = ({ model }: Deployment): boolean =>
  /^(?:deepseek|moonshot|moonshotai|kimi|zai|z-ai|zhipu|minimax|xiaomi)/.test(model.lab.toLowerCase());

/** Whether `reasoning_content` and the like inside messages are refused as unknown members. */
export const refusesReasoning = ({ model }: Deployment): boolean => {
  const lab = model.lab.toLowerCase();
  return lab.startsWith('mistral') || (/^(?:openai|google|xai)/.test(lab) && !model.openWeights);
};

const withLevel = (effort: Effort, { model }: Deployment): JsonObject =>
  model.reasoning.efforts.filter((known) => known !== 'none').length > 1 && effort !== 'none'
    ? { reasoning_effort: effort }
    : {};

/** Body members that ask for an effort which the model accepts. */
export const toReasoningMembers = (effort: Effort, deployment: Deployment): JsonObject => {
  const on = effort !== 'none';
  switch (dialectOf(deployment).reasoning) {
    case 'effort':
      return { reasoning_effort: effort };
    case 'openrouter':
      return { reasoning: { effort } };
    case 'thinking-type':
      return { thinking: { type: on ? 'enabled' : 'disabled' }, ...withLevel(effort, deployment) };
    case 'enable-thinking':
      return { enable_thinking: on };
    case 'chat-template':
      return { chat_template_kwargs: { enable_thinking: on }, ...withLevel(effort, deployment) };
  }
};
