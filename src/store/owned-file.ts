/** Files of a home folder that only their owner may read, written whole or not at all. */
import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

const OWNER_ONLY = { file: 0o600, folder: 0o700 } as const;

/** Makes the folder where there is none. Readers see the file that was there before, or the new one, never a part. */
export const writeOwnedFile = async (path: string, content: Uint8Array | string | Iterable<string>): Promise<void> => {
  const unfinished = `${path}.${randomUUID()}`;
  await mkdir(dirname(path), { recursive: true, mode: OWNER_ONLY.folder });
  try {
    await writeFile(unfinished, content, { mode: OWNER_ONLY.file, flag: 'wx' });
    await rename(unfinished, path);
  } finally {
    await rm(unfinished, { force: true });
  }
};
