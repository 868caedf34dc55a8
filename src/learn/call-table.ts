/** Graded calls of many components by cluster, as columns: what the ability map is fitted to. */
import { logistic } from '../math/probability.ts';
import type { AbilityCalls } from '../policy/learned/ability-map.ts';
import { clusterDiscounts } from './ability-posterior.ts';

/** Graded calls of one training component. */
export interface TrainingCalls extends AbilityCalls {
  /** [clusterCount] Sum of the squared scores: graded scores scatter less than right and wrong. */
  readonly squares: Float64Array;
}

/** The log odds that a map gives to each place. */
export type PlaceLogit = (cluster: number, component: number) => number;

/** Places (cluster, component) that hold calls, by component, then by cluster. */
export interface CallTable {
  readonly clusters: Uint32Array;
  readonly components: Uint32Array;
  readonly counts: Float64Array;
  readonly sums: Float64Array;
  readonly squares: Float64Array;
}

export const toCallTable = (components: readonly TrainingCalls[]): CallTable => {
  const places = components.flatMap(({ counts }, component) =>
    Array.from(counts.keys(), (cluster) => ({ cluster, component })).filter(
      ({ cluster }) => (counts[cluster] ?? 0) > 0,
    ),
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

/** What says how far cells deviate. */
export interface CellSetting {
  readonly cellOf: Uint16Array;
  readonly cellStrength: number;
}

/** [places] How much a call of each place counts in the likelihood. */
export const placeDiscounts = (
  components: readonly TrainingCalls[],
  table: CallTable,
  setting: CellSetting,
): Float64Array => {
  const discounts = components.map(({ counts }) => clusterDiscounts(setting, counts));
  return Float64Array.from(table.clusters, (cluster, place) => {
    return discounts[table.components[place] ?? 0]?.[cluster] ?? 0;
  });
};

/** Sums over the calls of one component in one cell. */
interface CellSums {
  calls: number;
  /** Of score - expectation. */
  residual: number;
  /** Of (score - expectation)². */
  squares: number;
  /** Of p (1 - p). */
  room: number;
}

const sumCells = (table: CallTable, cellOf: Uint16Array, logitOf: PlaceLogit): readonly CellSums[] => {
  const cells = new Map<string, CellSums>();
  for (const [place, cluster] of table.clusters.entries()) {
    const component = table.components[place] ?? 0;
    const key = `${component} ${cellOf[cluster] ?? 0}`;
    const cell = cells.get(key) ?? { calls: 0, residual: 0, squares: 0, room: 0 };
    cells.set(key, cell);
    const count = table.counts[place] ?? 0;
    const sum = table.sums[place] ?? 0;
    const expected = logistic(logitOf(cluster, component));
    cell.calls += count;
    cell.residual += sum - count * expected;
    cell.squares += (table.squares[place] ?? 0) - 2 * expected * sum + count * expected * expected;
    cell.room += count * expected * (1 - expected);
  }
  return [...cells.values()];
};

/** Smallest and largest strength: below, a map would be pointless; above, calls of one's own would be. */
const MIN_STRENGTH = 2;
const MAX_STRENGTH = 1_000;

/** Calls from which a cell counts nearly fully in the estimate: those of fewer are mostly noise. */
const FULL_CALLS = 20;

/**
 * k0 by the method of moments (Kleinman 1973): cells deviate from the map by more than the scatter of single calls
 * explains, with a variance of p (1 - p) / (k0 + 1). For a cell of N calls with residuals r the unbiased estimate of its
 * squared deviation is ((Σ r)² / N - Σ r² / N) / (N - 1).
 */
export const estimateCellStrength = (table: CallTable, cellOf: Uint16Array, logitOf: PlaceLogit): number => {
  let room = 0;
  let excess = 0;
  for (const cell of sumCells(table, cellOf, logitOf)) {
    if (cell.calls < 2) continue;
    const weight = cell.calls / (cell.calls + FULL_CALLS);
    room += (weight * cell.room) / cell.calls;
    excess += (weight * (cell.residual ** 2 - cell.squares)) / (cell.calls * (cell.calls - 1));
  }
  const strength = excess > 0 ? room / excess - 1 : MAX_STRENGTH;
  return Math.min(MAX_STRENGTH, Math.max(MIN_STRENGTH, strength));
};
