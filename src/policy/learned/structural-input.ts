/** The structural numbers that trees may read: counts of the user's turn, nothing of its surroundings, nothing of case. */
import { MEDIA_NAMES, SITUATION_NAMES, STRUCTURAL_NAMES } from '../../features/structural.ts';
import type { StructuralFeatures } from '../../features/signals.ts';

/** Counts that hang on capitals, on a harness or on earlier turns, which training prompts do not have. */
const UNREAD: ReadonlySet<string> = new Set(['camelIdentifiers', ...MEDIA_NAMES, ...SITUATION_NAMES]);

const isRead = (name: string): boolean => !UNREAD.has(name) && !name.startsWith('cue_');

/** Names of the inputs, column by column. */
export const STRUCTURAL_INPUT_NAMES: readonly string[] = STRUCTURAL_NAMES.filter(isRead);

const POSITIONS = Uint16Array.from(STRUCTURAL_INPUT_NAMES, (name) => STRUCTURAL_NAMES.indexOf(name));

/** Smallest and largest value by column: the 1st and 99th percentile of training. Beyond them nothing was seen. */
export interface StructuralRange {
  readonly low: Float32Array;
  readonly high: Float32Array;
}

/** [STRUCTURAL_INPUT_NAMES], unclipped. A request whose words were not read has zeros. */
export const toStructuralInput = (structural: StructuralFeatures): Float32Array => {
  // Plain loops here and below: `from` and `map` with a function take several times as long on typed arrays.
  const input = new Float32Array(POSITIONS.length);
  for (let column = 0; column < input.length; column += 1) input[column] = structural[POSITIONS[column] ?? 0] ?? 0;
  return input;
};

export const clipStructuralInput = (input: Float32Array, { low, high }: StructuralRange): Float32Array => {
  const clipped = new Float32Array(input.length);
  for (let column = 0; column < input.length; column += 1) {
    const value = input[column] ?? 0;
    clipped[column] = Math.min(high[column] ?? value, Math.max(low[column] ?? value, value));
  }
  return clipped;
};
