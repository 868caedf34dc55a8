/** How long a provider asks to wait, from the headers of its answer. */

/** Longest wait that is believed: a clock that is wrong by years must not take a deployment out of service. */
export const MAX_RETRY_AFTER_SECONDS = 86_400;

const clamp = (seconds: number): number | null =>
  Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, MAX_RETRY_AFTER_SECONDS) : null;

const NUMBER = /^\d+(\.\d+)?$/;

/**
 * Seconds to wait, or null when the headers do not say. `retry-after-ms` (OpenAI, Azure) is finer and wins over
 * `retry-after` (RFC 9110, section 10.2.3: seconds or an HTTP date). `nowMs` is milliseconds since 1970.
 */
export const parseRetryAfter = (headers: Readonly<Record<string, string>>, nowMs: number): number | null => {
  const milliseconds = headers['retry-after-ms']?.trim();
  if (milliseconds !== undefined && NUMBER.test(milliseconds)) return clamp(Number(milliseconds) / 1000);
  const value = headers['retry-after']?.trim();
  if (value === undefined || value === '') return null;
  if (NUMBER.test(value)) return clamp(Number(value));
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : clamp(Math.max(0, (date - nowMs) / 1000));
};
