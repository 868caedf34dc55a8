/** A stored decision as people and programs read it: the row's columns and its JSON in one object. */
import type { JsonObject, JsonValue } from '../canonical/json.ts';
import { toUsd } from '../canonical/money.ts';
import type { AttemptRow, OutcomeRow, StoredDecision } from '../store/store.ts';

const toMembers = (json: string): JsonObject => {
  const value: unknown = JSON.parse(json);
  // Written by this program as an object; anything else would be a damaged row, shown as it is.
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : { damaged: json };
};

const usd = (microUsd: number | null): JsonValue => (microUsd === null ? null : toUsd(microUsd));

const toAttempt = (row: AttemptRow): JsonObject => ({
  id: row.id,
  deployment: row.deployment,
  result: row.result,
  answered_model: row.answeredModel,
  ttft_ms: row.firstTokenMs,
  total_ms: row.totalMs,
  cost_usd: usd(row.costMicroUsd),
  cost_source: row.costSource,
  ...toMembers(row.json),
});

export const toOutcomeObject = (row: OutcomeRow): JsonObject => ({
  outcome_id: row.id,
  decision_id: row.decisionId,
  at: new Date(row.atMs).toISOString(),
  kind: row.kind,
  value: row.value,
  evaluator: row.evaluator,
  note: row.note,
  simulated: row.simulated,
});

export const toDecisionObject = ({ decision, attempts, outcomes }: StoredDecision): JsonObject => ({
  decision_id: decision.id,
  at: new Date(decision.atMs).toISOString(),
  key: decision.keyHash,
  session_id: decision.sessionId,
  request_id: decision.requestId,
  protocol: decision.protocol,
  unified_model: decision.unifiedModel,
  component: decision.component,
  deployment: decision.deployment,
  chosen_by: decision.chosenBy,
  confidence: decision.confidence,
  result: decision.result,
  cost_usd: usd(decision.costMicroUsd),
  simulated: decision.simulated,
  shadow: decision.shadow,
  decide_us: decision.decideMicroseconds,
  ...toMembers(decision.json),
  attempts: attempts.map(toAttempt),
  outcomes: outcomes.map(toOutcomeObject),
});
