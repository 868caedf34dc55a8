/** Errors in Anthropic's shape. */
import { brand } from '../../brand.ts';
import type { ErrorDescription } from '../codec.ts';

const TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

const toType = ({ status }: ErrorDescription): string =>
  TYPES[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error');

/** `{type: "error", error: {type, message}}`, with our own member beside it; the same text whole and as an event. */
export const renderMessagesError = (error: ErrorDescription): string =>
  JSON.stringify({
    type: 'error',
    error: { type: toType(error), message: error.message },
    ...(error.gearbox === null ? {} : { [brand.bodyKey]: error.gearbox }),
  });
