/** Finds the catalog's model behind the id that a provider uses for it. Exact names only: a near miss is a miss. */
import { findKnownProvider, LAB_NAMES_ELSEWHERE } from './known-providers.ts';
import type { Catalog, CatalogModel } from './model.ts';

export interface FoundModel {
  readonly model: CatalogModel;
  /** The provider is the lab's own API: the lab's list price holds there. */
  readonly firstHand: boolean;
}

interface NameIndex {
  /** By `<lab>/<name>`, for every name of every model. */
  readonly byLab: ReadonlyMap<string, CatalogModel>;
  /** By name alone; null where models of two labs share it. */
  readonly byName: ReadonlyMap<string, CatalogModel | null>;
}

const indexes = new WeakMap<Catalog, NameIndex>();

/** The part of the id after the lab, the lab's own spelling, and every other id that providers use. */
export const namesOf = (model: CatalogModel): readonly string[] => [
  model.id.slice(model.lab.length + 1),
  ...(model.apiId === undefined ? [] : [model.apiId]),
  ...(model.aliases ?? []),
];

const createIndex = (catalog: Catalog): NameIndex => {
  const byLab = new Map<string, CatalogModel>();
  const byName = new Map<string, CatalogModel | null>();
  for (const model of catalog.models.values()) {
    for (const name of namesOf(model)) {
      byLab.set(`${model.lab}/${name}`, model);
      const other = byName.get(name);
      byName.set(name, other === undefined || other === model ? model : null);
    }
  }
  return { byLab, byName };
};

const indexOf = (catalog: Catalog): NameIndex => {
  const known = indexes.get(catalog);
  if (known !== undefined) return known;
  const created = createIndex(catalog);
  indexes.set(catalog, created);
  return created;
};

/**
 * In this order: a name of a lab that the provider serves first-hand (`openai` + `gpt-5`); `<lab>/<model>` in the
 * upstream id, with the lab as this or another host spells it (`openrouter` + `x-ai/grok-4.3`); a name that models of
 * exactly one lab have (`vllm` + `qwen3.6-35b-a3b`). Case counts, tags such as `:free` or `:35b` are part of the name.
 */
export const findCatalogModel = (
  catalog: Catalog,
  { provider, upstreamModel }: { readonly provider: string; readonly upstreamModel: string },
): FoundModel | undefined => {
  const { byLab, byName } = indexOf(catalog);
  const labs = findKnownProvider(provider)?.labs ?? [provider];
  const own = labs.map((lab) => byLab.get(`${lab}/${upstreamModel}`)).find((model) => model !== undefined);
  if (own !== undefined) return { model: own, firstHand: true };
  const slash = upstreamModel.indexOf('/');
  const prefix = upstreamModel.slice(0, Math.max(0, slash));
  const lab = LAB_NAMES_ELSEWHERE.get(prefix) ?? prefix;
  const model = byLab.get(`${lab}/${upstreamModel.slice(slash + 1)}`) ?? byName.get(upstreamModel);
  return model === undefined || model === null ? undefined : { model, firstHand: labs.includes(model.lab) };
};
