/** The record of an exchange: rows for the store, complete enough to replay the decision exactly. */
import { createHash } from 'node:crypto';
import { answeringModel, toGroundObject } from './disclosure.ts';
import { listWarnings } from './warnings.ts';
import type { EndedExchange, PricedAttempt } from './exchange.ts';
import type { JsonObject } from '../canonical/json.ts';
import type { Usage } from '../canonical/usage.ts';
import { toGramBytes } from '../features/word-grams-code.ts';
import type { Decided } from './decided.ts';
import { sessionIdOf, toSessionOutlook } from './session.ts';
import type { AttemptRow, DecisionRecord } from '../store/store.ts';

/** Where text may be kept: `failures` and `all` keep it until it expires; `none` never lets it near the store. */
export interface TextRetention {
  readonly mode: 'none' | 'failures' | 'all';
  readonly keepMs: number;
  /** `structural`: no hashed words either. Such a decision can be explained but, where a policy read them, not replayed. */
  readonly features: 'hashed' | 'structural';
}

/** Characters of request and of answer that are kept at most, so that one huge request cannot fill the store. */
export const MAX_KEPT_CHARACTERS = 65_536;

const toUsageObject = (usage: Usage): JsonObject => ({
  input_tokens: usage.inputTokens,
  cache_read_tokens: usage.cacheReadTokens,
  cache_write_tokens: usage.cacheWriteTokens,
  cache_write_one_hour_tokens: usage.cacheWriteOneHourTokens,
  output_tokens: usage.outputTokens,
  reasoning_tokens: usage.reasoningTokens,
  service_tier: usage.serviceTier,
});

const toAttemptRow = (decisionId: string, { report, cost }: PricedAttempt): AttemptRow => ({
  id: report.id,
  decisionId,
  n: report.n,
  deployment: report.deployment.id,
  result: report.result,
  answeredModel: report.answeredModel,
  costMicroUsd: cost.microUsd,
  costSource: cost.source,
  firstTokenMs: report.firstTokenMs === null ? null : Math.round(report.firstTokenMs),
  totalMs: Math.round(report.totalMs),
  json: JSON.stringify({
    usage: toUsageObject(report.usage),
    raw_usage: report.usage.raw ?? null,
    billed_as: cost.billedAs,
    upstream_request_id: report.upstreamRequestId,
    error:
      report.fault === null
        ? null
        : {
            status: report.fault.status,
            code: report.fault.code,
            type: report.fault.type,
            message: report.fault.message,
          },
  }),
});

/** Unrounded, unlike in answers: a replay starts from these. */
const toExactSignals = ({ features: { signals } }: Decided): object => ({
  conversation_type: signals.conversationType,
  complexity: signals.complexity,
  tool_needs: signals.toolNeeds,
  explicit_intent: signals.explicitIntent,
});

/** What the policy was given: enough to build its input again, whatever configuration or catalog say by then. */
const toPolicyInputObject = (decided: Decided, { features }: TextRetention): object => ({
  // Values only: the feature version fixes names and order, and the names would be most of the row.
  structural: decided.features.structural,
  grams: features === 'hashed' ? Buffer.from(toGramBytes(decided.features.grams)).toString('base64') : null,
  input_tokens_estimate: decided.features.inputTokensEstimate,
  objective: decided.prepared.objective,
  preference: { ...decided.prepared.preference, isHousekeeping: decided.isHousekeeping },
  max_output_tokens: decided.prepared.request.maxOutputTokens,
  session: toSessionOutlook(decided.prepared.session),
  cache: decided.prepared.cache,
});

const toCandidateRows = (decided: Decided): readonly object[] =>
  decided.candidates.map((candidate, index) => {
    const score = decided.decision.scores[index];
    const prediction = score?.prediction ?? null;
    return {
      component: candidate.component.name,
      effort: candidate.effort,
      excluded: candidate.excluded,
      p: prediction === null ? null : [prediction.pSuccess.value, prediction.pSuccess.low, prediction.pSuccess.high],
      source: prediction?.source ?? null,
      cost_micro_usd:
        prediction === null || prediction.costMicroUsd === null
          ? null
          : [prediction.costMicroUsd.p50, prediction.costMicroUsd.p90],
      first_token_ms: prediction?.firstTokenMs ?? null,
      total_ms: prediction?.totalMs ?? null,
      utility_micro_usd: score?.utilityMicroUsd ?? null,
      probability: score?.probability ?? 0,
    };
  });

const toDecisionJson = (ended: EndedExchange, retention: TextRetention): string => {
  const { decided } = ended;
  const { prepared } = decided;
  return JSON.stringify({
    requested: {
      model: prepared.request.model,
      mode: prepared.controls.mode,
      effort: prepared.request.reasoning.effort,
      verbosity: prepared.request.verbosity,
      objective: prepared.controls.objective,
      stream: prepared.request.stream,
    },
    feature_version: decided.features.version,
    signals: toExactSignals(decided),
    input: toPolicyInputObject(decided, retention),
    ground: toGroundObject(decided),
    candidates: toCandidateRows(decided),
    chosen: decided.decision.chosen,
    effort: decided.effort,
    verbosity: decided.verbosity,
    model: answeringModel(decided, ended.attempts),
    handed_to:
      ended.handedTo === null
        ? null
        : { component: ended.handedTo.component.name, effort: ended.handedTo.effort, why: 'answer_now' },
    reason: decided.reason,
    reason_codes: decided.decision.reasonCodes,
    settled_by: prepared.settledBy,
    draw: decided.draw,
    probability: decided.decision.scores[decided.decision.chosen]?.probability ?? 1,
    versions: decided.versions,
    degraded: null,
    session_decision: decided.sessionMove,
    session_source: sessionIdOf(decided) === null ? 'none' : prepared.identity.source,
    turn: (prepared.session?.turns ?? 0) + 1,
    no_train: prepared.controls.noTrain || (prepared.key?.noTrain ?? false),
    baseline: prepared.baseline === null ? null : { component: prepared.baseline, micro_usd: decided.baselineMicroUsd },
    warnings: listWarnings(decided, ended.attempts, true).map(({ code, param }) => ({ code, param })),
    overhead_ms: ended.overheadMs,
  });
};

const totalMicroUsd = (attempts: readonly PricedAttempt[]): number | null => {
  let sum = 0;
  for (const { cost } of attempts) {
    if (cost.microUsd === null) return null;
    sum += cost.microUsd;
  }
  return sum;
};

/** Keys are identified in rows by a short hash of their own hash: enough to group by, useless to log in with. */
export const toKeyHash = (sha256: string): string => createHash('sha256').update(sha256).digest('hex').slice(0, 16);

export const toDecisionRecord = (ended: EndedExchange, retention: TextRetention): DecisionRecord => {
  const { decided } = ended;
  const { prepared } = decided;
  const { component, effort } = decided.chosen;
  const keepsText = retention.mode !== 'none';
  return {
    decision: {
      id: decided.id,
      atMs: decided.atMs,
      keyHash: prepared.key === null ? null : toKeyHash(prepared.key.sha256),
      sessionId: sessionIdOf(decided),
      requestId: ended.requestId,
      protocol: prepared.request.source.protocol,
      unifiedModel: prepared.resolution.type === 'direct' ? null : (prepared.resolution.model?.name ?? null),
      component: component.name,
      deployment: component.deployments[0].id,
      effort,
      chosenBy: decided.chosenBy,
      confidence: decided.decision.confidence,
      simulated: component.simulated,
      shadow: false,
      decideMicroseconds: decided.decideMicroseconds,
      costMicroUsd: totalMicroUsd(ended.attempts),
      result: ended.result,
      json: toDecisionJson(ended, retention),
    },
    attempts: ended.attempts.map((attempt) => toAttemptRow(decided.id, attempt)),
    text: keepsText
      ? {
          request: prepared.request.source.text.slice(0, MAX_KEPT_CHARACTERS),
          answer: ended.answerText,
          expiresAtMs: decided.atMs + retention.keepMs,
          keepOnFailure: retention.mode === 'failures',
        }
      : null,
  };
};
