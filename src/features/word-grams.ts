/**
 * Word grams: the words of a turn and its pairs of neighbouring words, hashed into a fixed number of buckets (feature
 * hashing, Weinberger et al. 2009). What a learned router compares prompts by. Holds no text; but whoever guesses a text
 * can hash it and compare, so the privacy settings can leave the buckets out of records.
 */
import { beginsWord, type Tokens } from './tokens.ts';

export const GRAM_BUCKETS = 65_536;

/** Word-like tokens read from each end of a turn. Bounds the time of a decision and the size of its record. */
export const GRAM_WORDS = 640;

export interface WordGrams {
  /** Ascending, each once, below `GRAM_BUCKETS`. */
  readonly buckets: Uint16Array;
  /** How often each occurs, 1 to 255. Aligned with `buckets`. */
  readonly counts: Uint8Array;
}

export const NO_GRAMS: WordGrams = { buckets: new Uint16Array(0), counts: new Uint8Array(0) };

const MAX_COUNT = 255;
const BUCKET_SHIFT = 16;

/** The finaliser of MurmurHash3: every bit of a word's hash reaches its bucket. */
const toBucket = (hash: number): number => {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> BUCKET_SHIFT;
};

/** Odd, so that no word loses bits; a pair is not its reverse: "not all" and "all not" differ. */
const PAIR = 0x9e3779b1;

/** Hashes of the words that are read, in order; 0 stands where the middle of a long turn is left out. */
const wordHashes = ({ codes, hashes }: Tokens): readonly number[] => {
  const words: number[] = [];
  for (let at = 0; at < codes.length; at += 1) if (beginsWord(codes[at] ?? 0)) words.push(hashes[at] ?? 0);
  if (words.length <= 2 * GRAM_WORDS) return words;
  return [...words.slice(0, GRAM_WORDS), 0, ...words.slice(-GRAM_WORDS)];
};

/**
 * Memory of one reading, used again for the next: a typed array of its own costs more than filling it, since its memory
 * lies outside the heap. Nothing of it is handed out.
 */
const scratch = new Uint16Array(2 * (2 * GRAM_WORDS + 1));

/** Words and pairs of a tokenised turn. At most 4 × `GRAM_WORDS` buckets. */
export const readWordGrams = (tokens: Tokens): WordGrams => {
  const words = wordHashes(tokens);
  let size = 0;
  let previous = 0;
  for (const hash of words) {
    if (hash !== 0) scratch[size++] = toBucket(hash);
    if (hash !== 0 && previous !== 0) scratch[size++] = toBucket(Math.imul(previous, PAIR) ^ hash);
    previous = hash;
  }
  return countSorted(scratch.subarray(0, size).sort());
};

const countDistinct = (sorted: Uint16Array): number => {
  let distinct = 0;
  let previous = -1;
  for (const bucket of sorted) {
    if (bucket !== previous) distinct += 1;
    previous = bucket;
  }
  return distinct;
};

const countSorted = (sorted: Uint16Array): WordGrams => {
  const distinct = countDistinct(sorted);
  const buckets = new Uint16Array(distinct);
  const counts = new Uint8Array(distinct);
  for (let at = 0, size = 0; at < sorted.length; size += 1) {
    const bucket = sorted[at] ?? 0;
    const start = at;
    while (at < sorted.length && sorted[at] === bucket) at += 1;
    buckets[size] = bucket;
    counts[size] = Math.min(MAX_COUNT, at - start);
  }
  return { buckets, counts };
};
