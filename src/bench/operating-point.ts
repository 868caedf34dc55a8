/** What a router chooses at one budget: a component for every prompt, for measures that look at single choices. */
import type { CrossFitRun } from './cross-fit.ts';
import type { ScoreMatrix } from './matrix.ts';
import { regretOf, type Regret } from './regret.ts';
import { createRouterCurve, type Mixture } from './router-curve.ts';
import { toSingleStand, toStopLambdas } from './sweep.ts';
import { choicesAt, toSwitches } from './switches.ts';
import { BUDGETS, createYardstick } from './yardstick.ts';

/** The middle of the 20 budgets. */
const MIDDLE = BUDGETS / 2;

/** The nearer vertex of the mixture: whole choices instead of parts of two. */
const nearerStand = ({ low, high, part }: Mixture) => (part < 0.5 ? low : high);

/** [prompts] Component by each fold's own λ at the middle budget. */
export const choicesAtMiddle = (matrix: ScoreMatrix, run: CrossFitRun): Uint8Array => {
  const { predictions, expectedCosts, folds } = run;
  const switches = toSwitches(predictions, expectedCosts);
  const curve = createRouterCurve({ matrix, switches, folds, withSingles: true, chosenOn: 'sample' });
  const weights = new Float64Array(folds.length).fill(1);
  const { mixtures } = curve(weights, createYardstick(matrix)(weights).budgets);
  const lambdas = toStopLambdas(switches);
  const byFold = mixtures.map((ofBudgets) => {
    const mixture = ofBudgets[MIDDLE];
    if (mixture === undefined) throw new RangeError('a fold without prompts has no choice');
    const stand = nearerStand(mixture);
    return stand < 0
      ? new Uint8Array(folds.length).fill(toSingleStand(stand))
      : choicesAt(switches, lambdas[stand] ?? 0);
  });
  return Uint8Array.from(folds, (fold, prompt) => byFold[fold]?.[prompt] ?? 0);
};

/** Regret at the middle budget, as a mean over the runs. */
export const regretAtMiddle = (matrix: ScoreMatrix, runs: readonly CrossFitRun[]): Regret => {
  const weights = new Float64Array(matrix.groups.length).fill(1);
  const measured = runs.map((run) => regretOf(matrix, choicesAtMiddle(matrix, run), weights));
  const meanOf = (read: (regret: Regret) => number): number =>
    measured.reduce((sum, regret) => sum + read(regret), 0) / measured.length;
  return {
    regret: meanOf(({ regret }) => regret),
    bestShare: meanOf(({ bestShare }) => bestShare),
    cheapestBestShare: meanOf(({ cheapestBestShare }) => cheapestBestShare),
  };
};
