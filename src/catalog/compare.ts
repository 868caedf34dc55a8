/** What a list of current facts would change in the catalog, and whether the changes look like a mistake in the list. */
import { toUsd } from '../canonical/money.ts';
import { namesOf } from './lookup.ts';
import type { Catalog, CatalogModel, ModelPrice, TokenPrices } from './model.ts';
import type { ListedModel, ModelsDevList } from './models-dev.ts';

/** A table of a catalog file: `limits`, `price`, or one of an array of tables by its position. `''` is the top level. */
export interface TablePlace {
  readonly table: string;
  readonly index: number | null;
}

export type FieldValue = string | number | boolean | readonly string[];

/** One field of one catalog file, in the file's own names and units. */
export interface FieldChange extends TablePlace {
  readonly key: string;
  /** Null: the file does not say. */
  readonly from: FieldValue | null;
  readonly to: FieldValue;
}

export interface ModelComparison {
  readonly model: CatalogModel;
  readonly listed: ListedModel;
  /** Empty: nothing would change. */
  readonly changes: readonly FieldChange[];
}

export interface Comparison {
  /** Every catalog model that the list knows, in the catalog's order. */
  readonly models: readonly ModelComparison[];
  /** Catalog models that the list does not know under their lab's own name. */
  readonly unlisted: readonly CatalogModel[];
}

const PRICE_KEYS = [
  ['input_usd_per_mtok', 'input'],
  ['output_usd_per_mtok', 'output'],
  ['cache_read_usd_per_mtok', 'cacheRead'],
  ['cache_write_usd_per_mtok', 'cacheWrite'],
] as const satisfies readonly (readonly [string, keyof TokenPrices])[];

const priceChanges = (place: TablePlace, from: TokenPrices | null, to: TokenPrices): readonly FieldChange[] =>
  PRICE_KEYS.flatMap(([key, member]) => {
    const before = from?.[member] ?? null;
    const after = to[member];
    if (after === null || after === before) return [];
    return [{ ...place, key, from: before === null ? null : toUsd(before), to: toUsd(after) }];
  });

/** Changes of tiers that both sides name, and whole new tiers at the end; tiers only the file has stay as they are. */
const contextTierChanges = (from: ModelPrice | null, listed: ListedModel): readonly FieldChange[] => {
  const known = from?.contextTiers ?? [];
  const fresh = listed.contextTiers.filter(
    (tier) => !known.some((other) => other.aboveInputTokens === tier.aboveInputTokens),
  );
  const table = 'price.context_tiers';
  const changed = known.flatMap((tier, index) => {
    const to = listed.contextTiers.find((other) => other.aboveInputTokens === tier.aboveInputTokens);
    return to === undefined ? [] : priceChanges({ table, index }, tier.prices, to.prices);
  });
  const added = fresh.flatMap((tier, offset) => {
    const place = { table, index: known.length + offset };
    return [
      { ...place, key: 'above_input_tokens', from: null, to: tier.aboveInputTokens },
      ...priceChanges(place, null, tier.prices),
    ];
  });
  return [...changed, ...added];
};

const serviceTierChanges = (from: ModelPrice | null, listed: ListedModel): readonly FieldChange[] => {
  const known = from?.serviceTiers ?? [];
  const fresh = listed.serviceTiers.filter((tier) => !known.some((other) => other.name === tier.name));
  const table = 'price.service_tiers';
  const changed = known.flatMap((tier, index) => {
    const to = listed.serviceTiers.find((other) => other.name === tier.name);
    return to === undefined ? [] : priceChanges({ table, index }, tier.prices, to.prices);
  });
  const added = fresh.flatMap((tier, offset) => {
    const place = { table, index: known.length + offset };
    return [{ ...place, key: 'name', from: null, to: tier.name }, ...priceChanges(place, null, tier.prices)];
  });
  return [...changed, ...added];
};

const sameWords = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((word) => right.includes(word));

interface Scalar {
  readonly table: string;
  readonly key: string;
  readonly from: FieldValue | null;
  readonly to: FieldValue | null;
}

const isSame = (from: FieldValue | null, to: FieldValue): boolean =>
  typeof from === 'object' && from !== null && typeof to === 'object' ? sameWords(from, to) : from === to;

const factChanges = (model: CatalogModel, listed: ListedModel): readonly FieldChange[] => {
  const scalars: readonly Scalar[] = [
    { table: '', key: 'released_on', from: model.releasedOn, to: model.releasedOn === null ? listed.releasedOn : null },
    { table: 'limits', key: 'context_tokens', from: model.limits.contextTokens, to: listed.contextTokens },
    { table: 'limits', key: 'output_tokens', from: model.limits.outputTokens, to: listed.outputTokens },
    { table: 'modalities', key: 'input', from: model.input, to: listed.input },
    { table: 'capabilities', key: 'tools', from: model.capabilities.tools, to: listed.tools },
  ];
  return scalars.flatMap(({ table, key, from, to }) =>
    to === null || isSame(from, to) ? [] : [{ table, index: null, key, from, to }],
  );
};

/**
 * Price changes of one model. Open weights without a list price get none from the list: what it names there is the
 * price of one host among many.
 */
const allPriceChanges = (model: CatalogModel, listed: ListedModel): readonly FieldChange[] => {
  if (listed.prices === null || (model.price === null && model.openWeights)) return [];
  return [
    ...priceChanges({ table: 'price', index: null }, model.price?.base ?? null, listed.prices),
    ...contextTierChanges(model.price, listed),
    ...serviceTierChanges(model.price, listed),
  ];
};

const findListed = (model: CatalogModel, { models }: ModelsDevList): ListedModel | undefined =>
  // The lab's own id first: an alias may be a dated id with facts of its own.
  [...(model.apiId === undefined ? [] : [model.apiId]), ...namesOf(model)]
    .map((name) => models.get(`${model.lab}/${name}`))
    .find((listed) => listed !== undefined);

/** What the list's entry would change in one model; empty: nothing. */
export const compareModel = (model: CatalogModel, listed: ListedModel): readonly FieldChange[] => [
  ...factChanges(model, listed),
  ...allPriceChanges(model, listed),
];

/** Compares every catalog model with the entry of its own lab. What the list does not say is never a change. */
export const compareCatalog = (catalog: Catalog, list: ModelsDevList): Comparison => {
  const models: ModelComparison[] = [];
  const unlisted: CatalogModel[] = [];
  for (const model of catalog.models.values()) {
    const listed = findListed(model, list);
    if (listed === undefined) unlisted.push(model);
    else models.push({ model, listed, changes: compareModel(model, listed) });
  }
  return { models, unlisted };
};

/** Change in per cent of the old value; null where there is none or it is 0, or where the values are no numbers. */
export const toPercent = ({ from, to }: FieldChange): number | null =>
  typeof from === 'number' && typeof to === 'number' && from !== 0 ? ((to - from) / from) * 100 : null;

export const isPriceChange = ({ table }: FieldChange): boolean => table === 'price' || table.startsWith('price.');
