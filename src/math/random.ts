/** Seeded random numbers: the same seed gives the same run, on every machine. Not for secrets. */

export interface Random {
  /** Uniform in [0, 1), 32 bits. */
  readonly next: () => number;
  /** A whole number in [0, limit); `limit` from 1 to 2^32. */
  readonly integer: (limit: number) => number;
}

const rotateLeft = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));

export type RandomState = readonly [number, number, number, number];

/** xoshiro128** 1.1 (Blackman and Vigna 2021, "Scrambled linear pseudorandom number generators"). Not all zero. */
export const createRandomFromState = (state: RandomState): Random & { readonly next32: () => number } => {
  let [a, b, c, d] = state;
  const next32 = (): number => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return result;
  };
  const next = (): number => next32() / 2 ** 32;
  return { next32, next, integer: (limit) => Math.floor(next() * limit) };
};

/** The finaliser of MurmurHash3 over a Weyl sequence: neighbouring seeds give unrelated states. */
const spread = (seed: number): number => {
  let mixed = seed >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
};

const WEYL = 0x9e3779b9;

/** A generator from a whole number; only its low 32 bits count. */
export const createRandom = (seed: number): Random => {
  const word = (index: number): number => spread(seed + Math.imul(WEYL, index));
  // `| 1` keeps the state from being all zero, the one state that the generator never leaves.
  return createRandomFromState([word(1), word(2), word(3), word(4) | 1]);
};

/** A shuffled copy (Fisher and Yates, Durstenfeld 1964). */
export const shuffle = <Item>(items: readonly Item[], random: Random): readonly Item[] => {
  const shuffled = [...items];
  for (let last = shuffled.length - 1; last > 0; last -= 1) {
    const other = random.integer(last + 1);
    [shuffled[last], shuffled[other]] = [shuffled[other] as Item, shuffled[last] as Item]; // both are in range
  }
  return shuffled;
};
