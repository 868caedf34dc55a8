/** The configured providers by name, over one pool of connections. */
import type { ProviderSettings } from '../catalog/pool.ts';
import type { UpstreamProtocol } from '../canonical/protocol.ts';
import { ConfigError } from '../errors.ts';
import { anthropicProtocol } from './anthropic/protocol.ts';
import { createConnection } from './connection.ts';
import type { ConnectionOptions } from './connection.ts';
import { createForward } from './forward.ts';
import { createHttpProvider } from './http.ts';
import type { ResolveSecret } from './http.ts';
import { openaiCompatibleProtocol } from './openai-compatible/protocol.ts';
import { openaiResponsesProtocol } from './openai-responses/protocol.ts';
import type { FindForward, FindProvider, ProviderProtocol } from './provider.ts';

export interface ProvidersOptions extends ConnectionOptions {
  /** Called for every attempt, so that a rotated key is used; how long one is kept is decided there, not here. */
  readonly resolveSecret: ResolveSecret;
  /** Milliseconds since 1970; reads dates in `retry-after`. */
  readonly now: () => number;
}

export interface Providers {
  readonly find: FindProvider;
  /** Passes calls on as they are; undefined for a provider that is not configured. */
  readonly findForward: FindForward;
  /** Lets calls in flight end, then closes all connections. */
  readonly close: () => Promise<void>;
}

const PROTOCOLS: Partial<Readonly<Record<UpstreamProtocol, ProviderProtocol>>> = {
  'openai-chat': openaiCompatibleProtocol,
  'openai-responses': openaiResponsesProtocol,
  'anthropic-messages': anthropicProtocol,
};

/** What a provider speaks: its protocol, and Responses where it serves that beside Chat Completions. */
const protocolsOf = (settings: ProviderSettings): readonly ProviderProtocol[] => [
  findProtocol(settings),
  ...(settings.alsoResponses ? [openaiResponsesProtocol] : []),
];

const findProtocol = ({ name, protocol }: ProviderSettings): ProviderProtocol => {
  const found = PROTOCOLS[protocol];
  if (found !== undefined) return found;
  const known = Object.keys(PROTOCOLS).join(', ');
  throw new ConfigError(`providers.${name}.protocol: expected one of ${known}, given ${protocol}. Use one of these.`);
};

const checkBaseUrl = ({ name, baseUrl }: ProviderSettings): void => {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return;
  throw new ConfigError(`providers.${name}.base_url: expected an http:// or https:// address. Correct it.`);
};

/** Throws ConfigError at once for a protocol or an address that no call could use. */
export const createProviders = (settings: Iterable<ProviderSettings>, options: ProvidersOptions): Providers => {
  const { resolveSecret, now } = options;
  const all = [...settings];
  const checked = all.flatMap((settings) => {
    checkBaseUrl(settings);
    return protocolsOf(settings).map((protocol) => ({ settings, protocol }));
  });
  const connection = createConnection(options);
  const providers = checked.map((one) => createHttpProvider({ ...one, connection, resolveSecret, now }));
  const forwards = new Map(
    checked.map((one) => [one.settings.name, createForward({ ...one, connection, resolveSecret, now })]),
  );
  const byName = Map.groupBy(providers, ({ name }) => name);
  return {
    find: (name, protocol) => byName.get(name)?.find((provider) => provider.protocol === protocol),
    findForward: (name) => forwards.get(name),
    close: () => connection.close(),
  };
};
