/** Answers that are not model answers: JSON, and errors in a protocol's shape. */
import type { ServerResponse } from 'node:http';
import type { JsonObject } from '../canonical/json.ts';
import { GearboxError, InvalidRequestError, NoCandidateError } from '../errors.ts';
import type { ErrorDescription } from '../wire/codec.ts';

/** Where an answer goes, with the headers that every answer of this server carries. */
export interface Reply {
  readonly response: ServerResponse;
  readonly headers: Readonly<Record<string, string>>;
}

export const sendJson = ({ response, headers }: Reply, status: number, value: unknown): void => {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    ...headers,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
};

export interface ErrorContext {
  readonly decisionId: string | null;
  readonly attempts: readonly JsonObject[];
}

export const NO_DECISION: ErrorContext = { decisionId: null, attempts: [] };

/** What a client is told. A defect of ours keeps its message and stack in the log and shows neither. */
export const describeError = (error: unknown, { decisionId, attempts }: ErrorContext): ErrorDescription => {
  const known = error instanceof GearboxError ? error : null;
  return {
    status: known?.status ?? 500,
    code: known?.code ?? 'internal_error',
    message: known?.message ?? 'Gearbox failed on this request. The log of the server has the details.',
    field: known instanceof InvalidRequestError || known instanceof NoCandidateError ? known.field : null,
    gearbox: {
      decision_id: decisionId,
      attempts,
      blocking: (known?.blocking ?? []).map((entry) => ({ ...entry })),
    },
  };
};

/** Statuses that official SDKs would retry although another try cannot help. */
const RETRIED_BY_SDKS: ReadonlySet<number> = new Set([408, 409, 429]);

const toAllowed = (method: string): string => (method === 'GET' ? 'GET, HEAD' : method);

/** Headers that keep official SDKs from hammering, and tell them when a retry makes sense. */
export const toErrorHeaders = (error: unknown, status: number): Record<string, string> => {
  const seconds = error instanceof GearboxError ? error.retryAfterSeconds : undefined;
  const retryable = error instanceof GearboxError && error.retryable;
  const hopeless = !retryable && (status >= 500 || RETRIED_BY_SDKS.has(status));
  const [blocking] = error instanceof GearboxError ? error.blocking : [];
  return {
    // RFC 9110 wants the method that would be right in every 405.
    ...(status === 405 && blocking !== undefined ? { allow: toAllowed(blocking.expected) } : {}),
    ...(seconds === undefined ? {} : { 'retry-after': String(Math.ceil(seconds)) }),
    ...(hopeless ? { 'x-should-retry': 'false' } : {}),
  };
};

/** The same wait as a provider asked for, unrounded: OpenAI's clients read it before `retry-after`. */
export const toFineRetryAfter = (error: unknown): Record<string, string> => {
  const seconds = error instanceof GearboxError ? error.retryAfterSeconds : undefined;
  return seconds === undefined ? {} : { 'retry-after-ms': String(Math.ceil(seconds * 1000)) };
};
