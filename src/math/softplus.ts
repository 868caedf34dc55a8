/** The softplus function: minus the log-likelihood of a failure at given log odds. */

/** ln(1 + e^logit), without overflow. */
export const softplus = (logit: number): number => Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit)));
