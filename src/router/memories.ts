/** What of one request means something for the next: who answered, and thoughts that only their maker can read. */
import { createOpaqueMemory } from '../session/opaque-memory.ts';
import { keepSessions, toSessionsPath, type KeptSessions } from '../session/session-file.ts';
import { createSessions } from '../session/sessions.ts';
import type { RouterOptions } from './router.ts';

export interface MemoriesOptions {
  readonly now: () => number;
  /** Conversations are carried over to the next process in it; thoughts are lost with this one, for clients send them back. */
  readonly home: string;
  readonly onFailure: (error: unknown) => void;
}

export type Memories = Pick<RouterOptions, 'sessions' | 'thoughts'>;

export const openMemories = async ({ now, home, onFailure }: MemoriesOptions): Promise<[Memories, KeptSessions]> => {
  const sessions = createSessions({ now });
  const kept = await keepSessions({ sessions, path: toSessionsPath(home), onFailure });
  return [{ sessions, thoughts: createOpaqueMemory({ now }) }, kept];
};
