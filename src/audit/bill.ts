/** Adds up audited calls: where the money went, what routing could address, and what is not known. */
import type { ModelPrice, Catalog } from '../catalog/model.ts';
import { fromPicoUsd, toCostParts, totalOf, type CostParts, type UnknownCostReason } from '../catalog/cost.ts';
import { findCatalogModel } from '../catalog/lookup.ts';
import { extractFeatures } from '../features/extract.ts';
import type { ConversationType } from '../features/signals.ts';
import { toCanonicalRequest } from '../outcomes/routable-request.ts';
import type { AuditedCall } from './audited-call.ts';

/** From this share of input read from a cache on, choosing another model means paying for that input anew. */
export const WARM_CACHE_SHARE = 0.5;

/**
 * `cold`: the call begins a turn, and little of its input was cached. `warm`: it begins a turn on a warm cache. `loop`: it
 * is in the middle of a tool loop. `unknown`: the log does not say.
 */
export const SITUATIONS = ['cold', 'warm', 'loop', 'unknown'] as const;

export type Situation = (typeof SITUATIONS)[number];

export const PARTS = [
  'freshInput',
  'cacheRead',
  'cacheWrite',
  'output',
] as const satisfies readonly (keyof CostParts)[];

export interface Sum {
  calls: number;
  /** Calls whose cost is not known: they are in no sum of money. */
  unpriced: number;
  picoUsd: bigint;
}

export interface PartSum {
  tokens: number;
  picoUsd: bigint;
}

export interface ModelSum extends Sum {
  readonly model: string;
  /** Id in the catalog; null: nobody knows the model, so its calls have no price here. */
  readonly catalogId: string | null;
  tokens: number;
  /** What the log says was paid, micro-dollars, where it does. */
  billedMicroUsd: number;
  billedCalls: number;
}

export interface Bill {
  readonly total: Sum;
  readonly parts: Readonly<Record<(typeof PARTS)[number], PartSum>>;
  readonly situations: Readonly<Record<Situation, Sum>>;
  /** Turns of known words, tool loops left out. */
  readonly types: ReadonlyMap<ConversationType, Sum>;
  readonly models: ReadonlyMap<string, ModelSum>;
  readonly unknownCosts: ReadonlyMap<UnknownCostReason, number>;
  firstMs: number | null;
  lastMs: number | null;
}

const createSum = (): Sum => ({ calls: 0, unpriced: 0, picoUsd: 0n });

const createPart = (): PartSum => ({ tokens: 0, picoUsd: 0n });

const add = (sum: Sum, picoUsd: bigint | null): void => {
  sum.calls += 1;
  if (picoUsd === null) sum.unpriced += 1;
  else sum.picoUsd += picoUsd;
};

export const situationOf = ({ turn, usage }: AuditedCall): Situation => {
  if (turn === 'unknown') return 'unknown';
  if (turn === 'tool-loop') return 'loop';
  const { inputTokens, cacheReadTokens } = usage;
  if (inputTokens === null || inputTokens === 0) return 'cold';
  return (cacheReadTokens ?? 0) / inputTokens >= WARM_CACHE_SHARE ? 'warm' : 'cold';
};

const typeOf = (prompt: string): ConversationType =>
  extractFeatures(toCanonicalRequest({ prompt, tools: [] })).signals.conversationType.value;

const tokensOf = ({ usage }: AuditedCall): Readonly<Record<(typeof PARTS)[number], number>> => {
  const cacheRead = usage.cacheReadTokens ?? 0;
  const cacheWrite = (usage.cacheWriteTokens ?? 0) + (usage.cacheWriteOneHourTokens ?? 0);
  return {
    freshInput: Math.max(0, (usage.inputTokens ?? 0) - cacheRead - cacheWrite),
    cacheRead,
    cacheWrite,
    output: usage.outputTokens ?? 0,
  };
};

export interface BillBuilder {
  readonly add: (call: AuditedCall) => void;
  readonly bill: () => Bill;
}

interface Priced {
  readonly catalogId: string | null;
  readonly price: ModelPrice | null;
}

/** Models of the log by their name there, looked up once each. */
const createPricing = (catalog: Catalog) => {
  const known = new Map<string, Priced>();
  return ({ model, provider }: AuditedCall): Priced => {
    const key = `${provider ?? ''} ${model}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    // A log that names no provider most often means the lab's own; a date behind the name is the same model.
    const names = [model, model.replace(/-\d{4}-?\d{2}-?\d{2}$/, '')];
    const hit = names
      .map((upstreamModel) => findCatalogModel(catalog, { provider: provider ?? '', upstreamModel })?.model)
      .find((each) => each !== undefined);
    const priced = { catalogId: hit?.id ?? null, price: hit?.price ?? null };
    known.set(key, priced);
    return priced;
  };
};

export const createBill = (catalog: Catalog): BillBuilder => {
  const priceOf = createPricing(catalog);
  const types = new Map<ConversationType, Sum>();
  const models = new Map<string, ModelSum>();
  const unknownCosts = new Map<UnknownCostReason, number>();
  const bill: Bill = {
    total: createSum(),
    parts: { freshInput: createPart(), cacheRead: createPart(), cacheWrite: createPart(), output: createPart() },
    situations: { cold: createSum(), warm: createSum(), loop: createSum(), unknown: createSum() },
    types,
    models,
    unknownCosts,
    firstMs: null,
    lastMs: null,
  };

  const addModel = (call: AuditedCall, { catalogId }: Priced, picoUsd: bigint | null): void => {
    const known = models.get(call.model) ?? {
      ...createSum(),
      model: call.model,
      catalogId,
      tokens: 0,
      billedMicroUsd: 0,
      billedCalls: 0,
    };
    add(known, picoUsd);
    known.tokens += (call.usage.inputTokens ?? 0) + (call.usage.outputTokens ?? 0);
    if (call.billedMicroUsd !== null) {
      known.billedMicroUsd += call.billedMicroUsd;
      known.billedCalls += 1;
    }
    models.set(call.model, known);
  };

  const addParts = (call: AuditedCall, cost: CostParts): void => {
    const tokens = tokensOf(call);
    for (const part of PARTS) {
      bill.parts[part].tokens += tokens[part];
      bill.parts[part].picoUsd += cost[part];
    }
  };

  const addType = (call: AuditedCall, situation: Situation, picoUsd: bigint | null): void => {
    if (call.prompt === null || (situation !== 'cold' && situation !== 'warm')) return;
    const type = typeOf(call.prompt);
    const sum = types.get(type) ?? createSum();
    add(sum, picoUsd);
    types.set(type, sum);
  };

  return {
    bill: () => bill,
    add: (call) => {
      const priced = priceOf(call);
      const cost = toCostParts(call.usage, priced.price, call.usage.serviceTier);
      const isKnown = !('type' in cost);
      if (isKnown) addParts(call, cost);
      else unknownCosts.set(cost.reason, (unknownCosts.get(cost.reason) ?? 0) + 1);
      const picoUsd = isKnown ? totalOf(cost) : null;
      const situation = situationOf(call);
      add(bill.total, picoUsd);
      add(bill.situations[situation], picoUsd);
      addModel(call, priced, picoUsd);
      addType(call, situation, picoUsd);
      if (call.atMs === null) return;
      bill.firstMs = Math.min(bill.firstMs ?? call.atMs, call.atMs);
      bill.lastMs = Math.max(bill.lastMs ?? call.atMs, call.atMs);
    },
  };
};

/** Micro-dollars of a sum; null where no call in it has a known cost. */
export const microUsdOf = ({ calls, unpriced, picoUsd }: Sum): number | null =>
  calls > 0 && calls === unpriced ? null : fromPicoUsd(picoUsd);
