/** Usage of the Messages API. */
import type { Usage } from '../../canonical/usage.ts';
import { asCount, asRecord, asText } from '../reading.ts';
import type { JsonRecord } from '../reading.ts';

const sum = (values: readonly (number | null)[]): number | null =>
  values.every((value) => value === null) ? null : values.reduce<number>((total, value) => total + (value ?? 0), 0);

/**
 * Usage in canonical counts. The provider's `input_tokens` holds neither what was read from a cache nor what was
 * written to one; the canonical count holds all three. Writes of one hour are told apart where the provider does.
 */
export const toUsage = (value: unknown): Usage => {
  const raw = asRecord(value) ?? {};
  const byLifetime = asRecord(raw['cache_creation']);
  const written = asCount(raw['cache_creation_input_tokens']);
  const hour = asCount(byLifetime?.['ephemeral_1h_input_tokens']);
  // The later object of a stream may raise the total and leave out how it is made up: what is more was written short.
  const short = written === null ? asCount(byLifetime?.['ephemeral_5m_input_tokens']) : written - (hour ?? 0);
  const read = asCount(raw['cache_read_input_tokens']);
  return {
    inputTokens: sum([asCount(raw['input_tokens']), read, written ?? sum([short, hour])]),
    cacheReadTokens: read,
    cacheWriteTokens: short,
    cacheWriteOneHourTokens: hour,
    outputTokens: asCount(raw['output_tokens']),
    reasoningTokens: asCount(asRecord(raw['output_tokens_details'])?.['thinking_tokens']),
    searches: asCount(asRecord(raw['server_tool_use'])?.['web_search_requests']),
    serviceTier: asText(raw['service_tier']) ?? null,
    raw: value ?? null,
  };
};

/** Cumulative usage: members of the later object replace those of the earlier, absent and null ones do not. */
export const mergeUsage = (earlier: JsonRecord, later: unknown): JsonRecord => ({
  ...earlier,
  ...Object.fromEntries(Object.entries(asRecord(later) ?? {}).filter(([, value]) => value !== null)),
});
