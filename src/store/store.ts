/** The store: what is kept, and the interface that every implementation meets. All methods are asynchronous. */
import type { JsonValue } from '../canonical/json.ts';

/** One routing choice, ready to be written. Column values are plain; nested parts are JSON text made by the caller. */
export interface DecisionRow {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly keyHash: string | null;
  readonly sessionId: string | null;
  readonly requestId: string | null;
  readonly protocol: string;
  readonly unifiedModel: string | null;
  readonly component: string;
  readonly deployment: string;
  readonly effort: string | null;
  readonly chosenBy: string;
  readonly confidence: string;
  readonly simulated: boolean;
  readonly shadow: boolean;
  readonly decideMicroseconds: number;
  /** Total of all attempts; null when unknown. */
  readonly costMicroUsd: number | null;
  /** `ok`, `failed` or `cancelled`. */
  readonly result: string;
  /** Everything else of the contract's decision row, as one JSON object; see `router/record.ts`. */
  readonly json: string;
}

export interface AttemptRow {
  readonly id: string;
  readonly decisionId: string;
  readonly n: number;
  readonly deployment: string;
  readonly result: string;
  readonly answeredModel: string | null;
  readonly costMicroUsd: number | null;
  readonly costSource: string;
  readonly firstTokenMs: number | null;
  readonly totalMs: number;
  /** Usage, raw usage and error as one JSON object. */
  readonly json: string;
}

export interface OutcomeRow {
  readonly id: string;
  readonly decisionId: string;
  readonly atMs: number;
  readonly kind: string;
  readonly value: JsonValue;
  readonly evaluator: string | null;
  readonly note: string | null;
  readonly weight: number;
  readonly labelProbability: number | null;
  readonly simulated: boolean;
}

/** A decision with its attempts: written together, read together. */
export interface DecisionRecord {
  readonly decision: DecisionRow;
  readonly attempts: readonly AttemptRow[];
  /** Text of request and answer, where `privacy.text` allows it; null otherwise. */
  readonly text: RecordText | null;
}

/** Text of a request and its answer, which is deleted once `expiresAtMs` has passed. */
export interface RecordText extends StoredText {
  readonly expiresAtMs: number;
  /** Keep until the decision's own retention if an outcome says that the answer failed. Default false. */
  readonly keepOnFailure?: boolean;
}

export interface StoredText {
  readonly request: string;
  readonly answer: string | null;
}

/** An answer of the Responses protocol that may be referred to later. */
export interface ResponseRow {
  readonly id: string;
  /** Hash of the client key that it was given to; null without keys. */
  readonly keyHash: string | null;
  readonly expiresAtMs: number;
  /** Unreadable without the install secret; see `server/sealed-box.ts`. */
  readonly sealed: string;
  /** Ids of the items that a later request may name. */
  readonly itemIds: readonly string[];
}

export type KeptResponse = Omit<ResponseRow, 'itemIds'>;

export interface StoredDecision {
  readonly decision: DecisionRow;
  readonly attempts: readonly AttemptRow[];
  readonly outcomes: readonly OutcomeRow[];
}

export interface DecisionQuery {
  /** At most this many rows, newest first. */
  readonly limit: number;
  /** Only rows older than this id (cursor paging: ids sort by time). */
  readonly before?: string;
  readonly component?: string;
  readonly keyHash?: string;
  /** Only decisions made at this time or later, by the time in their ids. */
  readonly sinceMs?: number;
  /** True: only decisions with at least one outcome. */
  readonly withOutcomes?: boolean;
}

/** Rows that one query may ask for; more is refused, page with `before`. */
export const MAX_QUERY_ROWS = 10_000;

export interface StoreCounts {
  readonly decisions: number;
  readonly attempts: number;
  readonly outcomes: number;
  /** Size of the store, free pages included. */
  readonly bytes: number;
  /** Records dropped because the queue was full or the writer failed, since the store was opened for writing. */
  readonly shedRecords: number;
}

export type OutcomeResult = 'added' | 'duplicate' | 'unknown_decision';

/** Writer. Owned by the serving process; a second writer on the same file is refused. */
export interface Store {
  /** Queues a record; never blocks and never throws. False: shed, because the queue was full. */
  readonly writeRecord: (record: DecisionRecord) => boolean;
  /**
   * Resolves once committed, one result per row in order. Idempotent by id: the first row with an id stays. Nothing is
   * kept for an unknown decision. An outcome of a simulated decision is stored as simulated.
   */
  readonly addOutcomes: (rows: readonly OutcomeRow[]) => Promise<readonly OutcomeResult[]>;
  /** Resolves once everything queued before it is committed. */
  readonly flush: () => Promise<void>;
  /** Records dropped so far because the queue was full or the writer failed. Known also when the writer is dead. */
  readonly shedRecords: () => number;
  readonly counts: () => Promise<StoreCounts>;
  /** Small state that survives a restart (router version in force, minted keys …). Durable. */
  readonly putState: (name: string, value: JsonValue) => Promise<void>;
  /** Durable; a row with the same id takes the place of the earlier one. */
  readonly putResponse: (row: ResponseRow) => Promise<void>;
  /** True where there was one. */
  readonly deleteResponse: (id: string) => Promise<boolean>;
  /** Runs retention now; resolves when nothing is left to delete. It also runs by itself. */
  readonly maintain: () => Promise<void>;
  /** Commits what is queued, then lets go of the file. Later writes are refused. */
  readonly close: () => Promise<void>;
}

/** Reader. May be opened beside the writer, by another process too. */
export interface StoreReader {
  readonly decision: (id: string) => Promise<StoredDecision | undefined>;
  readonly decisions: (query: DecisionQuery) => Promise<readonly StoredDecision[]>;
  /** Newest arrival first; `before` is an outcome's id: only those that arrived before it. */
  readonly outcomes: (query: { readonly limit: number; readonly before?: string }) => Promise<readonly OutcomeRow[]>;
  /** Text of a request and its answer, if it was kept and has not expired. */
  readonly text: (decisionId: string) => Promise<StoredText | undefined>;
  readonly state: (name: string) => Promise<JsonValue | undefined>;
  /** Undefined as well where it has expired and waits for its deletion. */
  readonly response: (id: string, nowMs: number) => Promise<KeptResponse | undefined>;
  /** The newest answer that holds an item of this id. */
  readonly responseOfItem: (itemId: string, nowMs: number) => Promise<KeptResponse | undefined>;
  readonly counts: () => Promise<StoreCounts>;
  readonly close: () => Promise<void>;
}
