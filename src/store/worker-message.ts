/** What the serving thread and the store's worker threads say to each other, all of it JSON text. */
import type { JsonValue } from '../canonical/json.ts';
import type { DecisionQuery, OutcomeRow, ResponseRow } from './store.ts';

/** How a worker is started: plain values, given as `workerData`. */
export interface WriterWorkerData {
  readonly path: string;
  readonly retentionDays: number;
  readonly maxStoreBytes: number;
  /** Says which process writes: shown to the one that is refused. */
  readonly writer: string;
  readonly startedAtMs: number;
}

export interface ReaderWorkerData {
  readonly path: string;
}

/** Commits of one message share one transaction. Records travel beside these, as a flat array of their values. */
export type WriteRequest =
  | { readonly type: 'outcomes'; readonly rows: readonly OutcomeRow[] }
  | { readonly type: 'state'; readonly name: string; readonly value: JsonValue }
  | { readonly type: 'put-response'; readonly row: ResponseRow }
  | { readonly type: 'delete-response'; readonly id: string }
  | { readonly type: 'flush' }
  | { readonly type: 'shed'; readonly shedRecords: number }
  | { readonly type: 'counts' }
  | { readonly type: 'maintain'; readonly nowMs: number }
  | { readonly type: 'close' };

export type ReadRequest =
  | { readonly type: 'decision'; readonly id: string }
  | { readonly type: 'decisions'; readonly query: DecisionQuery }
  | { readonly type: 'outcomes'; readonly query: { readonly limit: number; readonly before?: string } }
  | { readonly type: 'text'; readonly id: string }
  | { readonly type: 'state'; readonly name: string }
  | { readonly type: 'response'; readonly id: string; readonly nowMs: number }
  | { readonly type: 'response-of-item'; readonly id: string; readonly nowMs: number }
  | { readonly type: 'counts' }
  | { readonly type: 'close' };

/** A request with the number that its answer will carry. */
export type Numbered<Request> = readonly [number: number, request: Request];

export interface WorkerFailure {
  /** `request`: the caller asked for something impossible; `store`: everything else. */
  readonly kind: 'request' | 'store';
  readonly code: string;
  readonly status: number;
  readonly message: string;
}

export type WorkerReply =
  | { readonly type: 'ready' }
  /** The worker could not start; it ends after this. */
  | { readonly type: 'refused'; readonly failure: WorkerFailure }
  /** `value` is absent for "not found". */
  | { readonly type: 'answer'; readonly number: number; readonly value?: JsonValue }
  | { readonly type: 'error'; readonly number: number; readonly failure: WorkerFailure }
  /** A batch of records was dealt with; `lost` of them could not be written, for this reason. */
  | { readonly type: 'records'; readonly written: number; readonly lost: number; readonly reason: string | null }
  | { readonly type: 'warning'; readonly message: string };
