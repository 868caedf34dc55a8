/** What a stream says, read by the strict validators. */
import { FAILED, fromResponsesWhole, joined, type Said } from '../../src/drive/wire-answer.ts';
import type { MatrixClient } from '../../src/drive/wire-scenarios.ts';
import { validateChatStream } from '../contract/chat-stream-validator.ts';
import { readMessagesStream } from '../contract/messages-stream-validator.ts';
import { readResponsesStream } from '../contract/responses-stream-validator.ts';
import type { Json } from '../e2e/gearbox.ts';

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

const READERS: Readonly<Record<MatrixClient, (text: string) => Said>> = {
  'openai-chat': fromChatStream,
  'openai-responses': fromResponsesStream,
  'anthropic-messages': fromMessagesStream,
};

/** Throws an AssertionError where the stream breaks a rule of its protocol. */
export const fromStream = (client: MatrixClient, text: string): Said => READERS[client](text);
