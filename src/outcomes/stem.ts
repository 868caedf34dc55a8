/** Stems: a question without its choices, spelled the same way wherever it was published. */

/** A line that begins with the first of lettered or numbered choices: `A. …`, `(A) …`, `1) …`. */
const FIRST_CHOICE = /\n\s*(?:choices:\s*|options:\s*)?\(?[Aa1][.)]\s/;

/** `[Econometrics]` and the like before a question. */
const TOPIC = /^\s*\[[^\]\n]{1,60}\]\s*\n/;

/**
 * Letters and digits of the question in lower case, single blanks between them; choices and a bracketed topic line are
 * left out. Prompts with one stem ask one question, so a model that saw one has seen the other. A prompt that is choices
 * alone keeps them.
 */
export const toStem = (prompt: string): string => {
  const [question = ''] = prompt.replace(TOPIC, '').split(FIRST_CHOICE, 1);
  const words = (text: string): string =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim();
  return words(question) || words(prompt);
};
