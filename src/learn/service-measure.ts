/**
 * What grades are worth in service: every model of the data as a component of the role `fast`, predicted by its role alone
 * and then by its role and some graded calls, with the code that serves. Prompts that are scored stand in other groups
 * than those that are graded.
 */
import { logistic, logit } from '../math/probability.ts';
import { createRandom, shuffle, type Random } from '../math/random.ts';
import { mean } from '../math/statistics.ts';
import { fitComponentAbility, missingCalls, type GradedCall } from './component-ability.ts';
import { toComponent, type OnboardingPrompt } from './onboarding-data.ts';

export const GRADE_COUNTS: readonly number[] = [0, 20, 50, 100, 300];

/** A model with fewer outcomes in a source is left out there. */
const MIN_OUTCOMES = 300;
/** Prompts of one conversation type without which its mean is luck. */
const MIN_TYPE_PROMPTS = 20;

export interface ServiceRow {
  /** A source, or `all`. */
  readonly family: string;
  readonly grades: number;
  readonly models: number;
  /** Share of the models whose grades count by then. */
  readonly inForce: number;
  /** Mean absolute error of the mean score on a conversation type, over types and models. */
  readonly typeError: number;
  /** Mean log-loss of a single prompt's prediction. */
  readonly logLoss: number;
}

interface Call extends GradedCall {
  readonly group: string;
}

/** Every outcome as a call of a component of the role `fast`, by source and model (`toComponent`). */
export const toServedCalls = (prompts: readonly OnboardingPrompt[]): ReadonlyMap<string, readonly Call[]> => {
  const calls = new Map<string, Call[]>();
  for (const { family, group, service, scores } of prompts)
    for (const [model, score] of scores) {
      const component = toComponent(family, model);
      const own = calls.get(component) ?? [];
      own.push({ ...service, score, group });
      calls.set(component, own);
    }
  return calls;
};

interface Split {
  /** In the order in which they are graded. */
  readonly gradable: readonly Call[];
  readonly scored: readonly Call[];
}

const split = (calls: readonly Call[], random: Random): Split => {
  const groups = shuffle([...new Set(calls.map(({ group }) => group))], random);
  const graded = new Set(groups.slice(0, Math.floor(groups.length / 2)));
  return {
    gradable: shuffle(
      calls.filter(({ group }) => graded.has(group)),
      random,
    ),
    scored: calls.filter(({ group }) => !graded.has(group)),
  };
};

interface Measured {
  readonly isInForce: boolean;
  readonly typeError: number;
  readonly logLoss: number;
}

const measureOne = ({ gradable, scored }: Split, grades: number): Measured => {
  const graded = gradable.slice(0, grades);
  const isInForce = grades > 0 && missingCalls(graded) === 0;
  const ability = isInForce ? fitComponentAbility(graded) : null;
  const predict = ({ predicted, type }: Call): number =>
    ability === null ? predicted : logistic(logit(predicted) + (ability.types[type] ?? ability.others).logits);
  const byType = [...Map.groupBy(scored, ({ type }) => type).values()].filter((own) => own.length >= MIN_TYPE_PROMPTS);
  return {
    isInForce,
    typeError: mean(byType.map((own) => Math.abs(mean(own.map((call) => predict(call) - call.score))))),
    logLoss: mean(
      scored.map((call) => {
        const chance = predict(call);
        return -call.score * Math.log(chance) - (1 - call.score) * Math.log(1 - chance);
      }),
    ),
  };
};

export interface ServiceOptions {
  readonly prompts: readonly OnboardingPrompt[];
  readonly seed: number;
  readonly draws: number;
}

/** One row a source and number of grades, then one a number for all models alike. */
export const measureService = ({ prompts, seed, draws }: ServiceOptions): readonly ServiceRow[] => {
  const random = createRandom(seed);
  const measured = [...toServedCalls(prompts)].flatMap(([component, calls]) => {
    if (calls.length < MIN_OUTCOMES) return [];
    const family = component.split('\n')[0] ?? '';
    const splits = Array.from({ length: draws }, () => split(calls, random));
    return GRADE_COUNTS.map((grades) => ({ family, grades, each: splits.map((one) => measureOne(one, grades)) }));
  });
  const families = [...new Set(measured.map(({ family }) => family)), 'all'];
  return families.flatMap((family) =>
    GRADE_COUNTS.map((grades): ServiceRow => {
      const models = measured.filter((row) => row.grades === grades && (family === 'all' || row.family === family));
      const all = models.flatMap(({ each }) => each);
      return {
        family,
        grades,
        models: models.length,
        inForce: mean(all.map(({ isInForce }) => Number(isInForce))),
        typeError: mean(all.map(({ typeError }) => typeError).filter((error) => !Number.isNaN(error))),
        logLoss: mean(all.map(({ logLoss }) => logLoss)),
      };
    }),
  );
};
