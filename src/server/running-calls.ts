/** Calls under way: each ends early when its client leaves, when it takes too long, or when a stop cuts it. */
import type { ServerResponse } from 'node:http';
import { createCancellation, type Cancellation, type CancellationSource } from '../canonical/cancellation.ts';
import { GearboxError, ProviderError } from '../errors.ts';
import { createDeadlines } from './deadlines.ts';

export interface RunningCall {
  /** Aborted when the call must end; its reason is a GearboxError unless the client left. */
  readonly signal: Cancellation;
  /** The call is over. */
  readonly finish: () => void;
}

export interface RunningCalls {
  readonly start: (response: ServerResponse) => RunningCall;
  /** Ends every call under way, each with an error that its client is told. Returns how many there were. */
  readonly cut: () => number;
}

const tooLong = (limitMs: number): ProviderError =>
  new ProviderError(
    `The answer was not complete after ${limitMs} ms. Ask for less at once, or raise server.timeouts.total.`,
    { code: 'upstream_total_timeout', status: 504, retryable: false },
  );

const stopped = (): GearboxError =>
  new GearboxError('The server is stopping and could not wait for the rest of this answer. Send the request again.', {
    code: 'server_stopping',
    status: 503,
    retryable: true,
  });

export interface RunningCallsOptions {
  readonly totalMs: number;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
}

export const createRunningCalls = ({ totalMs, clock }: RunningCallsOptions): RunningCalls => {
  const running = new Set<CancellationSource>();
  const deadlines = createDeadlines({ limitMs: totalMs, clock });
  return {
    start: (response) => {
      const controller = createCancellation();
      const lift = deadlines.start(() => controller.abort(tooLong(totalMs)));
      response.once('close', () => {
        if (!response.writableFinished) controller.abort(new Error('the client closed the connection'));
      });
      running.add(controller);
      return {
        signal: controller.signal,
        finish: () => {
          lift();
          running.delete(controller);
        },
      };
    },
    cut: () => {
      const count = running.size;
      for (const controller of running) controller.abort(stopped());
      return count;
    },
  };
};
