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

interface Node<Meaning> {
  readonly next: Map<string, Node<Meaning>>;
  readonly meanings: Meaning[];
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

/** Patterns are folded and split exactly as texts are, so a table may be written in its language's usual spelling. */
export const createPhraseIndex = <Meaning>(phrases: readonly Phrase<Meaning>[]): PhraseIndex<Meaning> => {
  const root: Node<Meaning> = { next: new Map(), meanings: [] };
  for (const { pattern, meaning } of phrases) {
    for (const plain of expandPattern(pattern)) {
      let node = root;
      for (const word of tokenise(foldText(plain)).words) {
        const known = node.next.get(word) ?? { next: new Map(), meanings: [] };
        node.next.set(word, known);
        node = known;
      }
      if (node !== root && !node.meanings.includes(meaning)) node.meanings.push(meaning);
    }
  }
  return {
    matchAt: (tokens, start) => {
      let node = root.next.get(tokens.words[start] ?? '');
      if (node === undefined) return nothing;
      const hits: PhraseHit<Meaning>[] = [];
      for (let at = start; node !== undefined;) {
        at += 1;
        for (const meaning of node.meanings) hits.push({ meaning, start, end: at });
        const word = tokens.words[at];
        if (word === undefined) break;
        node = node.next.get(word) ?? (NUMBER.test(word) ? node.next.get('#') : undefined);
      }
      return hits;
    },
  };
};
