/**
 * Opaque reasoning that clients drop: many send back the calls of a turn and not the thoughts before them, which only their
 * maker can read and which it wants back. What an answer with calls held is kept here under the ids of its calls, and put
 * back where the client left it out. Whether it may go to whoever answers next, its provenance says.
 */
import type { ContentPart, OpaqueReasoning, ReasoningPart, ToolCallPart } from '../canonical/content.ts';
import type { Message } from '../canonical/message.ts';
import type { CanonicalRequest } from '../canonical/request.ts';

export interface OpaqueMemory {
  /** Keeps what an answer held, if it made calls and thought in a form that only its maker can read. */
  readonly remember: (owner: string | null, content: readonly ContentPart[]) => void;
  /** The request with what its client dropped; the same object when nothing was. `owner`: hash of the client key. */
  readonly reattach: (request: CanonicalRequest, owner: string | null) => CanonicalRequest;
}

export interface OpaqueMemoryOptions {
  readonly now: () => number;
  readonly maxCharacters?: number;
  readonly lifetimeMs?: number;
}

/** Thoughts are long: a hundred kilobytes are no exception. */
const MAX_CHARACTERS = 64 * 1024 * 1024;
const LIFETIME_MS = 3_600_000;

interface Turn {
  /** In the order in which they were thought, all before the first call. */
  readonly reasoning: readonly ReasoningPart[];
  readonly ofCalls: ReadonlyMap<string, OpaqueReasoning>;
  readonly characters: number;
  readonly atMs: number;
}

const isCall = (part: ContentPart): part is ToolCallPart => part.type === 'tool-call';

const isSealedThought = (part: ContentPart): part is ReasoningPart => part.type === 'reasoning' && part.opaque !== null;

const sizeOf = (parts: readonly ReasoningPart[]): number =>
  parts.reduce(
    (sum, { text, opaque, summary }) => sum + text.length + (opaque?.data.length ?? 0) + summary.join('').length,
    0,
  );

const toTurn = (content: readonly ContentPart[], atMs: number): Turn | null => {
  const calls = content.filter(isCall);
  const first = content.findIndex(isCall);
  const reasoning = content.slice(0, Math.max(first, 0)).filter(isSealedThought);
  const ofCalls = new Map(calls.flatMap(({ id, opaque }) => (opaque === undefined ? [] : [[id, opaque] as const])));
  if (calls.length === 0 || (reasoning.length === 0 && ofCalls.size === 0)) return null;
  const own = [...ofCalls.values()].reduce((sum, { data }) => sum + data.length, 0);
  return { reasoning, ofCalls, characters: sizeOf(reasoning) + own, atMs };
};

const withTurn = (message: Message, { reasoning, ofCalls }: Turn): Message => {
  const content = message.content.map((part) => {
    const opaque = isCall(part) && part.opaque === undefined ? ofCalls.get(part.id) : undefined;
    return opaque === undefined ? part : { ...part, opaque };
  });
  // Thoughts that the client shows without their seal are those that are kept: both would be said twice.
  const rest = reasoning.length === 0 ? content : content.filter(({ type }) => type !== 'reasoning');
  return { ...message, content: [...reasoning, ...rest] };
};

/** A memory of this process: after a restart an open loop goes on without the thoughts before it. */
export const createOpaqueMemory = (options: OpaqueMemoryOptions): OpaqueMemory => {
  const { now, maxCharacters = MAX_CHARACTERS, lifetimeMs = LIFETIME_MS } = options;
  const turns = new Map<string, Turn>();
  let characters = 0;

  const forget = (key: string): void => {
    characters -= turns.get(key)?.characters ?? 0;
    turns.delete(key);
  };

  const find = (message: Message, owner: string | null): Turn | null => {
    if (message.role !== 'assistant' || message.content.some(isSealedThought)) return null;
    const call = message.content.find(isCall);
    const turn = call === undefined ? undefined : turns.get(`${owner ?? ''} ${call.id}`);
    return turn === undefined || now() - turn.atMs > lifetimeMs ? null : turn;
  };

  return {
    remember: (owner, content) => {
      const turn = toTurn(content, now());
      const call = content.find(isCall);
      if (turn === null || call === undefined) return;
      const key = `${owner ?? ''} ${call.id}`;
      forget(key);
      turns.set(key, turn);
      characters += turn.characters;
      for (const oldest of turns.keys()) {
        if (characters <= maxCharacters) break;
        forget(oldest);
      }
    },
    reattach: (request, owner) => {
      if (turns.size === 0 || request.tools.length === 0) return request;
      let isChanged = false;
      const messages = request.messages.map((message) => {
        const turn = find(message, owner);
        if (turn === null) return message;
        isChanged = true;
        return withTurn(message, turn);
      });
      return isChanged ? { ...request, messages } : request;
    },
  };
};
