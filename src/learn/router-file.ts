/** Router files: artifacts on disk, read whole, checked and hashed. Read when a program starts or reloads, never later. */
import { readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { FEATURE_VERSION } from '../features/extract.ts';
import type { RouterRelease, UnloadableRouter } from '../policy/learned/release.ts';
import { hashArtifact, parseArtifact } from './artifact-file.ts';

/** `artifacts/` of the package: two folders up from `src/learn` and from `dist/learn` alike. */
export const SHIPPED_ROUTER_FILE = fileURLToPath(new URL('../../artifacts/default/router.bin', import.meta.url));

/** Above every artifact that training makes; a wrong path must not fill the memory. */
export const MAX_ROUTER_BYTES = 16 * 1024 * 1024;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

type Refuse = (given: string, fix: string) => UnloadableRouter;

const readRouter = async (path: string, refuse: Refuse): Promise<Uint8Array | UnloadableRouter> => {
  const information = await stat(path).catch(() => null);
  if (information === null || !information.isFile()) return refuse('no such file', 'correct the path');
  if (information.size > MAX_ROUTER_BYTES)
    return refuse(`${information.size} bytes`, `name a file of at most ${MAX_ROUTER_BYTES} bytes`);
  return readFile(path).catch((error: unknown) => refuse(messageOf(error), 'correct its permissions'));
};

/** The artifact whatever features it was trained on, for old records. Never rejects. */
export const loadAnyRouter = async (path: string): Promise<RouterRelease> => {
  const refuse: Refuse = (given, fix) => ({
    type: 'unloadable',
    path,
    expected: 'a trained router',
    given,
    fix,
  });
  const bytes = await readRouter(path, refuse);
  if (!(bytes instanceof Uint8Array)) return bytes;
  try {
    return { type: 'loaded', artifact: parseArtifact(bytes), hash: hashArtifact(bytes), path };
  } catch (error) {
    return refuse(
      `a file that cannot be read (${messageOf(error)})`,
      'train it again, or copy it again from its source',
    );
  }
};

/** The artifact at `path`, if this program's features are those that it was trained on. Never rejects. */
export const loadRouter = async (path: string): Promise<RouterRelease> => {
  const release = await loadAnyRouter(path);
  if (release.type === 'unloadable' || release.artifact.featureVersion === FEATURE_VERSION) return release;
  return {
    type: 'unloadable',
    path,
    expected: `a router trained on features ${FEATURE_VERSION}`,
    given: `one trained on ${release.artifact.featureVersion}`,
    fix: 'train it again with this version',
  };
};
