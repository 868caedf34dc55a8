/** An index of phrases over tokens: all tables of all languages are found in one pass over a text. */
import { foldText } from './normalise.ts';
import { isWord, tokenise, wordsOf, type Tokens } from './tokens.ts';
import { hashWord } from './word-hash.ts';

/** A phrase with what it stands for. `(a|b|)` in a pattern is a choice, `#` any number. */
export interface Phrase<Meaning> {
  readonly pattern: string;
  readonly meaning: Meaning;
}

export interface PhraseHit<Meaning> {
  readonly meaning: Meaning;
  /** Index of the first token, and one past the last. */
  readonly start: number;
  readonly end: number;
}

/** A pattern from its part `at` on. */
interface Rest<Meaning> {
  readonly parts: readonly string[];
  readonly at: number;
  readonly meaning: Meaning;
  /** Place of the phrase in its table. */
  readonly order: number;
}

interface Node<Meaning> {
  /** The word that leads here. */
  readonly word: string;
  /** By the hash of the next word. No two words of the tables share one: a test holds them to it. */
  readonly next: Map<number, Node<Meaning>>;
  readonly meanings: Meaning[];
  /** What goes on from here and has not been laid out yet, because no text has come this far. */
  rests: Rest<Meaning>[];
}

export interface PhraseIndex<Meaning> {
  /** Every phrase that begins at a token, shortest first. */
  readonly matchAt: (tokens: Tokens, start: number) => readonly PhraseHit<Meaning>[];
}

const CHOICE = /\(([^()]*)\)/;

/** All plain phrases of a pattern: `think (very|) hard` → `think very hard`, `think hard`. */
export const expandPattern = (pattern: string): readonly string[] => {
  const match = CHOICE.exec(pattern);
  if (match === null) return [pattern];
  const before = pattern.slice(0, match.index);
  const after = pattern.slice(match.index + match[0].length);
  return (match[1] ?? '').split('|').flatMap((choice) => expandPattern(before + choice + after));
};

/** A word in a pattern that stands for any number. */
const ANY_NUMBER = hashWord('#');
const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const nothing: readonly never[] = [];

/** Every character is a token of its own here, so that a pattern may be cut at any bracket. */
const UNSPACED = /^[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3()|]+$/;

/** Cut where no token can reach across: at blanks outside brackets and, in scripts without blanks, at outer brackets. */
const splitPattern = (pattern: string): readonly string[] => {
  const unspaced = UNSPACED.test(pattern);
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  const cut = (at: number): void => {
    if (at > from) parts.push(pattern.slice(from, at));
    from = at;
  };
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at];
    if (depth === 0 && (character === ' ' || (unspaced && character === '('))) cut(at);
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (unspaced && depth === 0 && character === ')') cut(at + 1);
  }
  cut(pattern.length);
  return parts;
};

type Tokenise = (part: string) => readonly (readonly string[])[];

/** Tokens of every reading of a part. Remembered, because the tables repeat their words. */
const createTokenise = (): Tokenise => {
  const known = new Map<string, readonly (readonly string[])[]>();
  return (part) => {
    const found = known.get(part) ?? expandPattern(part).map((plain) => wordsOf(tokenise(foldText(plain))));
    known.set(part, found);
    return found;
  };
};

const createNode = <Meaning>(word: string): Node<Meaning> => ({ word, next: new Map(), meanings: [], rests: [] });

const advance = <Meaning>(node: Node<Meaning>, words: readonly string[]): Node<Meaning> => {
  let at = node;
  for (const word of words) {
    const hash = hashWord(word);
    const known = at.next.get(hash) ?? createNode<Meaning>(word);
    at.next.set(hash, known);
    at = known;
  }
  return at;
};

/** Lays out the next part of every phrase that goes on from a node, in the order of the table. */
const layOut = <Meaning>(node: Node<Meaning>, readings: Tokenise): void => {
  const place = (rest: Rest<Meaning>): void => {
    const part = rest.parts[rest.at];
    if (part === undefined) {
      if (!node.meanings.includes(rest.meaning)) node.meanings.push(rest.meaning);
      return;
    }
    const after = { ...rest, at: rest.at + 1 };
    for (const words of readings(part)) {
      if (words.length === 0) place(after);
      else advance(node, words).rests.push(after);
    }
  };
  const { rests } = node;
  node.rests = [];
  for (const rest of rests.toSorted((left, right) => left.order - right.order)) place(rest);
};

/** The node that a token leads to, a number through `#` when it stands in no phrase by itself. */
const follow = <Meaning>(node: Node<Meaning>, tokens: Tokens, at: number): Node<Meaning> | null => {
  const known = node.next.get(tokens.hashes[at] ?? 0);
  if (known !== undefined && isWord(tokens, at, known.word)) return known;
  return isDigit(tokens.codes[at] ?? 0) ? (node.next.get(ANY_NUMBER) ?? null) : null;
};

/** Low bits of a hash that the filter of first words looks at. */
const FILTER_SIZE = 1 << 14;

/** Says of most words that begin no phrase that they begin none, for less than a search among the first words. */
const createFilter = (hashes: Iterable<number>): Uint8Array => {
  const filter = new Uint8Array(FILTER_SIZE);
  for (const hash of hashes) filter[hash & (FILTER_SIZE - 1)] = 1;
  return filter;
};

/**
 * Patterns are folded and split exactly as texts are, so a table may be written in its language's usual spelling. They
 * are laid out as far as texts reach: all readings of all tables at once would be most of the server's start.
 */
export const createPhraseIndex = <Meaning>(phrases: readonly Phrase<Meaning>[]): PhraseIndex<Meaning> => {
  const root = createNode<Meaning>('');
  const readings = createTokenise();
  root.rests = phrases.map(({ pattern, meaning }, order) => ({ parts: splitPattern(pattern), at: 0, meaning, order }));
  let filter: Uint8Array | null = null;
  const firstWords = (): Uint8Array => {
    layOut(root, readings);
    return createFilter(root.next.keys());
  };
  const walk = (tokens: Tokens, start: number): readonly PhraseHit<Meaning>[] => {
    const first = root.next.get(tokens.hashes[start] ?? 0);
    let node = first !== undefined && isWord(tokens, start, first.word) ? first : null;
    let hits: PhraseHit<Meaning>[] | null = null;
    for (let end = start + 1; node !== null; end += 1) {
      if (node.rests.length > 0) layOut(node, readings);
      for (const meaning of node.meanings) (hits ??= []).push({ meaning, start, end });
      node = end < tokens.hashes.length ? follow(node, tokens, end) : null;
    }
    return hits ?? nothing;
  };
  return {
    // Short enough to be compiled into its callers, who ask for every token of a text.
    matchAt: (tokens, start) => {
      filter ??= firstWords();
      return filter[(tokens.hashes[start] ?? 0) & (FILTER_SIZE - 1)] === 0 ? nothing : walk(tokens, start);
    },
  };
};
