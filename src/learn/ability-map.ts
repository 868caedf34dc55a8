/**
 * Fits the ability map: levels and slopes of all clusters and abilities of all training components at once, as the
 * penalised maximum of the likelihood of graded calls. Thin clusters are drawn to what clusters are on average.
 */
import { mean } from '../math/statistics.ts';
import { minimise, type Objective } from '../math/lbfgs.ts';
import { logistic } from '../math/probability.ts';
import { softplus } from '../math/softplus.ts';
import type { AbilityScale } from '../policy/learned/ability-map.ts';
import {
  estimateCellStrength,
  placeDiscounts,
  toCallTable,
  type CallTable,
  type CellSetting,
  type PlaceLogit,
  type TrainingCalls,
} from './call-table.ts';

export interface AbilityFit {
  readonly scale: AbilityScale;
  /** Ability by component name, as found with its outcomes. */
  readonly thetas: ReadonlyMap<string, number>;
  readonly isConverged: boolean;
}

export interface AbilityFitOptions {
  /** [clusterCount] As in `AbilityScale`. */
  readonly cellOf: Uint16Array;
  readonly components: ReadonlyMap<string, TrainingCalls>;
  /** Where to start: the fit of nearly the same components, for instance. */
  readonly start?: AbilityFit;
}

/** Standard deviations of levels (log odds) and of log slopes between clusters: wide beside what data sets show. */
const ALPHA_SD = 1.5;
const LOG_SLOPE_SD = 0.5;

/** The mean level is free within any plausible range; a penalty keeps the objective's minimum single. */
const MEAN_ALPHA_SD = 10;

const START_STRENGTH = 20;

/** Rounds of fitting, each followed by setting the scale of the slopes and the strength of the cells. */
const ROUNDS = 4;

/** From a near fit. */
const ROUNDS_FROM_START = 2;
const MAX_ITERATIONS = 200;
const TOLERANCE = 1e-4;

interface Shape {
  readonly clusterCount: number;
  readonly componentCount: number;
}

/** Where parameters stand in a point: alphas, log slopes, thetas, mean alpha. */
const offsetsOf = ({ clusterCount, componentCount }: Shape) => ({
  slopes: clusterCount,
  thetas: 2 * clusterCount,
  meanAlpha: 2 * clusterCount + componentCount,
  size: 2 * clusterCount + componentCount + 1,
});

const logitAt = (at: Float64Array, shape: Shape): PlaceLogit => {
  const { slopes, thetas } = offsetsOf(shape);
  return (cluster, component) =>
    (at[cluster] ?? 0) + Math.exp(at[slopes + cluster] ?? 0) * (at[thetas + component] ?? 0);
};

/** Adds the penalties' gradients; returns their value. The mean of the log slopes is fixed: abilities scale it. */
const addPenalties = (at: Float64Array, gradient: Float64Array, context: Shape & { meanLogSlope: number }): number => {
  const { slopes, thetas, meanAlpha } = offsetsOf(context);
  const level = at[meanAlpha] ?? 0;
  let value = (level / MEAN_ALPHA_SD) ** 2 / 2;
  let levelGradient = level / MEAN_ALPHA_SD ** 2;
  for (let cluster = 0; cluster < context.clusterCount; cluster += 1) {
    const alpha = ((at[cluster] ?? 0) - level) / ALPHA_SD;
    const slope = ((at[slopes + cluster] ?? 0) - context.meanLogSlope) / LOG_SLOPE_SD;
    value += (alpha * alpha + slope * slope) / 2;
    gradient[cluster] = (gradient[cluster] ?? 0) + alpha / ALPHA_SD;
    levelGradient -= alpha / ALPHA_SD;
    gradient[slopes + cluster] = (gradient[slopes + cluster] ?? 0) + slope / LOG_SLOPE_SD;
  }
  gradient[meanAlpha] = levelGradient;
  for (let parameter = thetas; parameter < meanAlpha; parameter += 1) {
    const theta = at[parameter] ?? 0;
    value += (theta * theta) / 2;
    gradient[parameter] = (gradient[parameter] ?? 0) + theta;
  }
  return value;
};

interface FitContext extends Shape {
  readonly table: CallTable;
  /** [places] */
  readonly discounts: Float64Array;
  readonly meanLogSlope: number;
}

/** Divided by the number of calls that count, so that the tolerance means the same for any amount of data. */
const createObjective = (context: FitContext): Objective => {
  const { table, discounts } = context;
  const { slopes, thetas } = offsetsOf(context);
  const total = table.counts.reduce((sum, count, place) => sum + count * (discounts[place] ?? 0), 0);
  return (at, gradient) => {
    gradient.fill(0);
    let value = addPenalties(at, gradient, context);
    for (let place = 0; place < table.clusters.length; place += 1) {
      const cluster = table.clusters[place] ?? 0;
      const component = thetas + (table.components[place] ?? 0);
      const theta = at[component] ?? 0;
      const beta = Math.exp(at[slopes + cluster] ?? 0);
      const logit = (at[cluster] ?? 0) + beta * theta;
      const count = table.counts[place] ?? 0;
      const sum = table.sums[place] ?? 0;
      const discount = discounts[place] ?? 0;
      value += discount * (count * softplus(logit) - sum * logit);
      const residual = discount * (count * logistic(logit) - sum);
      gradient[cluster] = (gradient[cluster] ?? 0) + residual;
      gradient[slopes + cluster] = (gradient[slopes + cluster] ?? 0) + residual * beta * theta;
      gradient[component] = (gradient[component] ?? 0) + residual * beta;
    }
    for (const [parameter, slope] of gradient.entries()) gradient[parameter] = slope / total;
    return value / total;
  };
};

/**
 * The same predictions with abilities of mean 0 and sd 1: levels and slopes take what abilities lose. Penalties alone would
 * settle the scale between the two, somewhere that depends on how many there are of each.
 */
const standardise = (at: Float64Array, shape: Shape): Float64Array => {
  const { slopes, thetas, meanAlpha } = offsetsOf(shape);
  const abilities = at.subarray(thetas, meanAlpha);
  const center = mean(abilities);
  const spread = Math.sqrt(mean(abilities.map((theta) => (theta - center) ** 2)));
  if (!(spread > 0)) return at;
  const moved = at.slice();
  for (let cluster = 0; cluster < shape.clusterCount; cluster += 1) {
    const logSlope = at[slopes + cluster] ?? 0;
    moved[cluster] = (at[cluster] ?? 0) + Math.exp(logSlope) * center;
    moved[slopes + cluster] = logSlope + Math.log(spread);
  }
  for (const [component, theta] of abilities.entries()) moved[thetas + component] = (theta - center) / spread;
  moved[meanAlpha] = mean(moved.subarray(0, shape.clusterCount));
  return moved;
};

const toStart = ({ components, start }: AbilityFitOptions, shape: Shape): Float64Array => {
  const { slopes, thetas, meanAlpha, size } = offsetsOf(shape);
  const at = new Float64Array(size);
  if (start === undefined) return at;
  at.set(start.scale.alphas);
  at.set(Float64Array.from(start.scale.betas, Math.log), slopes);
  for (const [index, name] of [...components.keys()].entries()) at[thetas + index] = start.thetas.get(name) ?? 0;
  at[meanAlpha] = start.scale.alphas.reduce((sum, alpha) => sum + alpha, 0) / shape.clusterCount;
  return at;
};

const meanLogSlopeOf = (start: AbilityFit | undefined): number =>
  start === undefined ? 0 : start.scale.betas.reduce((sum, beta) => sum + Math.log(beta), 0) / start.scale.clusterCount;

interface Estimate extends Pick<CellSetting, 'cellStrength'> {
  readonly at: Float64Array;
  readonly isConverged: boolean;
}

/** Rounds: the fit for a scale of slopes and a strength, then the scale that gives abilities an sd of 1. */
const estimate = (options: AbilityFitOptions, shape: Shape): Estimate => {
  const { cellOf, start } = options;
  const components = [...options.components.values()];
  const table = toCallTable(components);
  const { slopes, thetas } = offsetsOf(shape);
  let meanLogSlope = meanLogSlopeOf(start);
  let found: Estimate = {
    at: toStart(options, shape),
    isConverged: false,
    cellStrength: start?.scale.cellStrength ?? START_STRENGTH,
  };
  const rounds = start === undefined ? ROUNDS : ROUNDS_FROM_START;
  for (let round = 0; round < rounds; round += 1) {
    const discounts = placeDiscounts(components, table, { cellOf, cellStrength: found.cellStrength });
    const { at, isConverged } = minimise({
      objective: createObjective({ ...shape, table, discounts, meanLogSlope }),
      start: found.at,
      maxIterations: MAX_ITERATIONS,
      tolerance: TOLERANCE,
    });
    const cellStrength = estimateCellStrength(table, cellOf, logitAt(at, shape));
    found = { at: standardise(at, shape), isConverged, cellStrength };
    meanLogSlope = mean(found.at.subarray(slopes, thetas));
  }
  return found;
};

/**
 * Fits one scale. Abilities have mean about 0 and sd 1 over the training components (which makes N(0, 1) the prior of a
 * new one), slopes take the scale of the data. Components may share few clusters or none: those of different sources are
 * then compared only by being spread alike. Deterministic. Throws RangeError without components.
 */
export const fitAbilityScale = (options: AbilityFitOptions): AbilityFit => {
  const { cellOf, components } = options;
  if (components.size === 0) throw new RangeError('an ability map needs at least one component');
  const clusterCount = cellOf.length;
  const shape = { clusterCount, componentCount: components.size };
  const { slopes, thetas } = offsetsOf(shape);
  const { at, isConverged, cellStrength } = estimate(options, shape);
  return {
    scale: {
      clusterCount,
      alphas: Float32Array.from(at.subarray(0, clusterCount)),
      betas: Float32Array.from(at.subarray(slopes, thetas), Math.exp),
      cellOf,
      thetaPrior: { mean: 0, sd: 1 },
      cellStrength,
    },
    thetas: new Map([...components.keys()].map((name, index) => [name, at[thetas + index] ?? 0])),
    isConverged,
  };
};
