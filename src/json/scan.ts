/**
 * Finds the members of a JSON object in its text, without parsing any value.
 *
 * Passthrough edits the sender's own text. Parsing and printing it again would reorder integer-like keys, round large
 * integers, turn `1.0` into `1` and rewrite escapes, which breaks prompt caches and signatures.
 */

/** Offsets are UTF-16 positions in the scanned text; ends are exclusive. */
export interface JsonMember {
  /** The key with its escapes decoded. */
  readonly key: string;
  /** Position of the key's opening quote. */
  readonly keyStart: number;
  /** Position after the key's closing quote. */
  readonly keyEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

export interface JsonObjectScan {
  /** Position of the opening brace. */
  readonly start: number;
  /** Position after the closing brace. */
  readonly end: number;
  /** In the order written; a key that occurs twice is listed twice. */
  readonly members: readonly JsonMember[];
}

export interface TextRange {
  readonly start: number;
  readonly end: number;
}

const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

const isWhitespace = (code: number): boolean =>
  code === SPACE || code === LINE_FEED || code === CARRIAGE_RETURN || code === TAB;

/** Position of the first character at or after `position` that is not JSON whitespace. */
export const skipWhitespace = (text: string, position: number): number => {
  let at = position;
  while (isWhitespace(text.charCodeAt(at))) at += 1;
  return at;
};

/** Position after the last character before `position` that is not JSON whitespace. */
export const skipWhitespaceBack = (text: string, position: number): number => {
  let at = position;
  while (isWhitespace(text.charCodeAt(at - 1))) at -= 1;
  return at;
};

/**
 * Position after the closing quote of the string whose opening quote is at `position`; -1 when it never closes.
 * Jumps from quote to quote, so that a long prompt costs one memory search and not a step per character.
 */
export const skipString = (text: string, position: number): number => {
  let quote = text.indexOf('"', position + 1);
  while (quote !== -1) {
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
    quote = text.indexOf('"', quote + 1);
  }
  return -1;
};

/** Position after the object or array that opens at `position`; -1 when it never closes. */
const skipContainer = (text: string, position: number): number => {
  let depth = 0;
  let at = position;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = skipString(text, at);
      if (at === -1) return -1;
      continue;
    }
    at += 1;
    if (code === OPEN_BRACE || code === OPEN_BRACKET) depth += 1;
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
};

const endsScalar = (code: number): boolean =>
  code === COMMA || code === CLOSE_BRACE || code === CLOSE_BRACKET || code <= SPACE;

/** Position after the value that begins at `position`; -1 when there is none or it never ends. */
export const skipValue = (text: string, position: number): number => {
  const code = text.charCodeAt(position);
  if (code === QUOTE) return skipString(text, position);
  if (code === OPEN_BRACE || code === OPEN_BRACKET) return skipContainer(text, position);
  let at = position;
  while (at < text.length && !endsScalar(text.charCodeAt(at))) at += 1;
  return at === position ? -1 : at;
};

/** A key's text without quotes; null when its escapes are not JSON. */
const decodeKey = (text: string, start: number, end: number): string | null => {
  const raw = text.slice(start + 1, end - 1);
  if (!raw.includes('\\')) return raw;
  try {
    return JSON.parse(text.slice(start, end)) as string; // a quoted JSON text parses to a string or throws
  } catch {
    return null;
  }
};

const scanMember = (text: string, keyStart: number): JsonMember | null => {
  if (text.charCodeAt(keyStart) !== QUOTE) return null;
  const keyEnd = skipString(text, keyStart);
  if (keyEnd === -1) return null;
  const key = decodeKey(text, keyStart, keyEnd);
  const colon = skipWhitespace(text, keyEnd);
  if (key === null || text.charCodeAt(colon) !== COLON) return null;
  const valueStart = skipWhitespace(text, colon + 1);
  const valueEnd = skipValue(text, valueStart);
  return valueEnd === -1 ? null : { key, keyStart, keyEnd, valueStart, valueEnd };
};

/**
 * The members of the object that is the whole of `text`, or the whole of `range` in it (for a member of a member).
 * Null when that is not one object. Values are delimited, not validated: only JSON.parse says whether they are JSON.
 * Linear in the length of the text.
 */
export const scanObject = (text: string, range?: TextRange): JsonObjectScan | null => {
  const limit = range?.end ?? text.length;
  const start = skipWhitespace(text, range?.start ?? 0);
  if (text.charCodeAt(start) !== OPEN_BRACE) return null;
  const members: JsonMember[] = [];
  let at = skipWhitespace(text, start + 1);
  if (text.charCodeAt(at) !== CLOSE_BRACE) {
    for (;;) {
      const member = scanMember(text, at);
      if (member === null) return null;
      members.push(member);
      at = skipWhitespace(text, member.valueEnd);
      if (text.charCodeAt(at) === CLOSE_BRACE) break;
      if (text.charCodeAt(at) !== COMMA) return null;
      at = skipWhitespace(text, at + 1);
    }
  }
  const end = at + 1;
  return skipWhitespace(text, end) >= limit && end <= limit ? { start, end, members } : null;
};

/** The member that JSON.parse would keep: the last one of that name. */
export const findMember = (scan: JsonObjectScan, key: string): JsonMember | undefined =>
  scan.members.findLast((member) => member.key === key);
