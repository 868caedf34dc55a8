/** Connections that never became a request: what the HTTP parser refused is answered on the bare socket. */
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ServerSettings } from '../config/settings.ts';
import { InvalidRequestError } from '../errors.ts';
import { renderOpenaiError } from '../wire/openai-error.ts';
import { describeError, NO_DECISION } from './respond.ts';

type Settings = Pick<ServerSettings, 'limits' | 'timeouts'>;

interface Refusal {
  readonly code: string;
  readonly status: number;
  readonly message: string;
  readonly constraint: string;
  readonly expected: string;
  readonly given: string;
  readonly fix: string;
}

const toRefusal = (code: string | undefined, { limits, timeouts }: Settings): Refusal => {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return {
        code: 'headers_too_large',
        status: 431,
        message: `The headers are larger than ${limits.headerBytes} bytes.`,
        constraint: 'headers',
        expected: `at most ${limits.headerBytes} bytes`,
        given: 'more',
        fix: 'Send fewer or shorter headers, or raise `server.limits.header_bytes`.',
      };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return {
        code: 'request_timeout',
        status: 408,
        message: `The headers did not arrive within ${timeouts.headersMs} ms.`,
        constraint: 'headers',
        expected: `complete headers within ${timeouts.headersMs} ms`,
        given: 'a part of them',
        fix: 'Send the whole head of the request at once.',
      };
    case 'HPE_INVALID_EOF_STATE':
      return {
        code: 'request_cut',
        status: 400,
        message: 'The connection ended before the request was complete.',
        constraint: 'body',
        expected: 'a complete request',
        given: 'a part of it',
        fix: 'Send the whole body with a correct content-length, and end the connection only after the answer.',
      };
    default:
      return {
        code: 'invalid_http',
        status: 400,
        message: 'The request is not valid HTTP.',
        constraint: 'request',
        expected: 'an HTTP/1.1 request',
        given: 'bytes that are none',
        fix: 'Speak HTTP, without TLS, to this port.',
      };
  }
};

/** Answers and closes. A socket that is already gone is only closed. */
export const refuseConnection = (error: NodeJS.ErrnoException, socket: Duplex, settings: Settings): void => {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { code, status, message, ...blocking } = toRefusal(error.code, settings);
  const refused = new InvalidRequestError(`${message} ${blocking.fix}`, { code, status, blocking: [blocking] });
  const body = renderOpenaiError(describeError(refused, NO_DECISION));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
};
