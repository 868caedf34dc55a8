/**
 * Sets of word hashes, asked for every token of a text: an open table of 32-bit numbers (linear probing, Knuth 1998,
 * section 6.4), since a `Set` takes several times as long to say no.
 */
import { hashWord } from './word-hash.ts';

export interface HashSet {
  readonly has: (hash: number) => boolean;
}

/** Marks a free place. A word whose hash it is counts as absent: one in four billion. */
const FREE = 0;

/** Free places for each one taken: most questions then end at the first place that is looked at. */
const SPARSENESS = 8;

/** Set of the hashes of some words; of a word whose hash is 0 it knows nothing. */
export const createHashSet = (words: Iterable<string>): HashSet => {
  const hashes = [...new Set([...words].map(hashWord))].filter((hash) => hash !== FREE);
  const size = 2 ** Math.ceil(Math.log2(Math.max(1, hashes.length) * SPARSENESS));
  const last = size - 1;
  const table = new Int32Array(size);
  for (const hash of hashes) {
    let place = hash & last;
    while (table[place] !== FREE) place = (place + 1) & last;
    table[place] = hash;
  }
  return {
    has: (hash) => {
      for (let place = hash & last; ; place = (place + 1) & last) {
        const found = table[place];
        if (found === FREE) return false;
        if (found === hash) return true;
      }
    },
  };
};
