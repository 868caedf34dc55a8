/** The store on SQLite, as the serving thread sees it: two queues in front of the worker that owns the file. */
import { hostname } from 'node:os';
import { brand } from '../brand.ts';
import { StoreError } from '../errors.ts';
import { DEFAULT_MAX_STORE_BYTES, DEFAULT_RETENTION_DAYS } from './retention-limits.ts';
import { toFlatRecords } from './rows.ts';
import type { DecisionRecord, OutcomeResult, Store, StoreCounts } from './store.ts';
import { createChannel, startWorker, type StartWorker, type WorkerChannel } from './worker-channel.ts';
import type { WorkerReply, WriterWorkerData, WriteRequest } from './worker-message.ts';

/** Records that may wait for their commit; more are shed. About 30 MB. */
export const MAX_QUEUED_RECORDS = 10_000;

/** Longest wait of a record for its batch. */
const BATCH_INTERVAL_MS = 100;

/**
 * Records in one message and one commit. The contract allows 500; handing over 128 holds the serving thread up for a
 * quarter of a millisecond instead of a whole one, and costs the worker nothing that can be measured.
 */
const BATCH_RECORDS = 128;

const DEFAULT_MAINTENANCE_INTERVAL_MS = 60_000;

export interface OpenStoreOptions {
  /** File of the store; it and its folder are made if missing. */
  readonly path: string;
  /** Milliseconds since 1970; decides what retention deletes. */
  readonly now: () => number;
  /** Decisions without an outcome are deleted after this many days. Default 30. */
  readonly retentionDays?: number;
  /** Beyond this size the oldest decisions without an outcome are deleted. Default 10 GiB. */
  readonly maxStoreBytes?: number;
  /** How often retention runs by itself, first at once. Default 60,000. Null: only when `maintain` is called. */
  readonly maintenanceIntervalMs?: number | null;
  /** Records that may wait for their commit. Default `MAX_QUEUED_RECORDS`. */
  readonly maxQueuedRecords?: number;
  /** The worker died: nothing can be written any more, and every record is shed. Called once. */
  readonly onFailure?: (error: StoreError) => void;
  /** Something went wrong that the store survives: a record that was refused, a store too large for its limit. */
  readonly onWarning?: (message: string) => void;
  readonly startWorker?: StartWorker;
}

const checkPositive = (name: string, value: number): void => {
  if (!(value > 0)) {
    throw new StoreError(`${name}: expected a number above 0, given ${value}.`, { code: 'store_bad_option' });
  }
};

interface RecordQueueOptions {
  readonly maxQueuedRecords: number;
  readonly send: (records: readonly DecisionRecord[]) => void;
}

/** Records that wait for their batch or for the worker's word that they are written. */
const createRecordQueue = ({ maxQueuedRecords, send }: RecordQueueOptions) => {
  let batch: DecisionRecord[] = [];
  let unacknowledged = 0;
  let shedRecords = 0;
  let isOpen = true;
  let timer: NodeJS.Timeout | null = null;

  const sendBatch = (): void => {
    clearTimeout(timer ?? undefined);
    timer = null;
    if (batch.length > 0) {
      const records = batch;
      batch = [];
      send(records);
    }
  };

  return {
    sendBatch,
    shedRecords: (): number => shedRecords,
    write: (record: DecisionRecord): boolean => {
      if (!isOpen || unacknowledged >= maxQueuedRecords) {
        shedRecords += 1;
        return false;
      }
      unacknowledged += 1;
      batch.push(record);
      if (batch.length >= BATCH_RECORDS) {
        sendBatch();
      } else {
        timer ??= setTimeout(sendBatch, BATCH_INTERVAL_MS);
      }
      return true;
    },
    acknowledge: (written: number, lost: number): void => {
      unacknowledged -= written + lost;
      shedRecords += lost;
    },
    /** From now on every record is shed; those accepted before are still written. */
    refuse: (): void => {
      isOpen = false;
    },
    /** The worker is dead. Returns how many records were accepted and will never be acknowledged. */
    abandon: (): number => {
      isOpen = false;
      clearTimeout(timer ?? undefined);
      batch = [];
      const lost = unacknowledged;
      shedRecords += lost;
      unacknowledged = 0;
      return lost;
    },
  };
};

type RecordQueue = ReturnType<typeof createRecordQueue>;

const toStore = (
  queue: RecordQueue,
  channel: WorkerChannel<WriteRequest>,
  now: () => number,
): Omit<Store, 'close'> => ({
  writeRecord: queue.write,
  shedRecords: queue.shedRecords,
  // The casts of answers below rest on sqlite-worker.ts, whose replies these are.
  addOutcomes: async (rows) => (await channel.ask({ type: 'outcomes', rows })) as readonly OutcomeResult[],
  flush: async () => {
    await channel.ask({ type: 'flush' });
  },
  counts: async () => {
    const counts = (await channel.ask({ type: 'counts' })) as Omit<StoreCounts, 'shedRecords'>;
    return { ...counts, shedRecords: queue.shedRecords() };
  },
  putState: async (name, value) => {
    await channel.ask({ type: 'state', name, value });
  },
  putResponse: async (row) => {
    await channel.ask({ type: 'put-response', row });
  },
  deleteResponse: async (id) => (await channel.ask({ type: 'delete-response', id })) === true,
  maintain: async () => {
    await channel.ask({ type: 'maintain', nowMs: now() });
  },
});

const describeWriter = (nowMs: number): string =>
  `${brand.binary}, process ${process.pid} on ${hostname()}, since ${new Date(nowMs).toISOString()}`;

/**
 * Opens the store for writing: takes the writer's lock, applies migrations, starts the worker. Rejects with
 * `StoreError`: `store_locked` (another process writes), `store_newer`, `store_migration_changed`, `store_cannot_open`.
 */
export const openStore = async (options: OpenStoreOptions): Promise<Store> => {
  const { path, now, retentionDays = DEFAULT_RETENTION_DAYS, maxStoreBytes = DEFAULT_MAX_STORE_BYTES } = options;
  const { maxQueuedRecords = MAX_QUEUED_RECORDS, maintenanceIntervalMs = DEFAULT_MAINTENANCE_INTERVAL_MS } = options;
  const { onFailure = () => {}, onWarning = () => {} } = options;
  Object.entries({
    retentionDays,
    maxStoreBytes,
    maxQueuedRecords,
    maintenanceIntervalMs: maintenanceIntervalMs ?? 1,
  }).forEach(([name, value]) => checkPositive(name, value));
  const startedAtMs = now();
  const data: WriterWorkerData = {
    path,
    retentionDays,
    maxStoreBytes,
    writer: describeWriter(startedAtMs),
    startedAtMs,
  };
  const worker = await startWorker('sqlite-worker', data, options.startWorker);

  const queue = createRecordQueue({
    maxQueuedRecords,
    send: (records) => channel.sendValues(toFlatRecords(records)),
  });
  const onNotice = (notice: WorkerReply & { readonly type: 'records' | 'warning' }): void => {
    if (notice.type === 'warning') {
      onWarning(notice.message);
      return;
    }
    queue.acknowledge(notice.written, notice.lost);
    if (notice.lost > 0) {
      onWarning(`${notice.lost} record(s) could not be written and are lost: ${notice.reason}.`);
    }
  };
  const channel = createChannel<WriteRequest>({
    worker,
    beforeRequests: queue.sendBatch,
    onNotice,
    onFailure: (error) => {
      clearInterval(timer);
      const lost = queue.abandon();
      onFailure(lost === 0 ? error : withLostRecords(error, lost));
    },
  });
  const store = toStore(queue, channel, now);

  let savedShed = 0;
  const keepUp = async (): Promise<void> => {
    const shedRecords = queue.shedRecords();
    if (shedRecords !== savedShed) {
      savedShed = shedRecords;
      await channel.ask({ type: 'shed', shedRecords });
    }
    await store.maintain();
  };
  // A failed round is reported by the worker as a warning, a dead worker by onFailure: nothing is swallowed here.
  const keepUpQuietly = (): void => void keepUp().catch(() => {});
  let timer: NodeJS.Timeout | undefined;
  if (maintenanceIntervalMs !== null) {
    timer = setInterval(keepUpQuietly, maintenanceIntervalMs).unref();
    keepUpQuietly();
  }

  const close = async (): Promise<void> => {
    clearInterval(timer);
    queue.refuse();
    // A dead worker has been reported through onFailure; shutting down must still succeed.
    if (!channel.hasEnded()) {
      await channel.ask({ type: 'close' });
      await channel.ended;
    }
  };
  let closing: Promise<void> | null = null;
  return { ...store, close: () => (closing ??= close()) };
};

const withLostRecords = (error: StoreError, lost: number): StoreError =>
  new StoreError(`${error.message} ${lost} record(s) that had not been committed are lost.`, {
    code: error.code,
    status: error.status,
    cause: error,
  });
