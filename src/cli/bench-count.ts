/** Whole numbers among the options of benchmarks. */
import { InvalidRequestError } from '../errors.ts';

const MAX_COUNT = 1_000_000;

interface CountOption {
  readonly name: string;
  readonly text: string;
  readonly minimum?: number;
}

/** Throws InvalidRequestError naming the option. */
export const parseCount = ({ name, text, minimum = 1 }: CountOption): number => {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= minimum && value <= MAX_COUNT) {
    return value;
  }
  throw new InvalidRequestError(`--${name}: expected a whole number from ${minimum} to ${MAX_COUNT}, given "${text}".`);
};
