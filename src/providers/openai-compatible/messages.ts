/**
 * Canonical messages as chat messages. Tool results become messages of their own, directly behind the calls; media
 * inside them, which a tool message cannot hold, follow in one user message.
 */
import type { ContentPart, ToolCallPart, ToolResultPart } from '../../canonical/content.ts';
import type { JsonObject } from '../../canonical/json.ts';
import type { Message } from '../../canonical/message.ts';
import { wrapInput } from '../custom-input.ts';
import { noteLostNames } from '../message-names.ts';
import type { Renaming } from '../tool-name.ts';
import { toContent, toUserPart } from './content-part.ts';
import { dialectOf, echoesReasoning } from './dialect.ts';
import { LOST_REASONING } from './message-list.ts';
import type { ChatTranslation } from './resolve.ts';

export interface ChatNames {
  readonly names: Renaming;
  readonly ids: Renaming;
}

type Context = ChatTranslation & ChatNames & { readonly reasons: boolean };

const joinText = (content: readonly ContentPart[], separator: string): string =>
  content.flatMap((part) => (part.type === 'text' || part.type === 'refusal' ? [part.text] : [])).join(separator);

const toToolCall = (part: ToolCallPart, { names, ids, target }: Context): JsonObject => {
  const name = names.rename(part.name);
  const id = ids.rename(part.id);
  if (part.kind !== 'custom') {
    return { id, type: 'function', function: { name, arguments: part.input === '' ? '{}' : part.input } };
  }
  return dialectOf(target.deployment).knows.has('custom_tools')
    ? { id, type: 'custom', custom: { name, input: part.input } }
    : { id, type: 'function', function: { name, arguments: wrapInput(part.input) } };
};

const toReasoning = (message: Message, hasCalls: boolean, context: Context): JsonObject => {
  const reasoning = message.content.filter((part) => part.type === 'reasoning');
  const text = reasoning.map((part) => part.text).join('');
  if (echoesReasoning(context.target.deployment) && hasCalls && context.reasons) {
    return { reasoning_content: text === '' ? LOST_REASONING : text };
  }
  if (reasoning.length > 0) {
    context.log.dropped('messages', 'reasoning', 'Reasoning of earlier turns is not sent to this model.');
  }
  return {};
};

const toAssistant = (message: Message, context: Context): JsonObject | undefined => {
  const calls = message.content.filter((part) => part.type === 'tool-call');
  const own = calls.filter((part) => part.kind !== 'hosted');
  if (own.length < calls.length) {
    context.log.dropped(
      'messages',
      'hosted tool call',
      'A tool that another provider ran cannot be shown to this one.',
    );
  }
  if (message.content.some((part) => part.type === 'foreign')) {
    context.log.dropped('messages', 'foreign', 'A content part that only its own protocol knows was left out.');
  }
  const text = joinText(message.content, '');
  const reasoning = toReasoning(message, own.length > 0, context);
  if (text === '' && own.length === 0) return undefined;
  return {
    role: 'assistant',
    content: text === '' ? null : text,
    ...reasoning,
    ...(own.length === 0 ? {} : { tool_calls: own.map((part) => toToolCall(part, context)) }),
  };
};

/** The protocol has no mark for a failed call; the word is put before what the tool said. */
const resultText = (part: ToolResultPart, hasMedia: boolean): string => {
  const text = joinText(part.content, '\n');
  const said = text === '' && hasMedia ? 'The result follows in the next message.' : text;
  return part.isError && !/^error/i.test(said) ? `Error: ${said}` : said;
};

interface Results {
  readonly messages: JsonObject[];
  readonly media: JsonObject[];
}

const addResult = (results: Results, part: ToolResultPart, context: Context): void => {
  const media = part.content
    .filter((inner) => inner.type !== 'text' && inner.type !== 'refusal')
    .map((inner) => toUserPart(inner, context))
    .filter((inner) => inner !== undefined);
  const id = context.ids.rename(part.callId);
  results.messages.push({ role: 'tool', tool_call_id: id, content: resultText(part, media.length > 0) });
  if (media.length > 0) results.media.push({ type: 'text', text: `From the result of tool call ${id}:` }, ...media);
};

const toUser = (message: Message, content: readonly JsonObject[], { target }: Context): JsonObject => ({
  role: 'user',
  content: toContent(content),
  ...(message.name === undefined || !dialectOf(target.deployment).knows.has('message_names')
    ? {}
    : { name: message.name }),
});

const toSystem = (message: Message, { target }: Context): JsonObject | undefined => {
  const text = joinText(message.content, '\n\n');
  if (text === '') return undefined;
  const isKnown = dialectOf(target.deployment).knows.has('developer');
  return { role: message.role === 'developer' && isKnown ? 'developer' : 'system', content: text };
};

const withPrefix = (messages: readonly JsonObject[], prefix: string): readonly JsonObject[] => {
  if (prefix === '') return messages;
  const [first, ...rest] = messages;
  const isSystem = first?.['role'] === 'system' || first?.['role'] === 'developer';
  if (!isSystem) return [{ role: 'system', content: prefix }, ...messages];
  return [{ ...first, content: `${prefix}\n\n${first['content'] as string}` }, ...rest];
};

/** Open models' templates take one system message, at the front; several leading ones become one. */
const joinLeading = (messages: readonly JsonObject[], takesSeveral: boolean): readonly JsonObject[] => {
  const count = messages.findIndex((message) => message['role'] !== 'system');
  if (takesSeveral || count < 2) return messages;
  const text = messages.slice(0, count).map((message) => message['content'] as string);
  return [{ role: 'system', content: text.join('\n\n') }, ...messages.slice(count)];
};

/** Chat messages in order; `prefix` goes into the first system message. */
export const toMessages = (context: Context, prefix: string): readonly JsonObject[] => {
  const messages: JsonObject[] = [];
  let media: JsonObject[] = [];
  const { request, target, log } = context;
  if (!dialectOf(target.deployment).knows.has('message_names')) noteLostNames(request.messages, log);
  const flushMedia = (): void => {
    if (media.length > 0) messages.push({ role: 'user', content: media });
    media = [];
  };
  for (const message of request.messages) {
    const results: Results = { messages: [], media: [] };
    for (const part of message.content) if (part.type === 'tool-result') addResult(results, part, context);
    messages.push(...results.messages);
    media.push(...results.media);
    if (message.role === 'tool') continue;
    const isUser = message.role === 'user';
    const parts = isUser ? message.content.map((part) => toUserPart(part, context)) : [];
    const content = [...(isUser ? media.splice(0) : []), ...parts.filter((part) => part !== undefined)];
    flushMedia();
    if (isUser && content.length > 0) messages.push(toUser(message, content, context));
    const other = isUser
      ? undefined
      : message.role === 'assistant'
        ? toAssistant(message, context)
        : toSystem(message, context);
    if (other !== undefined) messages.push(other);
  }
  flushMedia();
  const takesSeveral = dialectOf(context.target.deployment).knows.has('developer');
  return withPrefix(joinLeading(messages, takesSeveral), prefix);
};
