/** The exchange: one object per client request, from decision to record. Stages return values; it alone collects them. */
import type { UpstreamFault } from '../canonical/stream-part.ts';
import type { Attempt, AttemptReport } from '../executor/attempt.ts';
import type { Candidate } from '../policy/candidate.ts';
import type { AttemptCost } from './cost.ts';
import type { Decided } from './decided.ts';

export type ExchangeState = 'decided' | 'committed' | 'ended';

export type ExchangeResult = 'ok' | 'failed' | 'cancelled';

export interface PricedAttempt {
  readonly report: AttemptReport;
  readonly cost: AttemptCost;
}

/** An exchange that is over. Listeners get this and nothing else. */
export interface EndedExchange {
  readonly decided: Decided;
  readonly attempts: readonly PricedAttempt[];
  readonly result: ExchangeResult;
  readonly requestId: string;
  readonly overheadMs: number;
  /** Provider's own text of the answer where it was collected, for `privacy.text`; null otherwise. */
  readonly answerText: string | null;
  /** Who answered instead of the one that was decided for; null: that one did, or nobody. */
  readonly handedTo: Candidate | null;
}

export interface Exchange {
  readonly decided: Decided;
  readonly requestId: string;
  readonly state: () => ExchangeState;
  /** The latest. */
  readonly attempt: () => Attempt | null;
  /** Opens an attempt; the one before it, if any, has to be closed. */
  readonly setAttempt: (attempt: Attempt) => void;
  /** Another component answers than the one that was decided for. */
  readonly handOver: (to: Candidate) => void;
  /** Null: the one that was decided for answers. */
  readonly handedTo: () => Candidate | null;
  /** Attempts so far with their cost as known now. */
  readonly priced: () => readonly PricedAttempt[];
  /** Milliseconds of Gearbox's own work so far, upstream's time left out. */
  readonly overheadMs: () => number;
  /** Status and headers were sent: from here on an error must be said inside the answer. */
  readonly commit: () => void;
  readonly collect: (text: string) => void;
  /** Ends the exchange exactly once; a second call throws, because it would write a second record. */
  readonly end: (result: ExchangeResult, fault?: UpstreamFault) => void;
}

export type ExchangeListener = (ended: EndedExchange) => void;

interface ExchangeOptions {
  readonly decided: Decided;
  readonly requestId: string;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
  /** When the request's body was complete, on the same clock. */
  readonly receivedAt: number;
  readonly price: (report: AttemptReport, decided: Decided) => AttemptCost;
  readonly listeners: readonly ExchangeListener[];
  /** Characters of the answer kept for the record; 0 keeps none. */
  readonly keptCharacters: number;
}

const priceAttempt = (attempt: Attempt, { price, decided }: ExchangeOptions): PricedAttempt => {
  const report = attempt.report();
  return { report, cost: price(report, decided) };
};

export const createExchange = (options: ExchangeOptions): Exchange => {
  const { decided, requestId, clock, receivedAt, listeners, keptCharacters } = options;
  let state: ExchangeState = 'decided';
  const attempts: Attempt[] = [];
  let handed: Candidate | null = null;
  let sentAt: number | null = null;
  let lastSentAt = 0;
  let kept = '';
  const overheadMs = (): number => {
    const before = (sentAt ?? clock()) - receivedAt;
    const firstTokenMs = attempts.at(-1)?.firstTokenMs() ?? null;
    if (sentAt === null || firstTokenMs === null) return before;
    const firstAt = lastSentAt + firstTokenMs;
    // A stream that began before its first event was committed while the provider was still thinking.
    return before + Math.max(0, (committedAt ?? clock()) - firstAt);
  };
  let committedAt: number | null = null;
  let closed: readonly PricedAttempt[] | null = null;
  const priced = (): readonly PricedAttempt[] => {
    if (closed !== null) return closed;
    const list = attempts.map((attempt) => priceAttempt(attempt, options));
    // A closed attempt changes no more; headers, body and record all ask for it.
    if (list.length > 0 && attempts.every((attempt) => attempt.isClosed())) closed = list;
    return list;
  };
  return {
    decided,
    requestId,
    state: () => state,
    attempt: () => attempts.at(-1) ?? null,
    setAttempt: (next) => {
      attempts.push(next);
      closed = null;
      lastSentAt = clock();
      sentAt ??= lastSentAt;
    },
    handOver: (to) => {
      handed = to;
    },
    handedTo: () => handed,
    priced,
    overheadMs,
    commit: () => {
      if (state !== 'decided') throw new Error(`exchange ${decided.id}: commit in state ${state}`);
      state = 'committed';
      committedAt = clock();
    },
    collect: (text) => {
      if (kept.length < keptCharacters) kept += text.slice(0, keptCharacters - kept.length);
    },
    end: (result, fault) => {
      if (state === 'ended') throw new Error(`exchange ${decided.id}: ended twice`);
      const overhead = overheadMs();
      state = 'ended';
      const attempt = attempts.at(-1);
      if (fault !== undefined) attempt?.fail(fault);
      attempt?.close(result === 'cancelled');
      const ended: EndedExchange = {
        decided,
        attempts: priced(),
        result,
        requestId,
        overheadMs: overhead,
        answerText: keptCharacters > 0 && kept !== '' ? kept : null,
        handedTo: handed,
      };
      for (const listener of listeners) listener(ended);
    },
  };
};
