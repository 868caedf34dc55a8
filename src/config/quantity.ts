/** Quantities with units as people write them in gearbox.yaml: durations, call windows, spending limits, sizes. */
import { fromUsd } from '../canonical/money.ts';
import type { CallLimit } from '../catalog/component.ts';
import { ConfigError } from '../errors.ts';

const MS_PER_UNIT = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const BYTES_PER_UNIT = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 } as const;

export const BUDGET_PERIODS = ['hour', 'day', 'week', 'month'] as const;

export type BudgetPeriod = (typeof BUDGET_PERIODS)[number];

/** How a quantity is written: a pattern for schemas, and a phrase that completes "expected …". */
export interface QuantityFormat {
  readonly pattern: RegExp;
  readonly expected: string;
}

export const durationFormat: QuantityFormat = {
  pattern: /^([1-9]\d{0,8})(ms|s|m|h|d)$/,
  expected: 'a duration such as 250ms, 90s, 30m, 5h or 7d',
};

export const callLimitFormat: QuantityFormat = {
  pattern: /^([1-9]\d{0,8})\/([1-9]\d{0,8}(?:ms|s|m|h|d))$/,
  expected: 'a number of calls in a time window such as 160/3h or 3000/7d',
};

export const spendingFormat: QuantityFormat = {
  pattern: /^(\d{1,9}(?:\.\d{1,6})?)\/(hour|day|week|month)$/,
  expected: 'USD in a period such as 200/day or 20000/month (hour, day, week, month)',
};

export const sizeFormat: QuantityFormat = {
  pattern: /^([1-9]\d{0,8}) ?(B|KiB|MiB|GiB|TiB)$/,
  expected: 'a size such as 512KiB, 32MiB or 10GiB',
};

const match = (text: string, format: QuantityFormat): readonly [string, string] => {
  const [, amount, unit] = format.pattern.exec(text) ?? [];
  if (amount === undefined || unit === undefined)
    throw new ConfigError(`Expected ${format.expected}, given ${JSON.stringify(text)}.`);
  return [amount, unit];
};

/** Milliseconds of `5h`. Throws ConfigError for anything else. */
export const parseDuration = (text: string): number => {
  const [amount, unit] = match(text, durationFormat);
  return Number(amount) * MS_PER_UNIT[unit as keyof typeof MS_PER_UNIT];
};

/** `160/3h` as a rolling window. Throws ConfigError for anything else. */
export const parseCallLimit = (text: string): CallLimit => {
  const [count, window] = match(text, callLimitFormat);
  return { count: Number(count), windowMs: parseDuration(window) };
};

/** `20000/month` as micro-dollars in a calendar period (UTC). Throws ConfigError for anything else. */
export const parseSpending = (text: string): { readonly microUsd: number; readonly period: BudgetPeriod } => {
  const [amount, period] = match(text, spendingFormat);
  return { microUsd: fromUsd(Number(amount)), period: period as BudgetPeriod };
};

/** Bytes of `32MiB`; a number is bytes already. Throws ConfigError for any other text. */
export const parseSize = (size: string | number): number => {
  if (typeof size === 'number') return size;
  const [amount, unit] = match(size, sizeFormat);
  return Number(amount) * BYTES_PER_UNIT[unit as keyof typeof BYTES_PER_UNIT];
};

/** The largest unit that divides exactly: `5h`, `90s`. The inverse of parseDuration for positive integers. */
export const renderDuration = (durationMs: number): string => {
  const units = Object.entries(MS_PER_UNIT).toReversed();
  const [unit, unitMs] = units.find(([, unitMs]) => durationMs % unitMs === 0) ?? ['ms', 1];
  return `${durationMs / unitMs}${unit}`;
};
