/** Short hashes of plain data that do not depend on the order in which members were written. */
import { createHash } from 'node:crypto';

const HASH_DIGITS = 12;

/** First 12 hex digits of the SHA-256 over the value as JSON, members sorted by code units. */
export const fingerprint = (value: unknown): string => shortHash(JSON.stringify(sorted(value)) ?? 'undefined');

/** First 12 hex digits of the SHA-256 of a text. */
export const shortHash = (text: string): string =>
  createHash('sha256').update(text, 'utf8').digest('hex').slice(0, HASH_DIGITS);

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return entries.map(([name, member]) => [name, sorted(member)]);
};
