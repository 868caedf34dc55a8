/** `instructions` and `input` of a Responses request: items, of which those that the model made belong to one turn. */
import type { ContentPart } from '../../canonical/content.ts';
import type { JsonValue } from '../../canonical/json.ts';
import { unsealReasoning } from '../../canonical/sealed-reasoning.ts';
import type { Message } from '../../canonical/message.ts';
import type { FieldNode } from '../field.ts';
import {
  describeGiven,
  fieldError,
  optionalList,
  optionalString,
  optionalWord,
  pathOf,
  requiredList,
  requiredName,
  requiredString,
  toNodes,
} from '../field.ts';
import type { ResponsesLimits } from './limits.ts';
import { parseContent } from './parse-content.ts';

const PHASES = ['commentary', 'final_answer'] as const;

const parseTexts = (item: FieldNode, key: string, maxParts: number): readonly string[] => {
  const list = optionalList(item, key, maxParts);
  return list === undefined ? [] : toNodes(list).map((part) => requiredString(part, 'text'));
};

const parseReasoning = (item: FieldNode, maxParts: number): ContentPart => {
  const data = optionalString(item, 'encrypted_content');
  const id = optionalString(item, 'id');
  const summary = parseTexts(item, 'summary', maxParts);
  const sealed = data === undefined ? null : unsealReasoning(data);
  // The words of another protocol's model were shown as a summary; its signature holds for them and nothing else.
  if (sealed !== null) return { type: 'reasoning', text: summary.join(''), summary: [], opaque: sealed };
  return {
    type: 'reasoning',
    text: parseTexts(item, 'content', maxParts).join(''),
    summary,
    opaque: data === undefined ? null : { kind: 'encrypted', data, provenance: null },
    ...(id === undefined ? {} : { id }),
  };
};

const parseCall = (item: FieldNode, kind: 'function' | 'custom'): ContentPart => ({
  type: 'tool-call',
  id: requiredName(item, 'call_id'),
  name: requiredName(item, 'name'),
  kind,
  input: optionalString(item, kind === 'custom' ? 'input' : 'arguments') ?? '',
});

const parseOutput = (item: FieldNode, maxParts: number): Message => ({
  role: 'tool',
  content: [
    {
      type: 'tool-result',
      callId: requiredName(item, 'call_id'),
      content: parseContent(item, maxParts, 'output'),
      isError: false,
    },
  ],
});

const parseMessage = (item: FieldNode, maxParts: number): Message => {
  const role = requiredString(item, 'role');
  const content = parseContent(item, maxParts);
  switch (role) {
    case 'user':
    case 'system':
    case 'developer':
      return { role, content };
    case 'assistant': {
      const phase = optionalWord(item, 'phase', PHASES);
      return phase === undefined ? { role, content } : { role, content, phase };
    }
    default:
      throw fieldError(pathOf(item, 'role'), {
        expected: 'one of user, assistant, system, developer',
        given: describeGiven(role),
        fix: 'Use one of these roles.',
      });
  }
};

const refuseReference = (item: FieldNode): never => {
  throw fieldError(pathOf(item, 'type'), {
    expected: 'items with their content',
    given: '"item_reference"',
    fix: 'Send the item itself: nothing is kept under this id.',
  });
};

const ofModel = (part: ContentPart): Message => ({ role: 'assistant', content: [part] });

const parseItem = (item: FieldNode, maxParts: number): Message => {
  const type = optionalString(item, 'type') ?? 'message';
  switch (type) {
    case 'message':
      return parseMessage(item, maxParts);
    case 'function_call':
      return ofModel(parseCall(item, 'function'));
    case 'custom_tool_call':
      return ofModel(parseCall(item, 'custom'));
    case 'function_call_output':
    case 'custom_tool_call_output':
      return parseOutput(item, maxParts);
    case 'reasoning':
      return ofModel(parseReasoning(item, maxParts));
    case 'item_reference':
      return refuseReference(item);
    default:
      // Calls of hosted tools and the like: only this protocol knows them. The value came out of JSON.parse.
      return ofModel({ type: 'foreign', protocol: 'openai-responses', value: item.value as JsonValue });
  }
};

/** Reasoning, words and calls of one turn are items of their own here and one message everywhere else. */
const joinTurns = (messages: readonly Message[]): readonly Message[] => {
  const joined: Message[] = [];
  for (const message of messages) {
    const last = joined.at(-1);
    if (message.role === 'assistant' && last?.role === 'assistant')
      joined[joined.length - 1] = { ...last, ...message, content: [...last.content, ...message.content] };
    else joined.push(message);
  }
  return joined;
};

const parseItems = (body: FieldNode, { maxItems, maxParts }: ResponsesLimits): readonly Message[] => {
  const { input, messages } = body.value;
  if (typeof input === 'string') return [{ role: 'user', content: [{ type: 'text', text: input }] }];
  if (input === undefined && messages !== undefined) {
    throw fieldError('input', {
      expected: 'a string or an array of items',
      given: '`messages`, which belongs to Chat Completions',
      fix: 'Send this body to /v1/chat/completions, or put the conversation into `input`.',
    });
  }
  const list = requiredList(body, 'input', maxItems);
  if (list.values.length === 0)
    throw fieldError('input', { expected: 'at least one item', given: 'an empty array', fix: 'Add a user message.' });
  return joinTurns(toNodes(list).map((item) => parseItem(item, maxParts)));
};

export const parseInput = (body: FieldNode, limits: ResponsesLimits): readonly Message[] => {
  const instructions = parseContent(body, limits.maxParts, 'instructions');
  const items = parseItems(body, limits);
  return instructions.length === 0 ? items : [{ role: 'system', content: instructions }, ...items];
};
