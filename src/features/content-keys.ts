/**
 * Keys of the words that name something, so that two mentions of one thing meet whatever their endings: the first letters
 * of a word, the first syllables of a Korean one, pairs of characters in scripts without blanks. No list of topics.
 */
import { FUNCTION_WORDS } from './function-words.ts';
import type { Tokens } from './tokens.ts';
import { unitAt } from './units.ts';
import { EMPTY_HASH, hashNext } from './word-hash.ts';

/** Letters of a word that make its key: endings of case, number and tense come later. */
const KEY_LETTERS = 4;
/** No key: the token names nothing. A hash may be 0, too; one word in four billion is then not seen. */
export const NO_KEY = 0;

const between = (code: number, low: number, high: number): boolean => code >= low && code <= high;
const isHan = (code: number): boolean => between(code, 0x3400, 0x9fff);
const isKatakana = (code: number): boolean => between(code, 0x30a1, 0x30ff);
/** A mark of Japanese or Chinese, full width marks being folded. */
const isMark = (code: number): boolean => code < 0x30 || between(code, 0x3001, 0x300f);
const isHiragana = (code: number): boolean => between(code, 0x3041, 0x3096);
const isHangul = (code: number): boolean => between(code, 0xac00, 0xd7a3);
const isLetter = (code: number): boolean => between(code, 97, 122) || between(code, 0xc0, 0x1fff);

const APOSTROPHE = 39;
const LETTER_S = 115;
/** The Arabic article, which some mentions of a thing carry and others do not. */
const ALEF = 0x627;
const LAM = 0x644;
/** Single letters that are words in some language rather than names of things. */
const SMALL_WORDS = 'aeiouy';
/** Korean particles that follow a name. */
const PARTICLES = '은는이가을를의도와과로';

const adjoins = ({ starts, ends }: Tokens, at: number): boolean => at > 0 && ends[at - 1] === starts[at];

const keyOfWord = ({ text, starts, ends }: Tokens, at: number): number => {
  const start = starts[at] ?? 0;
  const end = ends[at] ?? start;
  const article = end - start > 4 && unitAt(text, start) === ALEF && unitAt(text, start + 1) === LAM;
  const from = article ? start + 2 : start;
  // "snows" is "snow", and a word of four letters loses its last one: "Анна" and "Анны" are one person.
  const plural = end - from > KEY_LETTERS - 1 && unitAt(text, end - 1) === LETTER_S;
  const letters = plural ? end - from - 1 : end - from;
  const limit = from + (letters > KEY_LETTERS ? KEY_LETTERS : Math.min(letters, KEY_LETTERS - 1));
  let hash = EMPTY_HASH;
  for (let unit = from; unit < limit; unit += 1) {
    const code = unitAt(text, unit);
    if (code === APOSTROPHE) break;
    hash = hashNext(hash, code);
  }
  return hash;
};

/** The first two syllables of a Korean word, without a particle. */
const keyOfHangul = (tokens: Tokens, at: number): number => {
  const { codes } = tokens;
  if (adjoins(tokens, at) && isHangul(codes[at - 1] ?? 0)) return NO_KEY;
  const first = hashNext(EMPTY_HASH, codes[at] ?? 0);
  const next = codes[at + 1] ?? 0;
  const alone = !isHangul(next) || !adjoins(tokens, at + 1) || PARTICLES.includes(String.fromCharCode(next));
  return alone ? first : hashNext(first, next);
};

/** The first two characters of a name in hiragana: where a clause opens with it. */
const keyOfHiragana = (tokens: Tokens, at: number): number => {
  const { codes } = tokens;
  const next = codes[at + 1] ?? 0;
  const opens = !adjoins(tokens, at) || isMark(codes[at - 1] ?? 0);
  return opens && isHiragana(next) ? hashNext(hashNext(EMPTY_HASH, codes[at] ?? 0), next) : NO_KEY;
};

/** Two characters of one script, or one Han character that stands by itself between others. */
const keyOfPair = (tokens: Tokens, at: number): number => {
  const { codes } = tokens;
  const code = codes[at] ?? 0;
  const inScript = isHan(code) ? isHan : isKatakana;
  const hash = hashNext(EMPTY_HASH, code);
  if (adjoins(tokens, at + 1) && inScript(codes[at + 1] ?? 0)) return hashNext(hash, codes[at + 1] ?? 0);
  return isHan(code) && !(adjoins(tokens, at) && isHan(codes[at - 1] ?? 0)) ? hash : NO_KEY;
};

/** Key of the thing that a token names; `NO_KEY` for numbers, marks and words that only hold a sentence together. */
export const keyAt = (tokens: Tokens, at: number): number => {
  const code = tokens.codes[at] ?? 0;
  if (isLetter(code)) {
    if (FUNCTION_WORDS.has(tokens.hashes[at] ?? 0)) return NO_KEY;
    const single = (tokens.ends[at] ?? 0) - (tokens.starts[at] ?? 0) === 1;
    return single && SMALL_WORDS.includes(String.fromCharCode(code)) ? NO_KEY : keyOfWord(tokens, at);
  }
  if (isHangul(code)) return keyOfHangul(tokens, at);
  if (isHiragana(code)) return keyOfHiragana(tokens, at);
  return isHan(code) || isKatakana(code) ? keyOfPair(tokens, at) : NO_KEY;
};
