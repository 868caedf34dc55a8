/** Seeded randomness for cutting bytes: mulberry32 (Tommy Ettinger, 2017), 32 bits of state. */

/** A generator of numbers in [0, 1). The same seed gives the same numbers on every machine. */
export const createRandom = (seed: number): (() => number) => {
  let state = Math.trunc(seed) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

/** Bytes in pieces of 1 to `maxBytes`, sizes fixed by the seed. */
export const splitBytes = (bytes: Buffer, maxBytes: number, seed: number): readonly Buffer[] => {
  const random = createRandom(seed);
  const pieces: Buffer[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = start + 1 + Math.floor(random() * maxBytes);
    pieces.push(bytes.subarray(start, end));
    start = end;
  }
  return pieces;
};
