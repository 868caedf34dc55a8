/** A chat stream built from canonical parts, for an upstream that speaks another protocol. */
import type { Finish } from '../../canonical/finish.ts';
import type { JsonObject } from '../../canonical/json.ts';
import type { BlockKind, StreamFrame, StreamPart } from '../../canonical/stream-part.ts';
import type { Usage } from '../../canonical/usage.ts';
import type { StreamRenderOptions } from '../codec.ts';
import type { ChatFinishReason } from './answer-members.ts';
import { toAnnotation, toChatUsage, toFinishReason } from './answer-members.ts';
import type { AnswerStream } from './answer-stream.ts';
import type { ShownBlock, ToolDialect } from './block-deltas.ts';
import { toOpaqueDelta, toTextDelta, toToolStart } from './block-deltas.ts';
import type { ChunkWriter, OpenChunk } from './chunk-writer.ts';
import { closeChunk, createChunkWriter } from './chunk-writer.ts';
import { usesLegacyFunctions } from './legacy-functions.ts';

interface Block extends ShownBlock {
  /** Reasoning text so far: a signature repeats the text that it covers. */
  reasoning: string;
  isEmpty: boolean;
}

interface ChoiceState {
  readonly index: number;
  /** Null: a block that chat has no place for, such as a call that the provider answers itself. */
  readonly blocks: Map<number, Block | null>;
  toolCalls: number;
  hasRefusal: boolean;
  finished: boolean;
}

type BlockPart = Extract<StreamPart, { readonly block: number }>;

const ROLE_DELTA = '{"role":"assistant","content":"","refusal":null}';
const PLAIN_STOP: Finish = { kind: 'stop', raw: null };

class TranslatedStream implements AnswerStream {
  readonly #options: StreamRenderOptions;
  readonly #dialect: ToolDialect;
  readonly #choices = new Map<number, ChoiceState>();
  #writer: ChunkWriter | null = null;
  /** Goes with the first chunk. */
  #first: JsonObject | null;
  #usage: Usage | null = null;
  #usageSent = false;
  /** The finish chunk that waits for the final object. */
  #held: OpenChunk | null = null;
  #released = false;
  #upstreamEnded = false;

  constructor(options: StreamRenderOptions) {
    this.#options = options;
    this.#first = options.first;
    this.#dialect = usesLegacyFunctions(options.request) ? 'function_call' : 'tool_calls';
  }

  render(frame: StreamFrame): string {
    let text = '';
    for (const part of frame.parts) text += this.#renderPart(part);
    return text;
  }

  isHolding(): boolean {
    return this.#held !== null && (this.#isComplete() || this.#upstreamEnded);
  }

  release(gearbox: JsonObject | null): string {
    if (this.#held === null) return '';
    this.#released = true;
    const usage = this.#takeUsage();
    if (usage === null) return this.#flushHeld(gearbox);
    return this.#flushHeld(null) + closeChunk(this.#toWriter().toUsageChunk(usage), gearbox);
  }

  #renderPart(part: StreamPart): string {
    switch (part.type) {
      case 'start':
        this.#writer ??= createChunkWriter(part, this.#options);
        return this.#openChoice(0).text;
      case 'finish': {
        const { text, choice } = this.#openChoice(part.choice);
        return text + this.#finishChoice(choice, part.finish);
      }
      case 'usage':
        this.#usage = part.usage;
        return '';
      case 'end':
        return this.#endAnswer();
      case 'error':
        return ''; // said through `fail`, which knows the whole story
      case 'block-start':
      case 'block-delta':
      case 'block-opaque':
      case 'block-annotation':
      case 'block-end':
        return this.#renderBlockPart(part);
    }
  }

  #renderBlockPart(part: BlockPart): string {
    const { text, choice } = this.#openChoice(part.choice);
    if (part.type === 'block-start') return text + this.#startBlock(choice, part.block, part.content);
    const block = choice.blocks.get(part.block) ?? null;
    if (block === null || choice.finished) return text;
    switch (part.type) {
      case 'block-delta':
        return text + this.#addText(choice, block, part.text);
      case 'block-opaque':
        return text + this.#toText(choice, toOpaqueDelta(block, part.opaque, block.reasoning));
      case 'block-annotation': {
        const annotation = toAnnotation(part.value);
        return annotation === null ? text : text + this.#toText(choice, JSON.stringify({ annotations: [annotation] }));
      }
      case 'block-end':
        return text + this.#endBlock(choice, block);
    }
  }

  #startBlock(choice: ChoiceState, number: number, content: BlockKind): string {
    if (content.kind !== 'tool-call') {
      if (content.kind === 'refusal') choice.hasRefusal = true;
      choice.blocks.set(number, this.#toBlock(choice, content));
      return '';
    }
    // A legacy client can be told of one call only.
    const isHidden = content.toolKind === 'hosted' || (this.#dialect === 'function_call' && choice.toolCalls > 0);
    const block = isHidden ? null : this.#toBlock(choice, content);
    choice.blocks.set(number, block);
    if (block === null) return '';
    choice.toolCalls += 1;
    return this.#toText(choice, toToolStart(block, content));
  }

  #toBlock(choice: ChoiceState, content: BlockKind): Block {
    const isCustom = content.kind === 'tool-call' && content.toolKind === 'custom';
    const { kind } = content;
    return { kind, isCustom, toolIndex: choice.toolCalls, dialect: this.#dialect, reasoning: '', isEmpty: true };
  }

  #addText(choice: ChoiceState, block: Block, text: string): string {
    if (text === '') return '';
    block.isEmpty = false;
    if (block.kind === 'reasoning') block.reasoning += text;
    return this.#toText(choice, toTextDelta(block, text));
  }

  /** Models write nothing when a function has no arguments; clients parse what they collected as JSON. */
  #endBlock(choice: ChoiceState, block: Block): string {
    return block.kind === 'tool-call' && !block.isCustom && block.isEmpty ? this.#addText(choice, block, '{}') : '';
  }

  /** Opens a choice with its role chunk, once. */
  #openChoice(index: number): { readonly text: string; readonly choice: ChoiceState } {
    const known = this.#choices.get(index);
    if (known !== undefined) return { text: '', choice: known };
    const choice = { index, blocks: new Map(), toolCalls: 0, hasRefusal: false, finished: false };
    this.#choices.set(index, choice);
    const text = closeChunk(this.#toWriter().toChunk(index, ROLE_DELTA), this.#first);
    this.#first = null;
    // Another choice opened after one finished: the finish that waits is not the last.
    return { text: this.#flushHeld(null) + text, choice };
  }

  #finishChoice(choice: ChoiceState, finish: Finish): string {
    if (choice.finished) return '';
    let text = this.#flushHeld(null);
    for (const block of choice.blocks.values()) if (block !== null) text += this.#endBlock(choice, block);
    choice.finished = true;
    const chunk = this.#toWriter().toChunk(choice.index, '{}', this.#toReason(choice, finish));
    if (this.#released) return text + closeChunk(chunk);
    this.#held = chunk;
    return text;
  }

  #toReason(choice: ChoiceState, finish: Finish): ChatFinishReason {
    const visible = { hasToolCalls: choice.toolCalls > 0, hasRefusal: choice.hasRefusal };
    const reason = toFinishReason(finish, visible);
    return reason === 'tool_calls' ? this.#dialect : reason;
  }

  #endAnswer(): string {
    this.#upstreamEnded = true;
    let text = '';
    // The provider ended as its protocol says but gave no reason: clients wait for one per choice.
    for (const choice of this.#choices.values()) text += this.#finishChoice(choice, PLAIN_STOP);
    if (!this.#released) return text;
    const usage = this.#takeUsage();
    return usage === null ? text : text + closeChunk(this.#toWriter().toUsageChunk(usage));
  }

  /** Usage to be said now: null when it was not asked for, is not known, or was said. */
  #takeUsage(): JsonObject | null {
    if (!this.#options.request.includeUsage || this.#usage === null || this.#usageSent) return null;
    const usage = toChatUsage(this.#usage);
    this.#usageSent = usage !== null;
    return usage;
  }

  #isComplete(): boolean {
    const expected = this.#options.request.sampling.choices ?? 1;
    return this.#choices.size >= expected && [...this.#choices.values()].every((choice) => choice.finished);
  }

  #flushHeld(gearbox: JsonObject | null): string {
    const held = this.#held;
    this.#held = null;
    return held === null ? '' : closeChunk(held, gearbox);
  }

  #toText(choice: ChoiceState, delta: string): string {
    return closeChunk(this.#toWriter().toChunk(choice.index, delta));
  }

  #toWriter(): ChunkWriter {
    const { model } = this.#options.request;
    this.#writer ??= createChunkWriter({ type: 'start', id: 'unnamed', model, createdAtSeconds: null }, this.#options);
    return this.#writer;
  }
}

export const createTranslatedStream = (options: StreamRenderOptions): AnswerStream => new TranslatedStream(options);
