/** Edits members of a JSON object in its text; every byte outside the edits stays as it was. */
import type { JsonMember, JsonObjectScan } from './scan.ts';
import { findMember, scanObject, skipWhitespaceBack } from './scan.ts';

export interface MemberEdits {
  /**
   * New values as JSON text, by key. The last member of that name takes the value in its place, earlier ones of the
   * same name go; a key that is not there is appended, in the order given.
   */
  readonly set?: Readonly<Record<string, string>>;
  /** Keys whose members go, every one of that name. A key that is also in `set` is set. */
  readonly remove?: readonly string[];
}

interface Plan {
  /** Per member: its new value, `keep`, or `drop`. */
  readonly actions: readonly ('keep' | 'drop' | { readonly value: string })[];
  /** Index of the last member that stays; -1 when none does. */
  readonly lastStaying: number;
  /** New members as text, without commas. */
  readonly appended: readonly string[];
}

const isLast = (members: readonly JsonMember[], index: number): boolean => {
  const { key } = members[index] ?? { key: '' };
  for (let later = index + 1; later < members.length; later += 1) if (members[later]?.key === key) return false;
  return true;
};

/** Plain loops: this runs several times in every request, mostly with one edit and a handful of members. */
const toPlan = (members: readonly JsonMember[], { set = {}, remove = [] }: MemberEdits): Plan => {
  const actions: ('keep' | 'drop' | { readonly value: string })[] = [];
  let lastStaying = -1;
  for (let index = 0; index < members.length; index += 1) {
    const key = members[index]?.key ?? '';
    const value = Object.hasOwn(set, key) ? set[key] : undefined;
    const action =
      value === undefined ? (remove.includes(key) ? 'drop' : 'keep') : isLast(members, index) ? { value } : 'drop';
    actions.push(action);
    if (action !== 'drop') lastStaying = index;
  }
  const appended: string[] = [];
  for (const key of Object.keys(set))
    if (!members.some((member) => member.key === key)) appended.push(`${JSON.stringify(key)}:${set[key] ?? 'null'}`);
  return { actions, lastStaying, appended };
};

/** Splices when no member stays: everything between the braces' inner whitespace is replaced. */
const spliceAll = (text: string, members: readonly JsonMember[], appended: readonly string[]): string => {
  const first = members[0];
  const last = members.at(-1);
  const open = text.indexOf('{') + 1;
  return text.slice(0, first?.keyStart ?? open) + appended.join(',') + text.slice(last?.valueEnd ?? open);
};

/**
 * The object's text with members set and removed. A removed member takes one comma and the whitespace between it and
 * its neighbour along. `text` must hold one JSON object; anything else is the caller's defect and throws TypeError.
 */
export const spliceMembers = (text: string, edits: MemberEdits): string => spliceScanned(text, scanObject(text), edits);

/**
 * The object's text with one more member at its end. Looks at nothing else, so it costs the same for every length.
 * `text` must be an object with at least one member, and none of this name: the caller has parsed it.
 */
export const appendMember = (text: string, key: string, value: string): string => {
  const end = skipWhitespaceBack(text, text.lastIndexOf('}'));
  return `${text.slice(0, end)},${JSON.stringify(key)}:${value}${text.slice(end)}`;
};

/** `spliceMembers` for a text that was scanned before. */
export const spliceScanned = (text: string, scan: JsonObjectScan | null, edits: MemberEdits): string => {
  if (scan === null) throw new TypeError('spliceMembers: the text is not one JSON object');
  const { members } = scan;
  const { actions, lastStaying, appended } = toPlan(members, edits);
  const anchor = members[lastStaying];
  if (anchor === undefined) return spliceAll(text, members, appended);
  let result = '';
  let copiedTo = 0;
  for (const [index, member] of members.entries()) {
    if (index > lastStaying) break;
    const action = actions[index];
    if (action === 'drop') {
      result += text.slice(copiedTo, member.keyStart);
      copiedTo = members[index + 1]?.keyStart ?? member.valueEnd;
    } else if (typeof action === 'object') {
      result += text.slice(copiedTo, member.valueStart) + action.value;
      copiedTo = member.valueEnd;
    }
  }
  const added = appended.map((member) => `,${member}`).join('');
  return result + text.slice(copiedTo, anchor.valueEnd) + added + text.slice((members.at(-1) ?? anchor).valueEnd);
};

/** Sets members of the object that is itself a member of `data`; a text of another shape stays as it is. */
export const spliceInside = (data: string, key: string, set: Readonly<Record<string, string>>): string => {
  const scan = scanObject(data);
  const member = scan === null ? undefined : findMember(scan, key);
  if (member === undefined) return data;
  const inner = data.slice(member.valueStart, member.valueEnd);
  if (scanObject(inner) === null) return data;
  return data.slice(0, member.valueStart) + spliceMembers(inner, { set }) + data.slice(member.valueEnd);
};
