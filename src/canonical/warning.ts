/** Warnings: everything that was not applied as asked. Never silence. */
import type { JsonValue } from './json.ts';

export const WARNING_CODES = [
  'param_dropped',
  'param_clamped',
  'param_emulated',
  'overridden',
  'cache_lost',
  'substituted',
  'alias_deprecated',
  'price_unknown',
  'estimate_used',
] as const;

export type WarningCode = (typeof WARNING_CODES)[number];

export interface Warning {
  readonly code: WarningCode;
  /** The parameter in the client's spelling, or null when no one parameter is meant. */
  readonly param: string | null;
  readonly requested: JsonValue;
  readonly applied: JsonValue;
  readonly message: string;
}
