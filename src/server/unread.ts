/** The unread rest of a request: what a client is still sending when its answer is known. */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** A rest larger than this is cut off: a client that sends on for so long does not listen. */
const MAX_DISCARDED_BYTES = 64 * 1024 * 1024;
/** Slow uploads are not waited for longer than this. */
const DISCARD_LIMIT_MS = 5_000;
/** Who has sent nothing for so long has stopped sending. */
const SILENCE_MS = 300;

export interface UnreadAnswer {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
}

/** Headers of an answer: what is left of an unread body would be taken for the next request on this connection. */
export const toUnreadHeaders = (incoming: IncomingMessage): Record<string, string> =>
  incoming.complete ? {} : { connection: 'close' };

/**
 * Sends the last of an answer. While the client is still sending, what it sends is discarded, and the connection is
 * closed only behind it: closing at once resets the connection, and a client that writes its whole request before it
 * reads would see a broken connection in place of the error.
 */
export const endAnswer = ({ incoming, response }: UnreadAnswer, body: string): void => {
  if (incoming.complete || incoming.destroyed) {
    response.end(body);
    return;
  }
  response.write(body);
  let discardedBytes = 0;
  const end = (): void => {
    clearTimeout(limit);
    clearTimeout(silence);
    incoming.off('data', discard);
    response.end();
  };
  const discard = (chunk: Buffer): void => {
    discardedBytes += chunk.length;
    silence.refresh();
    if (discardedBytes > MAX_DISCARDED_BYTES) end();
  };
  const limit = setTimeout(end, DISCARD_LIMIT_MS);
  const silence = setTimeout(end, SILENCE_MS);
  incoming.on('data', discard);
  incoming.once('end', end);
  incoming.once('close', end);
  incoming.resume();
};
