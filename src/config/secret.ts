/** Secrets: references in configuration (`env:NAME`, `file:PATH`), the values behind them, and hashes of client keys. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ConfigError, type Blocking } from '../errors.ts';
import { environmentValue, type Environment } from './environment.ts';

/** Largest secret file. Keys are below 1 kB; service-account files a few. */
export const MAX_SECRET_BYTES = 64 * 1024;

export interface SecretSources {
  readonly environment: Environment;
  /** Folder that relative `file:` paths start from: the configuration file's. */
  readonly folder: string;
}

/**
 * The value behind a reference, trimmed. Throws ConfigError that names the reference and never the value, when the
 * variable or file is missing, empty, too large, or holds characters that no header can carry.
 */
export const resolveSecret = async (reference: string, sources: SecretSources): Promise<string> => {
  const separator = reference.indexOf(':');
  const target = reference.slice(separator + 1);
  switch (reference.slice(0, Math.max(separator, 0))) {
    case 'env':
      return checkSecret(environmentValue(sources.environment, target) ?? '', reference, 'an environment variable');
    case 'file':
      return checkSecret((await readSecretFile(target, reference, sources)).trim(), reference, 'a file');
    default:
      // The text may be the secret itself: it is not repeated.
      throw secretError('a secret', {
        expected: 'env:NAME or file:PATH',
        given: 'something else',
        fix: 'put the secret into a variable or a file and name that here',
      });
  }
};

/** SHA-256 of a client key, 64 hex digits. Unsalted on purpose: keys are 256 random bits, so no dictionary helps. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret, 'utf8').digest('hex');

/** The file behind `file:PATH`; null for other references. */
export const secretFile = (reference: string | null | undefined, folder: string): string | null => {
  if (reference === null || reference === undefined || !reference.startsWith('file:')) return null;
  const path = reference.slice('file:'.length);
  return resolve(folder, path);
};

const secretError = (constraint: string, problem: Omit<Blocking, 'constraint'>): ConfigError =>
  new ConfigError(`${constraint}: expected ${problem.expected}, given ${problem.given}; fix: ${problem.fix}`, {
    code: 'secret_unreadable',
    blocking: [{ constraint, ...problem }],
  });

// eslint-disable-next-line no-control-regex -- control characters are exactly what is looked for
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f]/;

const checkSecret = (secret: string, reference: string, kind: string): string => {
  if (secret === '')
    throw secretError(reference, {
      expected: `${kind} with a secret`,
      given: 'nothing: it is not set or empty',
      fix: 'set it, or remove the reference',
    });
  if (CONTROL_CHARACTERS.test(secret))
    throw secretError(reference, {
      expected: 'one line of text',
      given: 'line breaks or control characters',
      fix: 'keep only the secret itself',
    });
  return secret;
};

const readSecretFile = async (path: string, reference: string, { folder }: SecretSources): Promise<string> => {
  const file = resolve(folder, path);
  const handle = await open(file, 'r').catch((cause: unknown) => {
    throw secretError(reference, {
      expected: 'a readable file',
      given: errorCode(cause),
      fix: 'create the file or correct the path',
    });
  });
  try {
    const buffer = Buffer.alloc(MAX_SECRET_BYTES + 1);
    // One read of one byte more than the limit: never waits for, or reads, all of a device or a huge file.
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0).catch((cause: unknown) => {
      throw secretError(reference, {
        expected: 'a readable file',
        given: errorCode(cause),
        fix: 'name a file, not a folder',
      });
    });
    if (bytesRead > MAX_SECRET_BYTES)
      throw secretError(reference, {
        expected: `at most ${MAX_SECRET_BYTES} bytes`,
        given: 'a larger file',
        fix: 'check that this is the right file',
      });
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
};

/** `ENOENT` and the like, or the kind of the error: never its message, which may hold content. */
const errorCode = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'an unreadable one';
