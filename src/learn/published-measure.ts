/**
 * What a published score is worth in service: models that answered two sources, the mean score in one taken as what somebody
 * published, and what follows from it, with the code that serves, held against the deviation from the role in the other.
 */
import { logistic, logit } from '../math/probability.ts';
import { mean } from '../math/statistics.ts';
import { toDeviations, toScoreLogits } from '../policy/published-score.ts';
import type { GradedCall } from './component-ability.ts';
import { toComponent, type OnboardingPrompt } from './onboarding-data.ts';
import { toServedCalls } from './service-measure.ts';

/** A model with fewer outcomes in a source has no score there. */
const MIN_OUTCOMES = 300;
/** Models that two sources have in common, without which nothing is said of the pair. */
const MIN_MODELS = 5;

export interface PublishedRow {
  /** Source on which the deviations are measured. */
  readonly family: string;
  /** Source whose mean scores were published. */
  readonly benchmark: string;
  readonly models: number;
  /** Logits of deviation for one logit of score, by least squares. */
  readonly slope: number;
  /** Mean absolute error of the models' deviations about their mean, in logits: by their roles alone, and with the score. */
  readonly byRole: number;
  readonly withScore: number;
  /** Share of the pairs of models that the score puts in the right order. */
  readonly ordered: number;
}

interface Standing {
  readonly score: number;
  /** From the role, in logits: the one by which the mean prediction is the mean score. */
  readonly deviation: number;
}

/** Deviations farther out are of models that solve everything, or nothing. */
const MAX_DEVIATION = 6;
const HALVINGS = 40;

/** By maximum likelihood: the predictions moved by it average the scores. A fit with a prior would pull it to the role. */
const deviationOf = (calls: readonly GradedCall[]): number => {
  const score = mean(calls.map((call) => call.score));
  let [low, high] = [-MAX_DEVIATION, MAX_DEVIATION];
  for (let halving = 0; halving < HALVINGS; halving += 1) {
    const middle = (low + high) / 2;
    if (mean(calls.map(({ predicted }) => logistic(logit(predicted) + middle))) < score) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
};

/** By source and model. */
const toStandings = (prompts: readonly OnboardingPrompt[]): ReadonlyMap<string, Standing> => {
  const enough = [...toServedCalls(prompts)].filter(([, own]) => own.length >= MIN_OUTCOMES);
  return new Map(
    enough.map(([component, own]) => [
      component,
      { score: mean(own.map(({ score }) => score)), deviation: deviationOf(own) },
    ]),
  );
};

interface Pair {
  readonly published: number;
  readonly deviation: number;
}

const slopeOf = (pairs: readonly Pair[]): number => {
  const inputs = pairs.map(({ published }) => logit(published));
  const [center, level] = [mean(inputs), mean(pairs.map(({ deviation }) => deviation))];
  const products = pairs.map(({ deviation }, index) => ((inputs[index] ?? 0) - center) * (deviation - level));
  return mean(products) / mean(inputs.map((input) => (input - center) ** 2));
};

/** Models of equal scores are ordered by neither: half right. */
const orderedShare = (pairs: readonly Pair[]): number => {
  const hits = pairs.flatMap((left, index) =>
    pairs.slice(index + 1).map((right) => {
      const agreement = (left.published - right.published) * (left.deviation - right.deviation);
      return agreement === 0 ? 0.5 : Number(agreement > 0);
    }),
  );
  return mean(hits);
};

const toRow = (family: string, benchmark: string, pairs: readonly Pair[]): PublishedRow => {
  const level = mean(pairs.map(({ deviation }) => deviation));
  const foretold = toDeviations(pairs.map(({ published }) => toScoreLogits(published)));
  const errors = pairs.map(({ deviation }, index) => Math.abs(deviation - level - (foretold[index]?.logits ?? 0)));
  return {
    family,
    benchmark,
    models: pairs.length,
    slope: slopeOf(pairs),
    byRole: mean(pairs.map(({ deviation }) => Math.abs(deviation - level))),
    withScore: mean(errors),
    ordered: orderedShare(pairs),
  };
};

/** One row for every two sources with models in common, in both directions. Every model counts as one of the role `fast`. */
export const measurePublished = (prompts: readonly OnboardingPrompt[]): readonly PublishedRow[] => {
  const standings = toStandings(prompts);
  const families = [...new Set(prompts.map(({ family }) => family))].sort();
  const models = [...new Set([...standings.keys()].map((component) => component.split('\n')[1] ?? ''))].sort();
  return families.flatMap((family) =>
    families.flatMap((benchmark) => {
      if (family === benchmark) return [];
      const pairs = models.flatMap((model): readonly Pair[] => {
        const deviation = standings.get(toComponent(family, model))?.deviation;
        const published = standings.get(toComponent(benchmark, model))?.score;
        return deviation === undefined || published === undefined ? [] : [{ published, deviation }];
      });
      return pairs.length < MIN_MODELS ? [] : [toRow(family, benchmark, pairs)];
    }),
  );
};
