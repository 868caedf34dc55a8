/**
 * Hashes of words (FNV-1a over UTF-16 units, 32 bits): a word of a text is looked up in the phrase tables without a
 * substring of it being made. Equal hashes are confirmed character by character, so a hash never decides alone.
 */

export const EMPTY_HASH = 0x811c9dc5 | 0;

/** Hash of a word that is one character longer. */
export const hashNext = (hash: number, code: number): number => Math.imul(hash ^ code, 0x01000193);

export const hashWord = (word: string): number => {
  let hash = EMPTY_HASH;
  for (let at = 0; at < word.length; at += 1) hash = hashNext(hash, word.charCodeAt(at));
  return hash;
};
