/** The queries that read a store, prepared once each. Runs in the reader's worker thread only. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { JsonValue } from '../canonical/json.ts';
import { readNumber } from './database.ts';
import { checkQueryLimit } from './query-limit.ts';
import { toFirstDecisionId } from './decision-id.ts';
import {
  ATTEMPT_COLUMNS,
  DECISION_COLUMNS,
  OUTCOME_COLUMNS,
  fromAttemptColumns,
  fromDecisionColumns,
  fromOutcomeColumns,
  renderSelection,
  type SqlRow,
} from './rows.ts';
import type { DecisionQuery, KeptResponse, OutcomeRow, StoreCounts, StoredDecision, StoredText } from './store.ts';

export interface ReadOperations {
  readonly decision: (id: string) => StoredDecision | undefined;
  readonly decisions: (query: DecisionQuery) => readonly StoredDecision[];
  readonly outcomes: (query: { readonly limit: number; readonly before?: string }) => readonly OutcomeRow[];
  readonly text: (decisionId: string) => StoredText | undefined;
  readonly state: (name: string) => JsonValue | undefined;
  readonly response: (id: string, nowMs: number) => KeptResponse | undefined;
  readonly responseOfItem: (itemId: string, nowMs: number) => KeptResponse | undefined;
  readonly counts: () => StoreCounts;
}

const SELECT_DECISION = `SELECT ${renderSelection(DECISION_COLUMNS)} FROM decision`;
const SELECT_OUTCOME = `SELECT ${renderSelection(OUTCOME_COLUMNS)} FROM outcome`;

/** One condition per member of a query, so that SQLite sees which index serves the members that are given. */
const CONDITIONS = {
  before: 'id < :before',
  since: 'id >= :since',
  component: 'component = :component',
  keyHash: 'key_hash = :keyHash',
  withOutcomes: 'EXISTS (SELECT 1 FROM outcome WHERE decision_id = decision.id)',
} as const;

type ConditionName = keyof typeof CONDITIONS;

/** Statements by the conditions they hold: prepared when first needed, at most 32. */
const createDecisionSelect = (database: DatabaseSync) => {
  const prepared = new Map<string, StatementSync>();
  const prepare = (names: readonly ConditionName[]): StatementSync => {
    const key = names.join();
    const where = names.length === 0 ? '' : `WHERE ${names.map((name) => CONDITIONS[name]).join(' AND ')}`;
    const statement =
      prepared.get(key) ?? database.prepare(`${SELECT_DECISION} ${where} ORDER BY id DESC LIMIT :limit`);
    prepared.set(key, statement);
    return statement;
  };
  return ({ limit, before, component, keyHash, sinceMs, withOutcomes = false }: DecisionQuery): readonly SqlRow[] => {
    const values = {
      ...(before === undefined ? {} : { before }),
      ...(sinceMs === undefined ? {} : { since: toFirstDecisionId(sinceMs) }),
      ...(component === undefined ? {} : { component }),
      ...(keyHash === undefined ? {} : { keyHash }),
    };
    const names = [...(Object.keys(values) as ConditionName[]), ...(withOutcomes ? (['withOutcomes'] as const) : [])];
    return prepare(names).all({ ...values, limit: checkQueryLimit(limit) });
  };
};

export const createReadOperations = (database: DatabaseSync): ReadOperations => {
  const selectDecisions = createDecisionSelect(database);
  const decisionById = database.prepare(`${SELECT_DECISION} WHERE id = ?`);
  const attemptsOf = database.prepare(
    `SELECT ${renderSelection(ATTEMPT_COLUMNS)} FROM attempt WHERE decision_id = ? ORDER BY n`,
  );
  const outcomesOf = database.prepare(`${SELECT_OUTCOME} WHERE decision_id = ? ORDER BY seq`);
  const newestOutcomes = database.prepare(`${SELECT_OUTCOME} ORDER BY seq DESC LIMIT ?`);
  const olderOutcomes = database.prepare(
    `${SELECT_OUTCOME} WHERE seq < (SELECT seq FROM outcome WHERE id = ?) ORDER BY seq DESC LIMIT ?`,
  );
  const textOf = database.prepare('SELECT request, answer FROM text WHERE decision_id = ?');
  const stateOf = database.prepare('SELECT value FROM state WHERE name = ?');
  const response = `SELECT id, key_hash AS keyHash, expires_at_ms AS expiresAtMs, sealed FROM response`;
  const responseById = database.prepare(`${response} WHERE id = ? AND expires_at_ms > ?`);
  const responseByItem = database.prepare(
    `${response} WHERE id IN (SELECT response_id FROM response_item WHERE item_id = ?) AND expires_at_ms > ?
     ORDER BY expires_at_ms DESC LIMIT 1`,
  );
  const selectCounts = database.prepare('SELECT decisions, attempts, outcomes, shed_records AS shedRecords FROM meta');

  const complete = (row: SqlRow): StoredDecision => {
    const decision = fromDecisionColumns(row);
    return {
      decision,
      attempts: attemptsOf.all(decision.id).map(fromAttemptColumns),
      outcomes: outcomesOf.all(decision.id).map(fromOutcomeColumns),
    };
  };
  return {
    decision: (id) => {
      const row = decisionById.get(id);
      return row === undefined ? undefined : complete(row);
    },
    decisions: (query) => selectDecisions(query).map(complete),
    outcomes: ({ limit, before }) => {
      const count = checkQueryLimit(limit);
      const rows = before === undefined ? newestOutcomes.all(count) : olderOutcomes.all(before, count);
      return rows.map(fromOutcomeColumns);
    },
    // The casts rest on the tables' types and, for state, on putState, which wrote the JSON.
    text: (decisionId) => textOf.get(decisionId) as StoredText | undefined,
    state: (name) => {
      const row = stateOf.get(name);
      return row === undefined ? undefined : (JSON.parse(String(row['value'])) as JsonValue);
    },
    response: (id, nowMs) => responseById.get(id, nowMs) as KeptResponse | undefined,
    responseOfItem: (itemId, nowMs) => responseByItem.get(itemId, nowMs) as KeptResponse | undefined,
    counts: () => {
      const bytes = readNumber(database, 'PRAGMA page_count') * readNumber(database, 'PRAGMA page_size');
      return { ...(selectCounts.get() as unknown as Omit<StoreCounts, 'bytes'>), bytes };
    },
  };
};
