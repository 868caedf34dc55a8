/** Benchmark rows of routers on a pool: a whole curve each, cross-fitted, with intervals, under one protocol. */
import { DEFAULT_RESAMPLES, groupBootstrap } from '../math/bootstrap.ts';
import { createRandom } from '../math/random.ts';
import type { Interval } from '../math/statistics.ts';
import type { CrossFitRun } from './cross-fit.ts';
import { createHeadroom, HEADROOM_FIELDS, type Headroom } from './headroom.ts';
import type { ScoreMatrix } from './matrix.ts';
import { singleProtocol, type Protocol } from './protocol.ts';
import { createRouterCurve, type CurveOptions } from './router-curve.ts';
import { sharesOf } from './router-shares.ts';
import { toSwitches } from './switches.ts';
import { createYardstick, type Yardstick } from './yardstick.ts';

export interface PoolRouter {
  readonly name: string;
  /** It knows a label that no router sees. */
  readonly isCheating: boolean;
  /** One per cross-validation seed, all of one protocol. */
  readonly runs: readonly CrossFitRun[];
}

/** Names and units of the result files. */
export interface PoolRow {
  readonly set: string;
  readonly policy: string;
  readonly protocol: Protocol;
  readonly is_cheating: boolean;
  /** Means over the 20 budgets. */
  readonly quality: Interval;
  readonly cost_usd: Interval;
  readonly share: Readonly<Record<string, number>>;
  /** The same figure as `quality`: with equal steps of cost, the area under the curve over the whole cost range. */
  readonly area: Interval;
  /** Null where the set cannot rank routers (`room_points` below 1). */
  readonly headroom: Interval | null;
  readonly headroom_hindsight: Interval | null;
  /** Numerator and denominator of the headroom, in points. */
  readonly gain_points: Interval;
  readonly room_points: Interval;
  /** Headroom minus that of the reference policy; paired. Null for the reference itself. */
  readonly headroom_over_reference: Interval | null;
  /** Null where, in too many resamples, the cheapest component is the most accurate: no range to be off in. */
  readonly dial_error: Interval | null;
  readonly n: number;
  readonly groups: number;
  readonly seed: number;
}

export interface PoolRowOptions extends Pick<CurveOptions, 'withSingles' | 'chosenOn'> {
  readonly matrix: ScoreMatrix;
  readonly routers: readonly PoolRouter[];
  /** Name of the router that the others are compared with, as the length rule. */
  readonly reference: string;
  /** [prompts] What is resampled together: the matrix's groups, or families where families are left out. */
  readonly groups?: readonly string[];
  readonly seed: number;
  readonly resamples?: number;
}

const meanShares = (options: PoolRowOptions, { runs }: PoolRouter, yardstick: Yardstick): Float64Array => {
  const { matrix, withSingles, chosenOn } = options;
  const sums = new Float64Array(matrix.components.length);
  for (const { predictions, expectedCosts, folds } of runs) {
    const switches = toSwitches(predictions, expectedCosts);
    const curve = createRouterCurve({ matrix, switches, folds, withSingles, chosenOn });
    const { mixtures } = curve(new Float64Array(folds.length).fill(1), yardstick.budgets);
    const shares = sharesOf({ switches, folds, mixtures, componentCount: sums.length });
    shares.forEach((share, component) => {
      sums[component] = (sums[component] ?? 0) + share / runs.length;
    });
  }
  return sums;
};

/** Every router's measures of one sample and, last of each, its headroom over the reference's. */
const createMeasure = (options: PoolRowOptions): ((weights: Float64Array) => readonly number[]) => {
  const { matrix, routers, withSingles, chosenOn } = options;
  const reference = routers.findIndex(({ name }) => name === options.reference);
  if (reference < 0) {
    throw new RangeError(`no router is named ${options.reference}: ${routers.map(({ name }) => name).join(', ')}`);
  }
  const yardstick = createYardstick(matrix);
  const headrooms = routers.map(({ runs }) => createHeadroom({ matrix, runs, withSingles, chosenOn }));
  return (weights) => {
    const sample = yardstick(weights);
    const measured: readonly Headroom[] = headrooms.map((headroom) => headroom(weights, sample));
    const known = measured[reference]?.captured ?? Number.NaN;
    return measured.flatMap((own) => [...HEADROOM_FIELDS.map((field) => own[field]), own.captured - known]);
  };
};

/** A measure that no sample leaves undefined. */
const defined = (interval: Interval | null | undefined, name: string): Interval => {
  if (!interval) {
    throw new RangeError(
      `${name} is undefined in too many resamples: has every fold prompts, and every family others?`,
    );
  }
  return interval;
};

/**
 * One row per router, all of one protocol, from one bootstrap, so that every difference is paired. Of 7,000 prompts × 5
 * components a router takes about 5 ms of CPU per seed and resample. Throws RangeError for mixed protocols.
 */
export const toPoolRows = (options: PoolRowOptions): readonly PoolRow[] => {
  const { matrix, routers, seed, resamples = DEFAULT_RESAMPLES, groups = matrix.groups } = options;
  const protocol = singleProtocol(routers.flatMap(({ runs }) => runs));
  const measure = createMeasure(options);
  const intervals = groupBootstrap({ groups, random: createRandom(seed), resamples, measure });
  const yardstick = createYardstick(matrix)(new Float64Array(matrix.groups.length).fill(1));
  const width = HEADROOM_FIELDS.length + 1;
  return routers.map((router, index) => {
    const own = intervals.slice(index * width, (index + 1) * width);
    const of = (field: keyof Headroom): Interval | null => own[HEADROOM_FIELDS.indexOf(field)] ?? null;
    const shares = meanShares(options, router, yardstick);
    const quality = defined(of('area'), 'quality');
    return {
      set: matrix.set,
      policy: router.name,
      protocol,
      is_cheating: router.isCheating,
      quality,
      cost_usd: defined(of('cost'), 'cost'),
      share: Object.fromEntries(matrix.components.map((name, component) => [name, shares[component] ?? Number.NaN])),
      area: quality,
      headroom: of('captured'),
      headroom_hindsight: of('hindsight'),
      gain_points: defined(of('gainPoints'), 'gain'),
      room_points: defined(of('roomPoints'), 'room'),
      headroom_over_reference: router.name === options.reference ? null : (own[width - 1] ?? null),
      dial_error: of('dialError'),
      n: matrix.groups.length,
      groups: new Set(groups).size,
      seed,
    };
  });
};
