/** Address and headers of one call. The address comes from configuration only, never from a request. */
import { brand } from '../brand.ts';
import type { ProviderSettings } from '../catalog/pool.ts';
import type { ProviderProtocol, WireRequest } from './provider.ts';

export interface Endpoint {
  /** Address without path. */
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** `<base>/v1` and a path that begins with `/v1` share it: base URLs are written both ways. */
const joinPath = (base: string, path: string): string => {
  const trimmed = base.replace(/\/+$/, '');
  return trimmed.endsWith('/v1') && path.startsWith('/v1/') ? trimmed + path.slice(3) : trimmed + path;
};

const toBasic = ({ username, password }: URL): Record<string, string> =>
  username === ''
    ? {}
    : {
        authorization: `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`,
      };

/** Headers of a client that must never travel on, whatever a protocol wants to forward. */
const NEVER_FORWARDED = new Set(['authorization', 'x-api-key', 'cookie', 'host', 'content-length', 'connection']);

export interface EndpointOptions {
  readonly baseUrl: string;
  readonly settings: ProviderSettings;
  readonly protocol: ProviderProtocol;
  readonly wire: Pick<WireRequest, 'path' | 'headers'>;
  readonly secret: string | null;
  readonly stream: boolean;
}

interface Address {
  readonly origin: string;
  readonly path: string;
  readonly basic: Readonly<Record<string, string>>;
}

const parseAddress = (baseUrl: string, path: string): Address => {
  const url = new URL(baseUrl);
  return { origin: url.origin, path: joinPath(url.pathname, path) + url.search, basic: toBasic(url) };
};

/** Addresses come from configuration, so there are few; a URL is dear to parse in every request. */
const MAX_KNOWN_ADDRESSES = 1_000;
const known = new Map<string, Address>();

const toAddress = (baseUrl: string, path: string): Address => {
  const key = `${baseUrl} ${path}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const address = parseAddress(baseUrl, path);
  if (known.size >= MAX_KNOWN_ADDRESSES) known.clear();
  known.set(key, address);
  return address;
};

/** Own headers win over the client's, the provider's settings over those, the key over all. */
export const toEndpoint = ({ baseUrl, settings, protocol, wire, secret, stream }: EndpointOptions): Endpoint => {
  const { origin, path, basic } = toAddress(baseUrl, wire.path);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(wire.headers))
    if (!NEVER_FORWARDED.has(name.toLowerCase())) headers[name] = value;
  headers['content-type'] = 'application/json';
  headers['accept'] = stream ? 'text/event-stream' : 'application/json';
  // Compressed streams are buffered by whoever compresses them.
  headers['accept-encoding'] = 'identity';
  headers['user-agent'] = brand.binary;
  for (const [name, value] of Object.entries(settings.headers)) headers[name.toLowerCase()] = value;
  Object.assign(headers, basic, secret === null ? undefined : protocol.authenticate(secret));
  return { origin, path, headers };
};
