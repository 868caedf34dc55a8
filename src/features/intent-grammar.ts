/** The shape of one language's table of explicit wishes. The tables are data: `intent-phrases*.ts`. */

/**
 * How a phrase must stand to count as an instruction to us:
 * `imperative`: at the start of a clause, after openers only ("could you please think hard");
 * `noun`: likewise, and followed by a closer or the clause's end ("a quick answer please", not "quick answer buttons");
 * `free`: as imperative, or at the end of any sentence ("solve this take your time");
 * `final`: anywhere in a clause but followed by a closer or its end, for languages whose verb comes last;
 * `keyword`: as the whole clause's start or the sentence's last word ("ultrathink");
 * `negated`: counts only behind a negator ("don't think too hard").
 */
export type Mood = 'imperative' | 'noun' | 'free' | 'final' | 'keyword' | 'negated';

export interface IntentPhrases {
  readonly value: 'think' | 'quick';
  readonly mood: Mood;
  /** 1: nothing else can be meant; 0.8: usual wording; 0.6: a hint of the wish; 0.4: too weak to decide alone. */
  readonly weight: number;
  readonly patterns: readonly string[];
}

export interface IntentLanguage {
  /** ISO 639-1; the rule id in evidence begins with it. */
  readonly language: string;
  readonly phrases: readonly IntentPhrases[];
  /** May stand between the start of a clause and the phrase. */
  readonly openers: readonly string[];
  /** As openers, but turn the wish round. */
  readonly negators: readonly string[];
  /** Words that begin a new clause without a comma. */
  readonly conjunctions: readonly string[];
  /** May follow a `noun` or `final` phrase. */
  readonly closers: readonly string[];
  /** Earlier in the same sentence: someone else is meant or speaks. */
  readonly others: readonly string[];
  /** Earlier in the sentence or right behind: the words are mentioned rather than used. */
  readonly mentions: readonly string[];
  /** Verbs that work on a text: behind one, in its clause or after its colon, words are material. */
  readonly handlers: readonly string[];
  /** Begins a sentence about the writer: what follows an "and" is then no instruction. */
  readonly subjects: readonly string[];
}
