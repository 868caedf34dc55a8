import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createInterface } from 'node:readline';
import { after, afterEach, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { StoreError } from '../errors.ts';
import { loadMigrations, migrate, MIGRATIONS_DIRECTORY } from './migrate.ts';
import { openReader as openSqliteReader, type OpenReaderOptions } from './sqlite-reader.ts';
import { openStore as openSqliteStore, type OpenStoreOptions } from './sqlite-writer.ts';
import type { DecisionRecord, Store, StoreReader } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'gearbox-sqlite-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const newPath = (): string => join(folder, `${(files += 1)}`, 'store.db');
const now = (): number => 1_763_900_000_000;

const makeRecord = (n: number, json = '{}'): DecisionRecord => ({
  decision: {
    id: `dec_01KAR3Q8ZC${String(n).padStart(16, '0')}`,
    atMs: now() + n,
    keyHash: null,
    sessionId: null,
    requestId: null,
    protocol: 'openai-chat',
    unifiedModel: 'auto',
    component: 'fast',
    deployment: 'openai/gpt-6-luna',
    effort: null,
    chosenBy: 'router',
    confidence: 'known',
    simulated: false,
    shadow: false,
    decideMicroseconds: 400,
    costMicroUsd: 12,
    result: 'ok',
    json,
  },
  attempts: [],
  text: null,
});

// A store left open by a failed assertion would keep the process, and so the whole suite, waiting for its worker.
const opened: (Store | StoreReader)[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});
const openStore = async (options: OpenStoreOptions): Promise<Store> => {
  const store = await openSqliteStore(options);
  opened.push(store);
  return store;
};
const openReader = async (options: OpenReaderOptions): Promise<StoreReader> => {
  const reader = await openSqliteReader(options);
  opened.push(reader);
  return reader;
};

/** Writes records and outcomes without end; says on standard output which outcomes are durable. */
const ENDLESS_WRITER = `
  import { openStore } from ${JSON.stringify(new URL('./sqlite-writer.ts', import.meta.url).href)};
  const store = await openStore({ path: process.argv[1], now: () => 1_763_900_000_000 });
  for (let n = 0; ; n += 1) {
    const id = 'dec_01KAR3Q8ZC' + String(n).padStart(16, '0');
    store.writeRecord({ decision: { ...JSON.parse(process.argv[2]), id }, attempts: [], text: null });
    const [result] = await store.addOutcomes([{ id: 'out_' + n, decisionId: id, atMs: 1, kind: 'thumb', value: 1,
      evaluator: null, note: null, weight: 1, labelProbability: null, simulated: false }]);
    process.stdout.write(n + ' ' + result + '\\n');
  }`;

const writeUntilKilled = async (path: string, outcomes: number): Promise<readonly string[]> => {
  const template = JSON.stringify(makeRecord(0, JSON.stringify('x'.repeat(2_000))).decision);
  const child = spawn(process.execPath, ['--input-type=module', '-e', ENDLESS_WRITER, path, template], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const acknowledged: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.push(line);
    if (acknowledged.length === outcomes) {
      child.kill('SIGKILL');
    }
  }
  return acknowledged;
};

test('after kill -9 nothing acknowledged is missing, the file is sound and its lock is free', async () => {
  const path = newPath();
  const acknowledged = await writeUntilKilled(path, 300);
  assert.ok(acknowledged.length >= 300);
  assert.deepEqual(
    acknowledged.filter((line) => !line.endsWith(' added')),
    [],
  );
  const store = await openStore({ path, now });
  const reader = await openReader({ path });
  const kept = new Set((await reader.outcomes({ limit: 10_000 })).map(({ id }) => id));
  assert.deepEqual(
    acknowledged.filter((line) => !kept.has(`out_${line.split(' ')[0]}`)),
    [],
  );
  const counts = await reader.counts();
  assert.equal(counts.outcomes, kept.size);
  assert.equal(counts.decisions, (await reader.decisions({ limit: 10_000 })).length);
  await Promise.all([reader.close(), store.close()]);
  const database = new DatabaseSync(path);
  assert.deepEqual({ ...database.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' });
  database.close();
});

test('a second writer is refused and told who writes; a reader is not; after close the file is free', async () => {
  const path = newPath();
  const store = await openStore({ path, now });
  await assert.rejects(openStore({ path, now }), {
    code: 'store_locked',
    message: new RegExp(`process ${process.pid} on .*Only one may write it`),
  });
  const reader = await openReader({ path });
  await store.putState('seen', true);
  assert.equal(await reader.state('seen'), true);
  await store.close();
  const next = await openStore({ path, now });
  await Promise.all([reader.close(), next.close()]);
});

test('a reader opens what a writer closed, and only its owner may read the file', async () => {
  const path = newPath();
  const store = await openStore({ path, now });
  store.writeRecord(makeRecord(1));
  await store.close();
  const reader = await openReader({ path });
  assert.equal((await reader.counts()).decisions, 1);
  await reader.close();
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('a missing store is reported with the way to make one, and reading creates nothing', async () => {
  const path = newPath();
  await assert.rejects(openReader({ path }), { code: 'store_missing', message: /gearbox serve.*creates one/ });
  assert.throws(() => statSync(path), { code: 'ENOENT' });
});

test('a file that is no database is refused, not overwritten', async () => {
  const path = newPath();
  mkdirSync(join(path, '..'));
  writeFileSync(path, 'these are notes, not a database '.repeat(100));
  await assert.rejects(openStore({ path, now }), { code: 'store_cannot_open', message: /not a database/ });
  assert.match(readFileSync(path, 'utf8'), /^these are notes/);
});

test('when the worker dies, promises reject, records are shed and counted, and the owner is told once', async () => {
  const workers: Worker[] = [];
  const failures: StoreError[] = [];
  const store = await openStore({
    path: newPath(),
    now,
    onFailure: (error) => failures.push(error),
    startWorker: (file, workerData) => {
      const worker = new Worker(file, { workerData, execArgv: [] });
      workers.push(worker);
      return worker;
    },
  });
  await store.flush();
  assert.equal(store.writeRecord(makeRecord(1)), true);
  const waiting = store.putState('a', 1);
  const rejected = assert.rejects(waiting, { name: 'StoreError', code: 'store_failed', status: 503 });
  await workers[0]?.terminate();
  await rejected;
  assert.equal(store.writeRecord(makeRecord(2)), false);
  await assert.rejects(store.counts(), { code: 'store_failed' });
  assert.equal(failures.length, 1);
  assert.match(failures[0]?.message ?? '', /1 record\(s\) that had not been committed are lost/);
  await store.close();
});

test('records beyond the bound are shed and counted, and accepted again once the queue has drained', async () => {
  const store = await openStore({ path: newPath(), now, maxQueuedRecords: 200 });
  const accepted = Array.from({ length: 250 }, (_, n) => store.writeRecord(makeRecord(n)));
  assert.equal(accepted.filter(Boolean).length, 200);
  await store.flush();
  assert.equal(store.writeRecord(makeRecord(300)), true);
  await store.flush();
  const { decisions, shedRecords } = await store.counts();
  assert.deepEqual({ decisions, shedRecords }, { decisions: 201, shedRecords: 50 });
  await store.close();
});

test('a record is written within its batch interval though nobody flushes', async () => {
  const path = newPath();
  const store = await openStore({ path, now });
  const reader = await openReader({ path });
  store.writeRecord(makeRecord(1));
  for (let tries = 0; tries < 100 && (await reader.counts()).decisions === 0; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.equal((await reader.counts()).decisions, 1);
  await Promise.all([reader.close(), store.close()]);
});

test('a record that the tables refuse costs only itself, is counted as shed and named in a warning', async () => {
  const warnings: string[] = [];
  const store = await openStore({ path: newPath(), now, onWarning: (message) => warnings.push(message) });
  const bad = makeRecord(2);
  store.writeRecord(makeRecord(1));
  store.writeRecord({ ...bad, decision: { ...bad.decision, costMicroUsd: 0.5 } });
  store.writeRecord(makeRecord(3));
  await store.flush();
  const { decisions, shedRecords } = await store.counts();
  assert.deepEqual({ decisions, shedRecords }, { decisions: 2, shedRecords: 1 });
  assert.match(warnings.join(), /1 record\(s\) could not be written and are lost: .*cost_micro_usd/);
  await store.close();
});

test('migrations apply once and in order; a newer store and a changed migration are refused', () => {
  const migrations = loadMigrations(MIGRATIONS_DIRECTORY);
  const database = new DatabaseSync(':memory:');
  migrate(database, { now, migrations });
  migrate(database, { now, migrations });
  assert.throws(() => migrate(database, { now, migrations: [] }), { code: 'store_newer', message: /0001-initial/ });
  const changed = migrations.map((migration) => ({ ...migration, sha256: 'other' }));
  assert.throws(() => migrate(database, { now, migrations: changed }), { code: 'store_migration_changed' });
  database.close();
});

test('a migration that fails leaves the store as it was', () => {
  const database = new DatabaseSync(':memory:');
  const migrations = [
    { number: 1, name: '0001-a', sql: 'CREATE TABLE a (x)', sha256: '1' },
    { number: 2, name: '0002-b', sql: 'CREATE TABLE b (x); CREATE TABLE a (x)', sha256: '2' },
  ];
  assert.throws(() => migrate(database, { now, migrations }), /already exists/);
  assert.equal(database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n'], 0);
  database.close();
});
