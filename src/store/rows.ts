/** Rows as columns: one order of columns for SQL, for messages between threads, and for reading back. */
import type { JsonValue } from '../canonical/json.ts';
import type { AttemptRow, DecisionRecord, DecisionRow, OutcomeRow } from './store.ts';

/** What a message holds and SQLite binds; booleans travel as 0 and 1. */
export type Primitive = string | number | null;

type Columns<Row> = readonly (readonly [column: string, property: keyof Row])[];

export const DECISION_COLUMNS = [
  ['id', 'id'],
  ['at_ms', 'atMs'],
  ['key_hash', 'keyHash'],
  ['session_id', 'sessionId'],
  ['request_id', 'requestId'],
  ['protocol', 'protocol'],
  ['unified_model', 'unifiedModel'],
  ['component', 'component'],
  ['deployment', 'deployment'],
  ['effort', 'effort'],
  ['chosen_by', 'chosenBy'],
  ['confidence', 'confidence'],
  ['simulated', 'simulated'],
  ['shadow', 'shadow'],
  ['decide_us', 'decideMicroseconds'],
  ['cost_micro_usd', 'costMicroUsd'],
  ['result', 'result'],
  ['json', 'json'],
] as const satisfies Columns<DecisionRow>;

export const ATTEMPT_COLUMNS = [
  ['decision_id', 'decisionId'],
  ['n', 'n'],
  ['id', 'id'],
  ['deployment', 'deployment'],
  ['result', 'result'],
  ['answered_model', 'answeredModel'],
  ['cost_micro_usd', 'costMicroUsd'],
  ['cost_source', 'costSource'],
  ['first_token_ms', 'firstTokenMs'],
  ['total_ms', 'totalMs'],
  ['json', 'json'],
] as const satisfies Columns<AttemptRow>;

export const OUTCOME_COLUMNS = [
  ['id', 'id'],
  ['decision_id', 'decisionId'],
  ['at_ms', 'atMs'],
  ['kind', 'kind'],
  ['value', 'value'],
  ['evaluator', 'evaluator'],
  ['note', 'note'],
  ['weight', 'weight'],
  ['label_probability', 'labelProbability'],
  ['simulated', 'simulated'],
] as const satisfies Columns<OutcomeRow>;

/** `decision_id, expires_at_ms, keep_on_failure, request, answer`. */
export const TEXT_COLUMNS = 5;

/** `at_ms AS atMs, …`, so that a row read has the properties of its type. */
export const renderSelection = (columns: readonly (readonly [string, string])[]): string =>
  columns.map(([column, property]) => `${column} AS ${property}`).join(', ');

export const renderNames = (columns: readonly (readonly [string, string])[]): string =>
  columns.map(([column]) => column).join(', ');

const toPrimitive = (value: string | number | boolean | null): Primitive =>
  typeof value === 'boolean' ? Number(value) : value;

/**
 * A batch of records as one flat array: the values of a decision, the number of its attempts, their values, 0 or 1 for
 * a text, its values; then the next record. A flat array costs the sending thread 1.2–2 µs a record, objects 2.3–3.4,
 * JSON text 6.4 and the receiver five times as much as well (measured with 2.5 kB of JSON a decision).
 */
export const toFlatRecords = (records: readonly DecisionRecord[]): Primitive[] => {
  const flat: Primitive[] = [];
  for (const { decision, attempts, text } of records) {
    for (const [, property] of DECISION_COLUMNS) {
      flat.push(toPrimitive(decision[property]));
    }
    flat.push(attempts.length);
    for (const attempt of attempts) {
      for (const [, property] of ATTEMPT_COLUMNS) {
        flat.push(attempt[property]);
      }
    }
    if (text === null) {
      flat.push(0);
      continue;
    }
    flat.push(1, decision.id, text.expiresAtMs, Number(text.keepOnFailure ?? false), text.request, text.answer);
  }
  return flat;
};

/** One record of a batch as values to bind. */
export interface FlatRecord {
  readonly decision: readonly Primitive[];
  readonly attempts: readonly (readonly Primitive[])[];
  readonly text: readonly Primitive[] | null;
}

/** The records of `toFlatRecords`, one at a time. */
export function* readFlatRecords(flat: readonly Primitive[]): Generator<FlatRecord> {
  let at = 0;
  const take = (length: number): readonly Primitive[] => flat.slice(at, (at += length));
  while (at < flat.length) {
    const decision = take(DECISION_COLUMNS.length);
    const count = Number(flat[at]);
    at += 1;
    const attempts = Array.from({ length: count }, () => take(ATTEMPT_COLUMNS.length));
    const hasText = flat[at] === 1;
    at += 1;
    yield { decision, attempts, text: hasText ? take(TEXT_COLUMNS) : null };
  }
}

/** A row as SQLite returns it. */
export type SqlRow = Readonly<Record<string, unknown>>;

// The casts below rest on the STRICT tables: a column holds the type that the migration gave it, and nothing else.

export const fromDecisionColumns = (row: SqlRow): DecisionRow =>
  ({ ...row, simulated: row['simulated'] === 1, shadow: row['shadow'] === 1 }) as unknown as DecisionRow;

export const fromAttemptColumns = (row: SqlRow): AttemptRow => ({ ...row }) as unknown as AttemptRow;

export const fromOutcomeColumns = (row: SqlRow): OutcomeRow =>
  ({
    ...row,
    value: JSON.parse(String(row['value'])) as JsonValue,
    simulated: row['simulated'] === 1,
  }) as unknown as OutcomeRow;
