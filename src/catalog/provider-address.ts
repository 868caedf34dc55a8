/** Addresses of local servers as people write them in the environment, turned into base URLs. */
import { ConfigError } from '../errors.ts';
import type { ProviderProfile } from './provider-profile.ts';

/** Where a server that listens on every interface is reached from its own machine. */
const ANY_ADDRESS = /^(0\.0\.0\.0|\[::\])$/;

const withScheme = (address: string): string =>
  /^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `http://${address}`;

const refuse = (provider: ProviderProfile, address: string): never => {
  throw new ConfigError(
    `${provider.addressVariable ?? provider.name}: expected the address of ${provider.title}, such as ` +
      `${provider.baseUrl} or 127.0.0.1:11434, got "${address}". Correct or unset the variable.`,
    { code: 'provider_address_invalid' },
  );
};

/**
 * The base URL for an address from `provider.addressVariable`. Accepts `host`, `host:port` and URLs, with or without a
 * path: what is missing is taken from the provider's default base URL (port and `/v1`). `0.0.0.0`, which Ollama uses to
 * say that it listens everywhere, becomes 127.0.0.1, because it is no address to connect to on every system.
 * Throws ConfigError when the text is no http address.
 */
export const toProviderBaseUrl = (provider: ProviderProfile, address: string): string => {
  const given = withScheme(address.trim());
  if (!URL.canParse(given)) return refuse(provider, address);
  const url = new URL(given);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return refuse(provider, address);
  const standard = new URL(provider.baseUrl);
  // A written default port (`:80`) and a missing one look the same in a URL; the text tells them apart.
  const hasPort = /^[a-z]+:\/\/[^/]*:\d+(\/|$)/i.test(given);
  const isPlain = url.protocol === 'http:';
  if (!hasPort && isPlain) url.port = standard.port;
  if (ANY_ADDRESS.test(url.hostname)) url.hostname = '127.0.0.1';
  const path = url.pathname.replace(/\/+$/, '');
  return `${url.protocol}//${url.host}${path === '' ? standard.pathname : path}`;
};
