/** Secrets of this installation: the admin token and the install secret, made on first start, readable by the owner only. */
import { randomBytes } from 'node:crypto';
import { chmod, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createHome } from '../config/home.ts';
import { isMissingFile, StoreError } from '../errors.ts';

const TOKEN_BYTES = 32;
const OWNER_ONLY = 0o600;

export const ADMIN_TOKEN_FILE = 'admin-token';
export const INSTALL_SECRET_FILE = 'install-secret';

const fault = (path: string, problem: string, cause: unknown): StoreError =>
  new StoreError(`${path} ${problem}`, { code: 'home_unusable', cause });

const exists = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EEXIST';

const read = async (path: string): Promise<string | null> => {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (isMissingFile(error)) return null;
    throw fault(path, `cannot be read: ${String(error)}. Give it to the user that runs this.`, error);
  }
};

/** The secret in `home/name`, made when it is missing. Two starts at once agree on one: `wx` lets only one create it. */
const loadOrCreate = async (home: string, name: string, prefix: string): Promise<string> => {
  const path = join(home, name);
  await createHome(home);
  const known = await read(path);
  if (known !== null && known !== '') return known;
  try {
    const file = await open(path, 'wx', OWNER_ONLY);
    const secret = prefix + randomBytes(TOKEN_BYTES).toString('base64url');
    await file.writeFile(`${secret}\n`);
    await file.close();
    return secret;
  } catch (error) {
    if (!exists(error)) throw fault(path, `cannot be written: ${String(error)}. --home names another folder.`, error);
    const other = await read(path);
    if (other !== null && other !== '') return other;
    throw fault(path, 'is empty; delete it and start again.', error);
  }
};

export const loadAdminToken = async (home: string): Promise<string> => {
  const token = await loadOrCreate(home, ADMIN_TOKEN_FILE, 'gba_');
  // A token that was copied or restored with wider permissions is narrowed again rather than trusted silently.
  await chmod(join(home, ADMIN_TOKEN_FILE), OWNER_ONLY);
  return token;
};

/** Key of every draw; a client can neither know nor choose it. */
export const loadInstallSecret = (home: string): Promise<string> => loadOrCreate(home, INSTALL_SECRET_FILE, '');
