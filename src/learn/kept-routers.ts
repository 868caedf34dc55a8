/**
 * Kept routers: every artifact that was in force, as `<hash>.bin` in a folder of its own, so that a decision can be made
 * again after its router was replaced.
 */
import { access, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '../errors.ts';
import type { LoadedRouter } from '../policy/learned/release.ts';
import { hashArtifact } from './artifact-file.ts';
import { writeOwnedFile } from '../store/owned-file.ts';
import { loadAnyRouter } from './router-file.ts';

const ENDING = '.bin';

/** Newest routers that stay: with one a day more than the default retention of decisions, and some 100 MB. */
export const MAX_KEPT_ROUTERS = 60;

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const listKept = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder).catch((): string[] => [])).filter((file) => file.endsWith(ENDING));

/** Whoever kept one more removes the oldest: so the folder is bounded without a task that watches it. */
const dropOldest = async (folder: string): Promise<void> => {
  const files = (await listKept(folder)).map((file) => join(folder, file));
  if (files.length <= MAX_KEPT_ROUTERS) return;
  const ages = await Promise.all(files.map(async (file) => ({ file, atMs: (await stat(file)).mtimeMs })));
  const oldest = ages.toSorted((left, right) => right.atMs - left.atMs).slice(MAX_KEPT_ROUTERS);
  for (const { file } of oldest) await rm(file, { force: true });
};

/**
 * Copies a router into `folder` unless it is there. Readers see the whole file or none. Rejects with DataError when the
 * file is no longer the one that was loaded.
 */
export const keepRouter = async (folder: string, { path, hash }: LoadedRouter): Promise<void> => {
  const kept = join(folder, `${hash}${ENDING}`);
  if (await isThere(kept)) return;
  const bytes = await readFile(path);
  if (hashArtifact(bytes) !== hash) throw new DataError(`${path} changed while it was taken over.`);
  await writeOwnedFile(kept, bytes);
  await dropOldest(folder);
};

/** The kept router whose hash begins with `prefix`; undefined where there is none or its file is damaged. */
export const findKeptRouter = async (folder: string, prefix: string): Promise<LoadedRouter | undefined> => {
  const file = (await listKept(folder)).find((name) => name.startsWith(prefix));
  if (file === undefined) return undefined;
  const release = await loadAnyRouter(join(folder, file));
  return release.type === 'loaded' && `${release.hash}${ENDING}` === file ? release : undefined;
};
