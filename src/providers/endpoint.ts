/** Address and headers of one call. The address comes from configuration only, never from a request. */
import { brand } from '../brand.ts';
import type { ProviderSettings } from '../catalog/pool.ts';
import type { ProviderProtocol, WireRequest } from './provider.ts';

export interface Endpoint {
  readonly url: URL;
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
  readonly wire: WireRequest;
  readonly secret: string | null;
  readonly stream: boolean;
}

/** Own headers win over the client's, the provider's settings over those, the key over all. */
export const toEndpoint = ({ baseUrl, settings, protocol, wire, secret, stream }: EndpointOptions): Endpoint => {
  const url = new URL(baseUrl);
  const basic = toBasic(url);
  url.username = '';
  url.password = '';
  url.pathname = joinPath(url.pathname, wire.path);
  const forwarded = Object.entries(wire.headers).filter(([name]) => !NEVER_FORWARDED.has(name.toLowerCase()));
  return {
    url,
    headers: {
      ...Object.fromEntries(forwarded),
      'content-type': 'application/json',
      accept: stream ? 'text/event-stream' : 'application/json',
      // Compressed streams are buffered by whoever compresses them.
      'accept-encoding': 'identity',
      'user-agent': brand.binary,
      ...lowerCased(settings.headers),
      ...basic,
      ...(secret === null ? {} : protocol.authenticate(secret)),
    },
  };
};

const lowerCased = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
