/** Finds where a text stops being JSON, and says what to do about it. Runs only after JSON.parse refused the text. */
import { skipString, skipWhitespace } from './scan.ts';

export interface JsonFault {
  /** Position of the first character that cannot be there; the text's length when it ended too early. */
  readonly offset: number;
  readonly expected: string;
  /** The character or its kind; never more of the text. */
  readonly found: string;
  readonly fix: string;
}

type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or }' | ', or ]' | 'end';

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERAL = /true|false|null/y;
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
const BAD_ESCAPE = /\\(?:[^"\\/bfnrtu]|u(?![0-9a-fA-F]{4}))/g;

/** Words that other languages print where JSON has `null`, `true` and `false`. */
const FOREIGN_WORDS = new Set(['None', 'True', 'False', 'NaN', 'Infinity', 'undefined', 'nan', 'inf', 'nil']);

const matchAt = (pattern: RegExp, text: string, position: number): string | null => {
  pattern.lastIndex = position;
  return pattern.exec(text)?.[0] ?? null;
};

const describe = (text: string, offset: number): string => {
  if (offset >= text.length) return 'the end of the body';
  const code = text.codePointAt(offset) ?? 0;
  if (code < 0x20 || code === 0x7f) return `control character U+${code.toString(16).padStart(4, '0')}`;
  return `\`${String.fromCodePoint(code)}\``;
};

const toFix = (text: string, offset: number, expected: Expected): string => {
  if (offset >= text.length) {
    return text.trim() === ''
      ? 'Send a JSON object as the body.'
      : 'The body seems to be cut: check content-length and the sender.';
  }
  const character = text.charAt(offset);
  if (character === "'") return 'Use double quotes; JSON has no single-quoted strings.';
  if (character === '/' || character === '#') return 'Remove the comment; JSON has none.';
  if ((character === '}' || character === ']') && /,\s*$/.test(text.slice(Math.max(0, offset - 64), offset))) {
    return 'Remove the comma before the closing bracket.';
  }
  if (FOREIGN_WORDS.has(matchAt(WORD, text, offset) ?? '')) {
    return 'Use null, true or false; JSON has no other words and no NaN or Infinity.';
  }
  if (expected === 'end') return 'Send one JSON object and nothing after it.';
  if (expected.startsWith('key')) return 'Put the key in double quotes.';
  return 'Print the body with a JSON library instead of by hand.';
};

const toFault = (text: string, offset: number, expected: Expected): JsonFault => ({
  offset,
  expected: expected === 'end' ? 'the end of the body' : expected,
  found: describe(text, offset),
  fix: toFix(text, offset, expected),
});

/** Fault inside the string that opens at `start`, or the position after it. */
const readString = (text: string, start: number): number | JsonFault => {
  const end = skipString(text, start);
  const stop = end === -1 ? text.length : end;
  for (let at = start; at < stop; at += 1) {
    if (text.charCodeAt(at) >= 0x20) continue;
    const fix = 'Escape control characters inside strings: \\n for a line feed, \\t for a tab.';
    return { offset: at, expected: 'a character of the string', found: describe(text, at), fix };
  }
  const escape = text.slice(start, stop).replaceAll('\\\\', '__').search(BAD_ESCAPE);
  if (escape !== -1) {
    const fix = 'Write a backslash as \\\\; the escapes are \\" \\\\ \\/ \\b \\f \\n \\r \\t and \\uXXXX.';
    return { offset: start + escape, expected: 'a JSON escape', found: describe(text, start + escape), fix };
  }
  if (end !== -1) return end;
  return {
    offset: text.length,
    expected: 'the closing quote of a string',
    found: 'the end of the body',
    fix: toFix(text, text.length, 'value'),
  };
};

interface State {
  at: number;
  expected: Expected;
  /** Open brackets, innermost last. */
  readonly open: string[];
}

const afterValue = (state: State): void => {
  const inner = state.open.at(-1);
  state.expected = inner === undefined ? 'end' : inner === '{' ? ', or }' : ', or ]';
};

/** One step where a value may begin. */
const stepValue = (text: string, state: State): JsonFault | null => {
  const character = text.charAt(state.at);
  if (character === '{' || character === '[') {
    state.open.push(character);
    state.expected = character === '{' ? 'key or }' : 'value or ]';
    state.at += 1;
    return null;
  }
  if (character === '"') {
    const end = readString(text, state.at);
    if (typeof end !== 'number') return end;
    state.at = end;
  } else {
    const scalar = matchAt(NUMBER, text, state.at) ?? matchAt(LITERAL, text, state.at);
    if (scalar === null) return toFault(text, state.at, state.expected);
    state.at += scalar.length;
  }
  afterValue(state);
  return null;
};

/** One step where punctuation or a key is due. */
const stepPunctuation = (text: string, state: State): JsonFault | null => {
  const { expected } = state;
  const character = text.charAt(state.at);
  if (expected.startsWith('key') && character === '"') {
    const end = readString(text, state.at);
    if (typeof end !== 'number') return end;
    state.at = end;
    state.expected = ':';
    return null;
  }
  const isComma = character === ',' && expected.startsWith(',');
  if (isComma || (character === ':' && expected === ':')) {
    state.expected = isComma && expected.endsWith('}') ? 'key' : 'value';
  } else if ((character === '}' || character === ']') && expected.endsWith(character)) {
    state.open.pop();
    afterValue(state);
  } else return toFault(text, state.at, expected);
  state.at += 1;
  return null;
};

/** The first fault of a text that JSON.parse refuses. */
export const findJsonFault = (text: string): JsonFault => {
  const state: State = { at: 0, expected: 'value', open: [] };
  for (;;) {
    state.at = skipWhitespace(text, state.at);
    const closes = state.expected === 'value or ]' && text.charAt(state.at) === ']';
    const fault = state.expected.startsWith('value') && !closes ? stepValue(text, state) : stepPunctuation(text, state);
    if (fault !== null) return fault;
  }
};
