/** Members that whole and streamed messages share: id, stop reason, usage, the input of a tool call. */
import type { ToolKind } from '../../canonical/content.ts';
import type { Finish } from '../../canonical/finish.ts';
import type { JsonObject, JsonValue } from '../../canonical/json.ts';
import type { Usage } from '../../canonical/usage.ts';

const ID_PREFIX = 'msg_';

/** This protocol's form of an answer's id; the provider's own stays readable in it, for support cases. */
export const toMessageId = (id: string): string => (id.startsWith(ID_PREFIX) ? id : `${ID_PREFIX}${id}`);

export type StopReason = 'end_turn' | 'max_tokens' | 'tool_use' | 'refusal' | 'pause_turn';

/** `tool_use` exactly when there are calls to answer and nothing cut the answer short. */
export const toStopReason = (finish: Finish, hasToolCalls: boolean): StopReason => {
  switch (finish.kind) {
    case 'length':
      return 'max_tokens';
    case 'content_filter':
    case 'refusal':
      return 'refusal';
    case 'pause':
      return 'pause_turn';
    case 'stop':
    case 'tool_calls':
    case 'error':
    case 'other':
      return hasToolCalls ? 'tool_use' : 'end_turn';
  }
};

/** This protocol's `input_tokens` holds neither what was read from a cache nor what was written to one. Unknown is 0. */
export const toMessagesUsage = (usage: Usage): JsonObject => {
  const read = usage.cacheReadTokens ?? 0;
  const written = (usage.cacheWriteTokens ?? 0) + (usage.cacheWriteOneHourTokens ?? 0);
  return {
    input_tokens: Math.max(0, (usage.inputTokens ?? 0) - read - written),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: read,
    output_tokens: usage.outputTokens ?? 0,
  };
};

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not JSON: the caller keeps the text
  }
};

/** Input must be an object here, while models also write nothing, other values and broken JSON: that is kept as text. */
export const toToolInput = (text: string, kind: ToolKind): JsonValue => {
  if (kind === 'custom') return { input: text };
  if (text.trim() === '') return {};
  const value = parse(text);
  return isObject(value) ? value : { raw_arguments: text };
};
