/** Dense features cut into quantile bins, so that a split is looked for among a few thresholds instead of all values. */

/** Bins are bytes. */
export const MAX_BINS = 256;

export interface FeatureBins {
  readonly rowCount: number;
  readonly featureCount: number;
  /** The most bins that a feature may have. */
  readonly binCount: number;
  /** [features] Ascending cuts: a value is in the bin of the first threshold that it does not exceed, or in the last. */
  readonly thresholds: readonly Float32Array[];
  /** [features × rows] */
  readonly bins: Uint8Array;
}

export interface FeatureTable {
  /** [rows × features] One row after the other. NaN counts as larger than everything. */
  readonly features: Float32Array;
  readonly featureCount: number;
}

/** A number from `low` up to, not including, `high`, half-way where single precision has one. */
const between = (low: number, high: number): number => {
  const middle = Math.fround(low + (high - low) / 2);
  return middle < high ? middle : low;
};

/** Cuts that share sorted values out evenly; equal values stay together. */
const toThresholds = (sorted: Float32Array, binCount: number): Float32Array => {
  const thresholds: number[] = [];
  let binStart = 0;
  for (let row = 1; row < sorted.length && thresholds.length < binCount - 1; row += 1) {
    const value = sorted[row] ?? Number.NaN;
    const before = sorted[row - 1] ?? Number.NaN;
    // What is left is shared out anew after each cut, since a frequent value can overfill a bin.
    const fair = (sorted.length - binStart) / (binCount - thresholds.length);
    if (value !== before && !Number.isNaN(before) && row - binStart >= fair) {
      thresholds.push(Number.isNaN(value) ? before : between(before, value));
      binStart = row;
    }
  }
  return Float32Array.from(thresholds);
};

const countDistinct = (sorted: Float32Array): number =>
  sorted.reduce((count, value, row) => count + (row > 0 && Object.is(value, sorted[row - 1]) ? 0 : 1), 0);

/** The bin of a value: how many thresholds it exceeds. */
const toBin = (thresholds: Float32Array, value: number): number => {
  let low = 0;
  let high = thresholds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= (thresholds[middle] ?? 0)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
};

/**
 * Bins of about equally many rows; features with few distinct values get one bin for each. Throws RangeError unless
 * 2 <= binCount <= 256 and the table is whole.
 */
export const toFeatureBins = ({ features, featureCount }: FeatureTable, binCount: number): FeatureBins => {
  const rowCount = features.length / featureCount;
  if (!Number.isInteger(rowCount) || !(binCount >= 2 && binCount <= MAX_BINS)) {
    throw new RangeError(`${features.length} numbers in rows of ${featureCount}, ${binCount} bins`);
  }
  const bins = new Uint8Array(features.length);
  const column = new Float32Array(rowCount);
  const thresholds: Float32Array[] = [];
  for (let feature = 0; feature < featureCount; feature += 1) {
    for (let row = 0; row < rowCount; row += 1) {
      column[row] = features[row * featureCount + feature] ?? Number.NaN;
    }
    const sorted = column.slice().sort(); // typed arrays sort NaN last
    const cuts = toThresholds(sorted, countDistinct(sorted) <= binCount ? sorted.length + 1 : binCount);
    thresholds.push(cuts);
    for (let row = 0; row < rowCount; row += 1) {
      bins[feature * rowCount + row] = toBin(cuts, column[row] ?? Number.NaN);
    }
  }
  return { rowCount, featureCount, binCount, thresholds, bins };
};
