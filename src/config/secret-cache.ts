/** Secrets of files, read once for many calls: opening a file in every one of them is half of what a call costs here. */

/** After so long a file is read again: a key that was replaced is in use within a second. */
export const SECRET_LIFETIME_MS = 1_000;

export interface SecretCacheOptions {
  readonly resolve: (reference: string) => Promise<string>;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly lifetimeMs?: number;
}

interface Read {
  readonly secret: Promise<string>;
  readonly atMs: number;
}

/** Like `resolve`, for `file:` references at most once in a lifetime. A failure is not kept. */
export const createSecretCache = (options: SecretCacheOptions): ((reference: string) => Promise<string>) => {
  const { resolve, now, lifetimeMs = SECRET_LIFETIME_MS } = options;
  const reads = new Map<string, Read>();
  return (reference) => {
    // A variable is at hand.
    if (!reference.startsWith('file:')) return resolve(reference);
    const known = reads.get(reference);
    if (known !== undefined && now() - known.atMs < lifetimeMs) return known.secret;
    const secret = resolve(reference);
    const read = { secret, atMs: now() };
    reads.set(reference, read);
    const forget = (): void => {
      if (reads.get(reference) === read) reads.delete(reference);
    };
    secret.catch(forget);
    return secret;
  };
};
