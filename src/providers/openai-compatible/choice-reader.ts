/**
 * The deltas of one choice → blocks that never overlap. A block ends when another kind of content begins. Tool calls
 * that arrive interleaved are put in order: the call that is open stays open until its arguments are whole, and the
 * pieces of the next ones wait.
 */
import type { BlockKind, StreamPart } from '../../canonical/stream-part.ts';
import { createInputUnwrapper } from '../custom-input.ts';
import type { InputUnwrapper } from '../custom-input.ts';
import type { AnswerContext } from '../provider.ts';
import { asList, asRecord, asText } from '../reading.ts';
import type { JsonRecord } from '../reading.ts';
import { toFinish } from './finish.ts';
import { argumentText, inventedId, toDetails } from './from-wire.ts';
import { reasoningDetails, toPieces } from './message-content.ts';

interface Call {
  readonly content: Extract<BlockKind, { readonly kind: 'tool-call' }>;
  readonly unwrapper: InputUnwrapper | null;
  /** Arguments so far, as sent. */
  text: string;
  /** Arguments that have not become a part yet, because another call is open. */
  waiting: string;
  block: number | null;
  closed: boolean;
}

const isWholeJson = (text: string): boolean => {
  const trimmed = text.trim();
  if (!trimmed.endsWith('}')) return false;
  try {
    JSON.parse(trimmed);
    return true;
  } catch {
    return false;
  }
};

export class ChoiceReader {
  readonly #choice: number;
  readonly #context: AnswerContext | undefined;
  readonly #calls: Call[] = [];
  /** Which call the pieces of an index belong to. */
  readonly #byIndex = new Map<number, Call>();
  #blocks = 0;
  #open: { readonly kind: 'text' | 'reasoning' | 'refusal'; readonly block: number } | null = null;
  #current: Call | null = null;
  finished = false;

  constructor(choice: number, context: AnswerContext | undefined) {
    this.#choice = choice;
    this.#context = context;
  }

  read(choice: JsonRecord): StreamPart[] {
    const parts: StreamPart[] = [];
    const delta = asRecord(choice['delta']) ?? asRecord(choice['message']);
    if (delta !== undefined && !this.finished) this.#readDelta(delta, parts);
    const reason = asText(choice['finish_reason']);
    if (reason !== undefined && reason !== '' && !this.finished) this.finish(reason, parts);
    return parts;
  }

  finish(reason: string | null, parts: StreamPart[]): void {
    this.#closeText(parts);
    for (const call of this.#calls) this.#closeCall(call, parts);
    this.finished = true;
    parts.push({ type: 'finish', choice: this.#choice, finish: toFinish(reason, this.#calls.length > 0) });
  }

  #readDelta(delta: JsonRecord, parts: StreamPart[]): void {
    for (const { kind, text } of toPieces(delta)) this.#text(kind, text, parts);
    const details = reasoningDetails(delta);
    if (details !== undefined) {
      const block = this.#openText('reasoning', parts);
      parts.push({ type: 'block-opaque', choice: this.#choice, block, opaque: toDetails(details, this.#context) });
    }
    const refusal = asText(delta['refusal']) ?? '';
    if (refusal !== '') this.#text('refusal', refusal, parts);
    for (const [position, value] of asList(delta['tool_calls']).entries()) {
      this.#readCall(asRecord(value) ?? {}, position, parts);
    }
    const legacy = asRecord(delta['function_call']);
    if (legacy !== undefined) this.#readCall({ index: 0, function: legacy }, 0, parts);
  }

  #startBlock(content: BlockKind, parts: StreamPart[]): number {
    const block = this.#blocks;
    this.#blocks += 1;
    parts.push({ type: 'block-start', choice: this.#choice, block, content });
    return block;
  }

  #openText(kind: 'text' | 'reasoning' | 'refusal', parts: StreamPart[]): number {
    if (this.#open?.kind === kind) return this.#open.block;
    this.#closeText(parts);
    if (this.#current !== null) this.#closeCall(this.#current, parts);
    const block = this.#startBlock({ kind }, parts);
    this.#open = { kind, block };
    return block;
  }

  #text(kind: 'text' | 'reasoning' | 'refusal', text: string, parts: StreamPart[]): void {
    const block = this.#openText(kind, parts);
    parts.push({ type: 'block-delta', choice: this.#choice, block, text });
  }

  #closeText(parts: StreamPart[]): void {
    if (this.#open === null) return;
    parts.push({ type: 'block-end', choice: this.#choice, block: this.#open.block });
    this.#open = null;
  }

  #readCall(value: JsonRecord, position: number, parts: StreamPart[]): void {
    const body = asRecord(value['function']) ?? asRecord(value['custom']) ?? {};
    const call = this.#findCall(value, body, position);
    if (call === undefined) return;
    const piece = argumentText(body['arguments'] ?? body['input']);
    call.text += piece;
    call.waiting += piece;
    this.#closeText(parts);
    this.#advance(parts);
  }

  /**
   * The call that a piece belongs to. A new id with a name begins a new call even at an index that is taken: some
   * servers number every parallel call 0. A missing index means the position in the list.
   */
  #findCall(value: JsonRecord, body: JsonRecord, position: number): Call | undefined {
    const given = value['index'];
    const index = typeof given === 'number' ? given : position;
    const id = asText(value['id']) ?? '';
    const name = asText(body['name']) ?? '';
    const known = this.#byIndex.get(index);
    const isNew = known === undefined || (id !== '' && name !== '' && id !== known.content.id);
    if (!isNew) return known;
    if (name === '' && id === '' && known === undefined && body['arguments'] === undefined) return undefined;
    const wrapped = this.#context?.wrappedTools.has(name) === true;
    const call: Call = {
      content: {
        kind: 'tool-call',
        id: id === '' ? inventedId(this.#choice, this.#calls.length) : id,
        name: this.#context?.toolNames.get(name) ?? name,
        toolKind: wrapped || value['custom'] !== undefined ? 'custom' : 'function',
      },
      unwrapper: wrapped ? createInputUnwrapper() : null,
      text: '',
      waiting: '',
      block: null,
      closed: false,
    };
    this.#calls.push(call);
    this.#byIndex.set(index, call);
    return call;
  }

  /** Sends what the open call has; lets the next one begin once the open one is whole. */
  #advance(parts: StreamPart[]): void {
    for (const call of this.#calls) {
      if (call.closed) continue;
      this.#sendCall(call, parts);
      const hasNext = this.#calls.at(-1) !== call;
      if (!hasNext || !isWholeJson(call.text)) return;
      this.#closeCall(call, parts);
    }
  }

  #sendCall(call: Call, parts: StreamPart[]): number {
    const block = call.block ?? this.#startBlock(call.content, parts);
    call.block = block;
    this.#current = call;
    const text = call.unwrapper === null ? call.waiting : call.unwrapper.push(call.waiting);
    call.waiting = '';
    if (text !== '') parts.push({ type: 'block-delta', choice: this.#choice, block, text });
    return block;
  }

  #closeCall(call: Call, parts: StreamPart[]): void {
    if (call.closed) return;
    const block = this.#sendCall(call, parts);
    const rest = call.unwrapper?.end() ?? '';
    if (rest !== '') parts.push({ type: 'block-delta', choice: this.#choice, block, text: rest });
    parts.push({ type: 'block-end', choice: this.#choice, block });
    call.closed = true;
    this.#current = null;
  }
}
