/** Splice edits inside the `messages` member of a client's text: whatever is not touched stays byte for byte. */
import { findMember, scanObject, skipValue, skipWhitespace } from '../../json/scan.ts';
import { spliceMembers } from '../../json/splice.ts';

/** Texts of the elements of a JSON array. The text was parsed before, so it is one. */
const splitElements = (list: string): readonly { readonly start: number; readonly end: number }[] => {
  const elements: { readonly start: number; readonly end: number }[] = [];
  let at = skipWhitespace(list, 1);
  while (at < list.length && list.charAt(at) !== ']') {
    const end = skipValue(list, at);
    if (end === -1) break;
    elements.push({ start: at, end });
    at = skipWhitespace(list, end);
    if (list.charAt(at) === ',') at = skipWhitespace(list, at + 1);
  }
  return elements;
};

/** Replaces each element by what `edit` returns; the text between elements stays. */
export const editElements = (list: string, edit: (element: string) => string): string => {
  let result = '';
  let at = 0;
  for (const { start, end } of splitElements(list)) {
    result += list.slice(at, start) + edit(list.slice(start, end));
    at = end;
  }
  return result + list.slice(at);
};

/** The list without the elements that `isUnwanted`; the others stay byte for byte. */
export const removeElements = (list: string, isUnwanted: (element: string) => boolean): string => {
  const elements = splitElements(list).map(({ start, end }) => list.slice(start, end));
  const kept = elements.filter((element) => !isUnwanted(element));
  return kept.length === elements.length ? list : `[${kept.join(',')}]`;
};

const memberText = (object: string, key: string): string | undefined => {
  const scan = scanObject(object);
  const member = scan === null ? undefined : findMember(scan, key);
  return member === undefined ? undefined : object.slice(member.valueStart, member.valueEnd);
};

const REASONING_MEMBERS = ['reasoning_content', 'reasoning', 'reasoning_details'];

/** Removes the reasoning of other models, which this one would refuse as an unknown member. */
export const stripReasoning = (list: string): string =>
  !list.includes('"reasoning')
    ? list
    : editElements(list, (element) =>
        REASONING_MEMBERS.some((member) => memberText(element, member) !== undefined)
          ? spliceMembers(element, { remove: REASONING_MEMBERS })
          : element,
      );

/** Removes who spoke from messages; results of legacy functions need theirs. */
export const stripNames = (list: string): string =>
  !list.includes('"name"')
    ? list
    : editElements(list, (element) =>
        memberText(element, 'name') === undefined || memberText(element, 'role') === '"function"'
          ? element
          : spliceMembers(element, { remove: ['name'] }),
      );

/** `developer` is OpenAI's word for what everybody calls `system`. */
export const withoutDeveloper = (list: string): string =>
  !list.includes('"developer"')
    ? list
    : editElements(list, (element) =>
        memberText(element, 'role') === '"developer"' ? spliceMembers(element, { set: { role: '"system"' } }) : element,
      );

/** What stands in for reasoning that a client lost. A space, because an empty text counts as missing (DeepSeek V4). */
export const LOST_REASONING = ' ';

/** Adds the reasoning member to assistant turns with tool calls that lack it. */
export const fillReasoning = (list: string): string =>
  !list.includes('"tool_calls"')
    ? list
    : editElements(list, (element) => {
        const calls = memberText(element, 'tool_calls');
        const has = memberText(element, 'reasoning_content');
        const lacks = calls?.startsWith('[') === true && (has === undefined || has === 'null');
        return lacks ? spliceMembers(element, { set: { reasoning_content: JSON.stringify(LOST_REASONING) } }) : element;
      });

const prefixContent = (content: string, prefix: string): string | undefined => {
  if (content.startsWith('"')) return `${JSON.stringify(`${prefix}\n\n`).slice(0, -1)}${content.slice(1)}`;
  if (!content.startsWith('[')) return undefined;
  const part = `{"type":"text","text":${JSON.stringify(prefix)}}`;
  return content.slice(1, -1).trim() === '' ? `[${part}]` : `[${part},${content.slice(1)}`;
};

/**
 * Puts `prefix` before everything else: at the start of the client's own first system message, else as a message of its
 * own. Never a second system message: chat templates of open models refuse one.
 */
export const prependSystem = (list: string, prefix: string): string => {
  const message = `{"role":"system","content":${JSON.stringify(prefix)}}`;
  const [first] = splitElements(list);
  if (first === undefined) return `[${message}]`;
  const element = list.slice(first.start, first.end);
  const role = memberText(element, 'role');
  const isSystem = role === '"system"' || role === '"developer"';
  const content = isSystem ? prefixContent(memberText(element, 'content') ?? '', prefix) : undefined;
  const replacement = content === undefined ? `${message},${element}` : spliceMembers(element, { set: { content } });
  return list.slice(0, first.start) + replacement + list.slice(first.end);
};
