/** Status: versions and hashes of every part, what `auto` consists of, what it has cost, and what the store holds. */
import type { JsonObject } from '../canonical/json.ts';
import { toUsd } from '../canonical/money.ts';
import { gradedCallsOf } from '../catalog/ability.ts';
import type { CallLimit } from '../catalog/component.ts';
import { listVersions, type Snapshot } from '../router/router.ts';
import type { StoreReader } from '../store/store.ts';
import type { ServerContext } from './context.ts';

/** Decisions that the effective price is taken from. */
const PRICED_DECISIONS = 1_000;

const toLimitObject = (limit: CallLimit | null): JsonObject | null =>
  limit === null ? null : { calls: limit.count, window_ms: limit.windowMs };

export const toPoolObject = ({ pool, policies }: Pick<Snapshot, 'pool' | 'policies'>): JsonObject => ({
  models: [...pool.models.values()].map((model) => ({
    name: model.name,
    components: [...model.components],
    objective: model.objective.type === 'preset' ? model.objective.name : toUsd(model.objective.microUsdPerSuccess),
    policy: model.policy,
    router: policies.byModel.get(model.name)?.policy.version ?? null,
    router_fault: policies.byModel.get(model.name)?.fault ?? null,
    baseline: model.baseline,
  })),
  components: [...pool.components.values()].map((component) => ({
    name: component.name,
    role: component.role,
    model: component.deployments[0].id,
    effort: component.effort,
    hash: component.hash,
    simulated: component.simulated,
    graded_calls: gradedCallsOf(component.ability),
    limits: { router: toLimitObject(component.limits.router), user: toLimitObject(component.limits.user) },
  })),
  notes: [...pool.notes],
  simulated: pool.simulated,
});

/** Mean real cost of the latest requests. Simulated ones are apart: they were never paid. Shadows are no requests. */
const toEffectivePrice = async (reader: StoreReader): Promise<JsonObject> => {
  const latest = await reader.decisions({ limit: PRICED_DECISIONS });
  const stored = latest.filter(({ decision }) => !decision.shadow);
  const paid = stored.filter(({ decision }) => !decision.simulated && decision.costMicroUsd !== null);
  const total = paid.reduce((sum, { decision }) => sum + (decision.costMicroUsd ?? 0), 0);
  return {
    requests: paid.length,
    usd_per_1000_requests: paid.length === 0 ? null : Math.round((toUsd(total) / paid.length) * 1e9) / 1e6,
    simulated_requests: stored.filter(({ decision }) => decision.simulated).length,
    unknown_cost_requests: stored.filter(({ decision }) => !decision.simulated && decision.costMicroUsd === null)
      .length,
  };
};

export const toStatus = async (context: ServerContext): Promise<JsonObject> => {
  await context.store.flush();
  const snapshot = context.snapshot();
  return {
    version: context.version,
    versions: { ...listVersions(snapshot) },
    ...toPoolObject(snapshot),
    effective_price: await toEffectivePrice(context.reader),
    substitutions: context.substitutions().map(({ asked, answered, count, lastAtMs }) => ({
      asked,
      answered,
      count,
      last_at: new Date(lastAtMs).toISOString(),
    })),
    store: { ...(await context.store.counts()) },
    privacy: context.settings.privacy.text,
    home: context.settings.home,
  };
};
