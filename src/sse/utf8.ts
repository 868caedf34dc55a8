/**
 * Decodes UTF-8 that arrives in arbitrary cuts. Bytes of a character that is not complete wait for the next chunk, so
 * that whole chunks take the decoder's fast path; the decoder's own streaming mode is several times slower.
 */

export interface Utf8Decoder {
  /** Text of the bytes so far, without an incomplete last character. Bad bytes become U+FFFD, as WHATWG prescribes. */
  readonly decode: (chunk: Uint8Array) => string;
  /** What is left at the end of the stream: '' or one U+FFFD per incomplete character. */
  readonly flush: () => string;
  /** True while an incomplete character waits. */
  readonly pending: () => boolean;
}

const LONGEST_TAIL_BYTES = 3;

/** Bytes that a character with this lead byte needs; 1 for a byte that can begin none. */
const toLength = (lead: number): number => {
  if (lead < 0xc2 || lead > 0xf4) return 1;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
};

/**
 * Where the incomplete last character begins; the length when there is none. A lead byte always begins a new
 * character whatever stood before it, so cutting there never changes what the bytes mean, even when they are bad.
 */
const findTail = (bytes: Uint8Array): number => {
  const last = bytes.length - 1;
  for (let at = last; at >= 0 && at > last - LONGEST_TAIL_BYTES; at -= 1) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) return at + toLength(byte) > bytes.length ? at : bytes.length;
  }
  return bytes.length;
};

const join = (head: Uint8Array, rest: Uint8Array): Uint8Array => {
  const joined = new Uint8Array(head.length + rest.length);
  joined.set(head);
  joined.set(rest, head.length);
  return joined;
};

const NOTHING = new Uint8Array(0);

export const createUtf8Decoder = (): Utf8Decoder => {
  // A byte order mark is the parser's business, and one in the middle of a stream is text.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let waiting = NOTHING;
  return {
    decode: (chunk) => {
      const bytes = waiting.length === 0 ? chunk : join(waiting, chunk);
      const tail = findTail(bytes);
      // Copied: the sender may reuse the chunk's memory.
      waiting = tail === bytes.length ? NOTHING : bytes.slice(tail);
      if (tail === 0) return '';
      return decoder.decode(tail === bytes.length ? bytes : bytes.subarray(0, tail));
    },
    flush: () => {
      const text = decoder.decode(waiting);
      waiting = NOTHING;
      return text;
    },
    pending: () => waiting.length > 0,
  };
};
