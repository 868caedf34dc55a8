/** An index of phrases over tokens: all tables of all languages are found in one pass over a text. */
import { foldText } from './normalise.ts';
import { tokenise, type Tokens } from './tokens.ts';

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
  readonly next: Map<string, Node<Meaning>>;
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

const NUMBER = /^\d/;
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
    const found = known.get(part) ?? expandPattern(part).map((plain) => tokenise(foldText(plain)).words);
    known.set(part, found);
    return found;
  };
};

const createNode = <Meaning>(): Node<Meaning> => ({ next: new Map(), meanings: [], rests: [] });

const advance = <Meaning>(node: Node<Meaning>, words: readonly string[]): Node<Meaning> => {
  let at = node;
  for (const word of words) {
    const known = at.next.get(word) ?? createNode<Meaning>();
    at.next.set(word, known);
    at = known;
  }
  return at;
};

/** Lays out the next part of every phrase that goes on from a node, in the order of the table. */
const layOut = <Meaning>(node: Node<Meaning>, readings: Tokenise): void => {
  const follow = (rest: Rest<Meaning>): void => {
    const part = rest.parts[rest.at];
    if (part === undefined) {
      if (!node.meanings.includes(rest.meaning)) node.meanings.push(rest.meaning);
      return;
    }
    const after = { ...rest, at: rest.at + 1 };
    for (const words of readings(part)) {
      if (words.length === 0) follow(after);
      else advance(node, words).rests.push(after);
    }
  };
  const { rests } = node;
  node.rests = [];
  for (const rest of rests.toSorted((left, right) => left.order - right.order)) follow(rest);
};

/**
 * Patterns are folded and split exactly as texts are, so a table may be written in its language's usual spelling. They
 * are laid out as far as texts reach: all readings of all tables at once would be most of the server's start.
 */
export const createPhraseIndex = <Meaning>(phrases: readonly Phrase<Meaning>[]): PhraseIndex<Meaning> => {
  const root = createNode<Meaning>();
  const readings = createTokenise();
  root.rests = phrases.map(({ pattern, meaning }, order) => ({ parts: splitPattern(pattern), at: 0, meaning, order }));
  const enter = (node: Node<Meaning> | undefined): Node<Meaning> | undefined => {
    if (node !== undefined && node.rests.length > 0) layOut(node, readings);
    return node;
  };
  return {
    matchAt: (tokens, start) => {
      let node = enter(enter(root)?.next.get(tokens.words[start] ?? ''));
      if (node === undefined) return nothing;
      const hits: PhraseHit<Meaning>[] = [];
      for (let at = start; node !== undefined;) {
        at += 1;
        for (const meaning of node.meanings) hits.push({ meaning, start, end: at });
        const word = tokens.words[at];
        if (word === undefined) break;
        node = enter(node.next.get(word) ?? (NUMBER.test(word) ? node.next.get('#') : undefined));
      }
      return hits;
    },
  };
};
