/** The memory of answered turns, by the key under which the next turn of the conversation finds them: bounded by number and age. */
import type { Effort } from '../canonical/effort.ts';

/** Tokens of the conversation that are in a component's prompt cache. */
export interface Warmth {
  readonly component: string;
  readonly tokens: number;
  readonly untilMs: number;
}

/** What is remembered of one turn. */
export interface TurnEntry {
  /** Of the session. */
  readonly id: string;
  /** Who answered. */
  readonly component: string;
  readonly effort: Effort | null;
  /** Turns answered so far. */
  readonly turns: number;
  readonly warm: readonly Warmth[];
  readonly atMs: number;
  readonly movesDown: number;
}

/** By the key under which it is found: plain data, for whoever keeps it beyond this process. */
export type SavedTurn = readonly [string, TurnEntry];

export interface TurnMemoryOptions {
  readonly now: () => number;
  /** Turns remembered; the oldest go first. */
  readonly maxTurns: number;
  /** After so long a silence a turn is forgotten. */
  readonly lifetimeMs: number;
}

export interface TurnMemory {
  readonly read: (key: string) => TurnEntry | null;
  readonly put: (key: string, entry: TurnEntry) => void;
  /** What was put since it was last taken, oldest first. */
  readonly takeNew: () => readonly SavedTurn[];
  /** Everything, oldest first. */
  readonly all: () => readonly SavedTurn[];
  /** Turns of an earlier process, oldest first. What this one remembers already stands. */
  readonly restore: (saved: readonly SavedTurn[]) => void;
}

export const createTurnMemory = ({ now, maxTurns, lifetimeMs }: TurnMemoryOptions): TurnMemory => {
  const entries = new Map<string, TurnEntry>();
  /** Keys of turns that nobody has taken yet, oldest first. */
  const untaken = new Set<string>();

  const keep = (key: string, entry: TurnEntry): void => {
    entries.delete(key);
    entries.set(key, entry);
    const [oldest] = entries.keys();
    if (entries.size <= maxTurns || oldest === undefined) return;
    entries.delete(oldest);
    untaken.delete(oldest);
  };

  return {
    read: (key) => {
      const entry = entries.get(key);
      return entry === undefined || now() - entry.atMs > lifetimeMs ? null : entry;
    },
    put: (key, entry) => {
      keep(key, entry);
      untaken.delete(key);
      untaken.add(key);
    },
    takeNew: () => {
      const taken = [...untaken].flatMap((key): readonly SavedTurn[] => {
        const entry = entries.get(key);
        return entry === undefined ? [] : [[key, entry]];
      });
      untaken.clear();
      return taken;
    },
    all: () => [...entries],
    restore: (saved) => {
      const own = [...entries];
      entries.clear();
      for (const [key, entry] of [...saved, ...own]) keep(key, entry);
    },
  };
};
