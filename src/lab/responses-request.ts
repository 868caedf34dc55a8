/** What the lab reads from a Responses body: as strict as the provider is about the order of items. */
import { z } from 'zod';
import { checkConversation, type Turn } from './conversation.ts';
import {
  charsOf,
  isKnown,
  memberOf,
  nameIn,
  parseWith,
  refuse,
  refuseForeign,
  toThinking,
  type LabRequest,
  type LabTool,
} from './request.ts';

const json = z.unknown().optional();

const item = z.looseObject({
  type: z.string().optional(),
  role: z.enum(['user', 'assistant', 'system', 'developer']).optional(),
  content: z.union([z.string(), z.array(z.looseObject({ type: z.string(), text: z.string().optional() }))]).nullish(),
  call_id: z.string().optional(),
  encrypted_content: z.string().nullish(),
});

const schema = z.looseObject({
  model: z.string().min(1),
  input: z.union([z.string(), z.array(item).min(1)]),
  instructions: z.string().nullish(),
  stream: z.boolean().nullish(),
  store: z.boolean().nullish(),
  max_output_tokens: z.number().int().positive().nullish(),
  tools: z
    .array(
      z.looseObject({ type: z.string(), name: z.string().optional(), parameters: json, strict: z.boolean().nullish() }),
    )
    .nullish(),
  tool_choice: json,
  reasoning: z.looseObject({ effort: z.string().nullish() }).nullish(),
  text: z.looseObject({ format: json }).nullish(),
});

type Item = z.infer<typeof item>;

const typeOf = ({ type }: Item): string => type ?? 'message';

const textOf = ({ content }: Item): string =>
  typeof content === 'string' ? content : (content ?? []).map(({ text }) => text ?? '').join('');

const CALLS: ReadonlySet<string> = new Set(['function_call', 'custom_tool_call']);
const OUTPUTS: ReadonlySet<string> = new Set(['function_call_output', 'custom_tool_call_output']);

const toTurn = (each: Item): Turn => {
  const type = typeOf(each);
  const ids = [each.call_id].filter(isKnown);
  return {
    // A result is the only thing that may stand behind an open call.
    role: OUTPUTS.has(type) || CALLS.has(type) ? 'tool' : (each.role ?? 'assistant'),
    calls: CALLS.has(type) ? ids : [],
    answers: OUTPUTS.has(type) ? ids : [],
    signatures: type === 'reasoning' ? [each.encrypted_content ?? ''] : [],
  };
};

/** The provider refuses a reasoning item that nothing of the same turn follows. */
const checkReasoning = (items: readonly Item[]): void => {
  items.forEach((each, index) => {
    if (typeOf(each) !== 'reasoning') return;
    const next = items[index + 1];
    const isFollowed = next !== undefined && next.role !== 'user' && !OUTPUTS.has(typeOf(next));
    if (!isFollowed) refuse(`input.${index}`, 'the reasoning item was provided without its required following item.');
  });
};

const checkItems = (items: readonly Item[]): void => {
  items.forEach((each, index) => {
    const type = typeOf(each);
    if (type === 'message' && each.role === undefined) refuse(`input.${index}.role`, 'required for a message.');
    if ((CALLS.has(type) || OUTPUTS.has(type)) && each.call_id === undefined)
      refuse(`input.${index}.call_id`, 'required.');
  });
  checkReasoning(items);
  checkConversation(items.map(toTurn));
};

const toTools = (tools: z.infer<typeof schema>['tools']): readonly LabTool[] =>
  (tools ?? []).flatMap((tool, index): readonly LabTool[] => {
    if (tool.type !== 'function' && tool.type !== 'custom') return [];
    const { name } = tool;
    if (name === undefined) return refuse(`tools.${index}.name`, 'required: tools of this protocol are flat.');
    return [{ name, schema: tool.type === 'function' ? (tool.parameters ?? null) : null, kind: tool.type }];
  });

const toForcedTool = (choice: unknown): LabRequest['forcedTool'] => {
  if (choice === 'required') return { name: null };
  const type = memberOf(choice, 'type');
  if (type === 'function' || type === 'custom') return { name: nameIn(choice) };
  return type === 'allowed_tools' && memberOf(choice, 'mode') === 'required' ? { name: null } : null;
};

const toFormat = (format: unknown): LabRequest['format'] => {
  switch (memberOf(format, 'type')) {
    case 'json_object':
      return { type: 'object' };
    case 'json_schema':
      return { type: 'schema', schema: memberOf(format, 'schema') };
    default:
      return null;
  }
};

/** A Responses body. Throws `InvalidRequestError` naming the field. */
export const parseResponsesRequest = (body: unknown): LabRequest => {
  const request = parseWith(schema, body);
  refuseForeign('openai-responses', request);
  const items: readonly Item[] =
    typeof request.input === 'string' ? [{ role: 'user', content: request.input }] : request.input;
  checkItems(items);
  const { instructions } = request;
  const opening = instructions === null || instructions === undefined ? [] : [{ role: 'system', text: instructions }];
  const last = items.at(-1);
  return {
    protocol: 'openai-responses',
    model: request.model,
    stream: request.stream ?? false,
    includeUsage: true,
    messages: [...opening, ...items.map((each) => ({ role: each.role ?? typeOf(each), text: textOf(each) }))],
    answersTool: last !== undefined && OUTPUTS.has(typeOf(last)),
    inputChars: charsOf(instructions) + charsOf(request.input) + charsOf(request.tools),
    tools: toTools(request.tools),
    forcedTool: toForcedTool(request.tool_choice),
    thinking: toThinking(request.reasoning?.effort, undefined),
    maxOutputTokens: request.max_output_tokens ?? null,
    choices: 1,
    format: toFormat(request.text?.format),
  };
};
