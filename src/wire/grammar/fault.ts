/** What is wrong with a grammar that a client sent for the input of a custom tool. */

export interface GrammarFault {
  /** 1 for the first line. */
  readonly line: number;
  readonly expected: string;
  /** A piece of the grammar, or what it lacks. */
  readonly given: string;
  /** One imperative sentence. */
  readonly fix: string;
}

const SHOWN_CHARACTERS = 40;

/** A grammar is code that its author wants back in a message, unlike a prompt. */
export const quote = (text: string): string =>
  `\`${text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text}\``;
