/** What the lab reads from a request: strict where real providers are, so that a translation mistake is seen here. */
import { z } from 'zod';
import { isEffort, type Effort } from '../canonical/effort.ts';
import { brand } from '../brand.ts';
import { InvalidRequestError } from '../errors.ts';
import { checkConversation, type Turn } from './conversation.ts';
import type { LabProtocol } from './script.ts';

export interface LabTool {
  readonly name: string;
  /** JSON Schema of the arguments; null for free text. */
  readonly schema: unknown;
  readonly kind: 'function' | 'custom';
}

/** What a request says about thinking: an effort, or only on or off, or nothing. */
export type LabThinking = Effort | 'on' | 'off' | null;

export interface LabRequest {
  readonly protocol: LabProtocol;
  readonly model: string;
  readonly stream: boolean;
  /** Chat: a usage chunk was asked for. */
  readonly includeUsage: boolean;
  readonly messages: readonly { readonly role: string; readonly text: string }[];
  /** Whether the last message answers a tool call. */
  readonly answersTool: boolean;
  /** Characters of everything that counts as input: messages, tool calls and results, tool definitions. */
  readonly inputChars: number;
  readonly tools: readonly LabTool[];
  /** `required`, or the one tool that must be called. */
  readonly forcedTool: { readonly name: string | null } | null;
  readonly thinking: LabThinking;
  readonly maxOutputTokens: number | null;
  readonly choices: number;
  /** Schema of a structured answer; `object` asks for any JSON object. */
  readonly format: { readonly type: 'object' } | { readonly type: 'schema'; readonly schema: unknown } | null;
}

const MAX_CHOICES = 8;

const json = z.unknown().optional();
const positive = z.number().int().positive().nullish();
const contentParts = z.array(
  z.looseObject({
    type: z.string(),
    text: z.string().optional(),
    id: z.string().optional(),
    tool_use_id: z.string().optional(),
    signature: z.string().optional(),
  }),
);
const content = z.union([z.string(), contentParts]);

const chatSchema = z.looseObject({
  model: z.string().min(1),
  messages: z
    .array(
      z.looseObject({
        role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
        content: content.nullish(),
        tool_calls: z.array(z.looseObject({ id: z.string() })).nullish(),
        tool_call_id: z.string().optional(),
      }),
    )
    .min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
  max_tokens: positive,
  max_completion_tokens: positive,
  n: z.number().int().min(1).max(MAX_CHOICES).nullish(),
  tools: z
    .array(
      z.union([
        z.looseObject({
          type: z.literal('function'),
          function: z.looseObject({ name: z.string().min(1), parameters: json }),
        }),
        z.looseObject({ type: z.literal('custom'), custom: z.looseObject({ name: z.string().min(1) }) }),
      ]),
    )
    .nullish(),
  tool_choice: json,
  response_format: json,
  reasoning_effort: z.string().nullish(),
  reasoning: z.looseObject({ effort: z.string().nullish() }).nullish(),
  thinking: z.looseObject({ type: z.string() }).nullish(),
  enable_thinking: z.boolean().nullish(),
  chat_template_kwargs: z.looseObject({ enable_thinking: z.boolean().optional() }).nullish(),
});

const messagesSchema = z.looseObject({
  model: z.string().min(1),
  max_tokens: z.number().int().positive(),
  messages: z.array(z.looseObject({ role: z.enum(['user', 'assistant']), content })).min(1),
  system: content.nullish(),
  stream: z.boolean().nullish(),
  tools: z.array(z.looseObject({ name: z.string().min(1), type: z.string().nullish(), input_schema: json })).nullish(),
  tool_choice: json,
  thinking: z.looseObject({ type: z.enum(['enabled', 'disabled', 'adaptive']) }).nullish(),
  output_config: z.looseObject({ effort: z.string().nullish(), format: json }).nullish(),
});

/** Members that only the other protocol, or Gearbox itself, knows. Real providers refuse unknown members too. */
const FOREIGN_MEMBERS: Readonly<Record<LabProtocol, readonly string[]>> = {
  'openai-chat': [brand.bodyKey, 'system', 'input', 'stop_sequences', 'contents'],
  'openai-responses': [
    brand.bodyKey,
    'messages',
    'system',
    'stop',
    'n',
    'response_format',
    'reasoning_effort',
    'max_tokens',
  ],
  'anthropic-messages': [brand.bodyKey, 'stream_options', 'response_format', 'reasoning_effort', 'input', 'n', 'stop'],
};

export const refuse = (field: string | null, message: string): never => {
  throw new InvalidRequestError(field === null ? message : `${field}: ${message}`, { field });
};

export const parseWith = <Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> => {
  const parsed = schema.safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return refuse(issue?.path.join('.') ?? null, issue?.message ?? 'not as expected');
  }
  return parsed.data;
};

export const refuseForeign = (protocol: LabProtocol, body: object): void => {
  const foreign = FOREIGN_MEMBERS[protocol].find((member) => member in body);
  if (foreign !== undefined) {
    refuse(foreign, 'extra inputs are not permitted.');
  }
};

const textOf = (value: z.infer<typeof content> | null | undefined): string =>
  typeof value === 'string' ? value : (value ?? []).map((part) => part.text ?? '').join('');

export const charsOf = (value: unknown): number =>
  value === undefined || value === null ? 0 : typeof value === 'string' ? value.length : JSON.stringify(value).length;

export const toThinking = (effort: string | null | undefined, switched: boolean | undefined): LabThinking => {
  if (isEffort(effort)) {
    return effort;
  }
  return switched === undefined ? null : switched ? 'on' : 'off';
};

export const memberOf = (value: unknown, member: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, member) : undefined;

export const nameIn = (value: unknown): string | null => {
  const name = memberOf(value, 'name');
  return typeof name === 'string' ? name : null;
};

const chatForcedTool = (choice: unknown): LabRequest['forcedTool'] => {
  if (choice === 'required') {
    return { name: null };
  }
  const named = nameIn(memberOf(choice, 'function')) ?? nameIn(memberOf(choice, 'custom'));
  if (named !== null) {
    return { name: named };
  }
  return memberOf(memberOf(choice, 'allowed_tools'), 'mode') === 'required' ? { name: null } : null;
};

const chatFormat = (format: unknown): LabRequest['format'] => {
  switch (memberOf(format, 'type')) {
    case 'json_object':
      return { type: 'object' };
    case 'json_schema':
      return { type: 'schema', schema: memberOf(memberOf(format, 'json_schema'), 'schema') };
    default:
      return null;
  }
};

const chatTools = (tools: z.infer<typeof chatSchema>['tools']): readonly LabTool[] =>
  (tools ?? []).map((tool) =>
    tool.type === 'function'
      ? { name: tool.function.name, schema: tool.function.parameters ?? null, kind: 'function' }
      : { name: tool.custom.name, schema: null, kind: 'custom' },
  );

export const isKnown = (id: string | undefined): id is string => id !== undefined;

const chatTurns = (messages: z.infer<typeof chatSchema>['messages']): readonly Turn[] =>
  messages.map((message) => ({
    role: message.role,
    calls: (message.tool_calls ?? []).map(({ id }) => id),
    answers: [message.tool_call_id].filter(isKnown),
    signatures: [],
  }));

/** A Chat Completions body. Throws `InvalidRequestError` naming the field. */
export const parseChatRequest = (body: unknown): LabRequest => {
  const request = parseWith(chatSchema, body);
  refuseForeign('openai-chat', request);
  const stream = request.stream ?? false;
  if (request.stream_options !== null && request.stream_options !== undefined && !stream) {
    refuse('stream_options', 'only allowed when stream is enabled.');
  }
  const orphan = request.messages.findIndex(({ role, tool_call_id: id }) => role === 'tool' && id === undefined);
  if (orphan >= 0) {
    refuse(`messages.${orphan}.tool_call_id`, 'required for role tool.');
  }
  checkConversation(chatTurns(request.messages));
  const switched =
    request.enable_thinking ??
    request.chat_template_kwargs?.enable_thinking ??
    (request.thinking === null || request.thinking === undefined ? undefined : request.thinking.type !== 'disabled');
  const chars = request.messages.reduce(
    (sum, message) => sum + charsOf(message.content) + charsOf(message.tool_calls),
    0,
  );
  return {
    protocol: 'openai-chat',
    model: request.model,
    stream,
    includeUsage: request.stream_options?.include_usage ?? false,
    messages: request.messages.map((message) => ({ role: message.role, text: textOf(message.content) })),
    answersTool: request.messages.at(-1)?.role === 'tool',
    inputChars: chars + charsOf(request.tools),
    tools: chatTools(request.tools),
    forcedTool: chatForcedTool(request.tool_choice),
    thinking: toThinking(request.reasoning_effort ?? request.reasoning?.effort, switched),
    maxOutputTokens: request.max_completion_tokens ?? request.max_tokens ?? null,
    choices: request.n ?? 1,
    format: chatFormat(request.response_format),
  };
};

const messagesForcedTool = (choice: unknown): LabRequest['forcedTool'] => {
  switch (memberOf(choice, 'type')) {
    case 'any':
      return { name: null };
    case 'tool':
      return { name: nameIn(choice) };
    default:
      return null;
  }
};

const hasToolResult = (value: z.infer<typeof content>): boolean =>
  typeof value !== 'string' && value.some(({ type }) => type === 'tool_result');

const messagesTurns = (messages: z.infer<typeof messagesSchema>['messages']): readonly Turn[] =>
  messages.map(({ role, content: said }) => {
    const parts = typeof said === 'string' ? [] : said;
    const ofType = (type: string): typeof parts => parts.filter((part) => part.type === type);
    return {
      role,
      calls: ofType('tool_use')
        .map(({ id }) => id)
        .filter(isKnown),
      answers: ofType('tool_result')
        .map((part) => part.tool_use_id)
        .filter(isKnown),
      signatures: ofType('thinking').map(({ signature }) => signature ?? ''),
    };
  });

/** A Messages body. Throws `InvalidRequestError` naming the field. */
export const parseMessagesRequest = (body: unknown): LabRequest => {
  const request = parseWith(messagesSchema, body);
  refuseForeign('anthropic-messages', request);
  checkConversation(messagesTurns(request.messages));
  if (request.messages[0]?.role !== 'user') {
    refuse('messages.0.role', 'the first message must use the user role.');
  }
  const { system, thinking, output_config: output } = request;
  const last = request.messages.at(-1);
  const switched = thinking === null || thinking === undefined ? undefined : thinking.type !== 'disabled';
  const format = memberOf(output?.format, 'schema');
  const opening = system === null || system === undefined ? [] : [{ role: 'system', text: textOf(system) }];
  return {
    protocol: 'anthropic-messages',
    model: request.model,
    stream: request.stream ?? false,
    includeUsage: true,
    messages: [...opening, ...request.messages.map(({ role, content: said }) => ({ role, text: textOf(said) }))],
    answersTool: last !== undefined && hasToolResult(last.content),
    inputChars:
      charsOf(system) +
      charsOf(request.tools) +
      request.messages.reduce((sum, { content: said }) => sum + charsOf(said), 0),
    tools: (request.tools ?? []).map((tool) => ({ name: tool.name, schema: tool.input_schema, kind: 'function' })),
    forcedTool: messagesForcedTool(request.tool_choice),
    // Switched off wins over an effort that is sent beside it.
    thinking: switched === false ? 'off' : toThinking(output?.effort, switched),
    maxOutputTokens: request.max_tokens,
    choices: 1,
    format: format === undefined ? null : { type: 'schema', schema: format },
  };
};

/** The text of the last message with role `user` that has any; empty where there is none. */
export const lastUserText = (request: LabRequest): string =>
  request.messages.findLast(({ role, text }) => role === 'user' && text !== '')?.text ?? '';
