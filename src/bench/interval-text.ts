/** Numbers of benchmark tables as text: fixed places, the interval in brackets, no negative zero. */
import type { Interval } from '../math/statistics.ts';

/** A dash where a figure is undefined. */
export const ABSENT = '–';

export const toFixedText = (value: number, places: number): string =>
  Number.isNaN(value) ? ABSENT : value.toFixed(places).replace(/^-(0(?:\.0+)?)$/, '$1');

export interface TextForm {
  readonly places: number;
  /** 100 for parts as percentages. */
  readonly factor?: number;
}

/** `12.3 [11.9, 12.8]`. */
export const toIntervalText = (interval: Interval | null, { places, factor = 1 }: TextForm): string => {
  if (interval === null) return ABSENT;
  const text = (value: number): string => toFixedText(value * factor, places);
  return `${text(interval.value)} [${text(interval.low)}, ${text(interval.high)}]`;
};

export const PERCENT: TextForm = { places: 1, factor: 100 };
export const POINTS: TextForm = { places: 2 };
/** Costs of one call as USD (or units) of a thousand. */
export const PER_THOUSAND: TextForm = { places: 2, factor: 1_000 };
