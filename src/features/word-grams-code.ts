/**
 * Word grams as bytes, for records: ascending buckets as gaps, most of them one byte. Each entry is the LEB128 of
 * `2 · gap + repeated`, and where `repeated` is 1 a byte with the count.
 */
import { GRAM_BUCKETS, type WordGrams } from './word-grams.ts';

const CONTINUES = 0x80;
const PAYLOAD = 0x7f;
const PAYLOAD_BITS = 7;
/** Two times the largest gap needs 18 bits. */
const MAX_SHIFT = 2 * PAYLOAD_BITS;

export const toGramBytes = ({ buckets, counts }: WordGrams): Uint8Array => {
  const bytes: number[] = [];
  let previous = -1;
  for (let at = 0; at < buckets.length; at += 1) {
    const bucket = buckets[at] ?? 0;
    const count = counts[at] ?? 1;
    let entry = 2 * (bucket - previous - 1) + Number(count > 1);
    for (; entry > PAYLOAD; entry >>>= PAYLOAD_BITS) bytes.push((entry & PAYLOAD) | CONTINUES);
    bytes.push(entry);
    if (count > 1) bytes.push(count);
    previous = bucket;
  }
  return Uint8Array.from(bytes);
};

/** The inverse of `toGramBytes`. Throws RangeError for bytes that it did not write. */
export const parseGramBytes = (bytes: Uint8Array): WordGrams => {
  const buckets: number[] = [];
  const counts: number[] = [];
  let previous = -1;
  for (let at = 0; at < bytes.length;) {
    let entry = 0;
    let shift = 0;
    for (; ((bytes[at] ?? 0) & CONTINUES) !== 0; at += 1, shift += PAYLOAD_BITS) {
      if (shift > MAX_SHIFT) throw new RangeError(`gram bytes: a gap that is too long at byte ${at}`);
      entry |= ((bytes[at] ?? 0) & PAYLOAD) << shift;
    }
    entry |= (bytes[at] ?? 0) << shift;
    at += 1;
    const repeated = (entry & 1) === 1;
    const count = repeated ? bytes[at] : 1;
    if (repeated) at += 1;
    previous += (entry >>> 1) + 1;
    if (count === undefined || count === 0 || at > bytes.length || previous >= GRAM_BUCKETS)
      throw new RangeError(`gram bytes: cut or damaged before byte ${at}`);
    buckets.push(previous);
    counts.push(count);
  }
  return { buckets: Uint16Array.from(buckets), counts: Uint8Array.from(counts) };
};
