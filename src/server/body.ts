/** Reads a request's body within limits of size and time. */
import type { IncomingMessage } from 'node:http';
import { InvalidRequestError } from '../errors.ts';
import type { Deadlines } from './deadlines.ts';

export interface BodyLimits {
  readonly maxBodyBytes: number;
  /** From the end of the headers to the end of the body. */
  readonly bodyTimeoutMs: number;
  /** Of that length. */
  readonly deadlines: Deadlines;
}

/** The error for a body over the limit (413). */
export const toTooLarge = (maxBodyBytes: number, given: string): InvalidRequestError => {
  const fix = 'Send a shorter conversation, or raise `server.limits.body_bytes`.';
  return new InvalidRequestError(`The request body is larger than ${maxBodyBytes} bytes. ${fix}`, {
    code: 'request_too_large',
    status: 413,
    blocking: [{ constraint: 'body', expected: `at most ${maxBodyBytes} bytes`, given, fix }],
  });
};

const incomplete = (code: string, message: string, status: number): InvalidRequestError => {
  const fix = 'Send the whole body with a correct content-length.';
  return new InvalidRequestError(`${message} ${fix}`, {
    code,
    status,
    blocking: [{ constraint: 'body', expected: 'a complete body', given: 'a part of it', fix }],
  });
};

/** Throws InvalidRequestError (415): a body that is decompressed here would need limits of its own. */
const refuseEncoded = ({ headers }: IncomingMessage): void => {
  const given = (headers['content-encoding'] ?? 'identity').slice(0, 60);
  if (given.toLowerCase() === 'identity') return;
  const fix = 'Send the body uncompressed, without a content-encoding header.';
  throw new InvalidRequestError(`The body has content-encoding ${given}. ${fix}`, {
    code: 'unsupported_encoding',
    status: 415,
    field: 'content-encoding',
    blocking: [{ constraint: 'content-encoding', expected: 'none, or identity', given, fix }],
  });
};

/** Rejects with InvalidRequestError: 415 compressed, 413 too large, 408 not complete in time, 400 cut off. */
export const readBody = async (request: IncomingMessage, limits: BodyLimits): Promise<Buffer> => {
  refuseEncoded(request);
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > limits.maxBodyBytes) throw toTooLarge(limits.maxBodyBytes, `${declared} bytes`);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const lift = limits.deadlines.start(() =>
      fail(incomplete('request_timeout', `The body did not arrive within ${limits.bodyTimeoutMs} ms.`, 408)),
    );
    const fail = (error: Error): void => {
      lift();
      request.removeAllListeners('data');
      // Who answers decides what becomes of the rest.
      request.pause();
      chunks.length = 0;
      reject(error);
    };
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limits.maxBodyBytes) fail(toTooLarge(limits.maxBodyBytes, `more than ${limits.maxBodyBytes} bytes`));
      else chunks.push(chunk);
    });
    request.on('end', () => {
      lift();
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks));
    });
    request.on('error', () =>
      fail(incomplete('request_cut', 'The connection ended before the body was complete.', 400)),
    );
  });
};
