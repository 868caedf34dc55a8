/** Reading a SQLite store from any process, while its writer goes on; a worker of its own does the waiting. */
import type { JsonValue } from '../canonical/json.ts';
import type { StoreError } from '../errors.ts';
import type { KeptResponse, OutcomeRow, StoreCounts, StoredDecision, StoredText, StoreReader } from './store.ts';
import { createChannel, startWorker, type StartWorker } from './worker-channel.ts';
import type { ReaderWorkerData, ReadRequest } from './worker-message.ts';

export interface OpenReaderOptions {
  readonly path: string;
  /** The worker died: what waits is rejected, and so is everything asked later. Called once. */
  readonly onFailure?: (error: StoreError) => void;
  readonly startWorker?: StartWorker;
}

/**
 * Opens the store for reading. Rejects with `StoreError`: `store_missing` (nothing there), `store_outdated` (a writer of
 * this version must open it once), `store_newer`, `store_cannot_open`.
 */
export const openReader = async ({
  path,
  onFailure = () => {},
  startWorker: start,
}: OpenReaderOptions): Promise<StoreReader> => {
  const data: ReaderWorkerData = { path };
  const worker = await startWorker('sqlite-reader-worker', data, start);
  const channel = createChannel<ReadRequest>({ worker, onFailure });
  const close = async (): Promise<void> => {
    if (!channel.hasEnded()) {
      await channel.ask({ type: 'close' });
      await channel.ended;
    }
  };
  let closing: Promise<void> | null = null;
  // The casts of answers rest on sqlite-reader-worker.ts, whose replies these are.
  return {
    decision: async (id) => (await channel.ask({ type: 'decision', id })) as StoredDecision | undefined,
    decisions: async (query) => (await channel.ask({ type: 'decisions', query })) as readonly StoredDecision[],
    outcomes: async (query) => (await channel.ask({ type: 'outcomes', query })) as readonly OutcomeRow[],
    text: async (id) => (await channel.ask({ type: 'text', id })) as StoredText | undefined,
    state: async (name) => (await channel.ask({ type: 'state', name })) as JsonValue | undefined,
    response: async (id, nowMs) => (await channel.ask({ type: 'response', id, nowMs })) as KeptResponse | undefined,
    responseOfItem: async (id, nowMs) =>
      (await channel.ask({ type: 'response-of-item', id, nowMs })) as KeptResponse | undefined,
    counts: async () => (await channel.ask({ type: 'counts' })) as StoreCounts,
    close: () => (closing ??= close()),
  };
};
