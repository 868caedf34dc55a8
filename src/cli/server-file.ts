/** Where the running server of a home folder is: written by `serve`, read by the commands that talk to it. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const SERVER_FILE = 'server.json';

const schema = z.object({ url: z.url(), pid: z.number().int() });

export type RunningServer = z.infer<typeof schema>;

export const writeServerFile = (home: string, server: RunningServer): void =>
  writeFileSync(join(home, SERVER_FILE), `${JSON.stringify(server)}\n`, { mode: 0o600 });

export const removeServerFile = (home: string): void => rmSync(join(home, SERVER_FILE), { force: true });

/** What the file says, or null. After a kill -9 it names a server that is gone: callers must try it. */
export const readServerFile = (home: string): RunningServer | null => {
  try {
    return schema.parse(JSON.parse(readFileSync(join(home, SERVER_FILE), 'utf8')));
  } catch {
    // Missing, half written or of another version: in every case there is no server to be found through it.
    return null;
  }
};
