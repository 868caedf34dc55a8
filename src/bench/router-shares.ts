/** Which components a router's mixtures call, and how often. */
import type { RouterPoints } from './router-curve.ts';
import { toSingleStand, toStopLambdas, type Stand, type SweepOptions } from './sweep.ts';
import { choicesAt } from './switches.ts';

export interface ShareOptions extends Pick<SweepOptions, 'switches' | 'folds'> {
  readonly mixtures: RouterPoints['mixtures'];
  readonly componentCount: number;
}

/** How much of a fold's budgets is spent at each stand; the parts sum to the number of budgets. */
const toStandParts = (mixtures: RouterPoints['mixtures'][number]): ReadonlyMap<Stand, number> => {
  const parts = new Map<Stand, number>();
  for (const { low, high, part } of mixtures) {
    parts.set(low, (parts.get(low) ?? 0) + 1 - part);
    parts.set(high, (parts.get(high) ?? 0) + part);
  }
  return parts;
};

/** [components] Share of calls, as a mean over the budgets and the prompts of all folds; they sum to 1. */
export const sharesOf = ({ switches, folds, mixtures, componentCount }: ShareOptions): Float64Array => {
  const lambdas = toStopLambdas(switches);
  const calls = new Float64Array(componentCount);
  for (const [fold, ofBudgets] of mixtures.entries()) {
    for (const [stand, part] of toStandParts(ofBudgets)) {
      const choices = stand < 0 ? folds.map(() => toSingleStand(stand)) : choicesAt(switches, lambdas[stand] ?? 0);
      choices.forEach((component, prompt) => {
        calls[component] = (calls[component] ?? 0) + (folds[prompt] === fold ? part : 0);
      });
    }
  }
  const total = calls.reduce((sum, count) => sum + count, 0);
  return calls.map((count) => count / total);
};
