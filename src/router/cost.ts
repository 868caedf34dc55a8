/** Cost of an attempt: by the model that answered, from the provider's usage, else from an estimate that says so. */
import type { Catalog, ModelPrice } from '../catalog/model.ts';
import type { Deployment } from '../catalog/component.ts';
import type { ProviderSettings } from '../catalog/pool.ts';
import { toCost, type UnknownCost } from '../catalog/cost.ts';
import { createDeployment } from '../catalog/deployment.ts';
import type { Usage } from '../canonical/usage.ts';
import type { AttemptReport } from '../executor/attempt.ts';

export type CostSource = 'usage' | 'estimate' | 'lab';

export interface AttemptCost {
  /** Null: no price, or no way to know the tokens. Never 0 for unknown. */
  readonly microUsd: number | null;
  /** Why it is null; null where it is known, and where the answer was lost unseen. */
  readonly unknown: UnknownCost | null;
  readonly source: CostSource;
  /** Deployment id of the model that was billed. */
  readonly billedAs: string;
  /** The provider answered with another model than it was asked for. */
  readonly substituted: boolean;
}

const DATE_SUFFIX = /^[-@:](\d{4}-?\d{2}-?\d{2}|\d{4}|latest|preview|v\d+)$/;

const baseName = (model: string): string => model.slice(model.lastIndexOf('/') + 1).toLowerCase();

/** Whether two ids name one model: the same id, or the same id with a date or `-latest` behind it. */
export const isSameModel = (asked: string, answered: string): boolean => {
  const [left, right] = [baseName(asked), baseName(answered)];
  if (left === right) return true;
  const [short, long] = left.length < right.length ? [left, right] : [right, left];
  return long.startsWith(short) && DATE_SUFFIX.test(long.slice(short.length));
};

interface CostContext {
  readonly catalog: Catalog;
  readonly settings: ProviderSettings | undefined;
  readonly inputTokensEstimate: number;
  readonly simulated: boolean;
}

interface Billed {
  readonly id: string;
  readonly price: ModelPrice | null;
  readonly substituted: boolean;
}

const toBilled = (deployment: Deployment, answered: string | null, context: CostContext): Billed => {
  const same = answered === null || answered === '' || isSameModel(deployment.upstreamModel, answered);
  if (same || context.simulated || context.settings === undefined)
    return { id: deployment.id, price: deployment.model.price, substituted: false };
  const actual = createDeployment({
    settings: context.settings,
    upstreamModel: answered,
    catalog: context.catalog,
    price: null,
  });
  // A server that calls its one model by another name is not a substitution; a catalog model with another id is.
  if (!actual.inCatalog && !deployment.inCatalog)
    return { id: deployment.id, price: deployment.model.price, substituted: false };
  return { id: actual.id, price: actual.model.price, substituted: actual.model.id !== deployment.model.id };
};

const estimateUsage = (report: AttemptReport, inputTokensEstimate: number): Usage => ({
  ...report.usage,
  inputTokens: report.usage.inputTokens ?? inputTokensEstimate,
  // Running totals of a stream that was cut lag behind what was seen of it.
  outputTokens: Math.max(report.usage.outputTokens ?? 0, report.seenOutputTokens),
});

/**
 * A call that never produced a token and reported no usage (refused, failed at once) is taken as free: that is how
 * providers bill it. A call that was cut or cancelled after output is estimated from what was seen. An answer that was
 * lost unseen has no known cost.
 */
export const priceAttempt = (report: AttemptReport, context: CostContext): AttemptCost => {
  const billed = toBilled(report.deployment, report.answeredModel, context);
  const reported =
    report.usage.inputTokens !== null && report.usage.outputTokens !== null && report.usageComplete !== false;
  const source: CostSource = context.simulated ? 'lab' : reported ? 'usage' : 'estimate';
  const base = { source, billedAs: billed.id, substituted: billed.substituted };
  if (!reported && report.fault !== null && report.firstTokenMs === null)
    return { ...base, microUsd: report.lost === true && !context.simulated ? null : 0, unknown: null };
  const usage = reported ? report.usage : estimateUsage(report, context.inputTokensEstimate);
  const cost = toCost(usage, billed.price, report.serviceTier);
  return cost.type === 'known'
    ? { ...base, microUsd: cost.microUsd, unknown: null }
    : { ...base, microUsd: null, unknown: cost };
};
