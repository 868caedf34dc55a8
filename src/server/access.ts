/** Who may call: Host check, client keys, admin token. All comparisons take the same time whatever is given. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { ClientKey } from '../catalog/pool.ts';
import { AuthenticationError, InvalidRequestError } from '../errors.ts';

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);

/** Host header without its port, lower case; null when it is missing or malformed. */
const toHostName = (host: string | undefined): string | null => {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::\d{1,5})?$/.exec(host?.toLowerCase() ?? '');
  return match?.[1] ?? null;
};

export interface HostRule {
  /** Names from the configuration, next to the loopback ones. */
  readonly allowedHosts: readonly string[];
  /** The address bound to; `0.0.0.0` and `::` allow any literal address. */
  readonly boundHost: string;
}

const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

const missingHost = (): InvalidRequestError => {
  const fix = 'Send the name and port that were called as the Host header.';
  return new InvalidRequestError(`The request has no Host header. ${fix}`, {
    code: 'host_missing',
    field: 'host',
    blocking: [{ constraint: 'host', expected: 'a Host header', given: 'none', fix }],
  });
};

/**
 * Guards against DNS rebinding: a web page may point its own name at 127.0.0.1, but the browser then sends that name.
 * Throws InvalidRequestError (421, or 400 without a Host header).
 */
export const checkHost = (headers: IncomingHttpHeaders, { allowedHosts, boundHost }: HostRule): void => {
  const name = toHostName(headers.host);
  const literal = name !== null && (IPV4.test(name) || name.startsWith('['));
  const anyAddress = boundHost === '0.0.0.0' || boundHost === '::';
  if (name !== null && (LOOPBACK_NAMES.has(name) || name === boundHost || allowedHosts.includes(name))) return;
  if (literal && anyAddress) return;
  if (headers.host === undefined) throw missingHost();
  const given = headers.host;
  const fix = 'Add the name to `server.allowed_hosts`, or call by address.';
  throw new InvalidRequestError(`The Host \`${given.slice(0, 100)}\` is not served here. ${fix}`, {
    code: 'host_not_allowed',
    status: 421,
    field: 'host',
    blocking: [{ constraint: 'host', expected: 'a configured host name', given: given.slice(0, 100), fix }],
  });
};

const digest = (secret: string): Buffer => createHash('sha256').update(secret, 'utf8').digest();

/** `Authorization: Bearer`, Anthropic's `x-api-key`, Gemini's `x-goog-api-key`; null when none is there. */
export const readSecret = (headers: IncomingHttpHeaders): string | null => {
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
  const other = headers['x-api-key'] ?? headers['x-goog-api-key'];
  return bearer ?? (typeof other === 'string' && other !== '' ? other : null);
};

/**
 * The client key of a request; null where the pool has no keys, and then anyone on this machine may call.
 * The whole digest is compared, never a part of the secret. Throws AuthenticationError.
 */
export const authenticate = (headers: IncomingHttpHeaders, keys: readonly ClientKey[]): ClientKey | null => {
  if (keys.length === 0) return null;
  const secret = readSecret(headers);
  if (secret === null)
    throw new AuthenticationError('No API key was sent. Send it as `Authorization: Bearer …`.', {
      code: 'missing_api_key',
    });
  const given = digest(secret);
  let found: ClientKey | null = null;
  for (const key of keys) if (timingSafeEqual(given, Buffer.from(key.sha256, 'hex'))) found = key;
  if (found === null)
    throw new AuthenticationError('The API key is not one of this Gearbox. Check it, or ask the operator for one.');
  return found;
};

/** Throws AuthenticationError unless the request carries the admin token. */
export const requireAdmin = (headers: IncomingHttpHeaders, adminToken: string): void => {
  const secret = readSecret(headers);
  if (secret !== null && timingSafeEqual(digest(secret), digest(adminToken))) return;
  throw new AuthenticationError(
    'The admin API, and metrics over a network, need `Authorization: Bearer …` with the admin token of this installation.',
    { code: 'admin_token_required' },
  );
};
