/** Errors in OpenAI's shape, which its two protocols share. */
import { brand } from '../brand.ts';
import type { ErrorDescription } from './codec.ts';

/** Codes that mean "pay or wait for the next period", which clients must not retry like a rate limit. */
const QUOTA_CODES = new Set(['budget_exceeded', 'insufficient_quota', 'billing_hard_limit_reached']);

const toType = ({ status, code }: ErrorDescription): string => {
  if (status === 402 || QUOTA_CODES.has(code)) return 'insufficient_quota';
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  if (status === 408 || status === 504) return 'timeout_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
};

/** `{error: {message, type, param, code}}`, with our own member beside it; the body of an error answer. */
export const renderOpenaiError = (error: ErrorDescription): string =>
  JSON.stringify({
    error: { message: error.message, type: toType(error), param: error.field, code: error.code },
    ...(error.gearbox === null ? {} : { [brand.bodyKey]: error.gearbox }),
  });
