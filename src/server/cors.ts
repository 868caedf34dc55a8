/** Browsers: which web pages may call. A page that may not is refused even where it would not need to ask. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { brand } from '../brand.ts';
import { InvalidRequestError } from '../errors.ts';

const LOOPBACK_ORIGIN = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/;
const PREFLIGHT_SECONDS = '600';

const EXPOSED = [
  'request-id',
  'x-request-id',
  'retry-after',
  'x-should-retry',
  'deprecation',
  'sunset',
  'link',
  ...[
    'decision',
    'component',
    'model',
    'effort',
    'chosen-by',
    'reason',
    'router',
    'estimate-usd',
    'attempts',
    'overhead-ms',
    'cost-usd',
    'degraded',
    'warnings',
    'simulated',
  ].map((name) => brand.headerPrefix + name),
].join(', ');

/** `*` allows every page; else exact origins. Pages on this machine are always allowed. */
export const isAllowedOrigin = (origin: string, allowed: readonly string[]): boolean =>
  LOOPBACK_ORIGIN.test(origin) || allowed.includes('*') || allowed.includes(origin);

/**
 * Headers for the answer. Throws InvalidRequestError (403) for a foreign page: a "simple" POST is sent by browsers
 * without asking, and without this check any web page could spend the money of whoever runs Gearbox on loopback.
 */
export const toCorsHeaders = (request: IncomingMessage, allowed: readonly string[]): Record<string, string> => {
  const { origin } = request.headers;
  if (origin === undefined) return {};
  if (isAllowedOrigin(origin, allowed))
    return { 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED, vary: 'origin' };
  const fix = 'Add the page to `server.cors_origins`.';
  throw new InvalidRequestError(`Web pages of ${origin.slice(0, 100)} may not call this Gearbox. ${fix}`, {
    code: 'origin_not_allowed',
    status: 403,
    field: 'origin',
    blocking: [{ constraint: 'origin', expected: 'a configured origin', given: origin.slice(0, 100), fix }],
  });
};

export const answerPreflight = (
  request: IncomingMessage,
  response: ServerResponse,
  headers: Readonly<Record<string, string>>,
): void => {
  response.writeHead(204, {
    ...headers,
    'access-control-allow-methods': 'GET, POST, DELETE, OPTIONS',
    // SDKs send many headers of their own (x-stainless-…): whatever the page asks for, it may send.
    'access-control-allow-headers': request.headers['access-control-request-headers'] ?? 'authorization, content-type',
    'access-control-max-age': PREFLIGHT_SECONDS,
  });
  response.end();
};
