/** What an answer thought and called, put together from the parts of its stream. Words are left out: nobody asks for them. */
import type { ContentPart, OpaqueReasoning } from '../canonical/content.ts';
import type { BlockKind, StreamPart } from '../canonical/stream-part.ts';

export interface TurnCollector {
  readonly observe: (parts: readonly StreamPart[]) => void;
  /** Thoughts and calls of the first choice so far, in their order. */
  readonly content: () => readonly ContentPart[];
}

interface Block {
  readonly content: BlockKind;
  text: string;
  opaque: OpaqueReasoning | null;
}

const toPart = ({ content, text, opaque }: Block): readonly ContentPart[] => {
  switch (content.kind) {
    case 'reasoning':
      return [{ type: 'reasoning', text, summary: [], opaque }];
    case 'tool-call': {
      const { id, name, toolKind: kind } = content;
      return [{ type: 'tool-call', id, name, kind, input: text, ...(opaque === null ? {} : { opaque }) }];
    }
    default:
      return [];
  }
};

export const createTurnCollector = (): TurnCollector => {
  const blocks = new Map<number, Block>();
  const apply = (part: StreamPart): void => {
    if (!('choice' in part) || part.choice !== 0 || !('block' in part)) return;
    if (part.type === 'block-start') {
      if (part.content.kind === 'reasoning' || part.content.kind === 'tool-call')
        blocks.set(part.block, { content: part.content, text: '', opaque: null });
      return;
    }
    const block = blocks.get(part.block);
    if (block === undefined) return;
    if (part.type === 'block-delta') block.text += part.text;
    else if (part.type === 'block-opaque') block.opaque = part.opaque;
  };
  return {
    observe: (parts) => parts.forEach(apply),
    content: () => [...blocks].toSorted(([left], [right]) => left - right).flatMap(([, block]) => toPart(block)),
  };
};
