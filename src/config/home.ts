/** The home folder: where an installation keeps its state. Found usable, or made, before anything is opened in it. */
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { brand } from '../brand.ts';
import { StoreError } from '../errors.ts';

/** Only the owner may look inside: the store, the admin token and the install secret are there. */
const FOLDER_MODE = 0o700;

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

const toFault = (home: string, given: string, cause?: unknown): StoreError => {
  const fix = `Set ${brand.environmentPrefix}HOME or --home to a folder that you may write, or that can be made.`;
  return new StoreError(`The home folder ${home} cannot be used: ${given}. ${fix}`, {
    code: 'home_unusable',
    blocking: [{ constraint: `${brand.environmentPrefix}HOME`, expected: 'a folder', given, fix }],
    cause,
  });
};

/** What stands at a path: a folder, nothing, or nothing because something above it is no folder. */
const lookAt = async (path: string, home: string): Promise<'folder' | 'missing'> => {
  try {
    if ((await stat(path)).isDirectory()) return 'folder';
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'missing';
    throw toFault(home, `${path} cannot be read (${code})`, error);
  }
  throw toFault(home, `${path} is a file`);
};

/** Folders that are missing on the way to `home`, outermost first. Throws StoreError where a file is in the way. */
export const findMissingFolders = async (home: string): Promise<readonly string[]> => {
  const missing: string[] = [];
  for (let folder = home; (await lookAt(folder, home)) === 'missing'; folder = dirname(folder)) missing.unshift(folder);
  return missing;
};

/**
 * Makes `home` where it is missing. Throws StoreError. One folder after the other: Node's recursive `mkdir` never
 * returns where the system refuses a new folder with ENOENT, as below /proc (seen with Node 26).
 */
export const createHome = async (home: string): Promise<void> => {
  for (const folder of await findMissingFolders(home)) {
    try {
      await mkdir(folder, { mode: FOLDER_MODE });
    } catch (error) {
      // Another process that starts at the same time may have made it.
      if (codeOf(error) !== 'EEXIST') throw toFault(home, `${folder} cannot be made (${codeOf(error)})`, error);
    }
  }
};
