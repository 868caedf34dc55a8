/** Providers of the pool: the configured ones, and the known ones that the environment has a key or address for. */
import { findKnownProvider, KNOWN_PROVIDERS } from '../catalog/known-providers.ts';
import type { ProviderProfile } from '../catalog/provider-profile.ts';
import type { ProviderSettings } from '../catalog/pool.ts';
import { toProviderBaseUrl } from '../catalog/provider-address.ts';
import { ConfigError } from '../errors.ts';
import { isLoopback } from './bind.ts';
import type { BuildContext } from './context.ts';
import { environmentValue, type Environment } from './environment.ts';
import type { FieldPath, ProblemSeverity } from './problem.ts';
import type { ProviderConfiguration } from './schema.ts';
import { resolveSecret } from './secret.ts';
import { looksLikeKey, renderChoices, renderSuggestion } from './wording.ts';

/** The first of the provider's key variables that is set, as a reference; null when none is. */
export const keyReference = (provider: ProviderProfile, environment: Environment): string | null => {
  const name = provider.keyVariables.find((variable) => environmentValue(environment, variable) !== undefined);
  return name === undefined ? null : `env:${name}`;
};

/** The address of a local server from the environment, else the provider's own. Throws ConfigError on a bad address. */
export const knownBaseUrl = (provider: ProviderProfile, environment: Environment): string => {
  const { addressVariable } = provider;
  const address = addressVariable === null ? undefined : environmentValue(environment, addressVariable);
  return address === undefined ? provider.baseUrl : toProviderBaseUrl(provider, address);
};

export const toKnownSettings = (provider: ProviderProfile, environment: Environment): ProviderSettings => ({
  name: provider.name,
  protocol: provider.protocol,
  alsoResponses: provider.alsoResponses,
  baseUrl: knownBaseUrl(provider, environment),
  credentials: keyReference(provider, environment),
  headers: {},
  simulated: false,
});

/** A key, or for a local server an address, is in the environment; both, where there is no server without an address. */
export const isAvailable = (provider: ProviderProfile, environment: Environment): boolean => {
  const hasKey = keyReference(provider, environment) !== null;
  const hasAddress = hasAddressOf(provider, environment);
  return provider.addressRequired ? hasKey && hasAddress : hasKey || hasAddress;
};

const hasAddressOf = ({ addressVariable }: ProviderProfile, environment: Environment): boolean =>
  addressVariable !== null && environmentValue(environment, addressVariable) !== undefined;

/** Every provider that calls may go to, by name: configured ones first, then known ones that the environment enables. */
export const buildProviders = async (
  configured: Readonly<Record<string, ProviderConfiguration>>,
  context: BuildContext,
): Promise<ReadonlyMap<string, ProviderSettings>> => {
  const providers = new Map<string, ProviderSettings>();
  for (const [name, configuration] of Object.entries(configured)) {
    const settings = await buildProvider(name, configuration, context);
    if (settings !== null) providers.set(name, settings);
  }
  for (const known of KNOWN_PROVIDERS) {
    if (providers.has(known.name) || !isAvailable(known, context.environment)) continue;
    const settings = toSettingsOrReport(known, { severity: 'warning', path: [], context });
    if (settings !== null) providers.set(known.name, settings);
  }
  return providers;
};

/**
 * The provider that a model reference names: a configured one, or a known one under any of its names. Null, and a
 * problem, for an unknown one and for one whose key is missing.
 */
export const findProvider = (
  name: string,
  providers: ReadonlyMap<string, ProviderSettings>,
  place: { readonly path: readonly (string | number)[]; readonly context: BuildContext },
): ProviderSettings | null => {
  const { path, context } = place;
  const known = findKnownProvider(name);
  const settings = providers.get(name) ?? (known === undefined ? undefined : providers.get(known.name));
  if (settings !== undefined) return settings;
  if (known === undefined) {
    context.report(unknownProvider(name, providers, path));
    return null;
  }
  if (known.keyRequired) {
    context.report({
      code: 'provider_key_missing',
      severity: 'error',
      path,
      expected: `a key for ${known.title} in ${renderChoices(known.keyVariables)}`,
      given: 'no such environment variable',
      fix: `set ${known.keyVariables[0] ?? 'its key'}, or name where the key is under providers.${known.name}.key`,
    });
    return null;
  }
  return toSettingsOrReport(known, { severity: 'error', path, context });
};

const unknownProvider = (
  name: string,
  providers: ReadonlyMap<string, ProviderSettings>,
  path: readonly (string | number)[],
) => {
  const names = [...new Set([...providers.keys(), ...KNOWN_PROVIDERS.map((known) => known.name)])];
  return {
    code: 'unknown_provider',
    severity: 'error' as const,
    path,
    expected: `a provider that is known (${names.join(', ')}) or configured`,
    given: JSON.stringify(name),
    fix: renderSuggestion(name, names, `describe it under providers.${name} with protocol and base_url`),
  };
};

interface AddressPlace {
  readonly severity: ProblemSeverity;
  readonly path: FieldPath;
  readonly context: BuildContext;
}

/** Null, and a problem, when the environment holds no address where one is needed, or a wrong one. */
const toSettingsOrReport = (
  known: ProviderProfile,
  { severity, path, context }: AddressPlace,
): ProviderSettings | null => {
  if (known.addressRequired && !hasAddressOf(known, context.environment)) {
    const variable = known.addressVariable ?? known.name;
    context.report({
      code: 'provider_address',
      severity,
      path,
      expected: `the address of ${known.title} in ${variable}`,
      given: 'no such environment variable',
      fix: `set ${variable} to something like ${known.baseUrl}, or say it as providers.${known.name}.base_url`,
    });
    return null;
  }
  try {
    return toKnownSettings(known, context.environment);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const variable = known.addressVariable ?? known.name;
    context.report({
      code: 'provider_address',
      severity,
      path,
      expected: `the address of ${known.title} in ${variable}`,
      given: 'something that is no address',
      fix: `correct or unset ${variable}; until then ${known.name} cannot be used`,
    });
    return null;
  }
};

const buildProvider = async (
  name: string,
  configuration: ProviderConfiguration,
  context: BuildContext,
): Promise<ProviderSettings | null> => {
  const known = findKnownProvider(name);
  const protocol = configuration.protocol ?? known?.protocol;
  const place = { severity: 'error', path: ['providers', name], context } as const;
  if (known !== undefined && configuration.base_url === undefined && toSettingsOrReport(known, place) === null)
    return null;
  const baseUrl =
    configuration.base_url ?? (known === undefined ? undefined : knownBaseUrl(known, context.environment));
  reportMissing(name, { protocol, baseUrl }, context);
  const credentials = configuration.key ?? (known === undefined ? null : keyReference(known, context.environment));
  if (configuration.key !== undefined) await checkKey(name, configuration.key, context);
  checkHeaders(name, configuration.headers ?? {}, context);
  if (protocol === undefined || baseUrl === undefined || !checkBaseUrl(name, baseUrl, { credentials, context }))
    return null;
  return {
    name,
    protocol,
    alsoResponses: protocol === 'openai-chat' && (configuration.responses ?? known?.alsoResponses ?? false),
    baseUrl: baseUrl.replace(/\/+$/, ''),
    credentials,
    headers: configuration.headers ?? {},
    simulated: false,
  };
};

const reportMissing = (
  name: string,
  fields: { protocol: unknown; baseUrl: unknown },
  { report }: BuildContext,
): void => {
  const missing = [
    ...(fields.protocol === undefined ? ['protocol'] : []),
    ...(fields.baseUrl === undefined ? ['base_url'] : []),
  ];
  for (const field of missing)
    report({
      code: 'missing',
      severity: 'error',
      path: ['providers', name, field],
      expected: `${field}, because ${name} is not a known provider`,
      given: 'nothing',
      fix: renderSuggestion(
        name,
        KNOWN_PROVIDERS.map((known) => known.name),
        'add the field',
      ),
    });
};

const checkKey = async (name: string, reference: string, context: BuildContext): Promise<void> => {
  try {
    await resolveSecret(reference, context);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const [blocking] = error.blocking;
    context.report({
      code: 'secret',
      severity: 'error',
      path: ['providers', name, 'key'],
      expected: blocking?.expected ?? 'a readable secret',
      given: `${reference}: ${blocking?.given ?? 'unreadable'}`,
      fix: blocking?.fix ?? 'correct the reference',
    });
  }
};

const SECRET_HEADERS = /^(authorization|proxy-authorization|cookie|x-api-key|api-key|x-goog-api-key)$/i;

/** Said by the connection itself; another one is refused by the sender at every single call. */
const CONNECTION_HEADERS =
  /^(connection|content-length|expect|host|keep-alive|te|trailer|transfer-encoding|upgrade|content-type)$/i;
/** Field values of RFC 9110, section 5.5. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

const checkHeaders = (name: string, headers: Readonly<Record<string, string>>, { report }: BuildContext): void => {
  for (const [header, value] of Object.entries(headers)) {
    const invalid = { code: 'invalid_value', severity: 'error', path: ['providers', name, 'headers', header] } as const;
    if (CONNECTION_HEADERS.test(header))
      report({
        ...invalid,
        expected: 'a header that the connection does not set itself',
        given: header,
        fix: 'remove it',
      });
    else if (!HEADER_VALUE.test(value))
      report({
        ...invalid,
        expected: 'a value that a header can have: one line of Latin characters',
        given: 'line breaks or other characters',
        fix: 'remove them, or encode the value',
      });
    if (!SECRET_HEADERS.test(header) && !looksLikeKey(value)) continue;
    report({
      code: 'literal_secret',
      severity: 'error',
      path: ['providers', name, 'headers', header],
      expected: 'a header without secrets',
      given: 'one that carries a key (not shown)',
      fix: `put the key into an environment variable and name it as key: env:NAME`,
    });
  }
};

/** False, and a problem, when the address cannot be used. A key sent in clear text over a network is a warning. */
const checkBaseUrl = (
  name: string,
  baseUrl: string,
  { credentials, context }: { readonly credentials: string | null; readonly context: BuildContext },
): boolean => {
  const path = ['providers', name, 'base_url'];
  if (!URL.canParse(baseUrl)) {
    const expected = 'an http:// or https:// address';
    context.report({
      code: 'invalid_value',
      severity: 'error',
      path,
      expected,
      given: 'text that is none',
      fix: 'correct the address',
    });
    return false;
  }
  const url = new URL(baseUrl);
  if (url.username !== '' || url.password !== '' || looksLikeKey(url.search)) {
    context.report({
      code: 'literal_secret',
      severity: 'error',
      path,
      expected: 'an address without credentials',
      given: 'one with credentials (not shown)',
      fix: 'remove them and set key: env:NAME',
    });
    return false;
  }
  if (url.protocol === 'http:' && credentials !== null && !isLoopback(url.hostname))
    context.report({
      code: 'clear_text_key',
      severity: 'warning',
      path,
      expected: 'https:// for a server that gets a key',
      given: `http://${url.host}`,
      fix: 'use https, or make sure that only you can read that network',
    });
  return true;
};
