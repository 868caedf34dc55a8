/**
 * Canonical messages as input items. What the model made in one turn (reasoning, words, calls) is an item each, in its
 * order. Reasoning goes back only in the encrypted form that this protocol gave, and only where something follows it:
 * the provider refuses a reasoning item at the end of a turn.
 */
import type { ContentPart, ReasoningPart, ToolCallPart, ToolResultPart } from '../../canonical/content.ts';
import type { JsonObject } from '../../canonical/json.ts';
import type { Message } from '../../canonical/message.ts';
import { InvalidRequestError } from '../../errors.ts';
import { noteLostNames } from '../message-names.ts';
import { isReadableBy } from '../reasoning-origin.ts';
import { toInputPart } from './content-part.ts';
import type { ResponsesTranslation } from './translation.ts';

const toInputParts = (content: readonly ContentPart[], translation: ResponsesTranslation): readonly JsonObject[] =>
  content.map((part) => toInputPart(part, translation)).filter((part) => part !== undefined);

const toReasoning = (part: ReasoningPart, { log, target }: ResponsesTranslation): JsonObject | undefined => {
  const { opaque } = part;
  if (opaque === null || !isReadableBy(opaque, 'openai-responses', target.deployment)) {
    log.dropped('messages', 'reasoning', 'Reasoning that this provider did not encrypt cannot be sent to it.');
    return undefined;
  }
  return {
    type: 'reasoning',
    ...(part.id === undefined ? {} : { id: part.id }),
    summary: part.summary.map((text) => ({ type: 'summary_text', text })),
    encrypted_content: opaque.data,
  };
};

const toCall = (part: ToolCallPart, { names, ids, log }: ResponsesTranslation): JsonObject | undefined => {
  const call = { call_id: ids.rename(part.id), name: names.rename(part.name) };
  switch (part.kind) {
    case 'function':
      return { type: 'function_call', ...call, arguments: part.input.trim() === '' ? '{}' : part.input };
    case 'custom':
      return { type: 'custom_tool_call', ...call, input: part.input };
    case 'hosted':
      log.dropped('messages', 'hosted tool call', 'A tool that another provider ran cannot be shown to this one.');
      return undefined;
  }
};

const toOutputMessage = (part: JsonObject, phase: Message['phase']): JsonObject => ({
  type: 'message',
  role: 'assistant',
  content: [part],
  ...(phase === undefined ? {} : { phase }),
});

const toOwnItem = (part: ContentPart, message: Message, translation: ResponsesTranslation): JsonObject | undefined => {
  switch (part.type) {
    case 'text':
      return part.text === ''
        ? undefined
        : toOutputMessage({ type: 'output_text', text: part.text, annotations: [] }, message.phase);
    case 'refusal':
      return toOutputMessage({ type: 'refusal', refusal: part.text }, message.phase);
    case 'reasoning':
      return toReasoning(part, translation);
    case 'tool-call':
      return toCall(part, translation);
    case 'foreign':
      return toInputPart(part, translation);
    case 'image':
    case 'audio':
    case 'file':
    case 'tool-result':
      translation.log.dropped('messages', part.type, `An assistant turn of Responses holds no ${part.type}.`);
      return undefined;
  }
};

/** Reasoning that nothing follows within its turn is left out: the provider answers it with 400. */
const followed = (items: readonly JsonObject[]): readonly JsonObject[] => {
  const last = items.findLastIndex((item) => item['type'] !== 'reasoning');
  return items.slice(0, last + 1);
};

const toAssistant = (message: Message, translation: ResponsesTranslation): readonly JsonObject[] =>
  followed(message.content.map((part) => toOwnItem(part, message, translation)).filter((item) => item !== undefined));

const toResult = (part: ToolResultPart, isCustom: boolean, translation: ResponsesTranslation): JsonObject => {
  const content = toInputParts(part.content, translation);
  const texts = content.flatMap(({ type, text }) => (type === 'input_text' && typeof text === 'string' ? [text] : []));
  const text = texts.join('\n');
  // The protocol has no mark for a failed call; the word is put before what the tool said.
  const said = part.isError && !/^error/i.test(text) ? `Error: ${text}` : text;
  return {
    type: isCustom ? 'custom_tool_call_output' : 'function_call_output',
    call_id: translation.ids.rename(part.callId),
    output: texts.length === content.length ? said : content,
  };
};

const toItems = (message: Message, custom: ReadonlySet<string>, translation: ResponsesTranslation) => {
  if (message.role === 'assistant') return toAssistant(message, translation);
  const results = message.content
    .filter((part) => part.type === 'tool-result')
    .map((part) => toResult(part, custom.has(part.callId), translation));
  const content = toInputParts(message.content, translation);
  const role = message.role === 'tool' ? 'user' : message.role;
  return [...results, ...(content.length === 0 ? [] : [{ type: 'message', role, content }])];
};

/** Throws InvalidRequestError when there is nothing to send. */
export const toInput = (translation: ResponsesTranslation): readonly JsonObject[] => {
  const { messages } = translation.request;
  noteLostNames(messages, translation.log);
  const custom = new Set(
    messages.flatMap(({ content }) =>
      content.flatMap((part) => (part.type === 'tool-call' && part.kind === 'custom' ? [part.id] : [])),
    ),
  );
  const items = messages.flatMap((message) => toItems(message, custom, translation));
  if (items.length > 0) return items;
  throw new InvalidRequestError(
    'messages: expected at least one message with content, given none. Add a user message.',
    { field: 'messages' },
  );
};
