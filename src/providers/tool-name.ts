/** Tool names and call ids in the alphabet that providers accept, distinct where the client's were distinct. */
import { createHash } from 'node:crypto';
import type { Deployment } from '../catalog/component.ts';
import type { CanonicalRequest } from '../canonical/request.ts';
import type { AnswerContext } from './provider.ts';

/** Letters, digits, `_` and `-`: what OpenAI and Anthropic accept in tool names and Anthropic in call ids. */
const ACCEPTED = /^[a-zA-Z0-9_-]+$/;
const HASH_DIGITS = 8;

export interface Renaming {
  /** The accepted form; the same for the same original, different for different originals. */
  readonly rename: (original: string) => string;
  /** Original by accepted form, only where they differ. */
  readonly renamed: ReadonlyMap<string, string>;
}

/**
 * Replaces characters outside the alphabet by `_` and shortens to `maximumLength`. A changed name ends with a hash of
 * the original, so that `a.b` and `a:b` stay apart and the same tool has the same name in every request (a name that
 * depended on the other tools would change the prompt's prefix and lose the provider's cache).
 */
export const createRenaming = (maximumLength: number): Renaming => {
  const byOriginal = new Map<string, string>();
  const renamed = new Map<string, string>();
  const rename = (original: string): string => {
    if (original.length <= maximumLength && ACCEPTED.test(original)) return original;
    const known = byOriginal.get(original);
    if (known !== undefined) return known;
    const hash = createHash('sha256').update(original).digest('hex').slice(0, HASH_DIGITS);
    const base = original.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, maximumLength - HASH_DIGITS - 1);
    const accepted = `${base}_${hash}`;
    byOriginal.set(original, accepted);
    renamed.set(accepted, original);
    return accepted;
  };
  return { rename, renamed };
};

const PRESCRIBED_CHARACTERS = 9;

/** Nine letters or digits. */
export const isPrescribedId = (id: string): boolean => /^[a-zA-Z0-9]{9}$/.test(id);

/** Call ids of exactly nine letters or digits, which Mistral insists on: hashes, so that call and result still agree. */
export const createPrescribedIds = (): Renaming => ({
  rename: (original) =>
    isPrescribedId(original)
      ? original
      : createHash('sha256').update(original).digest('hex').slice(0, PRESCRIBED_CHARACTERS),
  renamed: new Map(),
});

/** First 12 hex digits of the SHA-256 of a credentials reference (never of the secret). */
export const toAccount = (credentials: string | null): string | null =>
  credentials === null ? null : createHash('sha256').update(credentials).digest('hex').slice(0, 12);

/** Context of an answer whose request needed no renaming. */
const plainContexts = new WeakMap<Deployment, AnswerContext>();

/** The same object for the same deployment: hashing its credentials reference in every request would be waste. */
export const plainContext = (deployment: Deployment): AnswerContext => {
  const known = plainContexts.get(deployment);
  if (known !== undefined) return known;
  const context = createPlainContext(deployment);
  plainContexts.set(deployment, context);
  return context;
};

const createPlainContext = (deployment: Deployment): AnswerContext => ({
  provider: deployment.provider,
  model: deployment.upstreamModel,
  account: toAccount(deployment.credentials),
  wrappedTools: new Set(),
  toolNames: new Map(),
});

/** Context of an answer to a request whose custom tools were wrapped and whose names went through `names`. */
export const wrappedContext = (
  request: CanonicalRequest,
  { deployment, names, wrap }: { deployment: Deployment; names: Renaming; wrap: boolean },
): AnswerContext => ({
  ...plainContext(deployment),
  choices: request.sampling.choices ?? 1,
  wrappedTools: new Set(
    wrap ? request.tools.filter((tool) => tool.type === 'custom').map((tool) => names.rename(tool.name)) : [],
  ),
  toolNames: names.renamed,
});
