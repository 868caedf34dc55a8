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

const toUuidV7 = ({ now, randomBytes }: IdSources): Uint8Array => {
  const bytes = new Uint8Array(16);
  let milliseconds = now();
  for (let index = 5; index >= 0; index -= 1) {
    bytes[index] = milliseconds % 256;
    milliseconds = Math.floor(milliseconds / 256);
  }
  bytes.set(randomBytes(RANDOM_BYTES).subarray(0, RANDOM_BYTES), 6);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes;
};

/** 128 bits as 26 base-32 digits, most significant first; the first digit holds the top 3 bits. */
const toCrockford = (bytes: Uint8Array): string => {
  let text = '';
  let pending = 0;
  // Two leading zero bits make 130 bits, which divide into 26 digits.
  let pendingBits = 2;
  for (const byte of bytes) {
    pending = (pending << 8) | byte;
    pendingBits += 8;
    while (pendingBits >= 5) {
      pendingBits -= 5;
      text += ALPHABET[(pending >> pendingBits) & 31];
    }
    pending &= (1 << pendingBits) - 1;
  }
  return text;
};

/** A new id that sorts by time of creation. */
export const createId = (prefix: IdPrefix, sources: IdSources): string => prefix + toCrockford(toUuidV7(sources));

/** Whether `value` has the shape of an id with this prefix. Says nothing about whether it exists. */
export const isId = (prefix: IdPrefix, value: string): boolean =>
  value.length === prefix.length + BODY_LENGTH && value.startsWith(prefix) && BODY.test(value.slice(prefix.length));
