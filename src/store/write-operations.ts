/** The statements that write a store, prepared once. Runs in the writer's worker thread only. */
import type { DatabaseSync } from 'node:sqlite';
import type { JsonValue } from '../canonical/json.ts';
import { describeError, readNumber } from './database.ts';
import { isFailedOutcome } from './failed-outcome.ts';
import {
  ATTEMPT_COLUMNS,
  DECISION_COLUMNS,
  OUTCOME_COLUMNS,
  readFlatRecords,
  renderNames,
  type FlatRecord,
  type Primitive,
} from './rows.ts';
import type { OutcomeResult, OutcomeRow, ResponseRow, StoreCounts } from './store.ts';

/** How many rows a transaction added (or, below zero, deleted). */
export interface CountChange {
  decisions: number;
  attempts: number;
  outcomes: number;
}

export interface RecordsWritten {
  readonly written: number;
  /** Records that SQLite refused even on their own. */
  readonly lost: number;
  /** Why the first of them was refused. */
  readonly reason: string | null;
}

export interface WriteOperations {
  /** Runs `body` in one transaction that also brings the counts up to date; rolls back and rethrows if it throws. */
  readonly inTransaction: <Result>(body: (change: CountChange) => Result) => Result;
  /** Writes a batch in one transaction; if that fails, record by record, so that one bad record costs only itself. */
  readonly insertRecords: (flat: readonly Primitive[]) => RecordsWritten;
  readonly addOutcome: (row: OutcomeRow, change: CountChange) => OutcomeResult;
  readonly putState: (name: string, value: JsonValue) => void;
  readonly putResponse: (row: ResponseRow) => void;
  readonly deleteResponse: (id: string) => boolean;
  readonly counts: () => Omit<StoreCounts, 'shedRecords'>;
  readonly setShedRecords: (shedRecords: number) => void;
  /** Names the process that writes, for the message that refuses a second one. */
  readonly setWriter: (description: string) => void;
}

const questionMarks = (count: number): string => Array.from({ length: count }, () => '?').join(', ');

const insertInto = (table: string, columns: readonly (readonly [string, string])[]): string =>
  `INSERT INTO ${table} (${renderNames(columns)}) VALUES (${questionMarks(columns.length)}) ON CONFLICT DO NOTHING`;

const createTransaction = (database: DatabaseSync): WriteOperations['inTransaction'] => {
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const rollback = database.prepare('ROLLBACK');
  const count = database.prepare(
    'UPDATE meta SET decisions = decisions + ?, attempts = attempts + ?, outcomes = outcomes + ?',
  );
  return (body) => {
    const change: CountChange = { decisions: 0, attempts: 0, outcomes: 0 };
    begin.run();
    try {
      const result = body(change);
      if (change.decisions !== 0 || change.attempts !== 0 || change.outcomes !== 0) {
        count.run(change.decisions, change.attempts, change.outcomes);
      }
      commit.run();
      return result;
    } catch (error) {
      // Some errors (a full disk) have rolled back already; a second rollback would hide the reason.
      if (database.isTransaction) {
        rollback.run();
      }
      throw error;
    }
  };
};

const createRecordInsert = (database: DatabaseSync, inTransaction: WriteOperations['inTransaction']) => {
  const decision = database.prepare(insertInto('decision', DECISION_COLUMNS));
  const attempt = database.prepare(insertInto('attempt', ATTEMPT_COLUMNS));
  const text = database.prepare(
    `INSERT INTO text (decision_id, expires_at_ms, keep_on_failure, request, answer) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  );
  const insert = (record: FlatRecord, change: CountChange): void => {
    const isNew = Number(decision.run(...record.decision).changes) === 1;
    if (!isNew) {
      return;
    }
    change.decisions += 1;
    for (const values of record.attempts) {
      change.attempts += Number(attempt.run(...values).changes);
    }
    if (record.text !== null) {
      text.run(...record.text);
    }
  };
  const insertOneByOne = (flat: readonly Primitive[]): RecordsWritten => {
    let written = 0;
    let lost = 0;
    let reason: string | null = null;
    for (const record of readFlatRecords(flat)) {
      try {
        inTransaction((change) => insert(record, change));
        written += 1;
      } catch (error) {
        lost += 1;
        reason ??= describeError(error);
      }
    }
    return { written, lost, reason };
  };
  return (flat: readonly Primitive[]): RecordsWritten => {
    try {
      return inTransaction((change) => {
        let written = 0;
        for (const record of readFlatRecords(flat)) {
          insert(record, change);
          written += 1;
        }
        return { written, lost: 0, reason: null };
      });
    } catch {
      return insertOneByOne(flat);
    }
  };
};

const createOutcomeInsert = (database: DatabaseSync): WriteOperations['addOutcome'] => {
  const known = database.prepare('SELECT 1 FROM outcome WHERE id = ?');
  const simulated = database.prepare('SELECT simulated FROM decision WHERE id = ?');
  const insert = database.prepare(insertInto('outcome', OUTCOME_COLUMNS));
  const keepText = database.prepare(
    'UPDATE text SET expires_at_ms = NULL WHERE decision_id = ? AND keep_on_failure = 1 AND expires_at_ms IS NOT NULL',
  );
  return (row, change) => {
    if (known.get(row.id) !== undefined) {
      return 'duplicate';
    }
    const decision = simulated.get(row.decisionId);
    if (decision === undefined) {
      return 'unknown_decision';
    }
    const { id, decisionId, atMs, kind, value, evaluator, note, weight, labelProbability } = row;
    const isSimulated = Number(row.simulated || decision['simulated'] === 1);
    const json = JSON.stringify(value);
    insert.run(id, decisionId, atMs, kind, json, evaluator, note, weight, labelProbability, isSimulated);
    change.outcomes += 1;
    if (isFailedOutcome(row)) {
      keepText.run(decisionId);
    }
    return 'added';
  };
};

const createResponseWrites = (database: DatabaseSync): Pick<WriteOperations, 'putResponse' | 'deleteResponse'> => {
  const put = database.prepare(
    `INSERT INTO response (id, key_hash, expires_at_ms, sealed) VALUES (?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET key_hash = excluded.key_hash, expires_at_ms = excluded.expires_at_ms,
       sealed = excluded.sealed`,
  );
  const addItem = database.prepare(
    'INSERT INTO response_item (item_id, response_id) VALUES (?, ?) ON CONFLICT DO NOTHING',
  );
  const removeItems = database.prepare('DELETE FROM response_item WHERE response_id = ?');
  const remove = database.prepare('DELETE FROM response WHERE id = ?');
  return {
    putResponse: ({ id, keyHash, expiresAtMs, sealed, itemIds }) => {
      removeItems.run(id);
      put.run(id, keyHash, expiresAtMs, sealed);
      for (const itemId of itemIds) addItem.run(itemId, id);
    },
    deleteResponse: (id) => {
      removeItems.run(id);
      return Number(remove.run(id).changes) > 0;
    },
  };
};

export const createWriteOperations = (database: DatabaseSync): WriteOperations => {
  const inTransaction = createTransaction(database);
  const putState = database.prepare(
    'INSERT INTO state (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  );
  const selectCounts = database.prepare('SELECT decisions, attempts, outcomes FROM meta');
  const setShed = database.prepare('UPDATE meta SET shed_records = ?');
  const setWriter = database.prepare('UPDATE meta SET writer = ?');
  return {
    inTransaction,
    insertRecords: createRecordInsert(database, inTransaction),
    addOutcome: createOutcomeInsert(database),
    ...createResponseWrites(database),
    putState: (name, value) => {
      putState.run(name, JSON.stringify(value));
    },
    counts: () => {
      const row = selectCounts.get();
      const bytes = readNumber(database, 'PRAGMA page_count') * readNumber(database, 'PRAGMA page_size');
      return {
        decisions: Number(row?.['decisions']),
        attempts: Number(row?.['attempts']),
        outcomes: Number(row?.['outcomes']),
        bytes,
      };
    },
    setShedRecords: (shedRecords) => {
      setShed.run(shedRecords);
    },
    setWriter: (description) => {
      setWriter.run(description);
    },
  };
};
