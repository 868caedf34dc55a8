/** One reading of a user turn: everything that the recognisers look at, made once. */
import { findCues, type Cues } from './cues.ts';
import { normalise } from './normalise.ts';
import type { Evidence } from './signals.ts';
import { readStatements, type Statements } from './statements.ts';
import { readStructure, type Structure } from './structure.ts';
import { tokenise, type Tokens } from './tokens.ts';
import type { UserWords } from './user-words.ts';

export interface Reading {
  readonly words: UserWords;
  /** Normal form of the person's prose. Offsets of evidence point into it. */
  readonly text: string;
  readonly tokens: Tokens;
  readonly cues: Cues;
  readonly structure: Structure;
  readonly statements: Statements;
}

export const readTurn = (words: UserWords): Reading => {
  const text = normalise(words.text);
  const tokens = tokenise(text);
  return {
    words,
    text,
    tokens,
    cues: findCues(tokens),
    structure: readStructure({ words, text, tokens }),
    statements: readStatements(tokens),
  };
};

/** One reason for a type: how strongly it speaks (0 when it does not hold) and what shows it. */
export interface Clue {
  readonly rule: string;
  /** Probability-like strength, 0 to 1. */
  readonly strength: number;
  readonly evidence?: Evidence | null;
}

/** What a recogniser thinks of a reading. */
export interface Finding {
  /** 0: nothing speaks for the type; 1: certain. */
  readonly score: number;
  /** All clues that were looked for, those that do not hold included. */
  readonly clues: readonly Clue[];
}

/**
 * Independent clues joined: 1 − ∏ (1 − strength), so that each adds to the score and none takes away (noisy or, Pearl
 * 1988, section 4.3.2).
 */
export const joinClues = (clues: readonly Clue[]): Finding => {
  let product = 1;
  for (const { strength } of clues) if (strength > 0) product *= 1 - Math.min(1, strength);
  return { score: 1 - product, clues };
};

/** Proof of a clue or a term: what its words are, or that it looked at structure only. */
export const toEvidence = ({ rule, evidence }: Pick<Clue, 'rule' | 'evidence'>): Evidence => ({
  rule,
  offset: evidence?.offset ?? null,
  length: evidence?.length ?? null,
});

/** Proof of a finding: one entry for each clue that holds. Made only for the type that is decided on. */
export const evidenceOf = ({ clues }: Finding): readonly Evidence[] =>
  clues.filter((clue) => clue.strength > 0).map(toEvidence);

/** Strength when the condition holds, else 0. */
export const when = (condition: boolean, strength: number): number => (condition ? strength : 0);

/** Grows by `step` for each unit of `amount` beyond the first, up to `most`; 0 when there is none. */
export const grow = (amount: number, { first, step, most }: { first: number; step: number; most: number }): number =>
  amount <= 0 ? 0 : Math.min(most, first + (amount - 1) * step);
