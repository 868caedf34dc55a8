/** Concave, non-decreasing hulls of (cost, quality) points: what mixing between points can reach at each cost. */

export interface CostQuality {
  readonly cost: number;
  readonly quality: number;
}

/** Vertices from cheapest to best, both rising; never empty. */
export type Hull = readonly CostQuality[];

/** Whether `middle` lies on or below the line from `left` to `right`. */
const isBelow = (left: CostQuality, middle: CostQuality, right: CostQuality): boolean =>
  (middle.cost - left.cost) * (right.quality - left.quality) >=
  (middle.quality - left.quality) * (right.cost - left.cost);

/** The upper hull (Andrew 1979, monotone chain), cut where it stops rising. Throws RangeError without a point. */
export const concaveHull = (points: readonly CostQuality[]): Hull => {
  if (points.length === 0) {
    throw new RangeError('a hull needs at least one point');
  }
  const ordered = [...points].sort((one, other) => one.cost - other.cost || other.quality - one.quality);
  const hull: CostQuality[] = [];
  for (const point of ordered) {
    const best = hull.at(-1);
    if (best !== undefined && point.quality <= best.quality) {
      // Dearer and not better: never on a non-decreasing hull. (The last vertex is the best so far.)
      continue;
    }
    for (let [left, middle] = hull.slice(-2); left && middle && isBelow(left, middle, point);) {
      hull.pop();
      [left, middle] = hull.slice(-2);
    }
    hull.push(point);
  }
  return hull;
};

/** The hull's quality at a cost: linear between vertices, flat beyond the last, and below the first the first's. */
export const qualityAtCost = (hull: Hull, cost: number): number => {
  const above = hull.findIndex((vertex) => vertex.cost >= cost);
  const right = hull[above];
  const left = hull[above - 1];
  if (right === undefined) {
    return hull.at(-1)?.quality ?? Number.NaN;
  }
  if (left === undefined) {
    return right.quality;
  }
  return left.quality + ((right.quality - left.quality) * (cost - left.cost)) / (right.cost - left.cost);
};
