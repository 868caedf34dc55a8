/**
 * The stack: how the members of a quality model are joined. Each member's prediction is split into what all columns share
 * (how hard the prompt is) and what sets one column apart; the second is mostly noise, so the two are trusted apart.
 */
import { mean } from '../../math/statistics.ts';

export const MEMBERS = ['words', 'table', 'trees'] as const;

export type Member = (typeof MEMBERS)[number];

export interface Stack {
  readonly members: readonly Member[];
  /** By member: weight of the shared part's difference from its mean; at least 0. */
  readonly shared: Float64Array;
  /** By member: weight of the deviations' differences from their means; at least 0. */
  readonly deviation: Float64Array;
  /** By column: mean score over training prompts. */
  readonly means: Float64Array;
  /** [members × columns] Each member's mean prediction over training prompts. */
  readonly centers: Float64Array;
}

/** A probability of exactly 0 or 1 would claim more than any finite number of prompts can show. */
const FLOOR = 0.005;

const clip = (value: number): number => Math.min(1 - FLOOR, Math.max(FLOOR, value));

/** Score of every column from the members' predictions [columns], .005 to .995. */
export const joinMembers = (stack: Stack, predictions: readonly Float64Array[]): Float64Array => {
  const columns = stack.means.length;
  const joined = Float64Array.from(stack.means);
  for (const [member, predicted] of predictions.entries()) {
    const center = stack.centers.subarray(member * columns, (member + 1) * columns);
    const shared = mean(predicted) - mean(center);
    const common = (stack.shared[member] ?? 0) * shared;
    const weight = stack.deviation[member] ?? 0;
    for (let column = 0; column < columns; column += 1) {
      const apart = (predicted[column] ?? 0) - (center[column] ?? 0) - shared;
      joined[column] = (joined[column] ?? 0) + common + weight * apart;
    }
  }
  for (let column = 0; column < columns; column += 1) joined[column] = clip(joined[column] ?? 0);
  return joined;
};
