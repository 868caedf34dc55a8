/** Events of a Responses stream → canonical parts. */
import type { BlockKind, StreamFrame, StreamPart, StreamReaderMode } from '../../canonical/stream-part.ts';
import { faultOfError, findError } from '../fault.ts';
import { toUsage } from '../openai-compatible/usage.ts';
import type { AnswerContext, StreamReader } from '../provider.ts';
import { asCount, asJson, asList, asRecord, asText } from '../reading.ts';
import type { JsonRecord } from '../reading.ts';
import { garbledStream, readEventData } from '../stream-event.ts';
import { createBlockQueue } from './block-queue.ts';
import { toFinish } from './finish.ts';
import { CALL_INPUTS, toEncrypted, toolName } from './output.ts';

const NO_PARTS: readonly StreamPart[] = [];

/**
 * In `observe`, the events that a passthrough must understand. A delta cannot imitate one: inside a JSON string each
 * quote has a backslash before it.
 */
const OBSERVED =
  /"type"\s*:\s*"(?:response\.(?:created|completed|incomplete|failed|output_item\.(?:added|done))|error)"/;

const TERMINAL: ReadonlySet<string> = new Set(['response.completed', 'response.incomplete', 'response.failed']);

/** Several summaries of one item are one text. */
const SUMMARY_BREAK = '\n\n';

const itemKey = (record: JsonRecord): string => String(asCount(record['output_index']) ?? 0);

/** A message's parts are blocks of their own; of any other item there is one block. */
const partKey = (record: JsonRecord): string => `${itemKey(record)}:${asCount(record['content_index']) ?? 0}`;

class ResponsesReader implements StreamReader {
  readonly #mode: StreamReaderMode;
  readonly #context: AnswerContext | undefined;
  readonly #blocks = createBlockQueue();
  #started = false;
  #ended = false;
  #sawCall = false;
  #sawRefusal = false;

  constructor(mode: StreamReaderMode, context: AnswerContext | undefined) {
    this.#mode = mode;
    this.#context = context;
  }

  read = (event: string | null, data: string): StreamFrame => ({
    protocol: 'openai-responses',
    event,
    data,
    parts: this.#ended ? NO_PARTS : this.#toParts(event, data),
  });

  ended = (): boolean => this.#ended;

  #toParts(event: string | null, data: string): readonly StreamPart[] {
    // The terminator of Chat Completions, which some servers send behind the response.
    if (data.trim() === '' || data.startsWith('[DONE]')) return NO_PARTS;
    if (this.#mode === 'observe' && event !== 'error' && !OBSERVED.test(data)) return NO_PARTS;
    const parts = readEventData(data, (value) => {
      const record = asRecord(value);
      if (record === undefined) return 'an event is not an object';
      const type = asText(record['type']) ?? event ?? '';
      return this.#mode === 'observe' ? this.#observe(type, record) : this.#readEvent(type, record);
    });
    return typeof parts === 'string' ? this.#end(garbledStream(parts)) : parts;
  }

  /** Blocks are not followed; what a finish depends on is. */
  #observe(type: string, record: JsonRecord): readonly StreamPart[] {
    if (type === 'response.output_item.added' || type === 'response.output_item.done') {
      this.#noteItem(asRecord(record['item']) ?? {});
      return NO_PARTS;
    }
    return this.#readEvent(type, record);
  }

  #noteItem(item: JsonRecord): void {
    this.#sawCall ||= CALL_INPUTS[asText(item['type']) ?? ''] !== undefined;
    this.#sawRefusal ||= asList(item['content']).some((part) => asRecord(part)?.['type'] === 'refusal');
  }

  #readEvent(type: string, record: JsonRecord): readonly StreamPart[] {
    switch (type) {
      case 'response.created':
      case 'response.in_progress':
      case 'response.queued':
        return this.#start(asRecord(record['response']) ?? {});
      case 'response.output_item.added':
        return this.#addItem(record, asRecord(record['item']) ?? {});
      case 'response.output_item.done':
        return this.#endItem(record, asRecord(record['item']) ?? {});
      case 'response.content_part.added':
        return this.#addPart(record, asText(asRecord(record['part'])?.['type']) ?? '');
      case 'response.content_part.done':
        return this.#blocks.end(partKey(record));
      case 'response.reasoning_summary_part.added':
        return (asCount(record['summary_index']) ?? 0) === 0 ? NO_PARTS : this.#add(itemKey(record), SUMMARY_BREAK);
      case 'response.output_text.annotation.added':
        return this.#blocks.say(partKey(record), {
          type: 'block-annotation',
          value: asJson(record['annotation'] ?? null),
        });
      case 'error':
        return this.#end([{ type: 'error', fault: faultOfError(findError(record) ?? record, null) }]);
      default:
        return TERMINAL.has(type)
          ? this.#finish(type, asRecord(record['response']) ?? {})
          : this.#readDelta(type, record, asText(record['delta']) ?? '');
    }
  }

  #readDelta(type: string, record: JsonRecord, delta: string): readonly StreamPart[] {
    switch (type) {
      case 'response.output_text.delta':
        return [...this.#addPart(record, 'output_text'), ...this.#add(partKey(record), delta)];
      case 'response.refusal.delta':
        return [...this.#addPart(record, 'refusal'), ...this.#add(partKey(record), delta)];
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        return [...this.#blocks.start(itemKey(record), { kind: 'reasoning' }), ...this.#add(itemKey(record), delta)];
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        return this.#add(itemKey(record), delta);
      default:
        // Progress of hosted tools, and what is not known yet: a client of this protocol gets the raw event.
        return NO_PARTS;
    }
  }

  #add(key: string, text: string): readonly StreamPart[] {
    return text === '' ? NO_PARTS : this.#blocks.say(key, { type: 'block-delta', text });
  }

  #start(response: JsonRecord): readonly StreamPart[] {
    if (this.#started) return NO_PARTS;
    this.#started = true;
    return [
      {
        type: 'start',
        id: asText(response['id']) ?? '',
        model: asText(response['model']) ?? this.#context?.model ?? '',
        createdAtSeconds: asCount(response['created_at']),
      },
    ];
  }

  #addItem(record: JsonRecord, item: JsonRecord): readonly StreamPart[] {
    this.#noteItem(item);
    const content = this.#toBlock(item);
    return content === null ? NO_PARTS : this.#blocks.start(itemKey(record), content);
  }

  #toBlock(item: JsonRecord): BlockKind | null {
    const type = asText(item['type']) ?? '';
    if (type === 'reasoning') return { kind: 'reasoning' };
    const member = CALL_INPUTS[type];
    if (member === undefined) return null;
    const id = asText(item['call_id']) ?? asText(item['id']) ?? '';
    const toolKind = member === 'input' ? 'custom' : 'function';
    return { kind: 'tool-call', id, name: toolName(item, this.#context), toolKind };
  }

  #addPart(record: JsonRecord, type: string): readonly StreamPart[] {
    if (type !== 'output_text' && type !== 'refusal') return NO_PARTS;
    this.#sawRefusal ||= type === 'refusal';
    return this.#blocks.start(partKey(record), { kind: type === 'refusal' ? 'refusal' : 'text' });
  }

  /** Servers that send an item only when it is whole have sent none of its deltas. */
  #endItem(record: JsonRecord, item: JsonRecord): readonly StreamPart[] {
    const key = itemKey(record);
    const type = asText(item['type']) ?? '';
    if (type === 'message') return this.#endMessage(record, item);
    const added = this.#addItem(record, item);
    const member = CALL_INPUTS[type];
    const text = member === undefined ? summaryOf(item) : (asText(item[member]) ?? '');
    const late = this.#blocks.hasText(key) ? NO_PARTS : this.#add(key, text);
    const data = type === 'reasoning' ? (asText(item['encrypted_content']) ?? '') : '';
    const opaque =
      data === ''
        ? NO_PARTS
        : this.#blocks.say(key, { type: 'block-opaque', opaque: toEncrypted(data, this.#context) });
    return [...added, ...late, ...opaque, ...this.#blocks.end(key)];
  }

  #endMessage(record: JsonRecord, item: JsonRecord): readonly StreamPart[] {
    return asList(item['content']).flatMap((value, content_index) => {
      const part = asRecord(value) ?? {};
      const place = { ...record, content_index };
      const added = this.#addPart(place, asText(part['type']) ?? '');
      const key = partKey(place);
      const text = asText(part['text']) ?? asText(part['refusal']) ?? '';
      const late = this.#blocks.hasText(key) ? NO_PARTS : this.#add(key, text);
      return [...added, ...late, ...this.#blocks.end(key)];
    });
  }

  #finish(type: string, response: JsonRecord): readonly StreamPart[] {
    const usage = asRecord(response['usage']);
    const used: readonly StreamPart[] =
      usage === undefined ? NO_PARTS : [{ type: 'usage', usage: toUsage(usage, response['service_tier']) }];
    if (type === 'response.failed') {
      const error = asRecord(response['error']) ?? { message: 'The response failed without a reason.' };
      return this.#end([...used, { type: 'error', fault: faultOfError(error, null) }]);
    }
    for (const item of asList(response['output'])) this.#noteItem(asRecord(item) ?? {});
    const finish = toFinish(response, { calls: this.#sawCall, refusal: this.#sawRefusal });
    return this.#end([
      ...this.#start(response),
      ...this.#blocks.endAll(),
      { type: 'finish', choice: 0, finish },
      ...used,
      { type: 'end' },
    ]);
  }

  #end(parts: readonly StreamPart[]): readonly StreamPart[] {
    this.#ended = true;
    return parts;
  }
}

const summaryOf = (item: JsonRecord): string =>
  [...asList(item['summary']), ...asList(item['content'])]
    .map((part) => asText(asRecord(part)?.['text']) ?? '')
    .join(SUMMARY_BREAK);

/** Reads one stream. In `observe`, events of plain content are not parsed and yield no parts. */
export const createStreamReader = (mode: StreamReaderMode, context?: AnswerContext): StreamReader =>
  new ResponsesReader(mode, context);
