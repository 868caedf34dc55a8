/**
 * Observing: what the router would have done with calls that named a provider's model. The call itself is served as it
 * is; its shadow is decided afterwards and written beside it, marked, without an attempt.
 */
import type { JsonObject } from '../canonical/json.ts';
import { NO_USAGE, type Usage } from '../canonical/usage.ts';
import { toCost } from '../catalog/cost.ts';
import type { ModelPrice } from '../catalog/model.ts';
import type { Pool, ClientKey } from '../catalog/pool.ts';
import { GearboxError } from '../errors.ts';
import type { DecisionRecord } from '../store/store.ts';
import type { Decided } from './decided.ts';
import type { EndedExchange, ExchangeListener } from './exchange.ts';
import { toDecisionRecord, type TextRetention } from './record.ts';

export interface ShadowOptions {
  readonly decide: (call: {
    readonly request: EndedExchange['decided']['prepared']['request'];
    readonly headers: Readonly<Record<string, string>>;
    readonly key: ClientKey | null;
    readonly ignoresSession: true;
  }) => Promise<Decided>;
  readonly pool: () => Pool;
  readonly features: TextRetention['features'];
  readonly write: (record: DecisionRecord) => void;
  /** A shadow could not be decided for a reason of ours. */
  readonly onFailure: (error: unknown) => void;
}

export interface Shadow {
  readonly listener: ExchangeListener;
  /** Resolves once every shadow under way is written. */
  readonly settled: () => Promise<void>;
}

/** `auto`, else the first unified model; null where there is none. */
export const toObservedModel = ({ models }: Pool): string | null =>
  models.has('auto') ? 'auto' : (models.keys().next().value ?? null);

const withoutCache = (usage: Usage): Usage => ({
  ...NO_USAGE,
  inputTokens: usage.inputTokens,
  outputTokens: usage.outputTokens,
  serviceTier: usage.serviceTier,
});

const listPrice = (usage: Usage, price: ModelPrice | null): number | null => {
  const cost = toCost(withoutCache(usage), price, null);
  return cost.type === 'known' ? cost.microUsd : null;
};

/** The call that was observed: what was paid, and what its tokens cost by the lists, where nothing is cached. */
const toObserved = (ended: EndedExchange, shadow: Decided): JsonObject => {
  const { decided, attempts } = ended;
  const usage = attempts.at(-1)?.report.usage ?? NO_USAGE;
  const [asked] = decided.chosen.component.deployments;
  const [chosen] = shadow.chosen.component.deployments;
  return {
    decision_id: decided.id,
    deployment: asked.id,
    model: asked.model.id,
    result: ended.result,
    effort: decided.chosen.effort,
    is_same:
      asked.id === chosen.id && (shadow.chosen.effort === decided.chosen.effort || decided.chosen.effort === null),
    cost_micro_usd: attempts.length === 0 ? null : (attempts.at(-1)?.cost.microUsd ?? null),
    list_micro_usd: listPrice(usage, asked.model.price),
    same_tokens_micro_usd: listPrice(usage, chosen.model.price),
  };
};

const toShadowRecord = (ended: EndedExchange, shadow: Decided, features: TextRetention['features']): DecisionRecord => {
  const alone: EndedExchange = { ...ended, decided: shadow, attempts: [], answerText: null };
  const record = toDecisionRecord(alone, { mode: 'none', keepMs: 0, features });
  const { decision } = record;
  const json = JSON.stringify({ ...(JSON.parse(decision.json) as JsonObject), observed: toObserved(ended, shadow) });
  // Simulated when the observed answer was: nothing that was paid stands behind it.
  const simulated = decision.simulated || ended.decided.chosen.component.simulated;
  return { ...record, decision: { ...decision, json, simulated, shadow: true, costMicroUsd: null } };
};

export const createShadow = (options: ShadowOptions): Shadow => {
  const running = new Set<Promise<void>>();

  const observe = async (ended: EndedExchange, model: string): Promise<void> => {
    const { request, key } = ended.decided.prepared;
    try {
      const shadow = await options.decide({ request: { ...request, model }, headers: {}, key, ignoresSession: true });
      options.write(toShadowRecord(ended, shadow, options.features));
    } catch (error) {
      // A key that may not call the unified model, or a request that no component can serve: there is nothing that the
      // router would have done, and the report counts the call as one without a shadow.
      if (!(error instanceof GearboxError)) options.onFailure(error);
    }
  };

  return {
    listener: (ended) => {
      const model = toObservedModel(options.pool());
      if (!ended.decided.prepared.isDirect || model === null) return;
      const observing = observe(ended, model).finally(() => running.delete(observing));
      running.add(observing);
    },
    settled: async () => {
      await Promise.all(running);
    },
  };
};
