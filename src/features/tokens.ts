/**
 * Words and marks of a normalised text. Scripts without blanks (Han, kana) and Hangul give one token a character, so
 * that one matcher serves every language; a hyphen between letters only separates.
 */
import { createCharacterSet } from './character-set.ts';
import { unitAt } from './units.ts';
import { EMPTY_HASH, hashNext } from './word-hash.ts';

export interface Tokens {
  readonly text: string;
  /** Offset of each token in the text, and one past its end. Tokens are words, numbers and single marks; a line break too. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** UTF-16 unit that each token begins with: the whole token where it is a mark. */
  readonly codes: readonly number[];
  /** `hashWord` of each token. */
  readonly hashes: readonly number[];
  /** 1 where the token stands inside quotation marks or inline code; empty when nothing in the text does. */
  readonly quoted: readonly number[];
}

/** The token itself; empty when there is none at the index. */
export const wordAt = ({ text, starts, ends }: Tokens, at: number): string =>
  text.slice(starts[at] ?? 0, ends[at] ?? 0);

/** Whether the token at the index is the word. */
export const isWord = ({ text, starts, ends }: Tokens, at: number, word: string): boolean => {
  const start = starts[at] ?? 0;
  const { length } = word;
  if ((ends[at] ?? 0) - start !== length) return false;
  for (let offset = 0; offset < length; offset += 1) {
    if (unitAt(word, offset) !== unitAt(text, start + offset)) return false;
  }
  return true;
};

export const wordsOf = (tokens: Tokens): readonly string[] => tokens.starts.map((_, at) => wordAt(tokens, at));

const between = (code: number, low: number, high: number): boolean => code >= low && code <= high;

/** How a character takes part in tokens: not at all, as part of a word, as a word by itself, as a mark. */
const [BLANK, WORD, SINGLE, MARK] = [0, 1, 2, 3] as const;
type CharacterClass = typeof BLANK | typeof WORD | typeof SINGLE | typeof MARK;

const ARABIC_MARKS = new Set([0x60c, 0x61b, 0x61f, 0x66a, 0x66b, 0x66c, 0x6d4]);

const classifyForeign = (code: number): CharacterClass => {
  if (code === 0xa0) return BLANK;
  if (code < 0xc0 || code === 0xd7 || code === 0xf7) return MARK;
  if (between(code, 0x600, 0x6ff)) return ARABIC_MARKS.has(code) ? MARK : WORD;
  if (code === 0x964 || code === 0x965) return MARK;
  if (code < 0x2000) return WORD;
  if (between(code, 0x3041, 0x30ff) || between(code, 0x3400, 0x9fff) || between(code, 0xac00, 0xd7a3)) return SINGLE;
  if (between(code, 0xf900, 0xfaff) || code === 0x3005) return SINGLE;
  return MARK;
};

const classifyAscii = (code: number): CharacterClass => {
  if (between(code, 97, 122) || between(code, 48, 57) || between(code, 65, 90) || code === 95) return WORD;
  return code <= 32 ? BLANK : MARK;
};

const ASCII = 128;
const LINE_BREAK = 10;
const HYPHEN = 45;
const asciiClasses = Uint8Array.from({ length: ASCII }, (_, code) => classifyAscii(code));
const classify = (code: number): number => (code < ASCII ? (asciiClasses[code] ?? MARK) : classifyForeign(code));

/** Whether a token that begins with this UTF-16 unit is a word or a number, not a mark or a line break. */
export const beginsWord = (code: number): boolean => {
  const type = classify(code);
  return type === WORD || type === SINGLE;
};

const isDigit = (code: number): boolean => between(code, 48, 57);

/** An apostrophe between letters, a point or comma between digits: the word goes on behind it. */
const joinsWord = (text: string, at: number): boolean => {
  const code = unitAt(text, at);
  if (code === 39) return at + 1 < text.length && classify(unitAt(text, at + 1)) === WORD;
  return (code === 46 || code === 44) && isDigit(unitAt(text, at - 1)) && isDigit(unitAt(text, at + 1));
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
const OPENING = createCharacterSet(Object.keys(CLOSING).join(''));
/** A quotation longer than this is a stray mark. */
const QUOTATION_CHARACTERS = 2_000;
/** Opening marks looked at in one text: each costs a search for its closing mark. */
const OPENINGS = 128;

const isWordAt = (text: string, at: number): boolean => {
  if (at < 0 || at >= text.length) return false;
  const type = classify(unitAt(text, at));
  return type === WORD || type === SINGLE;
};

/** An opening mark stands outside a word; `5"` is inches and `don't` an apostrophe. */
const opens = (text: string, at: number, mark: string): boolean => {
  if (mark === "'") return !isWordAt(text, at - 1) && isWordAt(text, at + 1);
  return mark !== '"' || !isDigit(unitAt(text, at - 1));
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

/** Marks the tokens of quotations and of inline code, their marks included; they do not nest. */
const markQuoted = ({ text, starts, codes }: Pick<Tokens, 'text' | 'starts' | 'codes'>): readonly number[] => {
  const quoted = starts.map(() => 0);
  const missing = new Set<string>();
  let looked = 0;
  for (let token = 0; token < starts.length && looked < OPENINGS;) {
    const start = starts[token] ?? 0;
    const mark = OPENING.has(codes[token] ?? 0) ? text.charAt(start) : '';
    const opening = mark !== '' && !missing.has(mark) && opens(text, start, mark);
    const end = opening ? closingAt(text, start + 1, mark) : -1;
    if (opening) looked += 1;
    // A mark that never closes again is remembered: without it, many stray marks would cost quadratic time.
    if (opening && end < 0 && text.indexOf(CLOSING[mark] ?? mark, start + 1) < 0) missing.add(mark);
    token += 1;
    if (end < 0) continue;
    quoted[token - 1] = 1;
    for (; token < starts.length && (starts[token] ?? 0) <= end; token += 1) quoted[token] = 1;
  }
  return quoted;
};

/** A hyphen between letters only separates; before a digit it may be a minus. */
const separates = (text: string, hyphen: number): boolean =>
  isWordAt(text, hyphen - 1) && isWordAt(text, hyphen + 1) && !isDigit(unitAt(text, hyphen + 1));

/** Tokens of a text that `foldText` has folded. Linear in its length. */
export const tokenise = (text: string): Tokens => {
  const starts: number[] = [];
  const ends: number[] = [];
  const codes: number[] = [];
  const hashes: number[] = [];
  let mayQuote = false;
  const { length } = text;
  for (let start = 0, end = 0; start < length; start = end) {
    const code = unitAt(text, start);
    const type = classify(code);
    end = start + 1;
    if (type === BLANK && code !== LINE_BREAK) continue;
    if (code === HYPHEN && separates(text, start)) continue;
    let hash = hashNext(EMPTY_HASH, code);
    const limit = type === WORD ? length : end;
    // Each unit is read once: reading one is most of the work.
    for (; end < limit; end += 1) {
      const inner = unitAt(text, end);
      if (classify(inner) !== WORD && !joinsWord(text, end)) break;
      hash = hashNext(hash, inner);
    }
    starts.push(start);
    ends.push(end);
    codes.push(code);
    hashes.push(hash);
    mayQuote ||= type === MARK && OPENING.has(code);
  }
  const quoted = mayQuote ? markQuoted({ text, starts, codes }) : [];
  return { text, starts, ends, codes, hashes, quoted };
};
