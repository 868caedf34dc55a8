/** Retention: what is deleted when, in slices so small that a waiting commit never notices. */
import type { DatabaseSync } from 'node:sqlite';
import { readNumber } from './database.ts';
import { toFirstDecisionId } from './decision-id.ts';
import { MS_PER_DAY } from './retention-limits.ts';
import type { WriteOperations } from './write-operations.ts';

/** Rows looked at in one slice: about 3 ms of work. */
const SLICE_ROWS = 64;

/** Pages given back to the file system in one slice. */
const SLICE_PAGES = 64;

/** Free pages are kept for the rows to come, up to this part of the file; more are given back. */
const FREE_PAGES_SHARE = 1 / 8;

export interface RetentionOptions {
  readonly retentionDays: number;
  readonly maxStoreBytes: number;
}

export interface Retention {
  /** Starts a round at this time. */
  readonly begin: (nowMs: number) => void;
  /** Does one small piece of work. False: nothing is left to do in this round. */
  readonly slice: () => boolean;
  /** Whether the last round left the store too large because only decisions with outcomes remain. */
  readonly isOverfull: () => boolean;
}

const createDeletion = (database: DatabaseSync, { inTransaction }: WriteOperations) => {
  const attempts = database.prepare('DELETE FROM attempt WHERE decision_id = ?');
  const text = database.prepare('DELETE FROM text WHERE decision_id = ?');
  const decision = database.prepare('DELETE FROM decision WHERE id = ?');
  const anonymise = database.prepare(
    'UPDATE decision SET key_hash = NULL, session_id = NULL, request_id = NULL WHERE id = ?',
  );
  const clearNotes = database.prepare('UPDATE outcome SET note = NULL WHERE decision_id = ? AND note IS NOT NULL');
  return {
    deleteDecisions: (ids: readonly string[]): void =>
      inTransaction((change) => {
        for (const id of ids) {
          text.run(id);
          change.attempts -= Number(attempts.run(id).changes);
          change.decisions -= Number(decision.run(id).changes);
        }
      }),
    anonymiseDecisions: (ids: readonly string[]): void =>
      inTransaction(() => {
        for (const id of ids) {
          text.run(id);
          anonymise.run(id);
          clearNotes.run(id);
        }
      }),
  };
};

type Deletion = ReturnType<typeof createDeletion>;
type Step = () => boolean;

const createTextStep = (database: DatabaseSync): ((nowMs: number) => boolean) => {
  const expire = database.prepare(
    `DELETE FROM text WHERE decision_id IN
       (SELECT decision_id FROM text WHERE expires_at_ms <= ? ORDER BY expires_at_ms LIMIT ${SLICE_ROWS})`,
  );
  return (nowMs) => Number(expire.run(nowMs).changes) > 0;
};

/** Deletes kept answers that expired by a time, the oldest first; with no time, the oldest whatever they are. */
const createResponseDeletion = (database: DatabaseSync): ((untilMs: number) => boolean) => {
  const expired = database.prepare(
    `SELECT id FROM response WHERE expires_at_ms <= ? ORDER BY expires_at_ms LIMIT ${SLICE_ROWS}`,
  );
  const items = database.prepare('DELETE FROM response_item WHERE response_id = ?');
  const response = database.prepare('DELETE FROM response WHERE id = ?');
  return (untilMs) => {
    const ids = expired.all(untilMs).map((row) => String(row['id']));
    for (const id of ids) {
      items.run(id);
      response.run(id);
    }
    return ids.length > 0;
  };
};

interface Scan {
  readonly unlabelled: readonly string[];
  readonly labelled: readonly string[];
}

/** Walks decisions from oldest to newest, a slice a call, and remembers how far it got: a label is passed once only. */
const createScan = (database: DatabaseSync): ((endId: string) => Scan | null) => {
  const select = database.prepare(
    `SELECT id, EXISTS (SELECT 1 FROM outcome WHERE decision_id = decision.id) AS labelled
     FROM decision WHERE id > ? AND id < ? ORDER BY id LIMIT ${SLICE_ROWS}`,
  );
  let doneId = '';
  return (endId) => {
    const rows = select.all(doneId, endId);
    doneId = String(rows.at(-1)?.['id'] ?? doneId);
    const toIds = (labelled: number): readonly string[] =>
      rows.filter((row) => row['labelled'] === labelled).map((row) => String(row['id']));
    return rows.length === 0 ? null : { unlabelled: toIds(0), labelled: toIds(1) };
  };
};

/** Deletes decisions older than a time; those with an outcome stay as labels, without what names a person. */
const createAgeStep = (database: DatabaseSync, deletion: Deletion): ((endId: string) => boolean) => {
  const scan = createScan(database);
  return (endId) => {
    const found = scan(endId);
    if (found === null) {
      return false;
    }
    deletion.deleteDecisions(found.unlabelled);
    deletion.anonymiseDecisions(found.labelled);
    return true;
  };
};

/** Sorts after every id. */
const END_OF_IDS = '~';

/** Deletes kept answers, then the oldest decisions without an outcome, while the rows take more than `maxBytes`. */
const createSizeStep = (database: DatabaseSync, deletion: Deletion, maxBytes: number) => {
  const deleteResponses = createResponseDeletion(database);
  const scan = createScan(database);
  const pageBytes = readNumber(database, 'PRAGMA page_size');
  let overfull = false;
  const step: Step = () => {
    const pages = readNumber(database, 'PRAGMA page_count') - readNumber(database, 'PRAGMA freelist_count');
    overfull = false;
    if (pages * pageBytes <= maxBytes) {
      return false;
    }
    if (deleteResponses(Number.MAX_SAFE_INTEGER)) {
      return true;
    }
    const found = scan(END_OF_IDS);
    deletion.deleteDecisions(found?.unlabelled ?? []);
    overfull = found === null;
    return !overfull;
  };
  return { step, isOverfull: () => overfull };
};

const createVacuumStep = (database: DatabaseSync, maxBytes: number): Step => {
  const pageBytes = readNumber(database, 'PRAGMA page_size');
  return () => {
    const pages = readNumber(database, 'PRAGMA page_count');
    const free = readNumber(database, 'PRAGMA freelist_count');
    const isWorthIt = free > pages * FREE_PAGES_SHARE || (free > 0 && pages * pageBytes > maxBytes);
    if (isWorthIt) {
      database.exec(`PRAGMA incremental_vacuum(${SLICE_PAGES})`);
    }
    return isWorthIt && readNumber(database, 'PRAGMA freelist_count') < free;
  };
};

/**
 * Order of a round: expired texts and kept answers; decisions older than `retentionDays`; beyond `maxStoreBytes`, kept answers, then the
 * oldest decisions; free pages back to the file system. A decision with an outcome is a label: it outlives both limits, features, choice,
 * probability and attempts included, but at `retentionDays` it loses key, session, request id, text and notes.
 */
export const createRetention = (
  database: DatabaseSync,
  operations: WriteOperations,
  { retentionDays, maxStoreBytes }: RetentionOptions,
): Retention => {
  const deletion = createDeletion(database, operations);
  const expireTexts = createTextStep(database);
  const expireResponses = createResponseDeletion(database);
  const deleteOld = createAgeStep(database, deletion);
  const size = createSizeStep(database, deletion, maxStoreBytes);
  const vacuum = createVacuumStep(database, maxStoreBytes);
  let steps: Step[] = [];
  return {
    begin: (nowMs) => {
      const endId = toFirstDecisionId(nowMs - retentionDays * MS_PER_DAY);
      steps = [() => expireTexts(nowMs), () => expireResponses(nowMs), () => deleteOld(endId), size.step, vacuum];
    },
    slice: () => {
      const step = steps[0];
      if (step !== undefined && !step()) {
        steps.shift();
      }
      return steps.length > 0;
    },
    isOverfull: size.isOverfull,
  };
};
