/** What an answer says, whichever protocol says it, whole or streamed. Reads by hand: shares no code with `wire/`. */
import { validateChatStream } from '../contract/chat-stream-validator.ts';
import { readMessagesStream } from '../contract/messages-stream-validator.ts';
import { readResponsesStream } from '../contract/responses-stream-validator.ts';
import type { Json } from '../e2e/gearbox.ts';
import type { MatrixClient } from './scenarios.ts';

export interface Said {
  readonly ending: 'complete' | 'failed';
  readonly text: string;
  readonly reasoning: string;
  readonly refusal: string;
  readonly calls: readonly { readonly name: string; readonly input: string }[];
  /** The protocol's own word. */
  readonly finish: string | null;
}

const FAILED: Said = { ending: 'failed', text: '', reasoning: '', refusal: '', calls: [], finish: null };

const joined = (parts: readonly (string | null | undefined)[]): string => parts.map((part) => part ?? '').join('');

const fromChatWhole = ({ choices }: Json): Said => {
  const [{ message, finish_reason: finish }] = choices;
  const calls = (message.tool_calls ?? []).map((call: Json) => ({
    name: (call.function ?? call.custom).name,
    input: call.function?.arguments ?? call.custom.input,
  }));
  const { content, reasoning_content: reasoning, refusal } = message;
  return {
    ending: 'complete',
    text: content ?? '',
    reasoning: reasoning ?? '',
    refusal: refusal ?? '',
    calls,
    finish,
  };
};

const fromResponsesWhole = ({ status, output, incomplete_details: details }: Json): Said => {
  const content = output.flatMap((item: Json) => (item.type === 'message' ? item.content : []));
  const of = (type: string, member: string): string =>
    joined(content.filter((part: Json) => part.type === type).map((part: Json) => part[member]));
  return {
    ending: 'complete',
    text: of('output_text', 'text'),
    reasoning: joined(
      output.flatMap((item: Json) => (item.type === 'reasoning' ? item.summary.map((part: Json) => part.text) : [])),
    ),
    refusal: of('refusal', 'refusal'),
    calls: output
      .filter((item: Json) => item.type === 'function_call' || item.type === 'custom_tool_call')
      .map(({ name, arguments: input, input: free }: Json) => ({ name, input: input ?? free })),
    finish: details?.reason ?? status,
  };
};

const fromMessagesWhole = ({ content, stop_reason: finish }: Json): Said => {
  const of = (type: string, member: string): string =>
    joined(content.filter((block: Json) => block.type === type).map((block: Json) => block[member]));
  return {
    ending: 'complete',
    text: of('text', 'text'),
    reasoning: of('thinking', 'thinking'),
    refusal: '',
    calls: content
      .filter((block: Json) => block.type === 'tool_use')
      .map(({ name, input }: Json) => ({ name, input: JSON.stringify(input) })),
    finish,
  };
};

const fromChatStream = (text: string): Said => {
  const { ending, choices } = validateChatStream(text, { includeUsage: true, rules: 'specified' });
  const choice = choices.get(0);
  if (ending !== 'done' || choice === undefined) return FAILED;
  const { content, reasoning, refusal, toolCalls, finish } = choice;
  const calls = toolCalls.map(({ name, text: input }) => ({ name, input }));
  return { ending: 'complete', text: content, reasoning, refusal, calls, finish };
};

const fromResponsesStream = (text: string): Said => {
  const { ending, last } = readResponsesStream(text);
  return ending === 'completed' || ending === 'incomplete' ? fromResponsesWhole(last) : FAILED;
};

const fromMessagesStream = (text: string): Said => {
  const { ending, blocks, last } = readMessagesStream(text);
  if (ending !== 'stop') return FAILED;
  const of = (type: string): string => joined(blocks.filter((block) => block.type === type).map((block) => block.text));
  return {
    ending: 'complete',
    text: of('text'),
    reasoning: of('thinking'),
    refusal: '',
    calls: blocks
      .filter(({ type }) => type === 'tool_use')
      .map(({ start, text: input }) => ({ name: String(start['name']), input: input === '' ? '{}' : input })),
    finish: (last as Json).delta.stop_reason,
  };
};

const READERS: Readonly<Record<MatrixClient, { whole: (body: Json) => Said; stream: (text: string) => Said }>> = {
  'openai-chat': { whole: fromChatWhole, stream: fromChatStream },
  'openai-responses': { whole: fromResponsesWhole, stream: fromResponsesStream },
  'anthropic-messages': { whole: fromMessagesWhole, stream: fromMessagesStream },
};

export const fromWhole = (client: MatrixClient, body: Json): Said =>
  body?.error === undefined || body.error === null ? READERS[client].whole(body) : FAILED;

/** Throws an AssertionError where the stream breaks a rule of its protocol. */
export const fromStream = (client: MatrixClient, text: string): Said => READERS[client].stream(text);
