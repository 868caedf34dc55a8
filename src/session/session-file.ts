/**
 * Sessions beyond a process: a file of the home folder, so that a restart changes nothing inside an open tool loop. One line
 * a turn, appended every second; written anew at the start and when it has grown long.
 */
import { appendFile, open } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissingFile } from '../errors.ts';
import { writeOwnedFile } from '../store/owned-file.ts';
import type { Sessions } from './sessions.ts';
import type { SavedTurn, TurnEntry } from './turn-memory.ts';

export const toSessionsPath = (home: string): string => join(home, 'sessions.jsonl');

/** What a killed process has learned of conversations since is lost with it. */
const SAVED_EVERY_MS = 1_000;
/** Lines appended before the file is written anew with what still counts. */
const MAX_APPENDED_LINES = 10_000;

/** The first line: which program's lines follow. Others begin a file of their own. */
const HEADER = '{"sessions":1}\n';

/** Null for a line that is none: the last one of a killed process may be cut. Not checked beyond that, at tens of thousands a start. */
const parseTurn = (line: string): SavedTurn | null => {
  try {
    return JSON.parse(line) as SavedTurn; // written by this program: the header says so
  } catch {
    return null;
  }
};

/** Some 50 kB: buffers of megabytes, every second, would leave the process large for good. */
const CHUNK_TURNS = 128;

function* toChunks(turns: readonly SavedTurn[]): Generator<string> {
  for (let from = 0; from < turns.length; from += CHUNK_TURNS) {
    const chunk = turns.slice(from, from + CHUNK_TURNS);
    yield chunk.map((turn) => `${JSON.stringify(turn)}\n`).join('');
  }
}

function* toFile(turns: readonly SavedTurn[]): Generator<string> {
  yield HEADER;
  yield* toChunks(turns);
}

/** The latest of each key, oldest first; no file: none. Line by line, or a start would need memory for all of them at once. */
const loadTurns = async (path: string): Promise<readonly SavedTurn[]> => {
  const latest = new Map<string, TurnEntry>();
  try {
    const file = await open(path);
    let isHeader = true;
    for await (const line of file.readLines()) {
      if (isHeader && `${line}\n` !== HEADER) break;
      const turn = isHeader ? null : parseTurn(line);
      isHeader = false;
      if (turn === null) continue;
      latest.delete(turn[0]);
      latest.set(...turn);
    }
  } catch (error) {
    if (!isMissingFile(error)) throw error;
  }
  return [...latest];
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
      if (appended > MAX_APPENDED_LINES) {
        await writeOwnedFile(path, toFile(sessions.all()));
        appended = 0;
      } else for (const chunk of toChunks(turns)) await appendFile(path, chunk);
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
