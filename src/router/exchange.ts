/** The exchange: one object per client request, from decision to record. Stages return values; it alone collects them. */
import type { UpstreamFault } from '../canonical/stream-part.ts';
import type { Attempt, AttemptReport } from '../executor/attempt.ts';
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
}

export interface Exchange {
  readonly decided: Decided;
  readonly requestId: string;
  readonly state: () => ExchangeState;
  readonly attempt: () => Attempt | null;
  readonly setAttempt: (attempt: Attempt) => void;
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

export const createExchange = (options: ExchangeOptions): Exchange => {
  const { decided, requestId, clock, receivedAt, price, listeners, keptCharacters } = options;
  let state: ExchangeState = 'decided';
  let attempt: Attempt | null = null;
  let sentAt: number | null = null;
  let kept = '';
  const overheadMs = (): number => {
    const before = (sentAt ?? clock()) - receivedAt;
    const firstTokenMs = attempt?.firstTokenMs() ?? null;
    if (sentAt === null || firstTokenMs === null) return before;
    const firstAt = sentAt + firstTokenMs;
    // A stream that began before its first event was committed while the provider was still thinking.
    return before + Math.max(0, (committedAt ?? clock()) - firstAt);
  };
  let committedAt: number | null = null;
  let closed: readonly PricedAttempt[] | null = null;
  const priced = (): readonly PricedAttempt[] => {
    if (attempt === null) return [];
    if (closed !== null) return closed;
    const report = attempt.report();
    const list = [{ report, cost: price(report, decided) }];
    // A closed attempt changes no more; headers, body and record all ask for it.
    if (attempt.isClosed()) closed = list;
    return list;
  };
  return {
    decided,
    requestId,
    state: () => state,
    attempt: () => attempt,
    setAttempt: (next) => {
      attempt = next;
      sentAt ??= clock();
    },
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
      if (fault !== undefined) attempt?.fail(fault);
      attempt?.close(result === 'cancelled');
      const ended: EndedExchange = {
        decided,
        attempts: priced(),
        result,
        requestId,
        overheadMs: overhead,
        answerText: keptCharacters > 0 && kept !== '' ? kept : null,
      };
      for (const listener of listeners) listener(ended);
    },
  };
};
