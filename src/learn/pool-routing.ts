/** What routing between a few components is worth beyond mixing them: the room a set of predictions captures. */
import { concaveHull, qualityAtCost, type CostQuality } from '../math/hull.ts';

/** Prompts that are predicted alike. */
export interface PoolStratum {
  readonly prompts: number;
  /** [components] Sum of scores. */
  readonly sums: readonly number[];
}

export interface PoolOptions {
  /** [components] Cost of a call. */
  readonly costs: readonly number[];
  /** [strata][components] Predicted scores. */
  readonly predictions: readonly (readonly number[])[];
  /** Where λ is set to meet a budget: no score of these prompts is read. */
  readonly planned: readonly PoolStratum[];
  /** Where the choices are paid and scored. */
  readonly realised: readonly PoolStratum[];
}

const BUDGETS = 20;

/** λ from where cost decides all to where it decides nothing, in equal ratios; scores are 0 to 1, costs start at 1. */
const STEPS = 120;
const LAMBDAS = Array.from({ length: STEPS }, (_, step) => 2 * 1e-6 ** (step / (STEPS - 1)));

const chooseAt = (lambda: number, predictions: readonly number[], costs: readonly number[]): number =>
  costs.reduce(
    (best, cost, component) =>
      (predictions[component] ?? 0) - lambda * cost > (predictions[best] ?? 0) - lambda * (costs[best] ?? 0)
        ? component
        : best,
    0,
  );

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** Mean cost and score of choices by stratum. */
const payFor = (strata: readonly PoolStratum[], choices: readonly number[], costs: readonly number[]): CostQuality => {
  const prompts = sumOf(strata.map((stratum) => stratum.prompts));
  const cost = sumOf(strata.map((stratum, index) => stratum.prompts * (costs[choices[index] ?? 0] ?? 0)));
  const quality = sumOf(strata.map((stratum, index) => stratum.sums[choices[index] ?? 0] ?? 0));
  return { cost: cost / prompts, quality: quality / prompts };
};

/** Single components on the realised prompts, cheapest first. */
const singlePoints = ({ realised, costs }: PoolOptions): readonly CostQuality[] =>
  costs.map((_, component) =>
    payFor(
      realised,
      realised.map(() => component),
      costs,
    ),
  );

/**
 * Mean over 20 budgets, from the cheapest to the best component, of the score above the static hull at the same cost, in
 * 0 to 1. λ, or a mixture of two neighbours, is set on the planned prompts so that the predicted cost is the budget.
 */
export const routingGain = (options: PoolOptions): number => {
  const { costs, predictions, planned, realised } = options;
  const hull = concaveHull(singlePoints(options));
  const choices = LAMBDAS.map((lambda) => predictions.map((each) => chooseAt(lambda, each, costs)));
  const plans = choices.map((each) => payFor(planned, each, costs).cost);
  const points = choices.map((each) => payFor(realised, each, costs));
  const low = hull[0]?.cost ?? 0;
  const high = hull.at(-1)?.cost ?? 0;
  const gains = Array.from({ length: BUDGETS }, (_, budget) => {
    const wanted = low + ((high - low) * (budget + 0.5)) / BUDGETS;
    const { cost, quality } = mixAt(wanted, plans, points);
    return quality - qualityAtCost(hull, cost);
  });
  return sumOf(gains) / BUDGETS;
};

/** The mixture of two neighbouring λ whose planned cost is `wanted`; planned costs rise along the list. */
const mixAt = (wanted: number, plans: readonly number[], points: readonly CostQuality[]): CostQuality => {
  const found = plans.findIndex((plan) => plan >= wanted);
  const above = found === -1 ? plans.length - 1 : found;
  const below = Math.max(0, above - 1);
  const width = (plans[above] ?? 0) - (plans[below] ?? 0);
  const share = width > 0 ? Math.min(1, (wanted - (plans[below] ?? 0)) / width) : 1;
  const mix = (of: (point: CostQuality) => number): number => {
    const [from, to] = [points[below], points[above]];
    return from === undefined || to === undefined ? Number.NaN : of(from) + share * (of(to) - of(from));
  };
  return { cost: mix(({ cost }) => cost), quality: mix(({ quality }) => quality) };
};
