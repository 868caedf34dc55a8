/** Ending a call early: as much of AbortSignal as is used here, without the event target that makes each one dear. */

export interface Cancellation {
  readonly aborted: boolean;
  /** Why; undefined until aborted. */
  readonly reason: unknown;
  /** Called once, when it is aborted; never when it was aborted before. */
  readonly addEventListener: (type: 'abort', listener: () => void) => void;
  readonly removeEventListener: (type: 'abort', listener: () => void) => void;
}

export interface CancellationSource {
  readonly signal: Cancellation;
  /** Aborts the signal; the first reason stays. */
  readonly abort: (reason: unknown) => void;
}

export const createCancellation = (): CancellationSource => {
  let listeners: readonly (() => void)[] = [];
  const signal = {
    aborted: false,
    reason: undefined as unknown,
    addEventListener: (_type: 'abort', listener: () => void): void => {
      listeners = [...listeners, listener];
    },
    removeEventListener: (_type: 'abort', listener: () => void): void => {
      listeners = listeners.filter((other) => other !== listener);
    },
  };
  return {
    signal,
    abort: (reason) => {
      if (signal.aborted) return;
      signal.aborted = true;
      signal.reason = reason;
      for (const listener of listeners) listener();
      listeners = [];
    },
  };
};

/** Throws the reason of a signal that was aborted. */
export const throwIfAborted = (signal: Cancellation): void => {
  if (signal.aborted) throw signal.reason;
};
