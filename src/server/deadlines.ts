/** Deadlines of one length: many waits, and one timer for all of them instead of one for each request. */

export interface Deadlines {
  /** Calls `onPassed` once the limit has passed. Returns the function that lifts the deadline. */
  readonly start: (onPassed: () => void) => () => void;
}

interface Deadline {
  readonly at: number;
  readonly onPassed: () => void;
}

export interface DeadlinesOptions {
  readonly limitMs: number;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
}

export const createDeadlines = ({ limitMs, clock }: DeadlinesOptions): Deadlines => {
  // In the order of their starts, which is that of their ends too: all are of one length.
  const running = new Set<Deadline>();
  let timer: NodeJS.Timeout | null = null;

  const arm = (delayMs: number): void => {
    // Left behind by calls that ended in time, it must not keep the process alive; a call's own socket does.
    timer = setTimeout(check, delayMs).unref();
  };
  const check = (): void => {
    timer = null;
    const now = clock();
    for (const deadline of running) {
      if (deadline.at > now) {
        arm(deadline.at - now);
        return;
      }
      running.delete(deadline);
      deadline.onPassed();
    }
  };

  return {
    start: (onPassed) => {
      const deadline = { at: clock() + limitMs, onPassed };
      running.add(deadline);
      if (timer === null) arm(limitMs);
      return () => void running.delete(deadline);
    },
  };
};
