/** Between probabilities and log odds, clipped so that no probability is ever certain. */

/** Probabilities stay this far from 0 and 1; log odds then stay within ±13.8. */
export const MIN_PROBABILITY = 1e-6;

export const clipProbability = (probability: number): number =>
  Math.min(Math.max(probability, MIN_PROBABILITY), 1 - MIN_PROBABILITY);

/** ln(p / (1 - p)) of the clipped probability. */
export const logit = (probability: number): number => {
  const clipped = clipProbability(probability);
  return Math.log(clipped / (1 - clipped));
};

/** 1 / (1 + e^-logit), clipped. */
export const logistic = (logit: number): number => clipProbability(1 / (1 + Math.exp(-logit)));
