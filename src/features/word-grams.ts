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

/** Words and pairs of a tokenised turn. At most 4 × `GRAM_WORDS` buckets. */
export const readWordGrams = (tokens: Tokens): WordGrams => {
  const words = wordHashes(tokens);
  const found = new Uint16Array(2 * words.length);
  let size = 0;
  let previous = 0;
  for (const hash of words) {
    if (hash !== 0) found[size++] = toBucket(hash);
    if (hash !== 0 && previous !== 0) found[size++] = toBucket(Math.imul(previous, PAIR) ^ hash);
    previous = hash;
  }
  return countSorted(found.subarray(0, size).sort());
};

const countSorted = (sorted: Uint16Array): WordGrams => {
  const buckets = new Uint16Array(sorted.length);
  const counts = new Uint8Array(sorted.length);
  let size = 0;
  for (let at = 0; at < sorted.length; size += 1) {
    const bucket = sorted[at] ?? 0;
    const start = at;
    while (at < sorted.length && sorted[at] === bucket) at += 1;
    buckets[size] = bucket;
    counts[size] = Math.min(MAX_COUNT, at - start);
  }
  return { buckets: buckets.slice(0, size), counts: counts.slice(0, size) };
};
