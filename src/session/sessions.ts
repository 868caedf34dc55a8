/**
 * Sessions: what the answered turns of a conversation mean for its next one. Who answered, so that nobody changes inside
 * an open tool loop and seldom elsewhere; what is still warm in whose prompt cache.
 */
import type { Effort } from '../canonical/effort.ts';
import type { Message } from '../canonical/message.ts';
import type { CanonicalRequest } from '../canonical/request.ts';
import { CACHE_LIFETIME_MS, type CachedTokens } from './cached-tokens.ts';
import { fingerprintConversation } from './fingerprint.ts';
import { createTurnMemory, type SavedTurn, type TurnEntry, type Warmth } from './turn-memory.ts';

/** Whose conversation it is: another key's or another model name's is another conversation. */
export interface SessionOwner {
  /** Hash of the client key; null without keys. */
  readonly key: string | null;
  readonly model: string;
  /** The client's own id of the session; null: it sent none. */
  readonly id: string | null;
  /** The id alone finds the session. */
  readonly isWhole: boolean;
}

/** A session as its next turn finds it. */
export interface Session {
  readonly id: string;
  /** Who answered last. */
  readonly component: string;
  readonly effort: Effort | null;
  /** Turns answered so far. */
  readonly turns: number;
  /** The request answers a call that the last answer made. */
  readonly isToolLoop: boolean;
  /** The last answer is not older than a prompt cache lives. */
  readonly isRecent: boolean;
  readonly warm: readonly Warmth[];
  readonly movesDownLeft: number;
}

/** One turn that was answered. */
export interface AnsweredTurn {
  /** As the turn found it; null: it was the first. */
  readonly session: Session | null;
  /** Id of the session that begins with this turn, if one does. */
  readonly newId: string;
  readonly component: string;
  readonly effort: Effort | null;
  readonly isMoveDown: boolean;
  readonly cached: CachedTokens;
}

export interface Sessions {
  /** The session that the request goes on with; null when nobody here answered a turn of it. */
  readonly find: (request: CanonicalRequest, owner: SessionOwner) => Session | null;
  readonly remember: (request: CanonicalRequest, owner: SessionOwner, turn: AnsweredTurn) => void;
  /** What was remembered since it was last taken, oldest first. */
  readonly takeNew: () => readonly SavedTurn[];
  /** Everything, oldest first. */
  readonly all: () => readonly SavedTurn[];
  /** Turns of an earlier process, oldest first. What this one remembers already stands. */
  readonly restore: (saved: readonly SavedTurn[]) => void;
}

/** For who decides without serving: no request is another's continuation. */
export const NO_SESSIONS: Sessions = {
  find: () => null,
  remember: () => undefined,
  takeNew: () => [],
  all: () => [],
  restore: () => undefined,
};

export interface SessionsOptions {
  readonly now: () => number;
  /** Turns remembered; the oldest go first. */
  readonly maxTurns?: number;
  /** After so long a silence a session is over. */
  readonly lifetimeMs?: number;
}

const MAX_TURNS = 10_000;
const LIFETIME_MS = 3_600_000;
/** Moves down before a session stays up until it rests: up and down with every turn helps neither quality nor cost. */
const MAX_MOVES_DOWN = 2;

/** Index where the last answer begins: an answer may be several messages, and a last one is a beginning to go on from. */
const findLastAnswer = (messages: readonly Message[]): number => {
  let at = messages.slice(0, -1).findLastIndex(({ role }) => role === 'assistant');
  while (at > 0 && messages[at - 1]?.role === 'assistant') at -= 1;
  return at;
};

const isToolCall = ({ type }: Message['content'][number]): boolean => type === 'tool-call';

/** Reminders of a harness may follow the results in a user message. */
const isOpenLoop = (messages: readonly Message[], answerAt: number): boolean => {
  const since = messages.slice(answerAt);
  const calls = since.some(({ role, content }) => role === 'assistant' && content.some(isToolCall));
  return calls && since.some(({ role }) => role === 'tool');
};

const toPrefixKey = ({ key, model, id }: SessionOwner, messages: readonly Message[]): string =>
  `${key ?? ''} ${model} ${id ?? ''} ${fingerprintConversation(messages)}`;

const toIdKey = ({ key, model, id }: SessionOwner): string => `${key ?? ''} ${model} ${id ?? ''}`;

/** A memory of this process; `takeNew` and `restore` carry it over to the next one. */
export const createSessions = (options: SessionsOptions): Sessions => {
  const { now, maxTurns = MAX_TURNS, lifetimeMs = LIFETIME_MS } = options;
  const turns = createTurnMemory({ now, maxTurns, lifetimeMs });

  const toSession = (entry: TurnEntry, isToolLoop: boolean): Session => {
    const isRecent = now() - entry.atMs <= CACHE_LIFETIME_MS;
    return {
      id: entry.id,
      component: entry.component,
      effort: entry.effort,
      turns: entry.turns,
      isToolLoop,
      isRecent,
      warm: entry.warm.filter(({ untilMs }) => untilMs >= now()),
      movesDownLeft: isRecent ? Math.max(0, MAX_MOVES_DOWN - entry.movesDown) : MAX_MOVES_DOWN,
    };
  };

  return {
    find: (request, owner) => {
      const { messages } = request;
      const at = findLastAnswer(messages);
      const continued = at < 0 ? null : turns.read(toPrefixKey(owner, messages.slice(0, at)));
      if (continued !== null) return toSession(continued, isOpenLoop(messages, at));
      const named = owner.isWhole ? turns.read(toIdKey(owner)) : null;
      // Another conversation under the same id: what was cached is of the other one.
      return named === null ? null : { ...toSession(named, false), warm: [] };
    },
    remember: (request, owner, turn) => {
      const { session, component, effort, cached } = turn;
      const atMs = now();
      const others = (session?.warm ?? []).filter((each) => each.component !== component);
      const own = cached.tokens === 0 ? [] : [{ component, tokens: cached.tokens, untilMs: atMs + cached.lifetimeMs }];
      const movesDown = session === null ? 0 : MAX_MOVES_DOWN - session.movesDownLeft;
      const entry: TurnEntry = {
        id: session?.id ?? owner.id ?? turn.newId,
        component,
        effort,
        turns: (session?.turns ?? 0) + 1,
        atMs,
        movesDown: movesDown + (turn.isMoveDown ? 1 : 0),
        warm: [...own, ...others],
      };
      const keys = [toPrefixKey(owner, request.messages), ...(owner.isWhole ? [toIdKey(owner)] : [])];
      for (const key of keys) turns.put(key, entry);
    },
    takeNew: turns.takeNew,
    all: turns.all,
    restore: turns.restore,
  };
};
