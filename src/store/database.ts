/** A SQLite file of ours: how it is opened for writing and for reading. Runs in worker threads only. */
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { brand } from '../brand.ts';
import { StoreError } from '../errors.ts';

/** Longest wait for a lock of another connection. Readers hold none in WAL mode; a backup tool may. */
const BUSY_TIMEOUT_MS = 5_000;

/** Five decisions a page instead of one: writing a record costs a third less than with SQLite's 4 KiB. */
const PAGE_BYTES = 16_384;

/** The write-ahead log is cut back to this size after a checkpoint. */
const JOURNAL_LIMIT_BYTES = 64 * 1024 * 1024;

/** Only the owner may read: rows hold hashes of keys and may hold text of requests. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** What SQLite says in one line, without its stack. */
export const describeError = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Makes sure that the file exists and that its owner alone may read it; SQLite gives its side files the same mode. */
export const createPrivateFile = (path: string): void => {
  mkdirSync(dirname(path), { recursive: true, mode: FOLDER_MODE });
  closeSync(openSync(path, 'a', FILE_MODE));
};

/** Opens for writing, creating file and folder. Throws `StoreError` if it is not a database or cannot be written. */
export const openWriteDatabase = (path: string): DatabaseSync => {
  try {
    createPrivateFile(path);
    const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
    // page_size and auto_vacuum work on an empty file only, and before WAL; secure_delete: expired text is really gone.
    database.exec(`PRAGMA page_size = ${PAGE_BYTES}; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = ${JOURNAL_LIMIT_BYTES}; PRAGMA secure_delete = ON;
      PRAGMA foreign_keys = OFF; PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY`);
    return database;
  } catch (error) {
    throw new StoreError(
      `Cannot open the store ${path} for writing: ${describeError(error)}. ` +
        'Check that the folder can be written and that the file is a store; --home names another folder.',
      { code: 'store_cannot_open', cause: error },
    );
  }
};

/** Opens for reading only. Throws `StoreError`: `store_missing` when there is no file. */
export const openReadDatabase = (path: string): DatabaseSync => {
  if (!existsSync(path)) {
    throw new StoreError(
      `There is no store at ${path}. "${brand.binary} serve" creates one; --home names another folder.`,
      { code: 'store_missing', status: 503 },
    );
  }
  try {
    const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
    database.exec('PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY');
    return database;
  } catch (error) {
    throw new StoreError(`Cannot read the store ${path}: ${describeError(error)}.`, {
      code: 'store_cannot_open',
      cause: error,
    });
  }
};

/** First column of the first row, as a number. */
export const readNumber = (database: DatabaseSync, sql: string): number =>
  Number(Object.values(database.prepare(sql).get() ?? {})[0] ?? 0);
