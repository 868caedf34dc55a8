/** Regret: what a policy's choices fell short of, prompt by prompt, with every component's outcome known. */
import type { ScoreMatrix } from './matrix.ts';

export interface Regret {
  /** Mean of the best component's score minus the chosen one's, 0..1. The best is picked on one sampled outcome each. */
  readonly regret: number;
  /** Share of prompts on which no component scored higher than the chosen one. */
  readonly bestShare: number;
  /** Share of prompts on which the chosen one was the cheapest of the highest-scoring: neither wrong nor wasteful. */
  readonly cheapestBestShare: number;
}

/** `choices` by prompt: component. For any weights by prompt. */
export const regretOf = ({ scores, costs }: ScoreMatrix, choices: ArrayLike<number>, weights: Float64Array): Regret => {
  let [total, lost, best, cheapest] = [0, 0, 0, 0];
  for (let prompt = 0; prompt < weights.length; prompt += 1) {
    const weight = weights[prompt] ?? 0;
    const chosen = choices[prompt] ?? -1;
    const own = scores[chosen]?.[prompt] ?? Number.NaN;
    const highest = scores.reduce((top, column) => Math.max(top, column[prompt] ?? 0), Number.NEGATIVE_INFINITY);
    const leastCost = scores.reduce(
      (least, column, component) =>
        column[prompt] === highest ? Math.min(least, costs[component]?.[prompt] ?? Number.NaN) : least,
      Number.POSITIVE_INFINITY,
    );
    total += weight;
    lost += weight * (highest - own);
    best += own === highest ? weight : 0;
    cheapest += own === highest && costs[chosen]?.[prompt] === leastCost ? weight : 0;
  }
  return { regret: lost / total, bestShare: best / total, cheapestBestShare: cheapest / total };
};
