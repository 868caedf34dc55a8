/** Ids: a prefix and 26 characters of Crockford base 32 that hold a UUIDv7 (RFC 9562, section 5.7). */

export const ID_PREFIXES = ['dec_', 'att_', 'out_', 's_', 'key_', 'res_'] as const;

export type IdPrefix = (typeof ID_PREFIXES)[number];

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const BODY_LENGTH = 26;
const BODY = /^[0-9A-HJKMNP-TV-Z]+$/;
const RANDOM_BYTES = 10;

/** Sources of time and chance, passed in so that every test and every replay can repeat them. */
export interface IdSources {
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: () => number;
  /** Fills and returns `length` random bytes. */
  readonly randomBytes: (length: number) => Uint8Array;
}

const TIME_DIGITS = 10;
const CODES = ALPHABET.split('').map((digit) => digit.charCodeAt(0));

/**
 * Character codes of the id that is being made. One array for all, filled anew each time: typed arrays and a text that
 * grows by one digit at a time were most of an id's cost.
 */
const digits: number[] = Array.from({ length: BODY_LENGTH }, () => 0);

/** 48 bits of time; with two zero bits before them they are exactly ten digits. */
const writeTime = (milliseconds: number): void => {
  let rest = Math.floor(milliseconds);
  for (let at = TIME_DIGITS - 1; at >= 0; at -= 1) {
    digits[at] = CODES[rest % 32] ?? 0;
    rest = Math.floor(rest / 32);
  }
};

/** Byte `index` of the ten behind the time: chance, but for the version (7) and the variant (binary 10). */
const toRandomByte = (random: Uint8Array, index: number): number => {
  const byte = random[index] ?? 0;
  if (index === 0) return (byte & 0x0f) | 0x70;
  return index === 2 ? (byte & 0x3f) | 0x80 : byte;
};

const writeRandom = (random: Uint8Array): void => {
  let at = TIME_DIGITS;
  let pending = 0;
  let pendingBits = 0;
  for (let index = 0; index < RANDOM_BYTES; index += 1) {
    pending = (pending << 8) | toRandomByte(random, index);
    pendingBits += 8;
    while (pendingBits >= 5) {
      pendingBits -= 5;
      digits[at] = CODES[(pending >> pendingBits) & 31] ?? 0;
      at += 1;
    }
    pending &= (1 << pendingBits) - 1;
  }
};

/** A new id that sorts by time of creation. */
export const createId = (prefix: IdPrefix, { now, randomBytes }: IdSources): string => {
  writeTime(now());
  writeRandom(randomBytes(RANDOM_BYTES));
  return prefix + String.fromCharCode(...digits);
};

/** Whether `value` has the shape of an id with this prefix. Says nothing about whether it exists. */
export const isId = (prefix: IdPrefix, value: string): boolean =>
  value.length === prefix.length + BODY_LENGTH && value.startsWith(prefix) && BODY.test(value.slice(prefix.length));
