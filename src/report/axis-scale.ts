/** Axis scales: values to pixels, and the round values at which an axis is marked. */

export interface Scale {
  readonly toPixel: (value: number) => number;
  /** Rising, within the scale. */
  readonly ticks: readonly number[];
}

export interface ScaleOptions {
  readonly kind: 'log' | 'linear';
  /** What must fit; 5 % of room is added at both ends. */
  readonly values: readonly number[];
  /** Pixels of the lower and of the upper end. */
  readonly from: number;
  readonly to: number;
}

const ROOM = 0.05;
const MAX_TICKS = 6;
/** Steps between marks, within a power of ten. */
const STEPS: readonly number[] = [1, 2, 5, 10];
/** Marks within a power of ten on a log axis, from few to many. */
const LOG_MARKS: readonly (readonly number[])[] = [[1], [1, 3], [1, 2, 5]];

/** Shortest text of a number with at most three significant digits, never in exponents. */
export const toTickLabel = (value: number): string => {
  const digits = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)) + 1e-9));
  const text = value.toFixed(Math.min(digits, 12));
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
};

const linearTicks = (low: number, high: number): readonly number[] => {
  const power = 10 ** Math.floor(Math.log10((high - low) / MAX_TICKS));
  const step = (STEPS.find((each) => (high - low) / (each * power) <= MAX_TICKS) ?? 10) * power;
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, index) => (first + index) * step);
};

/** `low` and `high` are logarithms to base 10. */
const logTicks = (low: number, high: number): readonly number[] => {
  const powers = Array.from({ length: Math.ceil(high) - Math.floor(low) + 1 }, (_, index) => Math.floor(low) + index);
  const choices = LOG_MARKS.map((marks) =>
    powers
      .flatMap((power) => marks.map((mark) => mark * 10 ** power))
      .filter((value) => Math.log10(value) >= low - 1e-9 && Math.log10(value) <= high + 1e-9),
  );
  return choices.findLast((ticks) => ticks.length <= MAX_TICKS) ?? choices[0] ?? [];
};

export const createScale = ({ kind, values, from, to }: ScaleOptions): Scale => {
  const isLog = kind === 'log';
  const unfit = values.find((value) => !Number.isFinite(value) || (isLog && value <= 0));
  if (values.length === 0 || unfit !== undefined) {
    throw new RangeError(`a ${kind} axis needs numbers${isLog ? ' above 0' : ''}, given ${unfit ?? 'none'}`);
  }
  const project = (value: number): number => (isLog ? Math.log10(value) : value);
  const projected = values.map(project);
  const [least, most] = [Math.min(...projected), Math.max(...projected)];
  // A single value stands in the middle.
  const room = most === least ? Math.abs(most) || 1 : (most - least) * ROOM;
  const [low, high] = [least - room, most + room];
  return {
    toPixel: (value) => from + ((project(value) - low) / (high - low)) * (to - from),
    ticks: isLog ? logTicks(low, high) : linearTicks(low, high),
  };
};
