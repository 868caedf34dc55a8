/** The pump: upstream's batches to the client, one write per batch, with backpressure and exactly one end. */
import type { ServerResponse } from 'node:http';
import { throwIfAborted, type Cancellation } from '../canonical/cancellation.ts';
import type { JsonObject } from '../canonical/json.ts';
import type { StreamFrame, UpstreamFault } from '../canonical/stream-part.ts';
import { GearboxError } from '../errors.ts';
import { isAbandoned } from '../router/abandoned.ts';
import type { Exchange } from '../router/exchange.ts';
import type { Handover } from '../router/handover.ts';
import type { Routed } from '../router/router.ts';
import type { Continuation, ErrorDescription, StreamRenderer } from '../wire/codec.ts';

export interface StreamTiming {
  /** How long the finish event waits for upstream's usage, which often comes in an event of its own. */
  readonly usageWaitMs: number;
  /** The same for a client that asked for usage: it waits for the counts anyhow, and must not be told an estimate. */
  readonly askedUsageWaitMs: number;
  /** Silence after which a comment is sent, so that no proxy takes a long thought for a dead connection. */
  readonly keepAliveMs: number;
}

export const STREAM_TIMING: StreamTiming = {
  usageWaitMs: 250,
  askedUsageWaitMs: 5_000,
  keepAliveMs: 10_000,
};

/** One item per upstream chunk. `return()` closes the connection at once. */
type Batches = AsyncIterator<readonly StreamFrame[]>;

export interface PumpOptions {
  readonly exchange: Exchange;
  readonly head: readonly StreamFrame[];
  readonly rest: Batches;
  readonly renderer: StreamRenderer;
  /** The client's answer has a place for usage, which it asked for or which its protocol always has. */
  readonly asksUsage: boolean;
  readonly response: ServerResponse;
  /** Aborted when the client leaves, or with a GearboxError as its reason when the answer must end. */
  readonly signal: Cancellation;
  readonly timing: StreamTiming;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
  /** Since when the client has heard nothing, on the same clock. */
  readonly silentSince: number;
  readonly keepAlive: (waitedSeconds: number) => string;
  /** A defect of ours: logged with its stack, never shown. */
  readonly onDefect: (error: unknown) => void;
  /** Null: nobody else can answer. */
  readonly handover: Handover | null;
  /** The second attempt, once it was asked for. */
  readonly handOver: Routed['handOver'];
  readonly continuation: Continuation;
  /** A renderer for what another upstream says, put through `goOn`. */
  readonly renew: (goOn: Continuation['goOn']) => StreamRenderer;
  /** The final `gearbox` object as of now; null where disclosure is by headers only. */
  readonly final: () => JsonObject | null;
  readonly describe: (fault: UpstreamFault) => ErrorDescription;
}

const DEFECT: UpstreamFault = {
  status: 500,
  code: 'internal_error',
  type: 'api_error',
  message: 'Gearbox failed on this answer. The log of the server has the details.',
  retryAfterSeconds: null,
};

/** An error raised on purpose is told as it is; anything else is a defect, whose message may hold anything. */
const toFault = (error: unknown, onDefect: PumpOptions['onDefect']): UpstreamFault => {
  if (error instanceof GearboxError)
    return {
      status: error.status,
      code: error.code,
      type: 'api_error',
      message: error.message,
      retryAfterSeconds: null,
    };
  onDefect(error);
  return DEFECT;
};

/** Waits until the client has read; rejects when the signal aborts, or a client that left would keep upstream waiting. */
const drained = async (response: ServerResponse, signal: Cancellation): Promise<void> => {
  await new Promise<void>((resolve) => {
    const go = (): void => {
      response.off('drain', go);
      signal.removeEventListener('abort', go);
      resolve();
    };
    response.on('drain', go);
    signal.addEventListener('abort', go);
    if (signal.aborted) go();
  });
  throwIfAborted(signal);
};

/** Writes frames, and lets the held finish event go once upstream's usage is known. */
const createWriter = (options: PumpOptions) => {
  const { exchange, response, final, timing, handover, continuation } = options;
  const waitMs = options.asksUsage ? timing.askedUsageWaitMs : timing.usageWaitMs;
  let { renderer } = options;
  let timer: NodeJS.Timeout | undefined;
  const write = (text: string): void => {
    if (text === '') return;
    if (handover !== null && !handover.isRequested()) {
      continuation.note(text);
      if (continuation.isVisible()) handover.close();
    }
    response.write(text);
  };
  const release = (): string => (renderer.isHolding() ? renderer.release(final()) : '');
  return {
    write: (frames: readonly StreamFrame[]): void => {
      for (const frame of frames) exchange.collect(frame.data);
      let text = renderer.render(frames);
      const attempt = exchange.attempt();
      if (renderer.isHolding() && attempt?.hasUsage() === true) text += release();
      else if (renderer.isHolding())
        timer ??= setTimeout(() => {
          if (!response.writableEnded) response.write(release());
        }, waitMs);
      write(text);
    },
    /** What follows is another upstream's. */
    goOn: (): void => {
      write(continuation.close());
      renderer = options.renew(continuation.goOn);
    },
    finish: (): void => {
      clearTimeout(timer);
      response.end(release() + renderer.end());
    },
    fail: (error: ErrorDescription): void => {
      clearTimeout(timer);
      response.end(renderer.fail(error));
    },
    stop: (): void => clearTimeout(timer),
  };
};

/** Comments while upstream is silent. Returns the function that stops them. */
const startKeepAlive = (options: PumpOptions): { touch: () => void; stop: () => void } => {
  const { response, keepAlive, head, clock, timing } = options;
  let { silentSince } = options;
  const comment = (): void => {
    const seconds = Math.round((clock() - silentSince) / 1000);
    if (!response.writableNeedDrain) response.write(keepAlive(seconds));
  };
  // A stream that begins without a first event says at once what it waits for.
  if (head.length === 0) comment();
  else silentSince = clock();
  const timer = setInterval(comment, timing.keepAliveMs);
  return {
    touch: () => {
      silentSince = clock();
      timer.refresh();
    },
    stop: () => clearInterval(timer),
  };
};

/** Reads to upstream's end, or until a batch is not wanted. Resolves with the fault that cut it, if any. */
const readAll = async (
  { exchange, response, signal, onDefect }: PumpOptions,
  rest: Batches,
  onBatch: (frames: readonly StreamFrame[]) => boolean,
): Promise<UpstreamFault | null> => {
  try {
    while (exchange.attempt()?.isOver() !== true) {
      const next = await rest.next();
      if (next.done === true || !onBatch(next.value)) break;
      if (response.writableNeedDrain) await drained(response, signal);
    }
    return null;
  } catch (error) {
    if (isAbandoned(signal)) return null;
    return toFault(signal.aborted ? signal.reason : error, onDefect);
  }
};

/** The answer of another component behind what was sent of the first. */
const goOn = async (
  { handOver, onDefect }: PumpOptions,
  writer: ReturnType<typeof createWriter>,
  read: (batches: Batches) => Promise<UpstreamFault | null>,
): Promise<UpstreamFault | null> => {
  const executed = await handOver();
  switch (executed.type) {
    case 'stream':
      writer.goOn();
      if (executed.head.length > 0) writer.write(executed.head);
      return read(executed.rest);
    case 'fault':
      // The attempt knows it.
      return null;
    case 'error':
      return toFault(executed.error, onDefect);
    case 'whole':
      return toFault(new Error('a stream was answered whole'), onDefect);
  }
};

/** Pumps one answer to its end and ends the exchange: exactly one terminal event, one record, upstream released. */
export const pumpStream = async (options: PumpOptions): Promise<void> => {
  const { exchange, head, rest, signal, handover } = options;
  const writer = createWriter(options);
  if (head.length > 0) writer.write(head);
  const keepAlive = startKeepAlive(options);
  const read = async (batches: Batches, isWanted: () => boolean): Promise<UpstreamFault | null> => {
    const cut = await readAll(options, batches, (frames) => {
      if (!isWanted()) return false;
      keepAlive.touch();
      writer.write(frames);
      return true;
    });
    // Releases the upstream connection in every case; after a proper end this does nothing.
    await batches.return?.();
    return cut;
  };
  const isHanded = (): boolean => handover?.isRequested() === true;
  let broken = await read(rest, () => !isHanded());
  if (isHanded() && !signal.aborted) broken = await goOn(options, writer, (batches) => read(batches, () => true));
  handover?.close();
  keepAlive.stop();
  const attempt = exchange.attempt();
  if (broken !== null) attempt?.fail(broken);
  const abandoned = isAbandoned(signal);
  attempt?.close(abandoned);
  const fault = attempt?.fault() ?? null;
  if (abandoned && attempt?.report().result === 'cancelled') {
    writer.stop();
    exchange.end('cancelled');
  } else if (fault === null) {
    writer.finish();
    exchange.end('ok');
  } else {
    writer.fail(options.describe(fault));
    exchange.end('failed');
  }
};
