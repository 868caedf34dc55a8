/** Members and values that both of OpenAI's protocols spell in the same way. */
import type { JsonObject } from '../canonical/json.ts';
import type { ChangeLog } from './change-log.ts';

/** The members that have a value. */
export const present = (members: Readonly<Record<string, JsonObject[string] | null>>): JsonObject =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== null));

export const dataUrl = (mediaType: string, data: string): string => `data:${mediaType};base64,${data}`;

/** Parameters of a function that has none. */
export const EMPTY_SCHEMA: JsonObject = { type: 'object', properties: {} };

/** Says that a breakpoint is not sent: these protocols have none. */
export const noteLostBreakpoint = (log: ChangeLog): void =>
  log.add('cache_lost', {
    param: 'cache_control',
    message: 'Cache breakpoints were not sent; the provider caches by itself.',
  });
