/**
 * Fits the ability map: levels and slopes of all clusters and abilities of all training components at once, as the
 * penalised maximum of the likelihood of graded calls. Thin clusters are drawn to what clusters are on average.
 */
import { minimise, type Objective } from '../math/lbfgs.ts';
import { logistic, type AbilityCalls, type AbilityScale } from '../policy/learned/ability-map.ts';
import { clusterDiscounts, softplus } from './ability-posterior.ts';

/** Graded calls of one training component. */
export interface TrainingCalls extends AbilityCalls {
  /** [clusterCount] Sum of the squared scores: graded scores scatter less than right and wrong. */
  readonly squares: Float64Array;
}

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
const MIN_STRENGTH = 2;
const MAX_STRENGTH = 500;

/** Rounds of fitting, then setting the scale of slopes and the cells' strength. Three change the third digit. */
const ROUNDS = 4;
const MAX_ITERATIONS = 200;
const TOLERANCE = 1e-4;

/** Places (cluster, component) that hold calls, as columns. */
interface CallTable {
  readonly clusters: Uint32Array;
  readonly components: Uint32Array;
  /** Numbers of the pairs (cell, component), from 0 to pairCount - 1. */
  readonly pairs: Uint32Array;
  readonly pairCount: number;
  readonly counts: Float64Array;
  readonly sums: Float64Array;
  readonly squares: Float64Array;
}

const toCallTable = (components: readonly TrainingCalls[]): CallTable => {
  const places = components.flatMap(({ counts }, component) =>
    Array.from(counts.keys(), (cluster) => ({ cluster, component })).filter(({ cluster }) => (counts[cluster] ?? 0) > 0),
  );
  const column = (name: keyof TrainingCalls): Float64Array =>
    Float64Array.from(places, ({ cluster, component }) => components[component]?.[name][cluster] ?? 0);
  return {
    clusters: Uint32Array.from(places, ({ cluster }) => cluster),
    components: Uint32Array.from(places, ({ component }) => component),
    counts: column('counts'),
    sums: column('sums'),
    squares: column('squares'),
  };
};

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

interface Setting {
  /** Mean of the log slopes: fixed within a round, because slopes and abilities are scaled against each other. */
  readonly meanLogSlope: number;
  readonly cellStrength: number;
}

/** Adds the penalties' gradients; returns their value. */
const addPenalties = (at: Float64Array, gradient: Float64Array, context: Shape & Setting): number => {
  const { slopes, thetas, meanAlpha } = offsetsOf(context);
  const level = at[meanAlpha] ?? 0;
  let value = (level / MEAN_ALPHA_SD) ** 2 / 2;
  gradient[meanAlpha] = level / MEAN_ALPHA_SD ** 2;
  for (let cluster = 0; cluster < context.clusterCount; cluster += 1) {
    const alpha = ((at[cluster] ?? 0) - level) / ALPHA_SD;
    const slope = ((at[slopes + cluster] ?? 0) - context.meanLogSlope) / LOG_SLOPE_SD;
    value += (alpha * alpha + slope * slope) / 2;
    gradient[cluster] = (gradient[cluster] ?? 0) + alpha / ALPHA_SD;
    gradient[meanAlpha] -= alpha / ALPHA_SD;
    gradient[slopes + cluster] = (gradient[slopes + cluster] ?? 0) + slope / LOG_SLOPE_SD;
  }
  for (let parameter = thetas; parameter < meanAlpha; parameter += 1) {
    const theta = at[parameter] ?? 0;
    value += (theta * theta) / 2;
    gradient[parameter] = (gradient[parameter] ?? 0) + theta;
  }
  return value;
};

const createObjective = (table: CallTable, context: Shape & Setting): Objective => {
  const { slopes, thetas } = offsetsOf(context);
  const { clusters, components, sums } = table;
  const discounts = table.counts.map((count) => cellDiscount(count, context.cellStrength));
  const total = table.counts.reduce((sum, count, cell) => sum + count * (discounts[cell] ?? 0), 0);
  return (at, gradient) => {
    gradient.fill(0);
    let value = addPenalties(at, gradient, context);
    for (let cell = 0; cell < clusters.length; cell += 1) {
      const cluster = clusters[cell] ?? 0;
      const component = thetas + (components[cell] ?? 0);
      const theta = at[component] ?? 0;
      const beta = Math.exp(at[slopes + cluster] ?? 0);
      const logit = (at[cluster] ?? 0) + beta * theta;
      const count = table.counts[cell] ?? 0;
      const discount = discounts[cell] ?? 0;
      value += discount * (count * softplus(logit) - (sums[cell] ?? 0) * logit);
      const residual = discount * (count * logistic(logit) - (sums[cell] ?? 0));
      gradient[cluster] = (gradient[cluster] ?? 0) + residual;
      gradient[slopes + cluster] = (gradient[slopes + cluster] ?? 0) + residual * beta * theta;
      gradient[component] = (gradient[component] ?? 0) + residual * beta;
    }
    // Per call, so that the tolerance means the same for any amount of data.
    for (let parameter = 0; parameter < gradient.length; parameter += 1) {
      gradient[parameter] = (gradient[parameter] ?? 0) / total;
    }
    return value / total;
  };
};

/**
 * k0 by the method of moments (Kleinman 1973): of the squared distance between a cell's mean score and the map, what the
 * scatter of single calls does not explain is p (1 - p) / (k0 + 1) on average.
 */
const estimateStrength = (table: CallTable, at: Float64Array, shape: Shape): number => {
  const { slopes, thetas } = offsetsOf(shape);
  let room = 0;
  let excess = 0;
  for (let cell = 0; cell < table.counts.length; cell += 1) {
    const count = table.counts[cell] ?? 0;
    if (count < 2) continue;
    const cluster = table.clusters[cell] ?? 0;
    const theta = at[thetas + (table.components[cell] ?? 0)] ?? 0;
    const expected = logistic((at[cluster] ?? 0) + Math.exp(at[slopes + cluster] ?? 0) * theta);
    const mean = (table.sums[cell] ?? 0) / count;
    const scatter = Math.max(0, (table.squares[cell] ?? 0) / count - mean * mean) / (count - 1);
    room += expected * (1 - expected);
    excess += (mean - expected) ** 2 - scatter;
  }
  const strength = excess > 0 ? room / excess - 1 : MAX_STRENGTH;
  return Math.min(MAX_STRENGTH, Math.max(MIN_STRENGTH, strength));
};

const spreadOf = (values: Float64Array): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
};

/** Abilities where nothing else says: components by their plain mean score, from low to high. */
const toStart = ({ clusterCount, components, start }: AbilityFitOptions, shape: Shape): Float64Array => {
  const { slopes, thetas, meanAlpha, size } = offsetsOf(shape);
  const at = new Float64Array(size);
  if (start === undefined) return at;
  for (let cluster = 0; cluster < clusterCount; cluster += 1) {
    at[cluster] = start.scale.alphas[cluster] ?? 0;
    at[slopes + cluster] = Math.log(start.scale.betas[cluster] ?? 1);
  }
  for (const [index, name] of [...components.keys()].entries()) at[thetas + index] = start.thetas.get(name) ?? 0;
  at[meanAlpha] = at.subarray(0, clusterCount).reduce((sum, alpha) => sum + alpha, 0) / clusterCount;
  return at;
};

const meanLogSlopeOf = (start: AbilityFit | undefined): number =>
  start === undefined
    ? 0
    : start.scale.betas.reduce((sum, beta) => sum + Math.log(beta), 0) / start.scale.clusterCount;

/**
 * Fits one scale. Abilities have mean about 0 and sd 1 over the training components (which makes N(0, 1) the prior of a
 * new one), slopes take the scale of the data. Components may share few clusters or none: those of different sources are
 * then compared only by being spread alike. Deterministic. Throws RangeError without components.
 */
export const fitAbilityScale = (options: AbilityFitOptions): AbilityFit => {
  const { clusterCount, components, start } = options;
  if (components.size === 0) throw new RangeError('an ability map needs at least one component');
  const shape = { clusterCount, componentCount: components.size };
  const table = toCallTable([...components.values()]);
  const { slopes, thetas, meanAlpha } = offsetsOf(shape);
  let at = toStart(options, shape);
  let isConverged = false;
  const setting = {
    meanLogSlope: meanLogSlopeOf(start),
    cellStrength: start?.scale.cellStrength ?? START_STRENGTH,
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    const minimum = minimise({
      objective: createObjective(table, { ...shape, ...setting }),
      start: at,
      maxIterations: MAX_ITERATIONS,
      tolerance: TOLERANCE,
    });
    at = minimum.at;
    isConverged = minimum.isConverged;
    setting.cellStrength = estimateStrength(table, at, shape);
    const spread = components.size > 1 ? spreadOf(at.subarray(thetas, meanAlpha)) : 1;
    // The last round's numbers stay as they were found: only the next round could follow another scale.
    if (round < ROUNDS - 1 && spread > 0) setting.meanLogSlope += Math.log(spread);
  }
  return {
    scale: {
      clusterCount,
      alphas: Float32Array.from(at.subarray(0, clusterCount)),
      betas: Float32Array.from(at.subarray(slopes, thetas), Math.exp),
      thetaPrior: { mean: 0, sd: 1 },
      cellStrength: setting.cellStrength,
    },
    thetas: new Map([...components.keys()].map((name, index) => [name, at[thetas + index] ?? 0])),
    isConverged,
  };
};
