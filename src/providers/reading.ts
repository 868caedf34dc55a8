/** Careful reads of JSON that came from outside: a value of another type than expected reads as absent. */
import type { JsonValue } from '../canonical/json.ts';
import { GearboxError, ProviderError } from '../errors.ts';

export type JsonRecord = Readonly<Record<string, unknown>>;

export const asRecord = (value: unknown): JsonRecord | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : undefined;

export const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const asText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** A non-negative finite number, rounded down; null for everything else. Token counts and times. */
export const asCount = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? Math.floor(value) : null;

/** `unknown` that came out of JSON.parse is a JSON value by construction. */
export const asJson = (value: unknown): JsonValue => value as JsonValue;

/** Error for an answer that is not what the protocol prescribes. `what` says what was found; never the text itself. */
export const garbage = (what: string, cause?: unknown): ProviderError =>
  new ProviderError(`The provider's answer is not understood: ${what}.`, {
    code: 'upstream_garbage',
    ...(cause === undefined ? {} : { cause }),
  });

/**
 * Parses an answer and hands it to `read`. Whatever goes wrong inside becomes a ProviderError: an answer comes from
 * outside, so no shape of it may surface as a defect of ours (a RangeError on absurdly nested values, for one).
 */
export const readJson = <T>(text: string, read: (value: unknown) => T): T => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw garbage(text.trim() === '' ? 'the body is empty' : 'the body is not JSON', error);
  }
  try {
    return read(value);
  } catch (error) {
    if (error instanceof GearboxError) throw error;
    throw garbage('its members have unexpected shapes', error);
  }
};

// Numbers that JSON.parse + JSON.stringify would print differently: beyond 2^53, trailing zeros, exponents.
const FRAGILE_NUMBER = /\d{16}|\d\.\d*0(?!\d)|\d[eE][+-]?\d|-0(?![.\d])|\.\d{15}/;

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;
// Both are in Node since 22 (TC39 JSON.parse source text access); TypeScript 6.0 does not declare them yet.
const exact = JSON as unknown as {
  readonly parse: (text: string, reviver?: Reviver) => unknown;
  readonly rawJSON: (text: string) => unknown;
};

const keepSource: Reviver = (_key, value, { source }) =>
  typeof value === 'number' && source !== undefined && JSON.stringify(value) !== source ? exact.rawJSON(source) : value;

/**
 * Parses JSON so that JSON.stringify prints every number as it was written. A 64-bit id inside tool arguments
 * (1234567890123456789) would otherwise come back changed in its last digits. Throws SyntaxError like JSON.parse.
 */
export const parseExact = (text: string): unknown =>
  FRAGILE_NUMBER.test(text) ? exact.parse(text, keepSource) : exact.parse(text);
