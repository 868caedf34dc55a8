/**
 * Preloaded into driven processes (`node --import`): answers over the IPC channel what they use, and ends them with the
 * harness, however that ends. Portable where /proc is not, and to the microsecond where /proc counts in hundredths.
 */
import { isMainThread } from 'node:worker_threads';

export interface UsageRequest {
  readonly id: number;
  /** Collect garbage first, so that the heap is what is really held (needs --expose-gc). */
  readonly collect: boolean;
}

export interface UsageReply {
  readonly id: number;
  /** User and system time of every thread of the process, ended ones included (getrusage). */
  readonly cpuMicroseconds: number;
  readonly rssBytes: number;
  /** Heap of the main thread. */
  readonly heapBytes: number;
}

const isRequest = (message: unknown): message is UsageRequest =>
  typeof message === 'object' && message !== null && 'id' in message && 'collect' in message;

const measure = ({ id, collect }: UsageRequest): UsageReply => {
  if (collect) {
    // Twice: what finalisers of the first pass let go of is only freed by the second.
    globalThis.gc?.();
    globalThis.gc?.();
  }
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  return { id, cpuMicroseconds: user + system, rssBytes: rss, heapBytes: heapUsed };
};

// Worker threads inherit --import; the channel belongs to the main thread alone.
if (isMainThread && process.channel) {
  process.on('message', (message: unknown) => {
    if (isRequest(message)) {
      process.send?.(measure(message));
    }
  });
  // The harness is gone, killed perhaps: nobody would ever stop this process.
  process.on('disconnect', () => process.exit(1));
  // The channel alone must not keep a process alive that has been asked to stop.
  process.channel.unref();
}
