/** The player: performs a programme on one HTTP response, in scaled time, until it ends or the client leaves. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Programme, Step } from './programme.ts';

/** Bytes written before a reset are given this long to reach the client, since a reset may overtake them. */
const FLUSH_BEFORE_RESET_MS = 10;

export interface PlayOptions {
  readonly response: ServerResponse;
  /** Factor on every delay; 0 plays at once. */
  readonly timeScale: number;
  readonly headers: Readonly<Record<string, string>>;
}

interface Performance extends PlayOptions {
  readonly startedAtMs: number;
  readonly signal: AbortSignal;
}

/**
 * A bare timer: the promise timer of Node registers an abort listener for each wait, which is a third of the cost of a
 * paced stream. Whoever waits looks afterwards whether the client is still there; a closed lab waits for no timer.
 */
const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });

const waitUntil = async ({ startedAtMs, timeScale }: Performance, atMs: number): Promise<void> => {
  const left = startedAtMs + atMs * timeScale - performance.now();
  if (left > 0) {
    await sleep(left);
  }
};

const performHead = async (programme: Programme, performing: Performance): Promise<void> => {
  const { head } = programme;
  const { response, headers, signal } = performing;
  if (head === null) {
    return;
  }
  if (head.atMs !== null) {
    await waitUntil(performing, head.atMs);
  }
  if (signal.aborted) {
    return;
  }
  response.writeHead(head.status, { ...headers, ...head.headers });
  if (head.atMs !== null) {
    response.flushHeaders();
  }
};

const performStep = async (step: Step, performing: Performance): Promise<void> => {
  const { response, signal } = performing;
  switch (step.type) {
    case 'write':
      await waitUntil(performing, step.atMs);
      if (!signal.aborted && !response.write(step.bytes)) {
        await once(response, 'drain', { signal });
      }
      return;
    case 'end':
      response.end();
      return;
    case 'reset':
      await sleep(FLUSH_BEFORE_RESET_MS);
      response.socket?.resetAndDestroy();
      return;
    case 'stall':
      await once(response, 'close', { signal });
  }
};

const perform = async (programme: Programme, performing: Performance): Promise<void> => {
  await performHead(programme, performing);
  for (const step of programme.steps) {
    if (performing.signal.aborted) {
      return;
    }
    await performStep(step, performing);
    if (programme.isCutUp && step.type === 'write') {
      await nextTurn(undefined, { signal: performing.signal });
    }
  }
};

/** Plays a programme to its end. A client that leaves ends it early, which is not an error. */
export const play = async (programme: Programme, options: PlayOptions): Promise<void> => {
  if (options.response.destroyed) {
    return;
  }
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  options.response.once('close', leave);
  try {
    await perform(programme, { ...options, startedAtMs: performance.now(), signal: gone.signal });
  } catch (error) {
    if (!gone.signal.aborted) {
      throw error;
    }
  } finally {
    options.response.off('close', leave);
  }
};
