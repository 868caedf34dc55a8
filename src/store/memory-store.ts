/** A store in memory, writer and reader in one: for tests and for use inside another program. Lost with the process. */
import type { JsonValue } from '../canonical/json.ts';
import { StoreError } from '../errors.ts';
import { toFirstDecisionId } from './decision-id.ts';
import { isFailedOutcome } from './failed-outcome.ts';
import { checkQueryLimit } from './query-limit.ts';
import { DEFAULT_MAX_STORE_BYTES, DEFAULT_RETENTION_DAYS, MS_PER_DAY } from './retention-limits.ts';
import type {
  AttemptRow,
  DecisionQuery,
  DecisionRow,
  OutcomeResult,
  OutcomeRow,
  KeptResponse,
  RecordText,
  ResponseRow,
  Store,
  StoreCounts,
  StoredDecision,
  StoreReader,
} from './store.ts';

export interface MemoryStoreOptions {
  /** Milliseconds since 1970; decides what retention deletes. */
  readonly now: () => number;
  readonly retentionDays?: number;
  /** Measured as JSON text. */
  readonly maxStoreBytes?: number;
}

interface KeptText extends Omit<RecordText, 'expiresAtMs'> {
  readonly expiresAtMs: number | null;
}

interface Entry {
  readonly decision: DecisionRow;
  readonly attempts: readonly AttemptRow[];
  readonly outcomes: readonly OutcomeRow[];
  readonly text: KeptText | null;
}

/** Everything that is kept. Outcomes stand in order of arrival, both here and in their entry. */
interface Contents {
  readonly entries: Map<string, Entry>;
  readonly outcomes: Map<string, OutcomeRow>;
  readonly state: Map<string, string>;
  readonly responses: Map<string, ResponseRow>;
}

const measure = ({ entries }: Contents): number => {
  let bytes = 0;
  for (const entry of entries.values()) {
    bytes += JSON.stringify(entry).length;
  }
  return bytes;
};

const count = (contents: Contents): StoreCounts => {
  let attempts = 0;
  for (const entry of contents.entries.values()) {
    attempts += entry.attempts.length;
  }
  const { entries, outcomes } = contents;
  return { decisions: entries.size, attempts, outcomes: outcomes.size, bytes: measure(contents), shedRecords: 0 };
};

const addOutcome = ({ entries, outcomes }: Contents, given: OutcomeRow): OutcomeResult => {
  const entry = entries.get(given.decisionId);
  if (outcomes.has(given.id)) {
    return 'duplicate';
  }
  if (entry === undefined) {
    return 'unknown_decision';
  }
  const row = { ...given, simulated: given.simulated || entry.decision.simulated };
  const keepsText = entry.text?.keepOnFailure === true && isFailedOutcome(row);
  outcomes.set(row.id, row);
  entries.set(row.decisionId, {
    ...entry,
    outcomes: [...entry.outcomes, row],
    text: keepsText && entry.text !== null ? { ...entry.text, expiresAtMs: null } : entry.text,
  });
  return 'added';
};

/** What is left of a labelled decision after its retention; see `retention.ts`. */
const anonymise = ({ entries, outcomes }: Contents, entry: Entry): void => {
  const rows = entry.outcomes.map((row) => ({ ...row, note: null }));
  rows.forEach((row) => outcomes.set(row.id, row));
  const decision = { ...entry.decision, keyHash: null, sessionId: null, requestId: null };
  entries.set(decision.id, { ...entry, decision, outcomes: rows, text: null });
};

const byAge = (contents: Contents): readonly (readonly [string, Entry])[] =>
  [...contents.entries].sort(([a], [b]) => (a < b ? -1 : 1));

const maintain = (contents: Contents, options: Required<MemoryStoreOptions>): void => {
  const { now, retentionDays, maxStoreBytes } = options;
  const nowMs = now();
  const endId = toFirstDecisionId(nowMs - retentionDays * MS_PER_DAY);
  for (const [id, { expiresAtMs }] of contents.responses) if (expiresAtMs <= nowMs) contents.responses.delete(id);
  let bytes = measure(contents);
  for (const [id, entry] of byAge(contents)) {
    if (entry.outcomes.length === 0 && (id < endId || bytes > maxStoreBytes)) {
      contents.entries.delete(id);
      bytes -= JSON.stringify(entry).length;
    } else if (id < endId) {
      anonymise(contents, entry);
    } else if (entry.text?.expiresAtMs !== null && (entry.text?.expiresAtMs ?? Infinity) <= nowMs) {
      contents.entries.set(id, { ...entry, text: null });
    }
  }
};

const matches = ({ decision, outcomes }: Entry, query: DecisionQuery): boolean =>
  (query.before === undefined || decision.id < query.before) &&
  (query.sinceMs === undefined || decision.id >= toFirstDecisionId(query.sinceMs)) &&
  (query.component === undefined || decision.component === query.component) &&
  (query.keyHash === undefined || decision.keyHash === query.keyHash) &&
  (query.withOutcomes !== true || outcomes.length > 0);

const toStored = ({ decision, attempts, outcomes }: Entry): StoredDecision => ({ decision, attempts, outcomes });

const toKept = (row: ResponseRow | undefined, nowMs: number): KeptResponse | undefined => {
  if (row === undefined || row.expiresAtMs <= nowMs) return undefined;
  const { id, keyHash, expiresAtMs, sealed } = row;
  return { id, keyHash, expiresAtMs, sealed };
};

const createMemoryReader = (contents: Contents, checkOpen: () => void): Omit<StoreReader, 'close' | 'counts'> => ({
  decision: async (id) => {
    checkOpen();
    const entry = contents.entries.get(id);
    return entry === undefined ? undefined : toStored(entry);
  },
  decisions: async (query) => {
    checkOpen();
    const limit = checkQueryLimit(query.limit);
    const found = byAge(contents).filter(([, entry]) => matches(entry, query));
    return found
      .reverse()
      .slice(0, limit)
      .map(([, entry]) => toStored(entry));
  },
  outcomes: async ({ limit, before }) => {
    checkOpen();
    const rows = [...contents.outcomes.values()];
    const end =
      before === undefined
        ? rows.length
        : Math.max(
            0,
            rows.findIndex(({ id }) => id === before),
          );
    return rows.slice(0, end).reverse().slice(0, checkQueryLimit(limit));
  },
  text: async (decisionId) => {
    checkOpen();
    const text = contents.entries.get(decisionId)?.text ?? null;
    return text === null ? undefined : { request: text.request, answer: text.answer };
  },
  state: async (name) => {
    checkOpen();
    const json = contents.state.get(name);
    return json === undefined ? undefined : (JSON.parse(json) as JsonValue); // written by putState
  },
  response: async (id, nowMs) => {
    checkOpen();
    return toKept(contents.responses.get(id), nowMs);
  },
  responseOfItem: async (itemId, nowMs) => {
    checkOpen();
    const rows = [...contents.responses.values()].filter(({ itemIds }) => itemIds.includes(itemId));
    return toKept(rows.toSorted((a, b) => b.expiresAtMs - a.expiresAtMs)[0], nowMs);
  },
});

/** Meets the same contract as the SQLite store and its reader; never sheds, since nothing ever waits. */
export const createMemoryStore = (options: MemoryStoreOptions): Store & StoreReader => {
  const contents: Contents = { entries: new Map(), outcomes: new Map(), state: new Map(), responses: new Map() };
  const limits = { retentionDays: DEFAULT_RETENTION_DAYS, maxStoreBytes: DEFAULT_MAX_STORE_BYTES, ...options };
  let shedRecords = 0;
  let isOpen = true;
  const checkOpen = (): void => {
    if (!isOpen) {
      throw new StoreError('The store is closed; it was used after close().', { code: 'store_closed' });
    }
  };
  return {
    ...createMemoryReader(contents, checkOpen),
    shedRecords: () => shedRecords,
    writeRecord: ({ decision, attempts, text }) => {
      if (!isOpen) {
        shedRecords += 1;
        return false;
      }
      if (!contents.entries.has(decision.id)) {
        contents.entries.set(decision.id, { decision, attempts, outcomes: [], text });
      }
      return true;
    },
    addOutcomes: async (rows) => {
      checkOpen();
      return rows.map((row) => addOutcome(contents, row));
    },
    flush: async () => checkOpen(),
    putState: async (name, value) => {
      checkOpen();
      contents.state.set(name, JSON.stringify(value));
    },
    putResponse: async (row) => {
      checkOpen();
      contents.responses.set(row.id, row);
    },
    deleteResponse: async (id) => {
      checkOpen();
      return contents.responses.delete(id);
    },
    maintain: async () => {
      checkOpen();
      maintain(contents, limits);
    },
    counts: async () => {
      checkOpen();
      return { ...count(contents), shedRecords };
    },
    close: async () => {
      isOpen = false;
    },
  };
};
