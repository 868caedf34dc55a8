/**
 * Packed data: a tree of plain values whose number arrays are stored as bytes behind it. The same tree gives the same
 * bytes, so that their hash names what they hold. Layout: magic, length of the JSON (32 bits, little-endian), the JSON,
 * then the arrays, each aligned to 8 bytes; in the JSON an array is `{"$": [type, byte offset, length]}`.
 */
import { DataError } from '../errors.ts';

const ARRAY_TYPES = {
  i8: Int8Array,
  u8: Uint8Array,
  i16: Int16Array,
  u16: Uint16Array,
  u32: Uint32Array,
  f32: Float32Array,
} as const;

type ArrayType = keyof typeof ARRAY_TYPES;

export type PackedArray = Int8Array | Uint8Array | Int16Array | Uint16Array | Uint32Array | Float32Array;

export type Packable =
  null | boolean | number | string | PackedArray | readonly Packable[] | { readonly [member: string]: Packable };

const MAGIC = 'GBXROUT1';
const HEADER_BYTES = MAGIC.length + 4;
const ALIGNMENT = 8;

const align = (offset: number): number => Math.ceil(offset / ALIGNMENT) * ALIGNMENT;

const typeOf = (array: PackedArray): ArrayType => {
  for (const [type, constructor] of Object.entries(ARRAY_TYPES))
    if (array.constructor === constructor) return type as ArrayType; // a key of the table
  throw new TypeError(`arrays of type ${array.constructor.name} cannot be packed`);
};

const isArray = (value: Packable): value is PackedArray => ArrayBuffer.isView(value);

export const packData = (value: Packable): Uint8Array => {
  const arrays: PackedArray[] = [];
  let size = 0;
  const replace = (each: Packable): unknown => {
    if (isArray(each)) {
      const reference = [typeOf(each), size, each.length];
      arrays.push(each);
      size = align(size + each.byteLength);
      return { $: reference };
    }
    if (Array.isArray(each)) return each.map(replace);
    if (typeof each !== 'object' || each === null) return each;
    return Object.fromEntries(Object.entries(each).map(([member, inner]) => [member, replace(inner)]));
  };
  const json = new TextEncoder().encode(JSON.stringify(replace(value)));
  const start = align(HEADER_BYTES + json.length);
  const bytes = new Uint8Array(start + size);
  bytes.set(new TextEncoder().encode(MAGIC));
  new DataView(bytes.buffer).setUint32(MAGIC.length, json.length, true);
  bytes.set(json, HEADER_BYTES);
  let offset = start;
  for (const array of arrays) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), offset);
    offset = align(offset + array.byteLength);
  }
  return bytes;
};

const isReference = (value: object): value is { readonly $: readonly [ArrayType, number, number] } => {
  if (!('$' in value) || !Array.isArray(value.$)) return false;
  const [type, offset, length] = value.$ as readonly unknown[];
  return typeof type === 'string' && type in ARRAY_TYPES && Number.isInteger(offset) && Number.isInteger(length);
};

/** The tree, its arrays as copies. Throws DataError naming what is wrong with bytes that `packData` did not write. */
export const parsePacked = (given: Uint8Array): unknown => {
  // A Buffer's slices are views of the whole file, not the copies that are needed below.
  const bytes = new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
  const text = new TextDecoder();
  if (bytes.length < HEADER_BYTES || text.decode(bytes.subarray(0, MAGIC.length)) !== MAGIC)
    throw new DataError(`expected a file that begins with ${MAGIC}; this is not a router artifact, or a newer kind.`);
  const jsonLength = new DataView(bytes.buffer, bytes.byteOffset).getUint32(MAGIC.length, true);
  const start = align(HEADER_BYTES + jsonLength);
  if (start > bytes.length)
    throw new DataError(`expected ${start} bytes or more, given ${bytes.length}: the file is cut.`);
  const restore = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(restore);
    if (isReference(value)) return readArray(bytes, start, value.$);
    return Object.fromEntries(Object.entries(value).map(([member, inner]) => [member, restore(inner)]));
  };
  return restore(JSON.parse(text.decode(bytes.subarray(HEADER_BYTES, HEADER_BYTES + jsonLength))));
};

const readArray = (
  bytes: Uint8Array,
  start: number,
  [type, offset, length]: readonly [ArrayType, number, number],
): PackedArray => {
  const constructor = ARRAY_TYPES[type];
  const from = start + offset;
  const to = from + length * constructor.BYTES_PER_ELEMENT;
  if (offset < 0 || length < 0 || to > bytes.length)
    throw new DataError(`expected an array at bytes ${from} to ${to}, given ${bytes.length} bytes: the file is cut.`);
  // Copied, because a view needs an aligned start and would keep the whole file in memory. Not by `slice`: that of a
  // Buffer, which reading a file gives, is itself a view, and its `buffer` the whole file.
  return new constructor(new Uint8Array(bytes.subarray(from, to)).buffer);
};
