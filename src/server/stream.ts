/** The pump: upstream's batches to the client, one write per batch, with backpressure and exactly one end. */
import type { ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { JsonObject } from '../canonical/json.ts';
import type { StreamFrame, UpstreamFault } from '../canonical/stream-part.ts';
import type { Exchange } from '../router/exchange.ts';
import type { ErrorDescription, StreamRenderer } from '../wire/codec.ts';

/** How long the finish event waits for upstream's usage, which often comes in an event of its own. */
export const USAGE_WAIT_MS = 250;
/** Silence after which a comment is sent, so that no proxy takes a long thought for a dead connection. */
export const KEEP_ALIVE_MS = 10_000;

export interface PumpOptions {
  readonly exchange: Exchange;
  readonly head: readonly StreamFrame[];
  readonly rest: AsyncIterator<readonly StreamFrame[]>;
  readonly renderer: StreamRenderer;
  readonly response: ServerResponse;
  /** Aborted when the client leaves. */
  readonly signal: AbortSignal;
  readonly keepAlive: (waitedSeconds: number) => string;
  /** The final `gearbox` object as of now; null where disclosure is by headers only. */
  readonly final: () => JsonObject | null;
  readonly describe: (fault: UpstreamFault) => ErrorDescription;
}

const toFault = (error: unknown): UpstreamFault => ({
  status: 502,
  code: 'upstream_broken',
  type: 'api_error',
  message: error instanceof Error ? error.message : 'The provider broke off.',
  retryAfterSeconds: null,
});

const drained = async (response: ServerResponse, signal: AbortSignal): Promise<void> => {
  // `once` rejects when the signal aborts: a client that left must not keep upstream waiting for a drain.
  if (response.writableNeedDrain) await once(response, 'drain', { signal });
};

/** Writes frames, and lets the held finish event go once upstream's usage is known. */
const createWriter = ({ exchange, renderer, response, final }: PumpOptions) => {
  let timer: NodeJS.Timeout | undefined;
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
        }, USAGE_WAIT_MS);
      if (text !== '') response.write(text);
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
const startKeepAlive = ({ response, keepAlive }: PumpOptions): { touch: () => void; stop: () => void } => {
  let silentTicks = 0;
  const timer = setInterval(() => {
    silentTicks += 1;
    if (!response.writableNeedDrain) response.write(keepAlive((silentTicks * KEEP_ALIVE_MS) / 1000));
  }, KEEP_ALIVE_MS);
  return {
    touch: () => {
      if (silentTicks > 0) silentTicks = 0;
      timer.refresh();
    },
    stop: () => clearInterval(timer),
  };
};

/** Reads to upstream's end. Resolves with the fault that cut it, if any. */
const readAll = async (
  options: PumpOptions,
  onBatch: (frames: readonly StreamFrame[]) => void,
): Promise<UpstreamFault | null> => {
  const { exchange, rest, response, signal } = options;
  try {
    while (exchange.attempt()?.isOver() !== true) {
      const next = await rest.next();
      if (next.done === true) break;
      exchange.attempt()?.observe(next.value);
      onBatch(next.value);
      await drained(response, signal);
    }
    return null;
  } catch (error) {
    return signal.aborted ? null : toFault(error);
  }
};

/** Pumps one answer to its end and ends the exchange: exactly one terminal event, one record, upstream released. */
export const pumpStream = async (options: PumpOptions): Promise<void> => {
  const { exchange, head, rest, signal } = options;
  const writer = createWriter(options);
  const keepAlive = startKeepAlive(options);
  writer.write(head);
  const broken = await readAll(options, (frames) => {
    keepAlive.touch();
    writer.write(frames);
  });
  keepAlive.stop();
  // Releases the upstream connection in every case; after a proper end this does nothing.
  await rest.return?.();
  const attempt = exchange.attempt();
  if (broken !== null) attempt?.fail(broken);
  attempt?.close(signal.aborted);
  const fault = attempt?.fault() ?? null;
  if (signal.aborted && attempt?.isOver() !== true) {
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
