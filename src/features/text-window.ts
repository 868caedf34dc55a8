/** The part of a long text that features may read: its first and last characters, nothing between. */

/** Characters (UTF-16 units) read from each end of a text. The middle is never read: the hot path stays bounded. */
export const WINDOW_CHARACTERS = 4_000;

/** `text` itself when it is short, else its first and last `WINDOW_CHARACTERS` with a paragraph break between. */
export const toWindow = (text: string): string =>
  text.length <= 2 * WINDOW_CHARACTERS
    ? text
    : `${text.slice(0, WINDOW_CHARACTERS)}\n\n${text.slice(-WINDOW_CHARACTERS)}`;
