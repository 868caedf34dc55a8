/** Sets of single characters, asked for many times a text: a table for ASCII, a set for the rest. */

export interface CharacterSet {
  /** Whether the set holds a character, given by its UTF-16 code unit. */
  readonly has: (code: number) => boolean;
}

const ASCII = 128;

/** Set of the characters of `characters`, all of one UTF-16 unit. */
export const createCharacterSet = (characters: string): CharacterSet => {
  const ascii = new Uint8Array(ASCII);
  const foreign = new Set<number>();
  for (let at = 0; at < characters.length; at += 1) {
    const code = characters.charCodeAt(at);
    if (code < ASCII) ascii[code] = 1;
    else foreign.add(code);
  }
  return { has: (code) => (code < ASCII ? ascii[code] === 1 : foreign.has(code)) };
};
