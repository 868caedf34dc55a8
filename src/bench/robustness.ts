/** Robustness: how often a change of a prompt that changes nothing it asks for changes where it goes. */

export interface PerturbedChoices {
  /** [prompts] Component chosen for the prompt as it is. */
  readonly original: ArrayLike<number>;
  /** [perturbations][prompts] Component chosen for each changed form of it. */
  readonly perturbed: readonly ArrayLike<number>[];
  /** [components][prompts] Recorded scores of the prompts as they are. */
  readonly scores: readonly Float64Array[];
}

export interface Robustness {
  /** Share of (prompt, perturbation) pairs whose component differs. A constant choice has 0: print the quality beside it. */
  readonly flipRate: number;
  /** Share of all pairs whose component differs and has the lower recorded score. */
  readonly harmfulFlipRate: number;
  /** Mean score lost over all pairs, gains counted against losses, in points. */
  readonly lossPoints: number;
  readonly pairs: number;
}

const POINTS = 100;

/** For any weights by prompt. NaN without a perturbation. */
export const robustnessOf = (choices: PerturbedChoices, weights: Float64Array): Robustness => {
  const { original, perturbed, scores } = choices;
  let [total, flips, harmful, lost, pairs] = [0, 0, 0, 0, 0];
  for (const changed of perturbed) {
    for (let prompt = 0; prompt < weights.length; prompt += 1) {
      const weight = weights[prompt] ?? 0;
      const [before, after] = [original[prompt] ?? -1, changed[prompt] ?? -1];
      const loss = (scores[before]?.[prompt] ?? Number.NaN) - (scores[after]?.[prompt] ?? Number.NaN);
      total += weight;
      flips += before === after ? 0 : weight;
      harmful += before !== after && loss > 0 ? weight : 0;
      lost += weight * loss;
      pairs += 1;
    }
  }
  return { flipRate: flips / total, harmfulFlipRate: harmful / total, lossPoints: (lost / total) * POINTS, pairs };
};
