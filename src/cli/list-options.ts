/** Options that lists share: how many, since when. */
import { InvalidRequestError } from '../errors.ts';
import { MAX_QUERY_ROWS } from '../store/store.ts';

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A whole number from 1 to `MAX_QUERY_ROWS`. Throws `InvalidRequestError`. */
export const parseLimit = (text: string): number => {
  const limit = Number(text);
  if (!/^\d+$/.test(text) || limit < 1 || limit > MAX_QUERY_ROWS) {
    throw new InvalidRequestError(`--limit: expected a whole number from 1 to ${MAX_QUERY_ROWS}, given "${text}".`);
  }
  return limit;
};

/** `90m`, `5h`, `7d` before now, or a time such as `2026-11-23T12:00:00Z`; as milliseconds since 1970. */
export const parseSince = (text: string, nowMs: number): number => {
  const [, amount, unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const atMs = amount === undefined ? Date.parse(text) : nowMs - Number(amount) * (UNIT_MS[unit] ?? 0);
  if (Number.isNaN(atMs)) {
    throw new InvalidRequestError(
      `--since: expected a duration (90m, 5h, 7d) or a time (2026-11-23T12:00:00Z), given "${text}".`,
    );
  }
  return atMs;
};
