/** Counterfactuals: what would have changed a decision, found by deciding again. Only for `explain: full`. */
import type { Effort } from '../canonical/effort.ts';
import { OBJECTIVE_NAMES, type Component } from '../catalog/component.ts';
import type { ModelPrice, TokenPrices } from '../catalog/model.ts';
import type { Features } from '../features/signals.ts';
import { NO_GRAMS } from '../features/word-grams.ts';
import type { Candidate } from './candidate.ts';
import { isFeasible, listCandidates, type CandidateQuestion } from './candidates.ts';
import { OBJECTIVE_PRESETS } from './objective.ts';
import type { Change, Objective, Policy, PolicyInput } from './policy.ts';

/** Steps of each bisection: a threshold between 0 and 1 is then exact to .001. */
const BISECTION_STEPS = 10;

/** Prices are tried down to this part and up to its inverse. */
const SMALLEST_PRICE_FACTOR = 1 / 64;

export interface ChangeQuestion {
  readonly policy: Policy;
  readonly input: PolicyInput;
  /** What `input.candidates` was listed from: every probe lists again, so that its filters hold too. */
  readonly question: CandidateQuestion;
}

/** One thing that is different. */
interface Variation {
  readonly features?: Features;
  readonly objective?: Objective;
  readonly effort?: Effort | null;
  readonly price?: { readonly component: string; readonly factor: number };
}

const scaleTokenPrices = (prices: TokenPrices, factor: number): TokenPrices => ({
  ...prices,
  input: prices.input * factor,
  output: prices.output * factor,
});

const scalePrice = (price: ModelPrice, factor: number): ModelPrice => ({
  ...price,
  base: scaleTokenPrices(price.base, factor),
  contextTiers: price.contextTiers.map((tier) => ({ ...tier, prices: scaleTokenPrices(tier.prices, factor) })),
});

const withPrice = (component: Component, factor: number): Component => {
  const [first, ...others] = component.deployments;
  const { price } = first.model;
  const model = { ...first.model, price: price === null ? null : scalePrice(price, factor) };
  return { ...component, deployments: [{ ...first, model }, ...others] };
};

/** The candidate chosen under a variation; undefined when nothing is feasible then. */
const decideAgain = ({ policy, input, question }: ChangeQuestion, variation: Variation): Candidate | undefined => {
  const { price } = variation;
  const features = variation.features ?? input.features;
  const effort = variation.effort === undefined ? question.constraints.effort : variation.effort;
  const candidates = listCandidates({
    ...question,
    features,
    constraints: { ...question.constraints, effort },
    components: question.components.map((component) =>
      component.name === price?.component ? withPrice(component, price.factor) : component,
    ),
  });
  if (!candidates.some(isFeasible)) return undefined;
  const objective = variation.objective ?? input.objective;
  const decision = policy.decide({
    ...input,
    features,
    objective,
    candidates,
    preference: { ...input.preference, effort },
  });
  return candidates[decision.chosen];
};

const withSignal = (features: Features, signals: Partial<Features['signals']>): Features => ({
  ...features,
  signals: { ...features.signals, ...signals },
});

const withComplexity = (features: Features, value: number): Features =>
  withSignal(features, { complexity: { ...features.signals.complexity, value } });

const renderChoice = ({ component, effort }: Candidate): string =>
  effort === null ? component.name : `${component.name} at effort ${effort}`;

interface Threshold {
  /** Where the decision is as it was, and where it is another. */
  readonly from: number;
  readonly to: number;
  readonly vary: (value: number) => Variation;
}

interface Flip {
  /** Nearest tried value at which another component is chosen. */
  readonly value: number;
  readonly chosen: Candidate;
}

/** Bisects for the value at which the chosen component changes; null when it is the same at both ends. */
const findFlip = (question: ChangeQuestion, chosen: Candidate, threshold: Threshold): Flip | null => {
  const probe = (value: number): Candidate | null => {
    const again = decideAgain(question, threshold.vary(value));
    return again === undefined || again.component.name === chosen.component.name ? null : again;
  };
  const far = probe(threshold.to);
  if (far === null) return null;
  let same = threshold.from;
  let flip: Flip = { value: threshold.to, chosen: far };
  for (let step = 0; step < BISECTION_STEPS; step += 1) {
    const middle = (same + flip.value) / 2;
    const other = probe(middle);
    if (other === null) same = middle;
    else flip = { value: middle, chosen: other };
  }
  return flip;
};

const plainVariations = ({ input, policy, question }: ChangeQuestion): readonly (readonly [string, Variation])[] => {
  const { features, objective } = input;
  const { explicitIntent } = features.signals;
  const variations: (readonly [string, Variation])[] = [];
  if (explicitIntent.value !== 'none') {
    const silent = withSignal(features, { explicitIntent: { value: 'none', weight: 0, evidence: [] } });
    variations.push(['the words did not ask for it', { features: silent }]);
  }
  if (policy.readsGrams && features.grams.buckets.length > 0)
    variations.push(['nothing like it had been seen in training', { features: { ...features, grams: NO_GRAMS } }]);
  for (const name of OBJECTIVE_NAMES) {
    variations.push([`objective were ${name}`, { objective: { ...objective, ...OBJECTIVE_PRESETS[name] } }]);
  }
  // The effort of a pin or an alias holds whatever the request asks.
  if (question.constraints.effortReplacesLevel) return variations;
  if (input.preference.effort !== null) variations.push(['no effort were asked for', { effort: null }]);
  for (const effort of ['none', 'high'] as const) {
    if (input.preference.effort !== effort) variations.push([`effort ${effort} were asked for`, { effort }]);
  }
  return variations;
};

const complexityChanges = (question: ChangeQuestion, chosen: Candidate): readonly Change[] => {
  const { features } = question.input;
  const from = features.signals.complexity.value;
  const vary = (value: number): Variation => ({ features: withComplexity(features, value) });
  const changes: Change[] = [];
  for (const [to, words] of [
    [1, 'at least'],
    [0, 'at most'],
  ] as const) {
    const flip = findFlip(question, chosen, { from, to, vary });
    if (flip === null) continue;
    const condition = `complexity were ${words} ${flip.value.toFixed(2)} (it is ${from.toFixed(2)})`;
    changes.push({ condition, outcome: renderChoice(flip.chosen) });
  }
  return changes;
};

/** The other component cheaper, then the chosen one dearer, on a logarithmic scale of the factor. */
const priceChanges = (question: ChangeQuestion, chosen: Candidate, other: Candidate | undefined): readonly Change[] => {
  const changes: Change[] = [];
  for (const [candidate, furthest] of [
    [other, SMALLEST_PRICE_FACTOR],
    [chosen, 1 / SMALLEST_PRICE_FACTOR],
  ] as const) {
    if (candidate === undefined || candidate.component.deployments[0].model.price === null) continue;
    const { name } = candidate.component;
    const vary = (exponent: number): Variation => ({ price: { component: name, factor: 2 ** exponent } });
    const flip = findFlip(question, chosen, { from: 0, to: Math.log2(furthest), vary });
    if (flip === null) continue;
    const condition = `${name} cost ${(2 ** flip.value).toPrecision(2)} times its price`;
    changes.push({ condition, outcome: renderChoice(flip.chosen) });
  }
  return changes;
};

/**
 * What would have changed the choice of component or effort: the words without their wish, the other objectives,
 * another effort asked for; and the thresholds of complexity and price at which another component is chosen. Everything
 * is decided again by the same policy. At most 54 decisions.
 */
export const whatWouldChange = (question: ChangeQuestion): readonly Change[] => {
  const { policy, input } = question;
  const decision = policy.decide(input);
  const chosen = input.candidates[decision.chosen];
  if (chosen === undefined) return [];
  const changes: Change[] = [];
  for (const [condition, variation] of plainVariations(question)) {
    const again = decideAgain(question, variation);
    if (again === undefined) continue;
    const isSame = again.component.name === chosen.component.name && again.effort === chosen.effort;
    if (!isSame) changes.push({ condition, outcome: renderChoice(again) });
  }
  const other = decision.against === null ? undefined : input.candidates[decision.against.candidate];
  return [...changes, ...complexityChanges(question, chosen), ...priceChanges(question, chosen, other)];
};
