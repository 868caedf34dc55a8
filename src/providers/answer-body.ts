/** The body of an answer while it arrives: chunks that wait for their one reader, with backpressure. */

/** The connection below: what a body may ask of it. */
export interface Flow {
  readonly pause: () => void;
  readonly resume: () => void;
  /** Closes the connection. */
  readonly abort: (reason: Error) => void;
}

export interface WholeBody {
  readonly bytes: Buffer;
  /** The body was longer than the limit; `bytes` holds its beginning. */
  readonly cut: boolean;
}

/** The reader's end. One read at a time. */
export interface AnswerBody {
  /** Everything that has arrived since the last read, null at the end. Rejects when the connection broke. */
  readonly next: () => Promise<Buffer | null>;
  /** The body, at most `maxBytes` of it; what is beyond is not read. Rejects when the connection breaks. */
  readonly whole: (maxBytes: number) => Promise<WholeBody>;
  /**
   * Nobody reads any further. The connection is closed, or, if the answer is `complete` but for a few
   * bytes that may follow, used again behind them.
   */
  readonly release: (complete: boolean) => void;
}

/** The connection's end. */
export interface BodySink {
  readonly push: (chunk: Buffer) => void;
  readonly end: () => void;
  readonly fail: (error: Error) => void;
}

/** Bytes that may wait for their reader before the connection is paused. */
const MAX_WAITING_BYTES = 64 * 1024;
/** What may follow the terminator of a stream before the connection is given up instead of reused. */
const MAX_TRAILER_BYTES = 64 * 1024;
const TRAILER_TIMEOUT_MS = 1000;

const unread = (): Error => new Error('the rest of the answer is not wanted');

const join = (chunks: readonly Buffer[]): Buffer => {
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
};

/** What both ends share. */
interface Arrived {
  chunks: Buffer[];
  bytes: number;
  /** More than so many pause the connection. */
  maxBytes: number;
  state: 'open' | 'ended' | 'failed';
  failure: Error | null;
  /** Tells the reader, when one waits. */
  wake: (() => void) | null;
  trailerTimer: NodeJS.Timeout | undefined;
}

const awaken = (arrived: Arrived): void => {
  const { wake } = arrived;
  arrived.wake = null;
  wake?.();
};

const settle = (arrived: Arrived, state: 'ended' | 'failed'): void => {
  if (arrived.state === 'open') arrived.state = state;
  clearTimeout(arrived.trailerTimer);
  awaken(arrived);
};

const take = (arrived: Arrived): Buffer => {
  const taken = join(arrived.chunks);
  arrived.chunks = [];
  arrived.bytes = 0;
  return taken;
};

const createSink = (arrived: Arrived, flow: Flow): BodySink => ({
  push: (chunk) => {
    arrived.chunks.push(chunk);
    arrived.bytes += chunk.length;
    if (arrived.bytes > arrived.maxBytes) flow.pause();
    awaken(arrived);
  },
  end: () => settle(arrived, 'ended'),
  fail: (error) => {
    arrived.failure ??= error;
    settle(arrived, 'failed');
  },
});

const createReader = (arrived: Arrived, flow: Flow): AnswerBody => {
  /** The next event of the connection. Resuming may bring it at once, so it is waited for before. */
  const arrival = (): Promise<void> =>
    new Promise((resolve) => {
      arrived.wake = resolve;
      flow.resume();
    });
  return {
    next: async () => {
      while (arrived.bytes === 0) {
        if (arrived.failure !== null) throw arrived.failure;
        if (arrived.state === 'ended') return null;
        await arrival();
      }
      return take(arrived);
    },
    whole: async (maxBytes) => {
      arrived.maxBytes = maxBytes;
      while (arrived.state === 'open' && arrived.bytes <= maxBytes) await arrival();
      if (arrived.bytes > maxBytes) {
        flow.abort(unread());
        return { bytes: take(arrived).subarray(0, maxBytes), cut: true };
      }
      if (arrived.failure !== null) throw arrived.failure;
      return { bytes: take(arrived), cut: false };
    },
    release: (complete) => {
      if (arrived.state !== 'open') return;
      if (!complete) {
        flow.abort(unread());
        return;
      }
      take(arrived);
      arrived.maxBytes = MAX_TRAILER_BYTES;
      arrived.trailerTimer = setTimeout(() => flow.abort(unread()), TRAILER_TIMEOUT_MS).unref();
      flow.resume();
    },
  };
};

/** Both ends of one body. */
export const createAnswerBody = (flow: Flow): { readonly body: AnswerBody; readonly sink: BodySink } => {
  const arrived: Arrived = {
    chunks: [],
    bytes: 0,
    maxBytes: MAX_WAITING_BYTES,
    state: 'open',
    failure: null,
    wake: null,
    trailerTimer: undefined,
  };
  return { body: createReader(arrived, flow), sink: createSink(arrived, flow) };
};
