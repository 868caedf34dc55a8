/** The right to write a store: held by one process at a time and gone with it, however it ends. */
import { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../errors.ts';
import { createPrivateFile, describeError } from './database.ts';

export interface WriterLock {
  readonly release: () => void;
}

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === SQLITE_BUSY;

/** Primary result code of SQLite: another connection holds the lock. */
const SQLITE_BUSY = 5;

/**
 * Takes the lock, an exclusive transaction that stays open on the tiny database `<path>.lock`. The kernel drops its
 * file lock when the process dies, so kill -9 leaves nothing stale, which a file with a process id in it would.
 * A lock on the store itself would shut out its readers. Throws `StoreError` `store_locked` when another holds it;
 * `describeHolder` says who, as far as that is known.
 */
export const takeWriterLock = (path: string, describeHolder: () => string): WriterLock => {
  createPrivateFile(`${path}.lock`);
  const database = new DatabaseSync(`${path}.lock`, { timeout: 0 });
  try {
    // In memory: a journal file beside the lock would be the one thing that a killed process leaves behind.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (!isBusy(error)) {
      throw new StoreError(`Cannot lock ${path}.lock: ${describeError(error)}.`, {
        code: 'store_cannot_open',
        cause: error,
      });
    }
    throw new StoreError(
      `The store ${path} is being written by another process${describeHolder()}. Only one may write it: ` +
        'stop that one, send the request to it, or name another home folder with --home.',
      { code: 'store_locked', status: 503, retryable: true, cause: error },
    );
  }
  return {
    release: () => {
      database.exec('ROLLBACK');
      database.close();
    },
  };
};
