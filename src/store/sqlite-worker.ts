/** The thread that owns the only write connection of a store. Started by `sqlite-writer.ts`. */
import type { DatabaseSync } from 'node:sqlite';
import { workerData } from 'node:worker_threads';
import type { JsonValue } from '../canonical/json.ts';
import { DatabaseSync as Database } from 'node:sqlite';
import { existsSync } from 'node:fs';
import { openWriteDatabase } from './database.ts';
import { loadMigrations, migrate } from './migrate.ts';
import { createRetention, type Retention } from './retention.ts';
import type { Primitive } from './rows.ts';
import type { Numbered, WriteRequest, WriterWorkerData } from './worker-message.ts';
import { endWorker, reply, runWorker, toFailure } from './worker-reply.ts';
import { createWriteOperations, type CountChange, type WriteOperations } from './write-operations.ts';
import { takeWriterLock, type WriterLock } from './writer-lock.ts';

/** Pause between two slices of retention, in which messages that wait are served first. */
const SLICE_PAUSE_MS = 2;

interface Opened {
  readonly database: DatabaseSync;
  readonly operations: WriteOperations;
  readonly retention: Retention;
  readonly lock: WriterLock;
}

/** What the store itself says about its writer; nothing if it cannot be read. */
const describeHolder = (path: string): string => {
  try {
    if (!existsSync(path)) {
      return '';
    }
    const database = new Database(path, { readOnly: true });
    const row = database.prepare('SELECT writer FROM meta').get();
    database.close();
    return row === undefined ? '' : ` (${String(row['writer'])})`;
  } catch {
    // The file may be between creation and its first migration; the refusal stands without the name.
    return '';
  }
};

const open = ({ path, retentionDays, maxStoreBytes, writer, startedAtMs }: WriterWorkerData): Opened => {
  const lock = takeWriterLock(path, () => describeHolder(path));
  try {
    const database = openWriteDatabase(path);
    migrate(database, { now: () => startedAtMs, migrations: loadMigrations() });
    const operations = createWriteOperations(database);
    operations.setWriter(writer);
    operations.setShedRecords(0);
    const retention = createRetention(database, operations, { retentionDays, maxStoreBytes });
    return { database, operations, retention, lock };
  } catch (error) {
    lock.release();
    throw error;
  }
};

interface Round {
  readonly nowMs: number;
  readonly askers: number[];
}

/** Runs rounds of retention between messages and answers those who wait for one. */
const createMaintenance = (retention: Retention, warnOverfull: () => void) => {
  let running: Round | null = null;
  // Asked for during a round: its own round, since the running one may have passed what the asker wants deleted.
  let next: Round | null = null;
  let timer: NodeJS.Timeout | undefined;

  const begin = (round: Round): void => {
    running = round;
    retention.begin(round.nowMs);
    timer = setTimeout(step, 0);
  };
  const finish = (answer: (number: number) => void): void => {
    running?.askers.forEach(answer);
    running = null;
    if (next !== null) {
      begin(next);
      next = null;
    }
  };
  const step = (): void => {
    try {
      if (retention.slice()) {
        timer = setTimeout(step, SLICE_PAUSE_MS);
        return;
      }
      if (retention.isOverfull()) {
        warnOverfull();
      }
      finish((number) => reply({ type: 'answer', number }));
    } catch (error) {
      const failure = toFailure(error);
      reply({ type: 'warning', message: `Retention stopped until its next round: ${failure.message}` });
      finish((number) => reply({ type: 'error', number, failure }));
    }
  };
  return {
    start: (number: number, nowMs: number): void => {
      if (running === null) {
        begin({ nowMs, askers: [number] });
      } else {
        next = { nowMs, askers: [...(next?.askers ?? []), number] };
      }
    },
    /** Deletes nothing more; what is left falls to the next time the store is open. */
    stop: (): void => {
      clearTimeout(timer);
      const askers = [...(running?.askers ?? []), ...(next?.askers ?? [])];
      askers.forEach((number) => reply({ type: 'answer', number }));
    },
  };
};

type Answers = (readonly [number: number, value: JsonValue | undefined])[];

/** What a request does inside the message's transaction. */
const write = (operations: WriteOperations, request: WriteRequest, change: CountChange): JsonValue | undefined => {
  switch (request.type) {
    case 'outcomes':
      return request.rows.map((row) => operations.addOutcome(row, change));
    case 'state':
      operations.putState(request.name, request.value);
      return undefined;
    case 'put-response':
      operations.putResponse(request.row);
      return undefined;
    case 'delete-response':
      return operations.deleteResponse(request.id);
    case 'shed':
      operations.setShedRecords(request.shedRecords);
      return undefined;
    case 'flush':
    case 'counts':
    case 'maintain':
    case 'close':
      return undefined;
  }
};

/** All requests of one message, in one transaction: either all are answered or all fail. */
const commit = (operations: WriteOperations, requests: readonly Numbered<WriteRequest>[]): void => {
  try {
    const answers = operations.inTransaction((change): Answers =>
      requests.map(([number, request]) => [number, write(operations, request, change)]),
    );
    for (const [number, value] of answers) {
      reply({ type: 'answer', number, ...(value === undefined ? {} : { value }) });
    }
  } catch (error) {
    const failure = toFailure(error);
    requests.forEach(([number]) => reply({ type: 'error', number, failure }));
  }
};

const DURABLE: ReadonlySet<WriteRequest['type']> = new Set([
  'outcomes',
  'state',
  'put-response',
  'delete-response',
  'shed',
  'flush',
]);

const isDurable = ([, { type }]: Numbered<WriteRequest>): boolean => DURABLE.has(type);

runWorker(() => {
  const data = workerData as WriterWorkerData; // given by sqlite-writer.ts
  const { database, operations, retention, lock } = open(data);
  const maintenance = createMaintenance(retention, () =>
    reply({
      type: 'warning',
      message:
        `The store is larger than max_store_bytes (${data.maxStoreBytes}), and only decisions with outcomes are left, ` +
        'which are never deleted. Raise the limit.',
    }),
  );

  const close = (number: number): void => {
    maintenance.stop();
    operations.setWriter('');
    database.close();
    lock.release();
    reply({ type: 'answer', number });
    endWorker();
  };

  const serve = ([number, request]: Numbered<WriteRequest>): void => {
    if (request.type === 'counts') {
      reply({ type: 'answer', number, value: { ...operations.counts() } });
    }
    if (request.type === 'maintain') {
      maintenance.start(number, request.nowMs);
    }
    if (request.type === 'close') {
      close(number);
    }
  };

  return (message) => {
    if (typeof message !== 'string') {
      const result = operations.insertRecords(message as Primitive[]); // made by toFlatRecords
      reply({ type: 'records', ...result });
      return;
    }
    const requests = JSON.parse(message) as Numbered<WriteRequest>[]; // made by worker-channel.ts
    const durable = requests.filter(isDurable);
    if (durable.length > 0) {
      commit(operations, durable);
    }
    requests.filter((request) => !isDurable(request)).forEach(serve);
  };
});
