/** Messages of a chat request, every role that OpenAI's protocol ever had. */
import type { ContentPart, OpaqueReasoning, ToolCallPart } from '../../canonical/content.ts';
import type { JsonValue } from '../../canonical/json.ts';
import type { Message, MessageRole } from '../../canonical/message.ts';
import { parseCache } from '../cache-mark.ts';
import type { FieldNode } from '../field.ts';
import {
  describeGiven,
  fieldError,
  optionalList,
  optionalNode,
  optionalString,
  pathOf,
  requiredList,
  requiredName,
  requiredNode,
  requiredString,
  toNodes,
} from '../field.ts';
import type { ChatLimits } from './limits.ts';
import { parseContent } from './parse-content.ts';
import { fromReasoningDetails } from './reasoning-details.ts';

/** What the parser must remember from one message to the next. */
interface Conversation {
  readonly limits: ChatLimits;
  /** Id given to the last legacy `function_call`, which had none; the `function` message that follows answers it. */
  legacyCallId: string;
}

/** Gemini's signature, where Google's own OpenAI-compatible endpoint puts it. */
const parseThoughtSignature = (node: FieldNode): OpaqueReasoning | undefined => {
  const extra = optionalNode(node, 'extra_content');
  const google = extra === undefined ? undefined : optionalNode(extra, 'google');
  const signature = google === undefined ? undefined : optionalString(google, 'thought_signature');
  return signature === undefined ? undefined : { kind: 'thought-signature', data: signature, provenance: null };
};

const parseToolCall = (node: FieldNode): ToolCallPart => {
  const id = requiredName(node, 'id');
  const isCustom = node.value['type'] === 'custom';
  const call = requiredNode(node, isCustom ? 'custom' : 'function');
  const opaque = parseThoughtSignature(node);
  const cache = parseCache(node);
  return {
    type: 'tool-call',
    id,
    name: requiredName(call, 'name'),
    kind: isCustom ? 'custom' : 'function',
    input: (isCustom ? optionalString(call, 'input') : optionalString(call, 'arguments')) ?? '',
    ...(opaque === undefined ? {} : { opaque }),
    ...(cache === undefined ? {} : { cache }),
  };
};

const parseReasoning = (message: FieldNode, maxParts: number): readonly ContentPart[] => {
  const text = optionalString(message, 'reasoning_content') ?? optionalString(message, 'reasoning');
  const details = optionalList(message, 'reasoning_details', maxParts);
  if (details !== undefined) return fromReasoningDetails(details.values, text ?? '');
  return text === undefined ? [] : [{ type: 'reasoning', text, summary: [], opaque: null }];
};

const parseLegacyCall = (message: FieldNode, conversation: Conversation): ToolCallPart | undefined => {
  const call = optionalNode(message, 'function_call');
  if (call === undefined) return undefined;
  conversation.legacyCallId = `call_legacy_${message.path.replaceAll(/\D/g, '')}`;
  const input = optionalString(call, 'arguments') ?? '';
  return {
    type: 'tool-call',
    id: conversation.legacyCallId,
    name: requiredName(call, 'name'),
    kind: 'function',
    input,
  };
};

const parseAssistant = (message: FieldNode, conversation: Conversation): ContentPart[] => {
  const { maxParts, maxToolCalls } = conversation.limits;
  const reasoning = parseReasoning(message, maxParts);
  const refusal = optionalString(message, 'refusal');
  const audio = optionalNode(message, 'audio');
  const calls = optionalList(message, 'tool_calls', maxToolCalls);
  const legacy = parseLegacyCall(message, conversation);
  return [
    ...reasoning,
    ...parseContent(message, maxParts),
    ...(refusal === undefined ? [] : [{ type: 'refusal', text: refusal } as const]),
    // A reference to audio that OpenAI keeps; the value came out of JSON.parse, so it is JSON.
    ...(audio === undefined
      ? []
      : [{ type: 'foreign', protocol: 'openai-chat', value: { audio: audio.value as JsonValue } } as const]),
    ...(calls === undefined ? [] : toNodes(calls).map(parseToolCall)),
    ...(legacy === undefined ? [] : [legacy]),
  ];
};

const parseToolResult = (message: FieldNode, callId: string, maxParts: number): ContentPart => {
  const cache = parseCache(message);
  const content = parseContent(message, maxParts);
  const result = { type: 'tool-result', callId, content, isError: false } as const;
  return cache === undefined ? result : { ...result, cache };
};

/** A mark on the message as a whole, as some clients send it beside a content string, belongs to its last part. */
const markLast = (message: FieldNode, content: ContentPart[]): readonly ContentPart[] => {
  const cache = parseCache(message);
  const last = content.at(-1);
  if (cache === undefined || last === undefined) return content;
  if (last.type === 'refusal' || last.type === 'reasoning' || last.type === 'foreign') return content;
  return [...content.slice(0, -1), { ...last, cache }];
};

const toMessage = (role: MessageRole, message: FieldNode, content: readonly ContentPart[]): Message => {
  const name = optionalString(message, 'name');
  return name === undefined ? { role, content } : { role, content, name };
};

const requireContent = (message: FieldNode, content: ContentPart[]): ContentPart[] => {
  if (content.length > 0) return content;
  throw fieldError(pathOf(message, 'content'), {
    expected: 'a string or at least one content part',
    given: describeGiven(message.value['content']),
    fix: 'Send the content, or leave the whole message out.',
  });
};

const parseMessage = (message: FieldNode, conversation: Conversation): Message => {
  const { maxParts } = conversation.limits;
  const role = requiredString(message, 'role');
  switch (role) {
    case 'system':
    case 'developer':
    case 'user':
      return toMessage(role, message, markLast(message, requireContent(message, parseContent(message, maxParts))));
    case 'assistant':
      return toMessage(role, message, markLast(message, parseAssistant(message, conversation)));
    case 'tool':
      return { role, content: [parseToolResult(message, requiredName(message, 'tool_call_id'), maxParts)] };
    case 'function': {
      const name = requiredName(message, 'name');
      return { role: 'tool', name, content: [parseToolResult(message, conversation.legacyCallId, maxParts)] };
    }
    default:
      throw fieldError(pathOf(message, 'role'), {
        expected: 'one of system, developer, user, assistant, tool, function',
        given: describeGiven(role),
        fix: 'Use one of these roles.',
      });
  }
};

export const parseMessages = (body: FieldNode, limits: ChatLimits): readonly Message[] => {
  if (body.value['messages'] === undefined && body.value['input'] !== undefined) {
    throw fieldError('messages', {
      expected: 'an array of messages',
      given: '`input`, which belongs to the Responses API',
      fix: 'Send this body to /v1/responses, or put the conversation into `messages`.',
    });
  }
  const list = requiredList(body, 'messages', limits.maxMessages);
  if (list.values.length === 0) {
    throw fieldError('messages', {
      expected: 'at least one message',
      given: 'an empty array',
      fix: 'Add a message with role user.',
    });
  }
  const conversation: Conversation = { limits, legacyCallId: 'call_legacy' };
  return toNodes(list).map((message) => parseMessage(message, conversation));
};
