/** One paid call of somebody's log, in no log's words. */
import type { Usage } from '../canonical/usage.ts';

/**
 * What the call answered. `prompt`: words of a person. `tool-loop`: the result of a tool, in the middle of a turn, where
 * another model would lose the cache and could not read the reasoning. `unknown`: the log does not say.
 */
export type Turn = 'prompt' | 'tool-loop' | 'unknown';

export interface AuditedCall {
  /** As the log names it. */
  readonly model: string;
  /** Provider as the log names it; null where it does not. */
  readonly provider: string | null;
  /** Milliseconds since 1970; null where the log does not say. */
  readonly atMs: number | null;
  readonly usage: Usage;
  /** What the log itself says was paid, micro-dollars; null where it does not. */
  readonly billedMicroUsd: number | null;
  readonly turn: Turn;
  /** Words of the person in the turn; null where they were not logged. Never leaves this process. */
  readonly prompt: string | null;
}

/** One line of a log: a call, something that is no call, or something that could not be read and why. */
export type ReadLine =
  | { readonly type: 'calls'; readonly calls: readonly AuditedCall[] }
  | { readonly type: 'other' }
  | { readonly type: 'unread'; readonly reason: string };

/** Reads one file in order. Logs of agents tell of one call over several lines, so some come out at the end only. */
export interface LogReader {
  readonly read: (value: unknown) => ReadLine;
  readonly end: () => readonly AuditedCall[];
}

export const OTHER: ReadLine = { type: 'other' };

export const unread = (reason: string): ReadLine => ({ type: 'unread', reason });
