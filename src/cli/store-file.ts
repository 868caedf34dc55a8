/** The store that the command line reads and writes: where it is, and what to say when it cannot be had. */
import { dirname, join } from 'node:path';
import { readEnvironment } from '../config/environment.ts';
import { findMissingFolders } from '../config/home.ts';
import { resolveHome } from '../config/settings.ts';
import { StoreError } from '../errors.ts';
import { STORE_FILE } from '../index.ts';
import { openReader } from '../store/sqlite-reader.ts';
import type { StoreReader } from '../store/store.ts';
import type { CommandContext, ExitCode } from './command.ts';

/** The home folder that the flags and the environment name. */
export const toHome = ({ flags }: CommandContext): string => resolveHome(readEnvironment(), flags.home);

export const toStorePath = (context: CommandContext): string => join(toHome(context), STORE_FILE);

/** Runs `body` on an open store of any kind and always closes it. Exit code 3, with the reason, when it cannot be had. */
export const withOpened = async <Opened extends { readonly close: () => Promise<void> }>(
  context: CommandContext,
  open: () => Promise<Opened>,
  body: (opened: Opened) => Promise<ExitCode>,
): Promise<ExitCode> => {
  let opened: Opened | undefined;
  try {
    opened = await open();
    return await body(opened);
  } catch (error) {
    if (!(error instanceof StoreError)) {
      throw error;
    }
    context.fail(error.message);
    return 3;
  } finally {
    await opened?.close();
  }
};

export const withReader = (
  context: CommandContext,
  body: (reader: StoreReader) => Promise<ExitCode>,
): Promise<ExitCode> => withOpened(context, () => openStoreReader(context), body);

const openStoreReader = async (context: CommandContext): Promise<StoreReader> => {
  const path = toStorePath(context);
  // A file in the way gets its own message: "no store there" would not say why none can be.
  await findMissingFolders(dirname(path));
  return openReader({ path });
};
