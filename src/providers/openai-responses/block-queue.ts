/**
 * Blocks in the order in which they began, never overlapping: what arrives for a later one waits until the earlier ones
 * have ended.
 */
import type { OpaqueReasoning } from '../../canonical/content.ts';
import type { BlockKind, StreamPart } from '../../canonical/stream-part.ts';
import type { JsonValue } from '../../canonical/json.ts';

type Said =
  | { readonly type: 'block-delta'; readonly text: string }
  | { readonly type: 'block-opaque'; readonly opaque: OpaqueReasoning }
  | { readonly type: 'block-annotation'; readonly value: JsonValue };

interface Block {
  readonly content: BlockKind;
  readonly waiting: Said[];
  number: number | null;
  hasEnded: boolean;
  hasText: boolean;
}

export interface BlockQueue {
  readonly start: (key: string, content: BlockKind) => readonly StreamPart[];
  readonly say: (key: string, said: Said) => readonly StreamPart[];
  /** Whether any text came for the block. */
  readonly hasText: (key: string) => boolean;
  readonly end: (key: string) => readonly StreamPart[];
  readonly endAll: () => readonly StreamPart[];
}

export const createBlockQueue = (): BlockQueue => {
  const byKey = new Map<string, Block>();
  /** The open block first. */
  let queue: Block[] = [];
  let next = 0;

  /** Everything that can be said now. */
  const drain = (): readonly StreamPart[] => {
    const parts: StreamPart[] = [];
    for (const block of queue) {
      if (block.number === null) {
        block.number = next;
        next += 1;
        parts.push({ type: 'block-start', choice: 0, block: block.number, content: block.content });
      }
      for (const said of block.waiting.splice(0)) parts.push({ ...said, choice: 0, block: block.number });
      if (!block.hasEnded) break;
      parts.push({ type: 'block-end', choice: 0, block: block.number });
    }
    queue = queue.filter((block) => !block.hasEnded || block.number === null);
    return parts;
  };

  const end = (key: string): readonly StreamPart[] => {
    const block = byKey.get(key);
    if (block === undefined || block.hasEnded) return [];
    block.hasEnded = true;
    return drain();
  };

  return {
    hasText: (key) => byKey.get(key)?.hasText ?? false,
    start: (key, content) => {
      if (byKey.has(key)) return [];
      const block: Block = { content, waiting: [], number: null, hasEnded: false, hasText: false };
      byKey.set(key, block);
      queue.push(block);
      return drain();
    },
    say: (key, said) => {
      const block = byKey.get(key);
      if (block === undefined || block.hasEnded) return [];
      block.hasText ||= said.type === 'block-delta';
      block.waiting.push(said);
      return drain();
    },
    end,
    endAll: () => {
      for (const block of queue) block.hasEnded = true;
      return drain();
    },
  };
};
