/** What went wrong between us and a provider, as a fault that says so without addresses, keys or prompts. */
import type { UpstreamFault } from '../canonical/stream-part.ts';
import type { ProviderError } from '../errors.ts';

export interface AttemptFault {
  readonly fault: UpstreamFault;
  /** A second attempt at the same place may succeed. */
  readonly retryable: boolean;
}

interface Kind {
  readonly status: number;
  readonly code: string;
  readonly retryable: boolean;
  readonly message: string;
}

const CONNECT: Kind = {
  status: 502,
  code: 'upstream_connect',
  retryable: true,
  message: 'no connection could be made',
};
const RESET: Kind = { status: 502, code: 'upstream_reset', retryable: true, message: 'the connection broke off' };
const TLS: Kind = {
  status: 502,
  code: 'upstream_tls',
  retryable: false,
  message: 'the TLS connection failed; for a private certificate authority set NODE_EXTRA_CA_CERTS',
};
const TIMEOUT: Kind = { status: 504, code: 'upstream_timeout', retryable: true, message: 'the time limit passed' };

const KINDS: Readonly<Record<string, Kind>> = {
  ECONNREFUSED: { ...CONNECT, message: 'the connection was refused' },
  ENOTFOUND: { ...CONNECT, message: "the host name does not exist; check the provider's base_url" },
  EAI_AGAIN: { ...CONNECT, message: 'the host name could not be looked up' },
  EHOSTUNREACH: { ...CONNECT, message: 'the host cannot be reached' },
  ENETUNREACH: { ...CONNECT, message: 'the network cannot be reached' },
  // Apart from other timeouts: what was never sent was never billed.
  ETIMEDOUT: { ...TIMEOUT, code: 'upstream_connect', message: 'the connection could not be made in time' },
  UND_ERR_CONNECT_TIMEOUT: {
    ...TIMEOUT,
    code: 'upstream_connect',
    message: 'the connection could not be made in time',
  },
  UND_ERR_HEADERS_TIMEOUT: { ...TIMEOUT, message: 'no answer began in time' },
  UND_ERR_BODY_TIMEOUT: { ...TIMEOUT, message: 'the answer fell silent' },
  ECONNRESET: RESET,
  EPIPE: RESET,
  UND_ERR_SOCKET: RESET,
  UND_ERR_ABORTED: RESET,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: {
    status: 502,
    code: 'upstream_truncated',
    retryable: true,
    message: 'the answer ended before its announced length',
  },
  UND_ERR_HEADERS_OVERFLOW: {
    status: 502,
    code: 'upstream_garbage',
    retryable: false,
    message: 'the headers of the answer are too large',
  },
};

const TLS_CODE = /CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO_|EPROTO/;

/** The error's code, or that of its cause or of the first of several tries (one per address). */
const codeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return '';
  const { code } = error as { readonly code?: unknown };
  if (typeof code === 'string' && code !== '') return code;
  // undici's parser error has a code only for some faults.
  if (error.name === 'HTTPParserError') return 'HPE_INVALID';
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return error.cause === undefined ? '' : codeOf(error.cause);
};

const kindOf = (code: string): Kind => {
  const known = KINDS[code];
  if (known !== undefined) return known;
  if (code.startsWith('HPE_')) {
    return { status: 502, code: 'upstream_garbage', retryable: true, message: 'the answer is not valid HTTP' };
  }
  return TLS_CODE.test(code) ? TLS : RESET;
};

/** Fault of a connection that failed with `error`; `place` is the deployment's id. */
export const faultOfTransport = (error: unknown, place: string): AttemptFault => {
  const code = codeOf(error);
  const kind = kindOf(code);
  const suffix = code === '' ? '' : ` (${code})`;
  return {
    retryable: kind.retryable,
    fault: {
      status: kind.status,
      code: kind.code,
      type: null,
      message: `${place}: ${kind.message}${suffix}.`,
      retryAfterSeconds: null,
    },
  };
};

/** Statuses behind which a second attempt at the same place may succeed. */
const isRetryableStatus = (status: number): boolean =>
  status === 408 || status === 409 || status === 425 || status === 429 || status >= 500;

/** Words for limits that time does not lift. */
const SPENT = /insufficient_quota|billing|credit/;

/** A provider's own fault, with the deployment's id before its message. */
export const faultOfProvider = (fault: UpstreamFault, place: string): AttemptFault => ({
  retryable: isRetryableStatus(fault.status) && !SPENT.test(`${fault.code ?? ''} ${fault.type ?? ''}`),
  fault: { ...fault, message: `${place}: ${fault.message}` },
});

/** Fault of an answer that could not be read: what a protocol's `fromWire` threw. */
export const faultOfReading = (error: ProviderError, place: string): AttemptFault =>
  faultOfProvider(
    {
      status: error.status,
      code: error.status === 401 || error.status === 403 ? 'upstream_auth' : error.code,
      type: null,
      message: error.message,
      retryAfterSeconds: error.retryAfterSeconds ?? null,
    },
    place,
  );

/** A fault that this sender itself found in an answer. */
export const ownFault = (code: string, message: string, retryable: boolean): AttemptFault => ({
  retryable,
  fault: { status: 502, code, type: null, message, retryAfterSeconds: null },
});
