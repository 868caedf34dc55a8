/** Disclosure: the `gearbox` object of an answer and the routing headers, from an exchange. */
import { brand } from '../brand.ts';
import type { JsonObject, JsonValue } from '../canonical/json.ts';
import { toUsd } from '../canonical/money.ts';
import type { Warning } from '../canonical/warning.ts';
import { abilityScaleOf, publishedAbilityOf } from '../catalog/ability.ts';
import { cacheLossMicroUsd } from '../policy/cache-outlook.ts';
import type { Candidate } from '../policy/candidate.ts';
import type { CandidateScore } from '../policy/policy.ts';
import { listWarnings } from './warnings.ts';
import type { Decided } from './decided.ts';
import type { Exchange, PricedAttempt } from './exchange.ts';
import { toCallableName } from './resolve.ts';
import { sessionIdOf } from './session.ts';

/** As much of an exchange as disclosure needs; an explanation without a call has no attempts. */
export type Disclosable = Pick<Exchange, 'decided' | 'priced' | 'overheadMs' | 'handedTo'>;

const round = (value: number, places: number): number => {
  const factor = 10 ** places;
  return Math.round(value * factor) / factor;
};

const usdOrNull = (microUsd: number | null): number | null => (microUsd === null ? null : toUsd(microUsd));

const toWarning = ({ code, param, requested, applied, message }: Warning): JsonObject => ({
  code,
  param,
  requested,
  applied,
  message,
});

export const toAttemptObject = ({ report, cost }: PricedAttempt): JsonObject => ({
  deployment: report.deployment.id,
  result: report.result,
  ttft_ms: report.firstTokenMs === null ? null : round(report.firstTokenMs, 1),
  total_ms: round(report.totalMs, 1),
  cost_usd: usdOrNull(cost.microUsd),
  ...(report.fault === null ? {} : { error: report.fault.message, status: report.fault.status }),
});

const usesTools = ({ features }: Decided): boolean => features.signals.toolNeeds.value !== 'none';

/** Graded calls of the component's own that the prediction rests on; 0 where it is taken to be what its role says. */
const gradedCalls = ({ component: { ability } }: Candidate, decided: Decided): number =>
  abilityScaleOf(ability, usesTools(decided))?.calls ?? 0;

/** What a published score adds to the role, while no graded calls say more; null: nothing. */
const toPublishedScore = ({ component }: Candidate, decided: Decided): JsonObject | null => {
  const published = publishedAbilityOf(component, usesTools(decided));
  if (published === null) return null;
  const { benchmark, compared, logits } = published;
  return { benchmark, percent: component.score?.percent ?? null, compared, logits: round(logits, 4) };
};

const toCandidateObject = (candidate: Candidate, score: CandidateScore, decided: Decided): JsonObject => {
  const { prediction } = score;
  const { prepared } = decided;
  const { inputTokensEstimate } = decided.features;
  return {
    component: candidate.component.name,
    effort: candidate.effort,
    p_success:
      prediction === null
        ? null
        : {
            value: round(prediction.pSuccess.value, 4),
            low: round(prediction.pSuccess.low, 4),
            high: round(prediction.pSuccess.high, 4),
          },
    source: prediction?.source ?? null,
    graded_calls: gradedCalls(candidate, decided),
    published_score: toPublishedScore(candidate, decided),
    cost_usd:
      prediction === null || prediction.costMicroUsd === null
        ? null
        : {
            p50: round(toUsd(prediction.costMicroUsd.p50), 6),
            p90: round(toUsd(prediction.costMicroUsd.p90), 6),
          },
    cache_loss_usd: usdOrNull(cacheLossMicroUsd(candidate.component, inputTokensEstimate, prepared.cache)),
    ttft_ms: prediction === null ? null : Math.round(prediction.firstTokenMs),
    total_ms: prediction === null ? null : Math.round(prediction.totalMs),
    probability: round(score.probability, 6),
    excluded: candidate.excluded === null ? null : { ...candidate.excluded },
  };
};

const toSignal = (signal: {
  readonly value: JsonValue;
  readonly weight: number;
  readonly evidence: readonly object[];
}): JsonObject => ({
  value: typeof signal.value === 'number' ? round(signal.value, 4) : signal.value,
  weight: round(signal.weight, 3),
  // Evidence is rule id, offset and length: never text.
  evidence: signal.evidence.map((entry) => ({ ...entry })),
});

export const toSignalsObject = (decided: Decided): JsonObject => {
  const { signals } = decided.features;
  return {
    conversation_type: toSignal(signals.conversationType),
    complexity: toSignal(signals.complexity),
    tool_needs: toSignal(signals.toolNeeds),
    explicit_intent: toSignal(signals.explicitIntent),
  };
};

/** Unrounded, as records keep it; null where the policy was not trained. */
export const toGroundObject = ({ decision: { ground } }: Pick<Decided, 'decision'>): JsonObject | null =>
  ground === undefined
    ? null
    : {
        known: ground.outlook !== null,
        similarity: ground.similarity,
        threshold: ground.threshold,
        fast: ground.outlook?.fast ?? null,
        thinking: ground.outlook?.thinking ?? null,
        gain_deviation: ground.outlook?.gainDeviation ?? null,
      };

const roundMembers = (object: JsonObject | null): JsonObject | null =>
  object === null
    ? null
    : Object.fromEntries(
        Object.entries(object).map(([member, value]) => [member, typeof value === 'number' ? round(value, 4) : value]),
      );

/** The members that only `explain: full` adds. */
export const toFullExplanation = (decided: Decided): JsonObject => ({
  signals: toSignalsObject(decided),
  ground: roundMembers(toGroundObject(decided)),
  candidates: decided.candidates.map((candidate, index) =>
    toCandidateObject(
      candidate,
      decided.decision.scores[index] ?? { prediction: null, utilityMicroUsd: null, probability: 0 },
      decided,
    ),
  ),
  would_change: decided.wouldChange.map((change) => ({ if: change.condition, then: change.outcome })),
  baseline:
    decided.prepared.baseline === null
      ? null
      : { component: decided.prepared.baseline, cost_usd: usdOrNull(decided.baselineMicroUsd) },
});

/** Deployment id of the model that answered, or will answer. */
export const answeringModel = (decided: Decided, attempts: readonly PricedAttempt[]): string => {
  const last = attempts.at(-1);
  if (last?.cost.substituted === true) return last.cost.billedAs;
  return last?.report.deployment.id ?? decided.chosen.component.deployments[0].id;
};

const totalCost = (attempts: readonly PricedAttempt[]): number | null =>
  attempts.reduce<number | null>(
    (sum, { cost }) => (sum === null || cost.microUsd === null ? null : sum + cost.microUsd),
    0,
  );

/** Facts that name the decision itself, without anything that an attempt adds. */
const toIdentity = ({ decided, handedTo }: Disclosable, attempts: readonly PricedAttempt[]): JsonObject => ({
  decision_id: decided.id,
  component: (handedTo() ?? decided.chosen).component.name,
  model: answeringModel(decided, attempts),
});

/** Why this component answers: the decision's reasons, or that somebody did not want to wait for what it chose. */
const toReasons = ({ decided, handedTo }: Disclosable): JsonObject => {
  const handed = handedTo();
  const { requested } = decided.effort;
  return handed === null
    ? {
        chosen_by: decided.chosenBy,
        router: decided.versions.router,
        reason: decided.reason,
        reason_codes: [...decided.decision.reasonCodes],
        confidence: decided.decision.confidence,
        effort: { ...decided.effort },
      }
    : {
        chosen_by: 'user',
        router: decided.versions.router,
        reason: `An answer was asked for now: ${handed.component.name} gives it instead of ${decided.chosen.component.name}.`,
        reason_codes: ['explicit_choice'],
        confidence: 'known',
        effort: { requested, applied: handed.effort, how: 'rule' },
      };
};

const sessionOf = (decided: Decided): JsonObject => {
  const id = sessionIdOf(decided);
  const source = id === null ? 'none' : decided.prepared.identity.source;
  return { id, source, decision: decided.sessionMove };
};

/** What `explain: full` adds to the session: how long it is, and what a move costs in lost cache. */
const toFullSession = ({ prepared }: Decided): JsonObject => {
  const { session, cache } = prepared;
  return {
    turns: session?.turns ?? 0,
    component: session?.component ?? null,
    recent: session?.isRecent ?? false,
    moves_down_left: session?.movesDownLeft ?? null,
    warm: cache.warm.map(({ component, tokens }) => ({ component, cached_tokens: tokens })),
  };
};

/** The `gearbox` object. `final` adds what only the end of an answer knows: cost and attempts. */
export const toGearboxObject = (exchange: Disclosable, stage: 'first' | 'final'): JsonObject => {
  const { decided } = exchange;
  const attempts = exchange.priced();
  const identity = toIdentity(exchange, attempts);
  const simulated = decided.chosen.component.simulated;
  if (decided.prepared.controls.explain === 'none') return { ...identity, degraded: null, simulated };
  const final = stage === 'final';
  const isFull = decided.prepared.controls.explain === 'full';
  return {
    ...identity,
    ...toReasons(exchange),
    verbosity: { ...decided.verbosity },
    degraded: null,
    warnings: listWarnings(decided, attempts, final).map(toWarning),
    ...(final ? { attempts: attempts.map(toAttemptObject) } : {}),
    session: { ...sessionOf(decided), ...(isFull ? toFullSession(decided) : {}) },
    ...(final ? { cost_usd: usdOrNull(totalCost(attempts)), cost_source: attempts.at(-1)?.cost.source ?? null } : {}),
    overhead_ms: round(exchange.overheadMs(), 2),
    simulated,
    ...(isFull ? toFullExplanation(decided) : {}),
  };
};

/** A full explanation of a decision that nobody carried out: no id, no attempts, expected cost instead of a real one. */
export const toExplanation = (decided: Decided): JsonObject => {
  const explained: Decided = {
    ...decided,
    prepared: { ...decided.prepared, controls: { ...decided.prepared.controls, explain: 'full' } },
  };
  const overheadMs = (): number => decided.decideMicroseconds / 1000;
  const view: Disclosable = { decided: explained, priced: () => [], overheadMs, handedTo: () => null };
  const against = decided.decision.against;
  const other = against === null ? undefined : decided.candidates[against.candidate];
  const score = decided.decision.scores[decided.decision.chosen];
  return {
    ...toGearboxObject(view, 'first'),
    decision_id: null,
    estimate_usd: usdOrNull(score?.prediction?.costMicroUsd?.p50 ?? null),
    wait_ms: score?.prediction?.totalMs ?? null,
    against:
      against === null || other === undefined
        ? null
        : {
            component: other.component.name,
            effort: other.effort,
            gain_points: round(against.gainPoints, 1),
            extra_usd: usdOrNull(against.extraMicroUsd),
            usd_per_extra_success: usdOrNull(against.marginalMicroUsd),
          },
    versions: { ...decided.versions },
    decide_us: decided.decideMicroseconds,
  };
};

/** Header values are ASCII; anything else would make Node refuse the whole answer. */
const NOT_ASCII = /[^\u0020-\u007e]/;
const toAscii = (text: string): string =>
  NOT_ASCII.test(text) ? text.replaceAll(new RegExp(NOT_ASCII, 'g'), '?') : text;

const MAX_WARNINGS_HEADER_CHARACTERS = 1_000;

const toUnixSeconds = (date: string): number => Math.floor(Date.parse(date) / 1000);

/**
 * What is told of an alias that ends: RFC 9745 (`deprecation`), RFC 8594 (`sunset`), and links to where its dates stand
 * and to the name that takes its place (RFC 5829).
 */
const toLifecycleHeaders = ({ prepared }: Decided): Record<string, string> => {
  const { resolution, pool } = prepared;
  const { alias } = resolution;
  if (alias === null || (alias.deprecatedOn === null && alias.sunsetOn === null)) return {};
  const toLink = (name: string, relation: string): string =>
    `</v1/models/${encodeURIComponent(name)}>; rel="${relation}"; type="application/json"`;
  const links = [
    ...(alias.deprecatedOn === null ? [] : [toLink(alias.name, 'deprecation')]),
    ...(alias.sunsetOn === null ? [] : [toLink(alias.name, 'sunset')]),
    toLink(toCallableName(alias.to, pool), 'successor-version'),
  ];
  return {
    ...(alias.deprecatedOn === null ? {} : { deprecation: `@${toUnixSeconds(alias.deprecatedOn)}` }),
    ...(alias.sunsetOn === null ? {} : { sunset: new Date(alias.sunsetOn).toUTCString() }),
    link: links.join(', '),
  };
};

const name = (suffix: string): string => brand.headerPrefix + suffix;

/** Names made once: twelve concatenations in every request are as dear as the values. */
const HEADER = {
  decision: name('decision'),
  component: name('component'),
  model: name('model'),
  effort: name('effort'),
  chosenBy: name('chosen-by'),
  reason: name('reason'),
  router: name('router'),
  estimate: name('estimate-usd'),
  attempts: name('attempts'),
  overhead: name('overhead-ms'),
  cost: name('cost-usd'),
  warnings: name('warnings'),
  simulated: name('simulated'),
} as const;

const addWarnings = (headers: Record<string, string>, warnings: readonly Warning[]): void => {
  if (warnings.length === 0) return;
  const listed = warnings.map(({ code, param }) => (param === null ? code : `${code}:${param}`)).join(',');
  headers[HEADER.warnings] = toAscii(listed).slice(0, MAX_WARNINGS_HEADER_CHARACTERS);
};

/** Adds the routing headers to `headers`. The cost is only known, and only sent, when the answer is whole. */
export const addRoutingHeaders = (headers: Record<string, string>, exchange: Disclosable, whole: boolean): void => {
  const { decided } = exchange;
  const attempts = exchange.priced();
  const estimate = decided.decision.scores[decided.decision.chosen]?.prediction?.costMicroUsd?.p50;
  headers[HEADER.decision] = decided.id;
  headers[HEADER.component] = toAscii(decided.chosen.component.name);
  headers[HEADER.model] = toAscii(answeringModel(decided, attempts));
  headers[HEADER.effort] = decided.effort.applied ?? 'provider';
  headers[HEADER.chosenBy] = decided.chosenBy;
  headers[HEADER.reason] = decided.decision.reasonCodes[0];
  headers[HEADER.router] = decided.versions.router;
  headers[HEADER.estimate] = estimate === undefined ? 'unknown' : toUsd(Math.round(estimate)).toFixed(6);
  headers[HEADER.attempts] = String(attempts.length);
  headers[HEADER.overhead] = round(exchange.overheadMs(), 2).toString();
  const cost = whole ? totalCost(attempts) : null;
  if (cost !== null) headers[HEADER.cost] = toUsd(cost).toFixed(6);
  addWarnings(headers, listWarnings(decided, attempts, whole));
  if (decided.chosen.component.simulated) headers[HEADER.simulated] = 'true';
  if (decided.prepared.resolution.alias !== null) Object.assign(headers, toLifecycleHeaders(decided));
};

/** The routing headers by themselves. */
export const toRoutingHeaders = (exchange: Disclosable, whole: boolean): Record<string, string> => {
  const headers: Record<string, string> = {};
  addRoutingHeaders(headers, exchange, whole);
  return headers;
};
