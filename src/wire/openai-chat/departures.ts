/**
 * Departures from the chat protocol on which its clients break, put right on the way through. Seen at Mistral
 * (2025-07 to 2026-01): reasoning as a list of content parts, where the protocol has a string, and streamed tool calls
 * without `index` and `type`. Everything else that a provider adds or leaves out goes to the client as it came.
 */
import type { JsonObject, JsonValue } from '../../canonical/json.ts';
import { findMember, scanObject } from '../../json/scan.ts';
import { spliceMembers } from '../../json/splice.ts';

/** Servers that print JSON for people put blanks behind the colon. */
const CONTENT_LIST = /"content"\s*:\s*\[/;
const TOOL_CALLS = /"tool_calls"\s*:\s*\[\s*\{/;
const INDEX = '"index"';

/** Whether the text of a chunk or an answer holds a list where content should be a string. */
export const hasContentList = (text: string): boolean => CONTENT_LIST.test(text);

/** How many tool calls each choice has had, for the indexes of those that come without. */
export type ToolCounts = Map<number, number>;

/**
 * Whether a chunk must be put right. Two searches of its text; content cannot imitate what they look for, because
 * inside a JSON string every quote has a backslash before it.
 */
export const hasDeparture = (data: string): boolean => {
  // Most chunks hold one list, `choices`; a bracket is found five times faster than a word that begins with a quote.
  if (!data.includes('[', data.indexOf('[') + 1)) return false;
  if (hasContentList(data)) return true;
  const calls = data.search(TOOL_CALLS);
  return calls !== -1 && !data.includes(INDEX, calls);
};

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const asList = (value: JsonValue | undefined): readonly JsonValue[] =>
  Array.isArray(value) ? (value as readonly JsonValue[]) : [];

const textOf = (value: JsonValue | undefined): string =>
  typeof value === 'string' ? value : asList(value).map(textOfPart).join('');

const textOfPart = (part: JsonValue): string => (isObject(part) ? textOf(part['text']) : '');

/** A list of parts as the two strings that clients read. */
const splitContent = (speech: JsonObject): JsonObject => {
  const parts = asList(speech['content']).filter(isObject);
  const thought = parts.map((part) => (part['type'] === 'thinking' ? textOf(part['thinking']) : '')).join('');
  const text = parts.map((part) => (part['type'] === 'text' ? textOf(part['text']) : '')).join('');
  return { ...speech, content: text, ...(thought === '' ? {} : { reasoning_content: thought }) };
};

const numberCalls = (speech: JsonObject, choice: number, counts: ToolCounts): JsonObject => {
  const calls = asList(speech['tool_calls']).map((call) => {
    if (!isObject(call) || call['index'] !== undefined) return call;
    const index = counts.get(choice) ?? 0;
    counts.set(choice, index + 1);
    return { index, type: 'function', ...call };
  });
  return { ...speech, tool_calls: calls };
};

const repairChoice = (choice: JsonValue, position: number, counts: ToolCounts | null): JsonValue => {
  if (!isObject(choice)) return choice;
  const member = isObject(choice['delta']) ? 'delta' : 'message';
  const speech = choice[member];
  if (!isObject(speech)) return choice;
  const split = Array.isArray(speech['content']) ? splitContent(speech) : speech;
  const isNumbered = counts === null || !Array.isArray(split['tool_calls']);
  const index = typeof choice['index'] === 'number' ? choice['index'] : position;
  return { ...choice, [member]: isNumbered ? split : numberCalls(split, index, counts) };
};

/**
 * The chunk, or with `counts` null the whole answer, with its choices put right. What is no object with a list of
 * choices stays as it is.
 */
export const repairChoices = (text: string, counts: ToolCounts | null): string => {
  const scan = scanObject(text);
  const member = scan === null ? undefined : findMember(scan, 'choices');
  if (member === undefined) return text;
  const choices = asList(JSON.parse(text.slice(member.valueStart, member.valueEnd)) as JsonValue);
  const repaired = choices.map((choice, position) => repairChoice(choice, position, counts));
  return spliceMembers(text, { set: { choices: JSON.stringify(repaired) } });
};
