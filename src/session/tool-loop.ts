/**
 * The open tool loop: between a model's calls and its answer to their results the component must not change. Another
 * model cannot verify the reasoning behind the calls, and would begin the work anew.
 */
import type { Effort } from '../canonical/effort.ts';
import type { Message } from '../canonical/message.ts';
import type { CanonicalRequest } from '../canonical/request.ts';
import { fingerprintConversation } from './fingerprint.ts';

/** What answered a request that a loop may have begun with. */
export interface LoopChoice {
  readonly component: string;
  readonly effort: Effort | null;
}

export interface OpenLoop extends LoopChoice {
  /** The same for all requests of one loop. */
  readonly sessionId: string;
}

/** Whose conversation it is: another key's or another model name's is another conversation. */
export interface LoopOwner {
  /** Hash of the client key; null without keys. */
  readonly key: string | null;
  readonly model: string;
}

export interface ToolLoops {
  /** The loop that the request goes on with; null when it answers no call, or nobody here made the call. */
  readonly find: (request: CanonicalRequest, owner: LoopOwner) => OpenLoop | null;
  /** Remembers who answered, for the case that the answer held calls. */
  readonly remember: (request: CanonicalRequest, owner: LoopOwner, choice: LoopChoice) => void;
}

/** For who decides without serving: no request is another's continuation. */
export const NO_TOOL_LOOPS: ToolLoops = { find: () => null, remember: () => undefined };

export interface ToolLoopOptions {
  readonly now: () => number;
  /** Requests remembered; the oldest go first. */
  readonly maxRequests?: number;
  /** After so long a silence a loop is over. */
  readonly lifetimeMs?: number;
}

const MAX_REQUESTS = 10_000;
const LIFETIME_MS = 3_600_000;
const SESSION_DIGITS = 16;

interface Entry extends OpenLoop {
  readonly atMs: number;
}

/** Index of the assistant's message whose calls the last messages answer; -1 when there is none. */
const findOpenCall = (messages: readonly Message[]): number => {
  const at = messages.findLastIndex(({ role }) => role === 'assistant');
  const calls = messages[at]?.content.some(({ type }) => type === 'tool-call') === true;
  // Reminders of a harness may follow the results in a user message.
  return calls && messages.slice(at + 1).some(({ role }) => role === 'tool') ? at : -1;
};

const toKey = ({ key, model }: LoopOwner, messages: readonly Message[]): string =>
  `${key ?? ''} ${model} ${fingerprintConversation(messages)}`;

/** A memory of this process: after a restart an open loop is decided anew. */
export const createToolLoops = (options: ToolLoopOptions): ToolLoops => {
  const { now, maxRequests = MAX_REQUESTS, lifetimeMs = LIFETIME_MS } = options;
  const entries = new Map<string, Entry>();

  const find = (request: CanonicalRequest, owner: LoopOwner): Entry | null => {
    const at = findOpenCall(request.messages);
    if (at < 0) return null;
    const entry = entries.get(toKey(owner, request.messages.slice(0, at)));
    return entry === undefined || now() - entry.atMs > lifetimeMs ? null : entry;
  };

  return {
    find,
    remember: (request, owner, choice) => {
      // Without tools no answer can hold a call.
      if (request.tools.length === 0) return;
      const key = toKey(owner, request.messages);
      const sessionId =
        find(request, owner)?.sessionId ?? `s_${fingerprintConversation(request.messages).slice(0, SESSION_DIGITS)}`;
      entries.delete(key);
      entries.set(key, { ...choice, sessionId, atMs: now() });
      const [oldest] = entries.keys();
      if (entries.size > maxRequests && oldest !== undefined) entries.delete(oldest);
    },
  };
};
