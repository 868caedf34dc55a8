/** Characters of a text counted by script, and which ASCII marks stand in it at all: one pass instead of a search each. */
import { unitAt } from './units.ts';

export interface CharacterCounts {
  /** Characters that are not blank. The scripts below are counts, too. */
  readonly solid: number;
  readonly digit: number;
  readonly latin: number;
  readonly cyrillic: number;
  readonly hanKana: number;
  readonly hangul: number;
  readonly arabic: number;
  readonly devanagari: number;
  readonly lines: number;
  /** Characters outside ASCII. */
  readonly foreign: number;
  /** How often each ASCII character stands in the text. Borrowed: holds until the next text is counted. */
  readonly ascii: Uint32Array;
}

const [DIGIT, LATIN, CYRILLIC, HAN_KANA, HANGUL, ARABIC, DEVANAGARI, BLANK, MARK] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8,
] as const;
const CLASS_COUNT = 9;

const ASCII = 128;
const LINE_BREAK = 10;

const classOf = (code: number): number => {
  if (code >= 97 && code <= 122) return LATIN;
  if (code <= 32) return BLANK;
  if (code >= 48 && code <= 57) return DIGIT;
  if (code < 0xc0) return MARK;
  if (code < 0x250) return LATIN;
  if (code >= 0x400 && code < 0x530) return CYRILLIC;
  if (code >= 0x600 && code < 0x700) return ARABIC;
  if (code >= 0x900 && code < 0x980) return DEVANAGARI;
  if (code >= 0x3041 && code <= 0x9fff) return HAN_KANA;
  return code >= 0xac00 && code <= 0xd7a3 ? HANGUL : MARK;
};

/** A token that begins with such a character is a word or a number. */
export const isSpoken = (code: number): boolean => {
  const type = classOf(code);
  return type !== MARK && type !== BLANK;
};

/** Scratch of one call, so that a text costs no typed arrays. */
const asciiCounts = new Uint32Array(ASCII);
const classCounts = new Uint32Array(CLASS_COUNT);

/** Classes of ASCII that are told apart, each a range of codes. */
const ASCII_RANGES = [
  { type: BLANK, first: 0, last: 32 },
  { type: DIGIT, first: 48, last: 57 },
  { type: LATIN, first: 97, last: 122 },
] as const;

export const countCharacters = (text: string): CharacterCounts => {
  asciiCounts.fill(0);
  classCounts.fill(0);
  let foreign = 0;
  const { length } = text;
  for (let at = 0; at < length; at += 1) {
    const code = unitAt(text, at);
    if (code < ASCII) {
      asciiCounts[code] = (asciiCounts[code] ?? 0) + 1;
      continue;
    }
    foreign += 1;
    const type = classOf(code);
    classCounts[type] = (classCounts[type] ?? 0) + 1;
  }
  for (const { type, first, last } of ASCII_RANGES) {
    for (let code = first; code <= last; code += 1)
      classCounts[type] = (classCounts[type] ?? 0) + (asciiCounts[code] ?? 0);
  }
  const of = (type: number): number => classCounts[type] ?? 0;
  return {
    solid: text.length - of(BLANK),
    digit: of(DIGIT),
    latin: of(LATIN),
    cyrillic: of(CYRILLIC),
    hanKana: of(HAN_KANA),
    hangul: of(HANGUL),
    arabic: of(ARABIC),
    devanagari: of(DEVANAGARI),
    lines: text === '' ? 0 : 1 + (asciiCounts[LINE_BREAK] ?? 0),
    foreign,
    ascii: asciiCounts,
  };
};

/** Whether at least one of the given ASCII characters stands in the counted text. */
export const hasAny = ({ ascii }: CharacterCounts, marks: string): boolean => {
  for (let at = 0; at < marks.length; at += 1) if ((ascii[unitAt(marks, at)] ?? 0) > 0) return true;
  return false;
};
