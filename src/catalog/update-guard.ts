/** Refuses an update that looks like a mistake in the list: a wrong unit, a lost decimal, half a file. */
import { isPriceChange, type Comparison, type FieldChange, type ModelComparison } from './compare.ts';

/** A single price that moves by more than this factor, up or down, needs a human. */
export const MAX_PRICE_FACTOR = 3;

/** The median of all compared input and output prices moves by at most this factor: labs do not reprice in step. */
export const MAX_MEDIAN_FACTOR = 1.25;

/** Of the catalog's priced models, at least this share must be in the list, or the list is not whole. */
export const MIN_LISTED_SHARE = 0.5;

export interface GuardFinding {
  readonly kind: 'price_factor' | 'median_shift' | 'list_shrunk';
  /** One sentence: what was found, and the limit. */
  readonly message: string;
}

/** How many times larger the larger of the two is; infinite when a price appears from, or falls to, 0. */
const factorOf = (from: number, to: number): number => {
  if (from === to) return 1;
  return Math.min(from, to) === 0 ? Infinity : Math.max(from / to, to / from);
};

const round = (factor: number): string => (Number.isFinite(factor) ? factor.toFixed(1) : 'infinity');

const isSuspicious = (change: FieldChange): boolean => {
  if (!isPriceChange(change) || typeof change.to !== 'number' || change.key === 'above_input_tokens') return false;
  // A price where there was none: 0 is what lists write for "not known" or "included in a plan".
  if (change.from === null) return change.to === 0 && change.index === null;
  return typeof change.from === 'number' && factorOf(change.from, change.to) > MAX_PRICE_FACTOR;
};

const toFinding = (id: string, change: FieldChange): GuardFinding => {
  const factor =
    typeof change.from === 'number' && typeof change.to === 'number' ? factorOf(change.from, change.to) : null;
  const size = factor === null ? 'a price of 0 where none was known' : `a factor of ${round(factor)}`;
  return {
    kind: 'price_factor',
    message: `${id}: ${change.key} ${String(change.from ?? 'unknown')} → ${String(change.to)}: ${size} (limit ${MAX_PRICE_FACTOR}).`,
  };
};

/** Price after the update divided by the price before, for input and output of every compared model that has both. */
const ratiosOf = ({ model, listed }: ModelComparison): readonly number[] => {
  if (model.price === null || listed.prices === null) return [];
  const { base } = model.price;
  const pairs = [
    [base.input, listed.prices.input],
    [base.output, listed.prices.output],
  ] as const;
  return pairs.filter(([from, to]) => from > 0 && to > 0).map(([from, to]) => to / from);
};

const medianOf = (numbers: readonly number[]): number => {
  const sorted = [...numbers].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 1;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
};

const checkMedian = ({ models }: Comparison): readonly GuardFinding[] => {
  const median = medianOf(models.flatMap(ratiosOf));
  if (median <= MAX_MEDIAN_FACTOR && median >= 1 / MAX_MEDIAN_FACTOR) return [];
  const percent = ((median - 1) * 100).toFixed(0);
  const limit = ((MAX_MEDIAN_FACTOR - 1) * 100).toFixed(0);
  return [{ kind: 'median_shift', message: `The median price moves by ${percent} % (limit ${limit} % up).` }];
};

const checkShare = ({ models, unlisted }: Comparison): readonly GuardFinding[] => {
  const known = models.filter(({ model }) => model.price !== null).length;
  const all = known + unlisted.filter(({ price }) => price !== null).length;
  if (known >= all * MIN_LISTED_SHARE) return [];
  const message = `The list knows only ${known} of the catalog's ${all} priced models (limit half of them).`;
  return [{ kind: 'list_shrunk', message }];
};

/** Every reason not to write the changes without a human's word; empty: none. */
export const guardUpdate = (comparison: Comparison): readonly GuardFinding[] => [
  ...comparison.models.flatMap(({ model, changes }) =>
    changes.filter(isSuspicious).map((change) => toFinding(model.id, change)),
  ),
  ...checkMedian(comparison),
  ...checkShare(comparison),
];
