/** Faults that providers report: reads every shape of error seen in the field into one. */
import type { UpstreamFault } from '../canonical/stream-part.ts';
import { ProviderError } from '../errors.ts';
import { asList, asRecord, asText } from './reading.ts';
import type { JsonRecord } from './reading.ts';

/** Longest part of a provider's own message that is passed on. */
export const MAX_FAULT_MESSAGE_CHARACTERS = 500;

const STATUS_BY_WORD: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  context_length_exceeded: 400,
  authentication_error: 401,
  invalid_api_key: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  model_not_found: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  rate_limit_exceeded: 429,
  insufficient_quota: 429,
  tokens: 429,
  requests: 429,
  server_error: 500,
  api_error: 500,
  internal_server_error: 500,
  service_unavailable: 503,
  timeout_error: 504,
  overloaded_error: 529,
  engine_overloaded: 503,
};

// Things that look like keys: providers quote them ("Incorrect API key provided: sk-ab…"), and a fault's message
// reaches clients and logs.
const SECRETS = /\b(?:sk|pk|rk|xai|gsk)[-_][\w*.-]{6,}|\bAIza[\w-]{10,}|\bBearer\s+\S{8,}/g;
const URL_CREDENTIALS = /\/\/[^\s/@]*@/g;

/** Shortens a message and removes what looks like a key or like credentials inside an address. */
export const redact = (message: string): string =>
  message
    .replace(SECRETS, '[redacted]')
    .replace(URL_CREDENTIALS, '//')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_FAULT_MESSAGE_CHARACTERS);

const isErrorStatus = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 400 && value <= 599;

/** The status that an error inside a 200 stands for: a numeric code (OpenRouter), a known word, else 502. */
const statusOf = (error: JsonRecord): number => {
  const numeric = [error['code'], error['status'], error['status_code']].map(Number).find(isErrorStatus);
  if (numeric !== undefined) return numeric;
  const words = [error['code'], error['type']].map(asText).map((word) => STATUS_BY_WORD[word ?? '']);
  return words.find((status) => status !== undefined) ?? 502;
};

/** FastAPI servers send `detail` as text or as a list of `{loc, msg}`. */
const detailMessage = (detail: unknown): string | undefined => {
  if (typeof detail === 'string') return detail;
  const messages = asList(detail).map((item) => {
    const { loc, msg } = asRecord(item) ?? {};
    return `${asList(loc).join('.')}: ${asText(msg) ?? ''}`;
  });
  return messages.length === 0 ? asText(asRecord(detail)?.['message']) : messages.join('; ');
};

const messageOf = (error: JsonRecord): string =>
  asText(error['message']) ?? detailMessage(error['detail']) ?? asText(error['error']) ?? asText(error['msg']) ?? '';

/**
 * The error object inside a parsed body or event: `{error: {…}}` (OpenAI), `{type: "error", error: {…}}` (Anthropic),
 * `{error: "text"}`, `[{error: {…}}]` (Google), `{object: "error", message}` (Mistral, older vLLM), `{detail}`.
 */
export const findError = (value: unknown): JsonRecord | undefined => {
  const body = asRecord(Array.isArray(value) ? value[0] : value);
  if (body === undefined) return undefined;
  const error = body['error'];
  if (typeof error === 'string' && error !== '') return { ...body, message: asText(body['message']) ?? error };
  const record = asRecord(error);
  if (record !== undefined) return record;
  if (body['object'] === 'error' || body['type'] === 'error') return body;
  return undefined;
};

const authCode = (status: number): string | null => (status === 401 || status === 403 ? 'upstream_auth' : null);

/** A fault from an error object; `status` null: the error came inside a 200 and must say itself what it stands for. */
export const faultOfError = (error: JsonRecord, status: number | null): UpstreamFault => {
  const effective = status ?? statusOf(error);
  const code = asText(error['code']) ?? (typeof error['code'] === 'number' ? String(error['code']) : null);
  const message = redact(messageOf(error));
  return {
    status: effective,
    code: authCode(effective) ?? code,
    type: asText(error['type']) ?? null,
    message: message === '' ? `The provider gave status ${effective} without a message.` : message,
    retryAfterSeconds: null,
  };
};

/** What a whole answer throws that is the provider's own error with status 200. */
export const errorOfAnswer = (error: JsonRecord): ProviderError => {
  const { message, code, type, status } = faultOfError(error, null);
  return new ProviderError(message, { code: code ?? type ?? 'upstream_error', status });
};

/** A fault from the body of an answer with an error status. Never throws; a body that is no JSON is not quoted. */
export const faultOfBody = (status: number, text: string): UpstreamFault => {
  try {
    const value: unknown = JSON.parse(text);
    const error = findError(value) ?? asRecord(value);
    if (error !== undefined) return faultOfError(error, status);
  } catch {
    // Proxies in front of providers answer with HTML; the status says what there is to know.
  }
  return {
    status,
    code: authCode(status),
    type: null,
    message: `The provider answered with status ${status} and a body that is not a JSON error.`,
    retryAfterSeconds: null,
  };
};

/** A fault of our own reading: the provider sent something that its protocol does not know. */
export const garbageFault = (message: string): UpstreamFault => ({
  status: 502,
  code: 'upstream_garbage',
  type: null,
  message,
  retryAfterSeconds: null,
});
