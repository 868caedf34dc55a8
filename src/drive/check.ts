/** Checks of a run: what was expected, what was measured, and whether that is good enough. */

export interface RunCheck {
  readonly name: string;
  readonly expected: string;
  readonly measured: string;
  readonly pass: boolean;
}

interface CountCheck {
  readonly name: string;
  readonly expected: number;
  readonly measured: number;
}

/** A check that two counts are the same. */
export const checkCount = ({ name, expected, measured }: CountCheck): RunCheck => ({
  name,
  expected: String(expected),
  measured: String(measured),
  pass: measured === expected,
});
