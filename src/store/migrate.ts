/** Migrations: numbered SQL files that bring a store to the form that this version of the code reads and writes. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../errors.ts';

export interface Migration {
  readonly number: number;
  /** File name without its ending, such as `0001-initial`. */
  readonly name: string;
  readonly sql: string;
  readonly sha256: string;
}

interface AppliedMigration {
  readonly number: number;
  readonly name: string;
  readonly sha256: string;
}

/** `migrations/` of the package: two folders up from `src/store` and from `dist/store` alike. */
export const MIGRATIONS_DIRECTORY = fileURLToPath(new URL('../../migrations/', import.meta.url));

const FILE = /^(\d{4})-[a-z0-9-]+\.sql$/;

/** All migrations of a folder, in order. Throws `StoreError` when a number is missing or taken twice. */
export const loadMigrations = (directory: string = MIGRATIONS_DIRECTORY): readonly Migration[] => {
  const files = readdirSync(directory)
    .filter((file) => FILE.test(file))
    .sort();
  return files.map((file, index) => {
    const number = Number(file.slice(0, 4));
    if (number !== index + 1) {
      throw new StoreError(
        `Migrations must be numbered 0001, 0002, … without gaps; found ${file} at place ${index + 1}.`,
        {
          code: 'store_migrations_broken',
        },
      );
    }
    // A checkout on Windows may turn line ends around; that is not a change of the migration.
    const sql = readFileSync(join(directory, file), 'utf8').replaceAll('\r\n', '\n');
    return { number, name: file.slice(0, -'.sql'.length), sql, sha256: createHash('sha256').update(sql).digest('hex') };
  });
};

const readApplied = (database: DatabaseSync): readonly AppliedMigration[] => {
  const exists = database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migration'").get();
  return exists === undefined
    ? []
    : (database
        .prepare('SELECT number, name, sha256 FROM migration ORDER BY number')
        .all() as unknown as AppliedMigration[]);
};

const refuse = (code: string, message: string): never => {
  throw new StoreError(message, { code });
};

/** Checks what is applied against the files; returns what is still to be applied. */
const findPending = (applied: readonly AppliedMigration[], migrations: readonly Migration[]): readonly Migration[] => {
  for (const { number, name, sha256 } of applied) {
    const migration = migrations[number - 1];
    if (migration === undefined) {
      return refuse(
        'store_newer',
        `The store was written by a newer version: it holds migration ${name}, this version knows ${migrations.length}. ` +
          'Install that version or a newer one, or name another home folder with --home.',
      );
    }
    if (migration.sha256 !== sha256) {
      return refuse(
        'store_migration_changed',
        `Migration ${name} was changed after it had been applied to this store. Migrations are append-only: ` +
          'restore the file and put the change into a new one.',
      );
    }
  }
  return migrations.slice(applied.length);
};

/** Applies what is missing, all in one transaction: a store is at one version or at the next, never between. */
export const migrate = (
  database: DatabaseSync,
  { now, migrations }: { readonly now: () => number; readonly migrations: readonly Migration[] },
): void => {
  const pending = findPending(readApplied(database), migrations);
  if (pending.length === 0) {
    return;
  }
  database.exec('BEGIN IMMEDIATE');
  try {
    database.exec(`CREATE TABLE IF NOT EXISTS migration (
      number INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at_ms INTEGER NOT NULL) STRICT`);
    const remember = database.prepare(
      'INSERT INTO migration (number, name, sha256, applied_at_ms) VALUES (?, ?, ?, ?)',
    );
    for (const { number, name, sql, sha256 } of pending) {
      database.exec(sql);
      remember.run(number, name, sha256, now());
    }
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
};

/** For readers, which may not write: throws `StoreError` unless the store is exactly at this version of the code. */
export const checkMigrated = (database: DatabaseSync, migrations: readonly Migration[]): void => {
  const pending = findPending(readApplied(database), migrations);
  if (pending.length > 0) {
    refuse(
      'store_outdated',
      `The store was written by an older version and lacks ${pending.length} migration(s). ` +
        'Start the server of this version once; it brings the store up to date.',
    );
  }
};
