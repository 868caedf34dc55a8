/** Ended exchanges wait here for a moment and are handed on together. */
import type { EndedExchange, ExchangeListener } from './exchange.ts';

/** Longest wait. What a killed process loses is this and the store's own batch. */
export const MAX_WAIT_MS = 20;
/** Exchanges handed on together at most; each holds its request until then. */
export const MAX_WAITING = 64;

export interface EndedBatch {
  readonly listener: ExchangeListener;
  /** Hands on what waits, now. */
  readonly flush: () => void;
}

/**
 * Rendering records and counting metrics costs three to four times as much when it is done between two requests, on
 * cold caches, as in a loop over many. Listeners must not throw.
 */
export const createEndedBatch = (listeners: readonly ExchangeListener[]): EndedBatch => {
  let waiting: EndedExchange[] = [];
  let timer: NodeJS.Timeout | null = null;
  const flush = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const batch = waiting;
    waiting = [];
    for (const listener of listeners) for (const ended of batch) listener(ended);
  };
  return {
    flush,
    listener: (ended) => {
      waiting.push(ended);
      if (waiting.length >= MAX_WAITING) flush();
      else timer ??= setTimeout(flush, MAX_WAIT_MS);
    },
  };
};
