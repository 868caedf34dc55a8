/**
 * A concave, non-decreasing hull that takes points one by one, in any order. Points that mostly come dearer and dearer,
 * as along a router's curve, cost a few nanoseconds each, which is what a thousand resamples need.
 */
import type { Hull } from './hull.ts';

export interface GrowingHull {
  /** Forgets every point; the memory stays. */
  readonly clear: () => void;
  /** `tag` is the caller's name for the point. A point on or below the hull leaves no trace. */
  readonly add: (cost: number, quality: number, tag: number) => void;
  /** Number of vertices. */
  readonly size: () => number;
  /** Of a vertex, 0 to size() − 1, from cheapest to best; both rise. */
  readonly costAt: (vertex: number) => number;
  readonly qualityAt: (vertex: number) => number;
  readonly tagAt: (vertex: number) => number;
}

const FIRST_CAPACITY = 64;

/** Vertices, and the point that is being added: kept here, since an object per point would be most of the time. */
interface State {
  costs: Float64Array;
  qualities: Float64Array;
  tags: Int32Array;
  size: number;
  cost: number;
  quality: number;
}

/** Whether vertex `middle` lies on or below the line from vertex `left` to the point. */
const isUnderPoint = ({ costs, qualities, cost, quality }: State, left: number, middle: number): boolean => {
  const leftCost = costs[left] ?? 0;
  const leftQuality = qualities[left] ?? 0;
  return (
    ((costs[middle] ?? 0) - leftCost) * (quality - leftQuality) >=
    ((qualities[middle] ?? 0) - leftQuality) * (cost - leftCost)
  );
};

/** Whether the point lies on or below the line from vertex `left` to vertex `right`. */
const isPointUnder = ({ costs, qualities, cost, quality }: State, left: number, right: number): boolean => {
  const leftCost = costs[left] ?? 0;
  const leftQuality = qualities[left] ?? 0;
  return (
    (cost - leftCost) * ((qualities[right] ?? 0) - leftQuality) >=
    (quality - leftQuality) * ((costs[right] ?? 0) - leftCost)
  );
};

/** Whether vertex `middle` lies on or below the line from the point to vertex `right`. */
const isBehindPoint = ({ costs, qualities, cost, quality }: State, middle: number, right: number): boolean =>
  ((costs[middle] ?? 0) - cost) * ((qualities[right] ?? 0) - quality) >=
  ((qualities[middle] ?? 0) - quality) * ((costs[right] ?? 0) - cost);

const makeRoom = (state: State): void => {
  const { costs, qualities, tags, size } = state;
  if (size < costs.length) {
    return;
  }
  state.costs = new Float64Array(size * 2);
  state.qualities = new Float64Array(size * 2);
  state.tags = new Int32Array(size * 2);
  state.costs.set(costs);
  state.qualities.set(qualities);
  state.tags.set(tags);
};

/** Puts the point in the place of the vertices from `start` up to, not including, `end`; returns where it stands. */
const put = (state: State, start: number, end: number): number => {
  makeRoom(state);
  const { costs, qualities, tags, size, cost, quality } = state;
  if (end < size && end !== start + 1) {
    costs.copyWithin(start + 1, end, size);
    qualities.copyWithin(start + 1, end, size);
    tags.copyWithin(start + 1, end, size);
  }
  costs[start] = cost;
  qualities[start] = quality;
  state.size += start + 1 - end;
  return start;
};

/** The first of the vertices before `end` that the point takes the place of. */
const firstReplaced = (state: State, end: number): number => {
  let start = end;
  while (start >= 2 && isUnderPoint(state, start - 2, start - 1)) {
    start -= 1;
  }
  return start;
};

/** The first vertex that is at least as dear as the point. */
const findDearer = ({ costs, size, cost }: State): number => {
  let [low, high] = [0, size];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((costs[middle] ?? 0) < cost) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
};

/** Adds a point that is not the dearest; returns its vertex, or −1. */
const insert = (state: State): number => {
  const { costs, qualities, cost, quality, size } = state;
  const right = findDearer(state);
  const isDominated =
    (right > 0 && quality <= (qualities[right - 1] ?? 0)) ||
    (costs[right] === cost && quality <= (qualities[right] ?? 0));
  if (isDominated || (right > 0 && isPointUnder(state, right - 1, right))) {
    return -1;
  }
  let end = right;
  while (end < size && (qualities[end] ?? 0) <= quality) {
    end += 1;
  }
  while (end + 1 < size && isBehindPoint(state, end, end + 1)) {
    end += 1;
  }
  return put(state, firstReplaced(state, right), end);
};

export const createGrowingHull = (): GrowingHull => {
  const state: State = {
    costs: new Float64Array(FIRST_CAPACITY),
    qualities: new Float64Array(FIRST_CAPACITY),
    tags: new Int32Array(FIRST_CAPACITY),
    size: 0,
    cost: 0,
    quality: 0,
  };
  return {
    clear: () => {
      state.size = 0;
    },
    add: (cost, quality, tag) => {
      const { size, costs, qualities } = state;
      state.cost = cost;
      state.quality = quality;
      let vertex = -1;
      if (size > 0 && cost <= (costs[size - 1] ?? 0)) {
        vertex = insert(state);
      } else if (size === 0 || quality > (qualities[size - 1] ?? 0)) {
        vertex = put(state, firstReplaced(state, size), size);
      }
      if (vertex >= 0) {
        state.tags[vertex] = tag;
      }
    },
    size: () => state.size,
    costAt: (vertex) => state.costs[vertex] ?? Number.NaN,
    qualityAt: (vertex) => state.qualities[vertex] ?? Number.NaN,
    tagAt: (vertex) => state.tags[vertex] ?? Number.NaN,
  };
};

/** The vertices as plain values, costs and qualities divided by `total`: for points that were added as sums. */
export const toHull = (growing: GrowingHull, total = 1): Hull =>
  Array.from({ length: growing.size() }, (_, vertex) => ({
    cost: growing.costAt(vertex) / total,
    quality: growing.qualityAt(vertex) / total,
  }));
