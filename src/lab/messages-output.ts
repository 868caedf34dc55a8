/** Anthropic Messages as the lab writes it. Kept apart from `wire/` on purpose: a mistake there is then seen here. */
import { createSignature } from './conversation.ts';
import type { LabEvent, LabFault } from './event.ts';
import { toPieces, type LabReply, type ReplyToolCall } from './reply.ts';
import type { LabFinish } from './script.ts';

const STOP_REASONS: Readonly<Record<LabFinish, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
  refusal: 'refusal',
};

const signatureOf = (reply: LabReply): string => createSignature(reply.key);

const toolId = (reply: LabReply, call: ReplyToolCall): string => `toolu_lab_${reply.key}_${call.index}`;

const toUsage = (reply: LabReply, outputTokens: number): object => ({
  // Anthropic counts what was read from the cache apart from `input_tokens`.
  input_tokens: reply.usage.inputTokens - reply.usage.cachedTokens,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: reply.usage.cachedTokens,
  output_tokens: outputTokens,
  service_tier: 'standard',
});

const parseInput = (input: string): unknown => (input === '' ? {} : JSON.parse(input));

const toContent = (reply: LabReply): readonly object[] => [
  ...(reply.reasoning === null ? [] : [{ type: 'thinking', thinking: reply.reasoning, signature: signatureOf(reply) }]),
  ...(reply.text === '' ? [] : [{ type: 'text', text: reply.text }]),
  ...reply.toolCalls.map((call) => ({
    type: 'tool_use',
    id: toolId(reply, call),
    name: call.name,
    input: parseInput(call.input),
  })),
];

const toMessage = (reply: LabReply, members: object): object => ({
  id: `msg_lab_${reply.key}`,
  type: 'message',
  role: 'assistant',
  model: reply.model,
  content: [],
  stop_reason: null,
  stop_sequence: null,
  ...members,
});

/** The body of a whole answer. */
export const renderMessagesBody = (reply: LabReply): string =>
  JSON.stringify(
    toMessage(reply, {
      content: toContent(reply),
      stop_reason: STOP_REASONS[reply.finish],
      usage: toUsage(reply, reply.usage.outputTokens),
    }),
  );

const toEvent = (data: { readonly type: string; readonly [member: string]: unknown }, tokens = 0): LabEvent => ({
  text: `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`,
  tokens,
});

interface Block {
  readonly opening: object;
  /** Name of the delta and of its member, with the text that is cut into deltas. */
  readonly delta: string;
  readonly member: string;
  readonly text: string;
  readonly closing: readonly object[];
}

const toBlocks = (reply: LabReply): readonly Block[] => [
  ...(reply.reasoning === null
    ? []
    : [
        {
          opening: { type: 'thinking', thinking: '', signature: '' },
          delta: 'thinking_delta',
          member: 'thinking',
          text: reply.reasoning,
          closing: [{ type: 'signature_delta', signature: signatureOf(reply) }],
        },
      ]),
  ...(reply.text === ''
    ? []
    : [{ opening: { type: 'text', text: '' }, delta: 'text_delta', member: 'text', text: reply.text, closing: [] }]),
  ...reply.toolCalls.map((call) => ({
    opening: { type: 'tool_use', id: toolId(reply, call), name: call.name, input: {} },
    delta: 'input_json_delta',
    member: 'partial_json',
    text: call.input,
    closing: [],
  })),
];

const blockEvents = (block: Block, index: number, tokensPerEvent: number): readonly LabEvent[] => [
  toEvent({ type: 'content_block_start', index, content_block: block.opening }),
  ...(index === 0 ? [toEvent({ type: 'ping' })] : []),
  ...toPieces(block.text, tokensPerEvent).map((piece) =>
    toEvent(
      { type: 'content_block_delta', index, delta: { type: block.delta, [block.member]: piece } },
      tokensPerEvent,
    ),
  ),
  ...block.closing.map((delta) => toEvent({ type: 'content_block_delta', index, delta })),
  toEvent({ type: 'content_block_stop', index }),
];

/** The events of a streamed answer, `message_stop` last. */
export const renderMessagesEvents = (reply: LabReply, tokensPerEvent: number): readonly LabEvent[] => [
  toEvent({ type: 'message_start', message: toMessage(reply, { usage: toUsage(reply, 1) }) }),
  ...toBlocks(reply).flatMap((block, index) => blockEvents(block, index, tokensPerEvent)),
  toEvent({
    type: 'message_delta',
    delta: { stop_reason: STOP_REASONS[reply.finish], stop_sequence: null },
    usage: { output_tokens: reply.usage.outputTokens },
  }),
  toEvent({ type: 'message_stop' }),
];

const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

const toError = ({ status, message }: LabFault): { readonly type: string; readonly error: object } => ({
  type: 'error',
  error: { type: ERROR_TYPES[status] ?? 'api_error', message },
});

/** The body of an error. */
export const renderMessagesError = (fault: LabFault): string => JSON.stringify(toError(fault));

/** An error inside a stream that began with 200; nothing follows it. */
export const renderMessagesErrorEvent = (fault: LabFault): LabEvent => toEvent(toError(fault));
