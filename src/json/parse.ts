/** From bytes to text to values: strict UTF-8, strict JSON, bounded depth, and errors that say where. */
import { InvalidRequestError } from '../errors.ts';
import { findJsonFault } from './fault.ts';
import { skipString } from './scan.ts';

/** Deepest nesting accepted when the caller names no other: far above any real tool schema, far below any stack. */
export const DEFAULT_MAX_JSON_DEPTH = 128;

export interface ParseJsonOptions {
  /** Most objects and arrays that may be open at once. */
  readonly maxDepth?: number;
}

const QUOTE = 0x22;

/** Offset of the bracket that opens one level too many; -1 when there is none. Never recurses. */
const findTooDeep = (text: string, maxDepth: number): number => {
  let depth = 0;
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = skipString(text, at);
      if (at === -1) return -1;
      continue;
    }
    // `[` and `{` differ from `]` and `}` by 2; `| 0x20` maps the pairs onto each other.
    const folded = code | 0x20;
    if (folded === 0x7b) {
      depth += 1;
      if (depth > maxDepth) return at;
    } else if (folded === 0x7d) depth -= 1;
    at += 1;
  }
  return -1;
};

const toPlace = (text: string, offset: number): string => {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return `line ${line}, column ${offset - before.lastIndexOf('\n')}`;
};

const toSyntaxError = (text: string): InvalidRequestError => {
  const fault = findJsonFault(text);
  // JSON.parse's own message quotes the text around the fault, which may be a prompt; it goes nowhere.
  const place = toPlace(text, fault.offset);
  return new InvalidRequestError(
    `The body is not valid JSON: at ${place}, expected ${fault.expected}, found ${fault.found}. ${fault.fix}`,
    {
      code: 'invalid_json',
      blocking: [{ constraint: 'body', expected: fault.expected, given: `${fault.found} at ${place}`, fix: fault.fix }],
    },
  );
};

const tryParse = (text: string): { readonly value: unknown } | null => {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
};

/** JSON text as a value. Throws InvalidRequestError that names line and column, what was expected, and the fix. */
export const parseJson = (text: string, options: ParseJsonOptions = {}): unknown => {
  const maxDepth = options.maxDepth ?? DEFAULT_MAX_JSON_DEPTH;
  // Before parsing: code that walks the value may recurse, and a body of brackets must not overflow its stack.
  const tooDeep = findTooDeep(text, maxDepth);
  if (tooDeep !== -1) {
    const fix = 'Send a flatter body; a document that is only text belongs in a string.';
    throw new InvalidRequestError(
      `The body nests more than ${maxDepth} objects and arrays at ${toPlace(text, tooDeep)}. ${fix}`,
      {
        code: 'json_too_deep',
        blocking: [{ constraint: 'body', expected: `at most ${maxDepth} levels`, given: 'more', fix }],
      },
    );
  }
  const parsed = tryParse(text);
  if (parsed === null) throw toSyntaxError(text);
  return parsed.value;
};

const strictDecoder = new TextDecoder('utf-8', { fatal: true });

/** Length that a sequence with this lead byte must have; 0 when no sequence begins with it. */
const sequenceLength = (lead: number): number => {
  if (lead < 0x80) return 1;
  if (lead < 0xc2) return 0;
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  return lead < 0xf5 ? 4 : 0;
};

/** Whether the second byte is one that may follow this lead byte (Unicode 16, table 3-7: no overlong, no surrogate). */
const isSecondByte = (lead: number, second: number): boolean => {
  if (lead === 0xe0) return second >= 0xa0 && second <= 0xbf;
  if (lead === 0xed) return second >= 0x80 && second <= 0x9f;
  if (lead === 0xf0) return second >= 0x90 && second <= 0xbf;
  if (lead === 0xf4) return second >= 0x80 && second <= 0x8f;
  return second >= 0x80 && second <= 0xbf;
};

const isSequence = (bytes: Uint8Array, start: number, length: number): boolean => {
  const lead = bytes[start] ?? 0;
  for (let index = 1; index < length; index += 1) {
    const byte = bytes[start + index] ?? 0;
    if (index === 1 ? !isSecondByte(lead, byte) : byte < 0x80 || byte > 0xbf) return false;
  }
  return true;
};

/** Offset of the first byte of the first sequence that is not UTF-8; the length when all are. */
const findBadByte = (bytes: Uint8Array): number => {
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes[at] ?? 0);
    if (length === 0 || !isSequence(bytes, at, length)) return at;
    at += length;
  }
  return at;
};

const tryDecode = (bytes: Uint8Array): string | null => {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return null;
  }
};

/** Bytes as text; a leading byte order mark is dropped. Throws InvalidRequestError with the offset of the bad byte. */
export const decodeUtf8 = (bytes: Uint8Array): string => {
  const text = tryDecode(bytes);
  if (text !== null) return text;
  const offset = findBadByte(bytes);
  const given = `0x${(bytes[offset] ?? 0).toString(16).padStart(2, '0')} at byte ${offset}`;
  const fix = 'Encode the body as UTF-8; Latin-1 and UTF-16 are not accepted.';
  throw new InvalidRequestError(`The body is not valid UTF-8: ${given} begins no character. ${fix}`, {
    code: 'invalid_utf8',
    blocking: [{ constraint: 'body', expected: 'UTF-8', given, fix }],
  });
};
