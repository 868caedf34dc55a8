/**
 * Headroom: the share of the distance from the static hull to the oracle that a router closes, over 20 budgets,
 * cross-fitted, so that neither its predictions nor its λ were chosen on the prompts that they are scored on.
 */
import { qualityAtCost } from '../math/hull.ts';
import { mean } from '../math/statistics.ts';
import type { ScoreMatrix } from './matrix.ts';
import { MIN_HEADROOM } from './metrics.ts';
import type { ExpectedCosts, Predictions } from './predictions.ts';
import { createRouterCurve, type CurveOptions, type Points, type RouterPoints } from './router-curve.ts';
import { toSwitches } from './switches.ts';
import type { Yardstick } from './yardstick.ts';

/** One cross-validation: predictions for every prompt, each made without its fold. */
export interface FoldedPredictions {
  readonly predictions: Predictions;
  readonly expectedCosts: ExpectedCosts;
  /** [prompts] */
  readonly folds: Uint8Array;
}

export interface Headroom {
  /** Σ [Q_i − H(C_i)] / Σ [O(C_i) − H(C_i)]; NaN where `roomPoints` is below 1: the set cannot rank routers. */
  readonly captured: number;
  /** The numerator, as a mean over the budgets, in points. */
  readonly gainPoints: number;
  /** The denominator, likewise. */
  readonly roomPoints: number;
  /** The same share with the mixtures chosen in hindsight. Never to be printed alone. */
  readonly hindsight: number;
  /** Mean over the budgets of Q_i, 0..1, and of C_i: the area under the router's curve and what it spent for it. */
  readonly area: number;
  readonly cost: number;
  /**
   * Mean over the budgets of |paid − promised| / (c_best − c_min): how well λ, calibrated on the other folds, keeps to
   * a cost here.
   */
  readonly dialError: number;
}

export const HEADROOM_FIELDS = [
  'captured',
  'gainPoints',
  'roomPoints',
  'hindsight',
  'area',
  'cost',
  'dialError',
] as const satisfies readonly (keyof Headroom)[];

const POINTS = 100;

interface Distances {
  readonly gain: number;
  readonly room: number;
}

const distancesOf = ({ costs, qualities }: Points, yardstick: Yardstick): Distances => {
  const floor = costs.map((cost) => qualityAtCost(yardstick.static, cost));
  return {
    gain: mean(qualities.map((quality, budget) => quality - (floor[budget] ?? 0))),
    room: mean(costs.map((cost, budget) => qualityAtCost(yardstick.oracle, cost) - (floor[budget] ?? 0))),
  };
};

const shareOf = ({ gain, room }: Distances): number => (room < MIN_HEADROOM ? Number.NaN : gain / room);

/** Mean distance of paid from promised, in parts of the whole range of budgets. */
const dialError = ({ crossFitted, promisedCosts }: RouterPoints, { static: hull }: Yardstick): number => {
  const range = (hull.at(-1)?.cost ?? 0) - (hull.at(0)?.cost ?? 0);
  return mean(promisedCosts.map((promised, budget) => Math.abs((crossFitted.costs[budget] ?? 0) - promised))) / range;
};

/** The measures of one cross-validation on one weighted sample. */
export const headroomOf = (points: RouterPoints, yardstick: Yardstick): Headroom => {
  const { crossFitted, hindsight } = points;
  const distances = distancesOf(crossFitted, yardstick);
  return {
    captured: shareOf(distances),
    gainPoints: distances.gain * POINTS,
    roomPoints: distances.room * POINTS,
    hindsight: shareOf(distancesOf(hindsight, yardstick)),
    area: mean(crossFitted.qualities),
    cost: mean(crossFitted.costs),
    dialError: dialError(points, yardstick),
  };
};

export interface HeadroomOptions extends Pick<CurveOptions, 'withSingles' | 'chosenOn'> {
  readonly matrix: ScoreMatrix;
  /** One per cross-validation seed. */
  readonly runs: readonly FoldedPredictions[];
}

/**
 * The mean over the cross-validation seeds of every measure, for any weights of the prompts. `yardstick` is that of the
 * same weights: one for all routers of a resample, so that their differences are paired. By seed, a resample
 * of 7,000 prompts × 5 components takes about 5 ms of CPU.
 */
export const createHeadroom = (
  options: HeadroomOptions,
): ((weights: Float64Array, yardstick: Yardstick) => Headroom) => {
  const { matrix, runs, withSingles, chosenOn } = options;
  const curves = runs.map(({ predictions, expectedCosts, folds }) =>
    createRouterCurve({ matrix, switches: toSwitches(predictions, expectedCosts), folds, withSingles, chosenOn }),
  );
  return (weights, yardstick) => {
    const measured = curves.map((curve) => headroomOf(curve(weights, yardstick.budgets), yardstick));
    const average = (field: keyof Headroom): number => mean(measured.map((each) => each[field]));
    return {
      captured: average('captured'),
      gainPoints: average('gainPoints'),
      roomPoints: average('roomPoints'),
      hindsight: average('hindsight'),
      area: average('area'),
      cost: average('cost'),
      dialError: average('dialError'),
    };
  };
};
