/**
 * The body that a provider should have sent where it streamed unasked. Clients of the same protocol get upstream's own
 * text; here there is none, so it is written from the answer that was put together.
 */
import type { ContentPart, ToolCallPart } from '../canonical/content.ts';
import type { JsonObject } from '../canonical/json.ts';
import type { UpstreamProtocol } from '../canonical/protocol.ts';
import type { CanonicalResponse, Choice } from '../canonical/response.ts';
import { asJson, parseExact } from './reading.ts';

const textOf = (content: readonly ContentPart[], type: 'text' | 'refusal' | 'reasoning'): string =>
  content.flatMap((part) => (part.type === type ? [part.text] : [])).join('');

const toChatCall = (part: ToolCallPart): JsonObject =>
  part.kind === 'custom'
    ? { id: part.id, type: 'custom', custom: { name: part.name, input: part.input } }
    : { id: part.id, type: 'function', function: { name: part.name, arguments: part.input } };

const toChatChoice = ({ content, finish }: Choice, index: number): JsonObject => {
  const calls = content.filter((part) => part.type === 'tool-call');
  const text = textOf(content, 'text');
  const reasoning = textOf(content, 'reasoning');
  const refusal = textOf(content, 'refusal');
  return {
    index,
    message: {
      role: 'assistant',
      content: text === '' && calls.length > 0 ? null : text,
      refusal: refusal === '' ? null : refusal,
      ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
      ...(calls.length === 0 ? {} : { tool_calls: calls.map(toChatCall) }),
    },
    logprobs: null,
    finish_reason: finish.raw ?? 'stop',
  };
};

const toChat = (response: CanonicalResponse): JsonObject => ({
  id: response.id,
  object: 'chat.completion',
  created: response.createdAtSeconds ?? 0,
  model: response.model,
  choices: response.choices.map(toChatChoice),
  ...(response.usage.raw === null ? {} : { usage: asJson(response.usage.raw) }),
});

const toBlock = (part: ContentPart): JsonObject | undefined => {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return { type: 'text', text: part.text };
    case 'reasoning':
      return part.opaque?.kind === 'redacted'
        ? { type: 'redacted_thinking', data: part.opaque.data }
        : { type: 'thinking', thinking: part.text, signature: part.opaque?.data ?? '' };
    case 'tool-call': {
      const type = part.kind === 'hosted' ? 'server_tool_use' : 'tool_use';
      const input = asJson(parseExact(part.input.trim() === '' ? '{}' : part.input));
      return { type, id: part.id, name: part.name, input };
    }
    case 'image':
    case 'audio':
    case 'file':
    case 'tool-result':
    case 'foreign':
      return undefined;
  }
};

const toMessage = (response: CanonicalResponse): JsonObject => ({
  id: response.id,
  type: 'message',
  role: 'assistant',
  model: response.model,
  content: (response.choices[0]?.content ?? []).map(toBlock).filter((block) => block !== undefined),
  stop_reason: response.choices[0]?.finish.raw ?? 'end_turn',
  stop_sequence: null,
  usage: asJson(response.usage.raw ?? {}),
});

/** Body text in the provider's protocol. Protocols without a renderer here give '': their streams are never unasked. */
export const renderWhole = (response: CanonicalResponse, protocol: UpstreamProtocol): string => {
  switch (protocol) {
    case 'openai-chat':
      return JSON.stringify(toChat(response));
    case 'anthropic-messages':
      return JSON.stringify(toMessage(response));
    case 'openai-responses':
    case 'gemini':
      return '';
  }
};
