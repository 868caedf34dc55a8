/** A stable hash of plain data, for version strings. Not cryptographic: it tells versions apart, it proves nothing. */

const FIRST_SEED = 0xdeadbeef;
const SECOND_SEED = 0x41c6ce57;
const HEX_DIGITS = 12;

/** JSON text with the members of every object in code-unit order, so that reordering a table keeps its hash. */
const canonicalText = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalText(member)}`).join(',')}}`;
};

/** 12 hex digits of cyrb53 (bryc, 2018, public domain): 53 bits from two multiplicative lanes. */
export const stableHash = (value: unknown): string => {
  const text = canonicalText(value);
  let first = FIRST_SEED;
  let second = SECOND_SEED;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    first = Math.imul(first ^ unit, 2654435761);
    second = Math.imul(second ^ unit, 1597334677);
  }
  first = Math.imul(first ^ (first >>> 16), 2246822507) ^ Math.imul(second ^ (second >>> 13), 3266489909);
  second = Math.imul(second ^ (second >>> 16), 2246822507) ^ Math.imul(first ^ (first >>> 13), 3266489909);
  const bits = 4294967296 * (2097151 & second) + (first >>> 0);
  return bits.toString(16).padStart(14, '0').slice(-HEX_DIGITS);
};
