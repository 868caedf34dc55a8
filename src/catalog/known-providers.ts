/** Providers that need no configuration: a key, or for a local server an address, in the environment is enough. */
import { fileURLToPath } from 'node:url';
import { loadProfiles } from './load-profiles.ts';
import type { ProviderProfile } from './provider-profile.ts';

/** `providers/` of the package: two folders up from `src/catalog` and from `dist/catalog` alike. */
export const PROFILES_FOLDER = fileURLToPath(new URL('../../providers', import.meta.url));

/** In the order in which they are offered: labs, then hosts of many labs' models, then local servers. */
export const KNOWN_PROVIDERS: readonly ProviderProfile[] = loadProfiles(PROFILES_FOLDER);

/** The provider of this name or alias; undefined for one that only configuration can describe. Exact, case-sensitive. */
export const findKnownProvider = (name: string): ProviderProfile | undefined =>
  KNOWN_PROVIDERS.find((provider) => provider.name === name || provider.aliases.includes(name));

/** The known provider that a server is, by the name that configuration gives it, else by its address. */
export const recogniseProvider = (name: string, baseUrl: string): ProviderProfile | undefined => {
  const named = findKnownProvider(name);
  if (named !== undefined || !URL.canParse(baseUrl)) return named;
  const { hostname, port } = new URL(baseUrl);
  return KNOWN_PROVIDERS.find(
    (provider) =>
      provider.hosts.some((host) => hostname === host || hostname.endsWith(`.${host}`)) ||
      (provider.port !== null && port === String(provider.port)),
  );
};

/**
 * How hosts of many labs' models (OpenRouter, Together, Hugging Face names in vLLM) spell a lab before the slash, where
 * that differs from the lab's name here.
 */
export const LAB_NAMES_ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['x-ai', 'xai'],
  ['mistralai', 'mistral'],
  ['qwen', 'alibaba'],
  ['Qwen', 'alibaba'],
  ['meta-llama', 'meta'],
  ['z-ai', 'zai'],
  ['zai-org', 'zai'],
  ['deepseek-ai', 'deepseek'],
  ['MiniMaxAI', 'minimax'],
]);
