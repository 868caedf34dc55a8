/** Events of a Messages stream → canonical parts. */
import type { BlockKind } from '../../canonical/stream-part.ts';
import type { StreamFrame, StreamPart, StreamReaderMode } from '../../canonical/stream-part.ts';
import { createInputUnwrapper } from '../custom-input.ts';
import type { InputUnwrapper } from '../custom-input.ts';
import { faultOfError, findError } from '../fault.ts';
import type { AnswerContext, StreamReader } from '../provider.ts';
import { asJson, asRecord, asText } from '../reading.ts';
import type { JsonRecord } from '../reading.ts';
import { garbledStream, readEventData } from '../stream-event.ts';
import { toFinish } from './finish.ts';
import { toOpaque } from './from-wire.ts';
import { mergeUsage, toUsage } from './usage.ts';

interface OpenBlock {
  /** Our own number: dense, although blocks that only this protocol knows are not counted. */
  readonly number: number;
  readonly kind: BlockKind['kind'];
  /** Present for a custom tool that was sent as a function. */
  readonly unwrapper: InputUnwrapper | null;
  /** Arguments that came with the block's start, used when no delta follows. */
  input: string;
  sawDelta: boolean;
}

const NO_PARTS: readonly StreamPart[] = [];

/** In `observe`, the events that a passthrough needs to understand; all others are content. */
const OBSERVED = /"type"\s*:\s*"(?:message_start|message_delta|message_stop|error)"/;

const toKind = (block: JsonRecord, context: AnswerContext | undefined): BlockKind | undefined => {
  switch (block['type']) {
    case 'text':
      return { kind: 'text' };
    case 'thinking':
    case 'redacted_thinking':
      return { kind: 'reasoning' };
    case 'tool_use': {
      const sent = asText(block['name']) ?? '';
      const name = context?.toolNames.get(sent) ?? sent;
      const toolKind = context?.wrappedTools.has(sent) === true ? 'custom' : 'function';
      return { kind: 'tool-call', id: asText(block['id']) ?? '', name, toolKind };
    }
    case 'server_tool_use':
    case 'mcp_tool_use': {
      const name = asText(block['name']) ?? '';
      return { kind: 'tool-call', id: asText(block['id']) ?? '', name, toolKind: 'hosted' };
    }
    default:
      // Results of server tools and the like: only a client of this protocol can read them, and it gets the raw event.
      return undefined;
  }
};

class MessagesReader implements StreamReader {
  readonly #mode: StreamReaderMode;
  readonly #context: AnswerContext | undefined;
  readonly #open = new Map<number, OpenBlock>();
  #blocks = 0;
  #usage: JsonRecord = {};
  #started = false;
  #ended = false;

  constructor(mode: StreamReaderMode, context: AnswerContext | undefined) {
    this.#mode = mode;
    this.#context = context;
  }

  read = (event: string | null, data: string): StreamFrame => ({
    protocol: 'anthropic-messages',
    event,
    data,
    parts: this.#ended ? NO_PARTS : this.#toParts(event, data),
  });

  ended = (): boolean => this.#ended;

  #toParts(event: string | null, data: string): readonly StreamPart[] {
    if (event === 'ping') return NO_PARTS;
    // The event's name is trusted to say that a delta is a delta; servers that send no names are asked by their data.
    if (this.#mode === 'observe' && (event === 'content_block_delta' || (!OBSERVED.test(data) && event !== 'error'))) {
      return NO_PARTS;
    }
    const parts = readEventData(data, (value) => {
      const record = asRecord(value);
      if (record === undefined) return 'an event is not an object';
      return this.#readEvent(asText(record['type']) ?? event ?? '', record);
    });
    if (typeof parts !== 'string') return parts;
    this.#ended = true;
    return garbledStream(parts);
  }

  #readEvent(type: string, record: JsonRecord): readonly StreamPart[] {
    switch (type) {
      case 'message_start':
        return this.#start(asRecord(record['message']) ?? {});
      case 'content_block_start':
        return this.#openBlock(record);
      case 'content_block_delta':
        return this.#readDelta(record);
      case 'content_block_stop':
        return this.#closeBlock(Number(record['index']));
      case 'message_delta':
        return this.#readMessageDelta(record);
      case 'message_stop':
        this.#ended = true;
        return [...this.#closeAll(), { type: 'end' }];
      default: {
        const error = findError(record);
        if (error === undefined) return NO_PARTS;
        this.#ended = true;
        return [{ type: 'error', fault: faultOfError(error, null) }];
      }
    }
  }

  /** A second message_start (seen behind relays that retry inside a stream) closes what is open and changes no ids. */
  #start(message: JsonRecord): readonly StreamPart[] {
    const closing = this.#closeAll();
    this.#usage = mergeUsage(this.#usage, message['usage']);
    const usage: StreamPart = { type: 'usage', usage: toUsage(this.#usage) };
    if (this.#started) return [...closing, usage];
    this.#started = true;
    const id = asText(message['id']) ?? '';
    const model = asText(message['model']) ?? this.#context?.model ?? '';
    return [{ type: 'start', id, model, createdAtSeconds: null }, usage];
  }

  #openBlock(record: JsonRecord): readonly StreamPart[] {
    if (this.#mode === 'observe') return NO_PARTS;
    const block = asRecord(record['content_block']) ?? {};
    const content = toKind(block, this.#context);
    if (content === undefined) return NO_PARTS;
    const index = Number(record['index']);
    const closing = this.#closeBlock(index);
    const input = asRecord(block['input']);
    const open: OpenBlock = {
      number: this.#blocks,
      kind: content.kind,
      unwrapper: content.kind === 'tool-call' && content.toolKind === 'custom' ? createInputUnwrapper() : null,
      input: input === undefined || Object.keys(input).length === 0 ? '' : JSON.stringify(input),
      sawDelta: false,
    };
    this.#blocks += 1;
    this.#open.set(index, open);
    const start: StreamPart = { type: 'block-start', choice: 0, block: open.number, content };
    return [...closing, start, ...this.#startContent(block, open)];
  }

  /** What some servers put into the start event instead of a delta. */
  #startContent(block: JsonRecord, open: OpenBlock): readonly StreamPart[] {
    const parts: StreamPart[] = [];
    const text = asText(block['text']) ?? asText(block['thinking']) ?? '';
    if (text !== '') parts.push({ type: 'block-delta', choice: 0, block: open.number, text });
    const signature = asText(block['signature']) ?? '';
    if (signature !== '') parts.push(this.#opaque(open, 'signature', signature));
    if (block['type'] === 'redacted_thinking') {
      parts.push(this.#opaque(open, 'redacted', asText(block['data']) ?? ''));
    }
    return parts;
  }

  #opaque(open: OpenBlock, kind: 'signature' | 'redacted', data: string): StreamPart {
    return { type: 'block-opaque', choice: 0, block: open.number, opaque: toOpaque(kind, data, this.#context) };
  }

  #readDelta(record: JsonRecord): readonly StreamPart[] {
    const open = this.#open.get(Number(record['index']));
    const delta = asRecord(record['delta']);
    if (open === undefined || delta === undefined) return NO_PARTS;
    switch (delta['type']) {
      case 'text_delta':
        return this.#text(open, asText(delta['text']));
      case 'thinking_delta':
        return this.#text(open, asText(delta['thinking']));
      case 'input_json_delta':
        open.sawDelta = true;
        return this.#input(open, asText(delta['partial_json']) ?? '');
      case 'signature_delta':
        return [this.#opaque(open, 'signature', asText(delta['signature']) ?? '')];
      case 'citations_delta':
        return [{ type: 'block-annotation', choice: 0, block: open.number, value: asJson(delta['citation'] ?? null) }];
      default:
        return NO_PARTS;
    }
  }

  #text(open: OpenBlock, text: string | undefined): readonly StreamPart[] {
    return text === undefined || text === ''
      ? NO_PARTS
      : [{ type: 'block-delta', choice: 0, block: open.number, text }];
  }

  #input(open: OpenBlock, piece: string): readonly StreamPart[] {
    return this.#text(open, open.unwrapper === null ? piece : open.unwrapper.push(piece));
  }

  #closeBlock(index: number): readonly StreamPart[] {
    const open = this.#open.get(index);
    if (open === undefined) return NO_PARTS;
    this.#open.delete(index);
    const late = open.sawDelta || open.input === '' ? NO_PARTS : this.#input(open, open.input);
    const rest = this.#text(open, open.unwrapper?.end());
    return [...late, ...rest, { type: 'block-end', choice: 0, block: open.number }];
  }

  #closeAll(): readonly StreamPart[] {
    return [...this.#open.keys()].flatMap((index) => this.#closeBlock(index));
  }

  #readMessageDelta(record: JsonRecord): readonly StreamPart[] {
    const reason = asText(asRecord(record['delta'])?.['stop_reason']);
    this.#usage = mergeUsage(this.#usage, record['usage']);
    const usage: StreamPart = { type: 'usage', usage: toUsage(this.#usage) };
    if (reason === undefined) return [usage];
    return [...this.#closeAll(), { type: 'finish', choice: 0, finish: toFinish(reason) }, usage];
  }
}

/** Reads one stream. In `observe`, content events yield no parts. */
export const createStreamReader = (mode: StreamReaderMode, context?: AnswerContext): StreamReader =>
  new MessagesReader(mode, context);
