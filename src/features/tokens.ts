/**
 * Words and marks of a normalised text. Scripts without blanks (Han, kana) and Hangul give one token a character, so
 * that one matcher serves every language; a hyphen between letters only separates.
 */

export interface Tokens {
  /** Words, numbers and single punctuation marks in reading order; a line break is the token `\n`. */
  readonly words: readonly string[];
  /** Offset of each token in the text, and one past its end. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** 1 where the token stands inside quotation marks or inline code. */
  readonly quoted: Uint8Array;
}

type CharacterClass = 'blank' | 'word' | 'single' | 'mark';

const between = (code: number, low: number, high: number): boolean => code >= low && code <= high;

const ARABIC_MARKS = new Set([0x60c, 0x61b, 0x61f, 0x66a, 0x66b, 0x66c, 0x6d4]);

const classifyForeign = (code: number): CharacterClass => {
  if (code === 0xa0) return 'blank';
  if (code < 0xc0 || code === 0xd7 || code === 0xf7) return 'mark';
  if (between(code, 0x600, 0x6ff)) return ARABIC_MARKS.has(code) ? 'mark' : 'word';
  if (code === 0x964 || code === 0x965) return 'mark';
  if (code < 0x2000) return 'word';
  if (between(code, 0x3041, 0x30ff) || between(code, 0x3400, 0x9fff) || between(code, 0xac00, 0xd7a3)) return 'single';
  if (between(code, 0xf900, 0xfaff) || code === 0x3005) return 'single';
  return 'mark';
};

const classify = (code: number): CharacterClass => {
  if (between(code, 97, 122) || between(code, 48, 57) || between(code, 65, 90) || code === 95) return 'word';
  if (code <= 32) return 'blank';
  return code < 128 ? 'mark' : classifyForeign(code);
};

const isDigit = (code: number): boolean => between(code, 48, 57);

/** End of the word that begins at `start`: letters, inner apostrophes, and points or commas between digits. */
const wordEnd = (text: string, start: number): number => {
  let end = start + 1;
  for (; end < text.length; end += 1) {
    const code = text.charCodeAt(end);
    if (classify(code) === 'word') continue;
    const inner = end + 1 < text.length && classify(text.charCodeAt(end + 1)) === 'word';
    const inNumber =
      (code === 46 || code === 44) && isDigit(text.charCodeAt(end - 1)) && isDigit(text.charCodeAt(end + 1));
    if (!inner || !(code === 39 || inNumber)) break;
  }
  return end;
};

const CLOSING: Readonly<Record<string, string>> = {
  '"': '"',
  '“': '”',
  '„': '“',
  '«': '»',
  '‹': '›',
  '「': '」',
  '『': '』',
  '《': '》',
  '`': '`',
  "'": "'",
};
const OPENING = /["“„«‹「『《`']/g;
/** A quotation longer than this is a stray mark. */
const QUOTATION_CHARACTERS = 2_000;
/** Opening marks looked at in one text: each costs a search for its closing mark. */
const OPENINGS = 128;

const isWordAt = (text: string, at: number): boolean =>
  at >= 0 && at < text.length && classify(text.charCodeAt(at)) !== 'mark' && classify(text.charCodeAt(at)) !== 'blank';

/** An opening mark stands outside a word; `5"` is inches and `don't` an apostrophe. */
const opens = (text: string, at: number, mark: string): boolean => {
  if (mark === "'") return !isWordAt(text, at - 1) && isWordAt(text, at + 1);
  return mark !== '"' || !isDigit(text.charCodeAt(at - 1));
};

/** The next apostrophe that does not stand inside a word. */
const closingApostrophe = (text: string, from: number, limit: number): number => {
  let at = text.indexOf("'", from);
  while (at >= 0 && at < limit && isWordAt(text, at + 1)) at = text.indexOf("'", at + 1);
  return at;
};

const closingAt = (text: string, from: number, mark: string): number => {
  const limit = Math.min(text.length, from + QUOTATION_CHARACTERS);
  const usual = mark === "'" ? closingApostrophe(text, from, limit) : text.indexOf(CLOSING[mark] ?? mark, from);
  const at = mark === '„' && usual < 0 ? text.indexOf('”', from) : usual;
  return at < limit ? at : -1;
};

/** Offsets [start, end) of quotations and inline code, in order, not nested. */
const quotations = (text: string): readonly (readonly [number, number])[] => {
  const found: (readonly [number, number])[] = [];
  const missing = new Set<string>();
  OPENING.lastIndex = 0;
  let looked = 0;
  for (let match = OPENING.exec(text); match !== null && looked < OPENINGS; match = OPENING.exec(text)) {
    const mark = match[0];
    if (missing.has(mark) || !opens(text, match.index, mark)) continue;
    looked += 1;
    const end = closingAt(text, match.index + 1, mark);
    // A mark that never closes again is remembered: without it, many stray marks would cost quadratic time.
    if (end < 0) {
      if (text.indexOf(CLOSING[mark] ?? mark, match.index + 1) < 0) missing.add(mark);
      continue;
    }
    found.push([match.index, end + 1]);
    OPENING.lastIndex = end + 1;
  }
  return found;
};

/** Tokens of a text that `foldText` has folded. Linear in its length. */
export const tokenise = (text: string): Tokens => {
  const words: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  for (let at = 0; at < text.length;) {
    const code = text.charCodeAt(at);
    const type = classify(code);
    const end = type === 'word' ? wordEnd(text, at) : at + 1;
    const hyphen = code === 45 && isWordAt(text, at - 1) && isWordAt(text, at + 1) && !isDigit(text.charCodeAt(at + 1));
    if ((type !== 'blank' || code === 10) && !hyphen) {
      words.push(text.slice(at, end));
      starts.push(at);
      ends.push(end);
    }
    at = end;
  }
  return { words, starts, ends, quoted: markQuoted(text, starts) };
};

const markQuoted = (text: string, starts: readonly number[]): Uint8Array => {
  const quoted = new Uint8Array(starts.length);
  let token = 0;
  for (const [start, end] of quotations(text)) {
    while (token < starts.length && (starts[token] ?? 0) < start) token += 1;
    for (; token < starts.length && (starts[token] ?? 0) < end; token += 1) quoted[token] = 1;
  }
  return quoted;
};
