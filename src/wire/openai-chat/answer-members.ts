/** Members that whole and streamed chat answers share: id, finish reason, usage, citations. */
import type { Finish } from '../../canonical/finish.ts';
import type { JsonObject, JsonValue } from '../../canonical/json.ts';
import type { Usage } from '../../canonical/usage.ts';

const ID_PREFIX = 'chatcmpl-';

/** Chat's form of an answer's id; the provider's own stays readable in it, for support cases. */
export const toChatId = (id: string): string => (id.startsWith(ID_PREFIX) ? id : `${ID_PREFIX}${id}`);

export type ChatFinishReason = 'stop' | 'length' | 'tool_calls' | 'function_call' | 'content_filter';

interface Visible {
  /** Whether the client was shown a tool call in this choice. */
  readonly hasToolCalls: boolean;
  readonly hasRefusal: boolean;
}

/**
 * Chat's word for a finish. `tool_calls` exactly when there are calls to answer and nothing cut the answer short:
 * Gemini says STOP beside its calls, and a provider's own tools leave nothing for the client to do.
 */
export const toFinishReason = (finish: Finish, { hasToolCalls, hasRefusal }: Visible): ChatFinishReason => {
  switch (finish.kind) {
    case 'length':
    case 'content_filter':
      return finish.kind;
    case 'refusal':
      // OpenAI ends a refusal in words with stop; without words the client has only this one to see.
      return hasRefusal ? 'stop' : 'content_filter';
    case 'stop':
    case 'tool_calls':
    case 'pause':
    case 'error':
    case 'other':
      return hasToolCalls ? 'tool_calls' : 'stop';
  }
};

/**
 * Usage in chat's words; null when the provider gave no counts. The two details that
 * clients add up are always there; one that the provider did not give is 0.
 */
export const toChatUsage = (usage: Usage): JsonObject | null => {
  const { inputTokens, outputTokens } = usage;
  if (inputTokens === null && outputTokens === null) return null;
  const written =
    usage.cacheWriteTokens === null && usage.cacheWriteOneHourTokens === null
      ? null
      : (usage.cacheWriteTokens ?? 0) + (usage.cacheWriteOneHourTokens ?? 0);
  return {
    prompt_tokens: inputTokens ?? 0,
    completion_tokens: outputTokens ?? 0,
    total_tokens: (inputTokens ?? 0) + (outputTokens ?? 0),
    prompt_tokens_details: {
      cached_tokens: usage.cacheReadTokens ?? 0,
      ...(written === null ? {} : { cache_write_tokens: written }),
    },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0 },
  };
};

const SERVICE_TIERS = new Set(['auto', 'default', 'flex', 'scale', 'priority', 'fast']);

/** The tier that served the call, where chat has that word; another provider's own word is not said. */
export const toServiceTier = (tier: string | null): string | null =>
  tier !== null && SERVICE_TIERS.has(tier) ? tier : null;

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A citation of a web page in chat's shape, from chat's own or the Responses API's flat one; null for other kinds. */
export const toAnnotation = (value: JsonValue): JsonObject | null => {
  if (!isObject(value) || value['type'] !== 'url_citation') return null;
  if (isObject(value['url_citation'])) return value;
  const { type, ...citation } = value;
  return { type, url_citation: citation };
};
