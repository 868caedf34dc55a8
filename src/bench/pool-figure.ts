/** The picture of a pool: static hull, oracle, the learned router's cross-fitted curve, and the single components. */
import { mean } from '../math/statistics.ts';
import type { Hull } from '../math/hull.ts';
import { renderFrontier, type FrontierPoint } from '../report/frontier-svg.ts';
import type { ScoreMatrix } from './matrix.ts';
import type { PoolRouter } from './pool-result.ts';
import { createRouterCurve } from './router-curve.ts';
import { toSwitches } from './switches.ts';
import { createYardstick, type Yardstick } from './yardstick.ts';

/** Mean cost and quality at each budget, over the cross-validation seeds. */
const toCurve = (matrix: ScoreMatrix, { runs }: PoolRouter, { budgets }: Yardstick): Hull => {
  const weights = new Float64Array(matrix.groups.length).fill(1);
  const curves = runs.map(({ predictions, expectedCosts, folds }) => {
    const switches = toSwitches(predictions, expectedCosts);
    const curve = createRouterCurve({ matrix, switches, folds, withSingles: true, chosenOn: 'resample' });
    return curve(weights, budgets).crossFitted;
  });
  return Array.from(budgets, (_, budget) => ({
    cost: mean(curves.map(({ costs }) => costs[budget] ?? Number.NaN)),
    quality: mean(curves.map(({ qualities }) => qualities[budget] ?? Number.NaN)),
  })).sort((one, other) => one.cost - other.cost);
};

export interface PoolFigureOptions {
  readonly matrix: ScoreMatrix;
  readonly router: PoolRouter;
  /** `USD` or `units`. */
  readonly unit: string;
}

export const renderPoolFigure = ({ matrix, router, unit }: PoolFigureOptions): string => {
  const yardstick = createYardstick(matrix)(new Float64Array(matrix.groups.length).fill(1));
  const points = matrix.components.map((label, component): FrontierPoint => ({
    label,
    origin: 'measured-on-data-set',
    cost: mean(matrix.costs[component] ?? []),
    quality: mean(matrix.scores[component] ?? []),
  }));
  return renderFrontier({
    title: `${matrix.set}: quality against cost, ${matrix.groups.length} prompts`,
    description:
      `Mean score of ${matrix.components.length} components over their mean cost, the hull of their mixtures, ` +
      `the oracle that sees every outcome, and the ${router.name} router, cross-fitted.`,
    costAxis: 'log',
    costLabel: `${unit} per call`,
    lines: [
      { label: 'mixtures of components', kind: 'static-hull', points: yardstick.static },
      { label: 'oracle', kind: 'oracle', points: yardstick.oracle },
      { label: router.name, kind: 'router', points: toCurve(matrix, router, yardstick) },
    ],
    points,
  });
};
