/** Which models of an offer fill which role: a rule over catalog facts, so that new models need data, not code. */
import type { Effort } from '../canonical/effort.ts';
import { EFFORTS } from '../canonical/effort.ts';
import { MICRO_PER_USD } from '../canonical/money.ts';
import type { Catalog, CatalogModel } from '../catalog/model.ts';
import { blendedPrice } from './components.ts';

/*
 * The rule:
 * 1. Usable: active, no shutdown within 90 days, text out, tools, a price, at least 100,000 tokens of context.
 * 2. Current: released within 15 months before the newest model of the whole catalog, or undated (the newest often
 *    are), and the highest version of its family. A family is the name without its version: gpt-mini, claude-opus.
 *    Measured against the catalog, not the clock, so that an old installation still finds something.
 * 3. Confirmed: only models whose price is confirmed, unless none of those reasons. Other facts of a new model are
 *    often taken over from the one before it; a wrong one shows at the first call, a wrong price on the bill.
 *    General: models named for code only where no other reasons.
 * 4. thinking: of those that reason, up to 35 USD per million output tokens, the flagships: what costs at least a third
 *    of the dearest. Within one generation of one lab price follows capability, and the next smaller size costs less
 *    than that. Of several flagships the newest: it is as good as the dearer one of the generation before. Above the
 *    limit are models meant for single hard questions, and one of them is `pro`.
 * 5. fast: the cheapest that costs at least a twentieth of thinking. What is cheaper still is made for bulk work, and
 *    the router would send it chats that it answers badly; that one is `fast-mini`.
 * 6. Where nothing is cheaper than thinking, both are that model at two efforts.
 */
const MIN_CONTEXT_TOKENS = 100_000;
const MIN_DAYS_TO_SHUTDOWN = 90;
const MAX_AGE_DAYS = 456;
/** US dollars per million output tokens. */
export const MAX_THINKING_USD_PER_MTOK = 35;
const MIN_FLAGSHIP_PRICE_RATIO = 1 / 3;
const MIN_FAST_PRICE_RATIO = 1 / 20;
const MS_PER_DAY = 86_400_000;

/** A model as a provider offers it. */
export interface Offer {
  /** As written after the provider's slash. */
  readonly upstreamModel: string;
  /** Catalog facts; the price is the lab's list price, also where the provider sets its own. */
  readonly model: CatalogModel;
}

export interface RoleChoice {
  readonly fast: Offer;
  readonly fastMini: Offer;
  readonly thinking: Offer;
  readonly thinkingMini: Offer;
  readonly thinkingNano: Offer;
  readonly pro: Offer;
}

interface RoleOptions {
  readonly nowMs: number;
  /** Tools have to work over Chat Completions. */
  readonly chat: boolean;
  /** The catalog that tells what is current. */
  readonly catalog: Catalog;
}

/** Null when no model of the offer is usable. */
export const chooseRoles = (offers: readonly Offer[], options: RoleOptions): RoleChoice | null => {
  const usable = offers.filter(({ model }) => isUsable(model, options));
  const confirmed = preferring(usable, ({ sources }) => sources.price?.verified === true);
  const candidates = byPrice(currentOnly(preferring(confirmed, isGeneral), options.catalog));
  const reasoning = candidates.filter(({ model }) => reasons(model));
  const thinking = findThinking(reasoning) ?? candidates.at(-1);
  const [cheapest] = candidates;
  if (thinking === undefined || cheapest === undefined) return null;
  const fast = findFast(candidates, thinking);
  return {
    fast,
    thinking,
    fastMini: cheapest,
    thinkingMini: reasons(fast.model) ? fast : thinking,
    thinkingNano: reasoning[0] ?? cheapest,
    pro: reasoning.at(-1) ?? thinking,
  };
};

/** The least reasoning that the model can be set to; `none` for one that does not reason. */
export const lowestEffort = ({ reasoning }: CatalogModel): Effort =>
  EFFORTS.find((effort) => reasoning.efforts.includes(effort)) ?? 'none';

const reasons = ({ reasoning }: CatalogModel): boolean => reasoning.control !== 'none';

const isGeneral = ({ id }: CatalogModel): boolean => !/\b(?:code|coder|codex)\b/.test(id);

/** Those that fit, if one of them reasons; else all. */
const preferring = (offers: readonly Offer[], fits: (model: CatalogModel) => boolean): readonly Offer[] => {
  const fitting = offers.filter(({ model }) => fits(model));
  return fitting.some(({ model }) => reasons(model)) ? fitting : offers;
};

const isUsable = (model: CatalogModel, { nowMs, chat }: RoleOptions): boolean => {
  const shutdownMs = model.shutdownOn === null ? Number.POSITIVE_INFINITY : Date.parse(model.shutdownOn);
  return (
    model.status === 'active' &&
    shutdownMs > nowMs + MIN_DAYS_TO_SHUTDOWN * MS_PER_DAY &&
    model.output.includes('text') &&
    model.capabilities.tools &&
    (!chat || model.capabilities.chatTools !== 'never') &&
    model.limits.contextTokens >= MIN_CONTEXT_TOKENS &&
    model.price !== null
  );
};

/** The newest of each family, the old families left out. */
const currentOnly = (offers: readonly Offer[], { models }: Catalog): readonly Offer[] => {
  const dates = [...models.values()].flatMap(({ releasedOn }) => (releasedOn === null ? [] : [Date.parse(releasedOn)]));
  const oldestMs = dates.reduce((newest, date) => Math.max(newest, date), 0) - MAX_AGE_DAYS * MS_PER_DAY;
  const newest = new Map<string, Offer>();
  for (const offer of offers) {
    const family = familyOf(offer.model);
    const other = newest.get(family);
    if (other === undefined || isNewer(offer.model, other.model)) newest.set(family, offer);
  }
  return [...newest.values()].filter(
    ({ model }) => model.releasedOn === null || Date.parse(model.releasedOn) >= oldestMs,
  );
};

/** A version is a number that no letter follows: 5.4 in gpt-5.4-mini, 3.6 in qwen3.6-35b-a3b; 35 and 3 are sizes. */
const VERSION = /\d+(?:\.\d+)*(?![\d.]*[a-z])/gi;

const familyOf = (model: CatalogModel): string => model.id.replaceAll(VERSION, '');

const versionOf = (model: CatalogModel): readonly number[] =>
  (model.id.match(VERSION)?.[0] ?? '0').split('.').map(Number);

const isNewer = (model: CatalogModel, other: CatalogModel): boolean => {
  const [left, right] = [versionOf(model), versionOf(other)];
  const length = Math.max(left.length, right.length);
  const index = Array.from({ length }).findIndex((_, place) => (left[place] ?? 0) !== (right[place] ?? 0));
  return index >= 0 && (left[index] ?? 0) > (right[index] ?? 0);
};

/** Cheapest first; at one price the more adjustable last, then by id, so that the order of files does not matter. */
const byPrice = (offers: readonly Offer[]): readonly Offer[] =>
  offers.toSorted(
    ({ model: a }, { model: b }) =>
      (blendedPrice(a) ?? 0) - (blendedPrice(b) ?? 0) ||
      a.reasoning.efforts.length - b.reasoning.efforts.length ||
      (a.id < b.id ? -1 : 1),
  );

/** A model without a day counts as the newest: the catalog learns of a new one before its date. */
const releasedMs = ({ releasedOn }: CatalogModel): number =>
  releasedOn === null ? Number.POSITIVE_INFINITY : Date.parse(releasedOn);

/** `reasoning` is ordered by price, cheapest first. */
const findThinking = (reasoning: readonly Offer[]): Offer | undefined => {
  const maxMicroUsd = MAX_THINKING_USD_PER_MTOK * MICRO_PER_USD;
  const affordable = reasoning.filter(({ model }) => (model.price?.base.output ?? 0) <= maxMicroUsd);
  const dearest = affordable.at(-1);
  if (dearest === undefined) return reasoning[0];
  const floor = (blendedPrice(dearest.model) ?? 0) * MIN_FLAGSHIP_PRICE_RATIO;
  const flagships = affordable.filter(({ model }) => (blendedPrice(model) ?? 0) >= floor);
  const newestMs = Math.max(...flagships.map(({ model }) => releasedMs(model)));
  return flagships.findLast(({ model }) => releasedMs(model) === newestMs);
};

const findFast = (candidates: readonly Offer[], thinking: Offer): Offer => {
  const ceiling = blendedPrice(thinking.model) ?? 0;
  const isFast = (price: number): boolean => price >= ceiling * MIN_FAST_PRICE_RATIO && price < ceiling;
  return candidates.find(({ model }) => isFast(blendedPrice(model) ?? 0)) ?? thinking;
};
