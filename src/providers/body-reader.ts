/** Bodies of answers: whole ones with a limit, streams as batches of frames with backpressure. */
import type { Cancellation } from '../canonical/cancellation.ts';
import type { UpstreamProtocol } from '../canonical/protocol.ts';
import type { StreamFrame } from '../canonical/stream-part.ts';
import { ProviderError } from '../errors.ts';
import { createSseParser } from '../sse/parser.ts';
import type { SseEvent } from '../sse/parser.ts';
import type { AnswerBody } from './answer-body.ts';
import { garbageFault } from './fault.ts';
import type { StreamReader } from './provider.ts';

/** Largest whole answer. Generated images arrive as base64 inside JSON, so this is far above any text. */
export const MAX_WHOLE_BODY_BYTES = 64 * 1024 * 1024;
/** Part of an error's body that is read; the rest says nothing more. */
export const MAX_ERROR_BODY_BYTES = 64 * 1024;
/** Largest single event of a stream, for the same reason as whole answers. */
export const MAX_EVENT_BYTES = 64 * 1024 * 1024;

export interface ReadText {
  readonly text: string;
  /** The body was longer than the limit; `text` holds its beginning. */
  readonly cut: boolean;
}

/** Text of a body, at most `maxBytes` of it; what is beyond is not read. Rejects when the connection breaks. */
export const readText = async (body: AnswerBody, maxBytes: number): Promise<ReadText> => {
  const { bytes, cut } = await body.whole(maxBytes);
  return { text: bytes.toString('utf8'), cut };
};

export interface BatchOptions {
  readonly body: AnswerBody;
  readonly reader: StreamReader;
  /** Aborting ends the iteration with the signal's reason. */
  readonly signal: Cancellation;
  readonly protocol: UpstreamProtocol;
  /** Deployment's id, for messages. */
  readonly place: string;
  /** Takes the key out of a message. */
  readonly conceal: (message: string) => string;
}

const isError = (frame: StreamFrame): boolean => frame.parts.at(-1)?.type === 'error';

/** Says in an error's message who sent it. */
const placed = (frame: StreamFrame, { place, conceal }: BatchOptions): StreamFrame => ({
  ...frame,
  parts: frame.parts.map((part) =>
    part.type === 'error'
      ? { ...part, fault: { ...part.fault, message: `${place}: ${conceal(part.fault.message)}` } }
      : part,
  ),
});

/** Frames of the events up to and including the one that ends the stream. */
const toFrames = (events: readonly SseEvent[], options: BatchOptions): readonly StreamFrame[] => {
  const { reader } = options;
  const frames: StreamFrame[] = [];
  for (const { event, data } of events) {
    if (reader.ended()) break;
    const frame = reader.read(event, data);
    frames.push(reader.ended() && isError(frame) ? placed(frame, options) : frame);
  }
  return frames;
};

/** Some servers leave out the blank line behind their last event; half an event, cut in the middle, is not passed on. */
const isWhole = ({ data }: SseEvent): boolean => {
  if (data.startsWith('[DONE]')) return true;
  try {
    JSON.parse(data);
    return true;
  } catch {
    return false;
  }
};

const refusedFrame = (error: ProviderError, { place, protocol }: BatchOptions): StreamFrame => ({
  protocol,
  event: 'error',
  data: '',
  parts: [{ type: 'error', fault: garbageFault(`${place}: ${error.message}`) }],
});

async function* readBatches(options: BatchOptions, isClosed: () => boolean): AsyncGenerator<readonly StreamFrame[]> {
  const { body, reader, signal } = options;
  const parser = createSseParser({ maxEventBytes: MAX_EVENT_BYTES, lastEvent: 'dispatch' });
  try {
    for (let chunk = await body.next(); chunk !== null; chunk = await body.next()) {
      const frames = toFrames(parser.push(chunk), options);
      if (frames.length > 0) yield frames;
      if (reader.ended()) return;
    }
    const last = toFrames(parser.end().filter(isWhole), options);
    if (last.length > 0) yield last;
    const closing = reader.ended() ? null : (reader.close?.() ?? null);
    if (closing !== null) yield [closing];
  } catch (error) {
    if (isClosed()) return;
    if (signal.aborted) throw signal.reason;
    // An event without end is the one thing that the parser refuses. Any other error is a broken connection: the
    // iteration then ends without an end part, which is how its reader knows.
    if (error instanceof ProviderError) yield [refusedFrame(error, options)];
  } finally {
    body.release(reader.ended());
  }
}

/**
 * One item per upstream chunk that completes an event. Pull-based: no chunk is read before it is asked for. `return()`
 * closes the connection at once, also while a chunk is being waited for.
 */
export const createBatches = (options: BatchOptions): AsyncIterable<readonly StreamFrame[]> => {
  let closed = false;
  const batches = readBatches(options, () => closed);
  const close = (): void => {
    closed = true;
    options.body.release(options.reader.ended());
  };
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => (closed ? Promise.resolve({ done: true, value: undefined }) : batches.next()),
      return: () => {
        close();
        return Promise.resolve({ done: true, value: undefined });
      },
    }),
  };
};
