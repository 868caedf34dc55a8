/**
 * Sessions beyond a process: a file of the home folder, so that a restart changes nothing inside an open tool loop. One line
 * a turn, appended every second; written anew at the start and when it has grown long.
 */
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { EFFORTS } from '../canonical/effort.ts';
import { isMissingFile } from '../errors.ts';
import { writeOwnedFile } from '../store/owned-file.ts';
import type { Sessions } from './sessions.ts';
import type { SavedTurn } from './turn-memory.ts';

export const toSessionsPath = (home: string): string => join(home, 'sessions.jsonl');

/** What a killed process has learned of conversations since is lost with it. */
const SAVED_EVERY_MS = 1_000;
/** Lines appended before the file is written anew with what still counts. */
const MAX_APPENDED_LINES = 20_000;

const count = z.int().nonnegative();

const turnSchema = z.tuple([
  z.string(),
  z.strictObject({
    id: z.string(),
    component: z.string(),
    effort: z.enum(EFFORTS).nullable(),
    turns: count,
    atMs: z.number(),
    movesDown: count,
    warm: z.array(z.strictObject({ component: z.string(), tokens: count, untilMs: z.number() })),
  }),
]);

/** Null for a line that is none: the last one of a killed process may be cut, and an older version may have written others. */
const parseTurn = (line: string): SavedTurn | null => {
  try {
    return turnSchema.parse(JSON.parse(line));
  } catch {
    return null;
  }
};

const toLines = (turns: readonly SavedTurn[]): string => turns.map((turn) => `${JSON.stringify(turn)}\n`).join('');

/** No file: no turns. */
const loadTurns = async (path: string): Promise<readonly SavedTurn[]> => {
  try {
    const lines = (await readFile(path, 'utf8')).split('\n');
    return lines.map(parseTurn).filter((turn) => turn !== null);
  } catch (error) {
    if (isMissingFile(error)) return [];
    throw error;
  }
};

export interface KeepOptions {
  readonly sessions: Sessions;
  readonly path: string;
  /** A file that cannot be read or written costs the memory of conversations, no request. */
  readonly onFailure: (error: unknown) => void;
}

export interface KeptSessions {
  /** Writes what is new, and no more after it. */
  readonly close: () => Promise<void>;
}

/** Takes over what the process before knew, and writes down what this one learns. */
export const keepSessions = async ({ sessions, path, onFailure }: KeepOptions): Promise<KeptSessions> => {
  sessions.restore(await loadTurns(path).catch((error: unknown) => (onFailure(error), [])));
  /** More than is allowed: the first writing makes the file anew, without what is over. */
  let appended = MAX_APPENDED_LINES;
  const save = async (): Promise<void> => {
    const turns = sessions.takeNew();
    if (turns.length === 0) return;
    appended += turns.length;
    try {
      if (appended <= MAX_APPENDED_LINES) await appendFile(path, toLines(turns));
      else {
        await writeOwnedFile(path, toLines(sessions.all()));
        appended = 0;
      }
    } catch (error) {
      onFailure(error);
    }
  };
  let saving = Promise.resolve();
  const timer = setInterval(() => {
    saving = saving.then(save);
  }, SAVED_EVERY_MS).unref();
  return {
    close: async () => {
      clearInterval(timer);
      saving = saving.then(save);
      await saving;
    },
  };
};
