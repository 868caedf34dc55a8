/** Where imported outcomes go: to the server that holds the store while one runs, else into the store itself. */
import { request } from 'undici';
import { z } from 'zod';
import { StoreError } from '../errors.ts';
import { loadAdminToken } from '../server/admin-token.ts';
import { toOutcomeObject } from '../router/stored.ts';
import { openReader } from '../store/sqlite-reader.ts';
import { openStore } from '../store/sqlite-writer.ts';
import type { OutcomeResult, OutcomeRow } from '../store/store.ts';
import type { CommandContext } from './command.ts';
import { findServer, toAnswerError } from './connect.ts';
import { toHome, toStorePath } from './store-file.ts';

export interface OutcomeSink {
  /** Resolves once they are durable, with the fate of each in the order given. Rejects with StoreError. */
  readonly add: (rows: readonly OutcomeRow[]) => Promise<readonly OutcomeResult[]>;
  readonly close: () => Promise<void>;
}

const openLocal = async (context: CommandContext): Promise<OutcomeSink> => {
  const path = toStorePath(context);
  // A missing store is a wrong home folder: an empty one made here would know none of the decisions.
  await (await openReader({ path })).close();
  // No retention: its limits are the server's to set, and an import must never delete a decision it could label.
  const store = await openStore({ path, now: Date.now, maintenanceIntervalMs: null, onWarning: context.report });
  return { add: store.addOutcomes, close: store.close };
};

const report = z.object({
  outcomes: z.array(z.object({ result: z.enum(['added', 'duplicate', 'unknown_decision']) })),
});

/** The row as the admin API takes it: what the store adds by itself is not sent. */
const toReported = (row: OutcomeRow): object => {
  const { simulated: _simulated, ...sent } = toOutcomeObject(row);
  return sent;
};

/** Rejects with StoreError: to whoever imports, a server that cannot be asked is a store that cannot be had. */
const post = async (url: string, adminToken: string, body: string): Promise<string> => {
  try {
    const answer = await request(`${url}/api/outcomes`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${adminToken}` },
      body,
    });
    const text = await answer.body.text();
    if (answer.statusCode === 200) return text;
    throw toAnswerError(answer.statusCode, text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new StoreError(`The server at ${url} did not take the outcomes: ${message}`, {
      code: 'server_unreachable',
      cause: error,
    });
  }
};

const openRemote = (url: string, adminToken: string): OutcomeSink => ({
  add: async (rows) => {
    if (rows.length === 0) return [];
    const text = await post(url, adminToken, JSON.stringify(rows.map(toReported)));
    return report.parse(JSON.parse(text)).outcomes.map(({ result }) => result);
  },
  close: async () => {},
});

/** Two processes never write one store: while a server runs, it is asked to. Rejects with StoreError. */
export const openOutcomeSink = async (context: CommandContext): Promise<OutcomeSink> => {
  const url = await findServer(context, null);
  if (url === null) return openLocal(context);
  context.report(`The server at ${url} holds the store; the outcomes go through it.`);
  return openRemote(url, await loadAdminToken(toHome(context)));
};
