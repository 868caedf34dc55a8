/** Blocks of a translated stream: one is open at a time, as the protocol demands, whatever order upstream's come in. */
import type { BlockKind } from '../../canonical/stream-part.ts';
import { renderEvent } from '../../sse/writer.ts';
import { toToolInput } from './answer-members.ts';

interface Block {
  readonly content: BlockKind;
  /** Text that waits: for the block's turn, or, in the input of a custom tool, for its end. */
  waiting: string;
  /** Place among the client's blocks; null until it is opened. */
  index: number | null;
  ended: boolean;
  hasText: boolean;
  /** Reasoning that only its maker can read, sealed for the way back; null where there is none. */
  seal: string | null;
}

export interface BlockWriter {
  readonly start: (number: number, content: BlockKind) => string;
  readonly add: (number: number, text: string) => string;
  /** Reasoning that only its maker can read: it becomes the signature of what was shown of it. */
  readonly seal: (number: number, seal: string) => string;
  readonly end: (number: number) => string;
  /** Ends everything that is open; what waits is said first. */
  readonly endAll: () => string;
  /** Whether the client was shown a tool call that it must answer. */
  readonly hasToolCalls: () => boolean;
}

const toEvent = (type: string, members: object): string =>
  renderEvent({ event: type, data: JSON.stringify({ type, ...members }) });

const toContentBlock = (content: BlockKind): object => {
  switch (content.kind) {
    case 'text':
    case 'refusal':
      return { type: 'text', text: '', citations: null };
    case 'reasoning':
      return { type: 'thinking', thinking: '', signature: '' };
    case 'tool-call':
      return { type: 'tool_use', id: content.id, name: content.name, input: {} };
  }
};

const toDelta = ({ kind }: BlockKind, text: string): object => {
  switch (kind) {
    case 'text':
    case 'refusal':
      return { type: 'text_delta', text };
    case 'reasoning':
      return { type: 'thinking_delta', thinking: text };
    case 'tool-call':
      return { type: 'input_json_delta', partial_json: text };
  }
};

const isHidden = (content: BlockKind): boolean => content.kind === 'tool-call' && content.toolKind === 'hosted';
const isCustom = (content: BlockKind): boolean => content.kind === 'tool-call' && content.toolKind === 'custom';

/** A block of which nothing was shown has no text that a signature could stand behind: it is one of its own kind. */
const sign = (block: Block, takeIndex: () => number): string => {
  const { seal, index, content } = block;
  if (seal === null || content.kind !== 'reasoning') return '';
  if (index !== null)
    return toEvent('content_block_delta', { index, delta: { type: 'signature_delta', signature: seal } });
  block.index = takeIndex();
  return toEvent('content_block_start', {
    index: block.index,
    content_block: { type: 'redacted_thinking', data: seal },
  });
};

export const createBlockWriter = (): BlockWriter => {
  /** In upstream's order; the first that has not ended is the client's open one. */
  const blocks = new Map<number, Block>();
  let next = 0;
  let toolCalls = 0;

  /** Opens the block if it shows something: an empty text or thinking block is one that clients send back and providers refuse. */
  const say = (block: Block): string => {
    const text = isCustom(block.content) && !block.ended ? '' : block.waiting;
    const shows = block.content.kind === 'tool-call' || text !== '';
    if (!shows) return '';
    let said = '';
    if (block.index === null) {
      block.index = next;
      next += 1;
      said = toEvent('content_block_start', { index: block.index, content_block: toContentBlock(block.content) });
    }
    if (text === '') return said;
    block.waiting = '';
    const whole = isCustom(block.content) ? JSON.stringify(toToolInput(text, 'custom')) : text;
    return said + toEvent('content_block_delta', { index: block.index, delta: toDelta(block.content, whole) });
  };

  const close = (block: Block): string => {
    // Models write nothing when a function has no arguments; clients parse what they collected as JSON.
    if (block.content.kind === 'tool-call' && !block.hasText) block.waiting = '{}';
    const said = say(block) + sign(block, () => next++);
    return block.index === null ? said : said + toEvent('content_block_stop', { index: block.index });
  };

  /** Says what may be said: the first open block's text, and the blocks behind it as far as their turn has come. */
  const advance = (): string => {
    let text = '';
    for (const [number, block] of blocks) {
      if (!block.ended) return text + say(block);
      text += close(block);
      blocks.delete(number);
    }
    return text;
  };

  const update = (number: number, change: (block: Block) => void): string => {
    const block = blocks.get(number);
    if (block === undefined) return '';
    change(block);
    return advance();
  };

  return {
    start: (number, content) => {
      // A second start of an open block, seen behind relays that retry inside a stream, is the same block.
      if (isHidden(content) || blocks.has(number)) return '';
      if (content.kind === 'tool-call') toolCalls += 1;
      blocks.set(number, { content, waiting: '', index: null, ended: false, hasText: false, seal: null });
      return advance();
    },
    add: (number, text) =>
      update(number, (block) => {
        block.waiting += text;
        block.hasText ||= text !== '';
      }),
    seal: (number, seal) =>
      update(number, (block) => {
        block.seal = seal;
      }),
    end: (number) =>
      update(number, (block) => {
        block.ended = true;
      }),
    endAll: () => {
      for (const block of blocks.values()) block.ended = true;
      return advance();
    },
    hasToolCalls: () => toolCalls > 0,
  };
};
