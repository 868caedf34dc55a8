/**
 * Parser of server-sent events (WHATWG HTML, section 9.2.6 "Interpreting an event stream"): bytes in any cut, whole
 * events out. Every streamed answer passes through it, so a chunk of whole events is decoded once and its lines are
 * read in place.
 */
import { ProviderError } from '../errors.ts';
import { createUtf8Decoder } from './utf8.ts';

export interface SseEvent {
  /** The `event:` field; null when the event has none. */
  readonly event: string | null;
  /** The `data:` lines joined with \n. */
  readonly data: string;
  /** The last `id:` seen so far in the stream; '' when there was none. */
  readonly id: string;
  /** Milliseconds of a `retry:` field since the event before. */
  readonly retry?: number;
  /** The last comment since the event before, for logs of what a proxy or provider says while it waits. */
  readonly comment?: string;
}

export interface SseParserOptions {
  /**
   * Most that one unfinished event may hold before the stream is refused, so that an endless line cannot fill the
   * memory. Counted in UTF-16 units, of which a text never has more than bytes.
   */
  readonly maxEventBytes: number;
  /**
   * What `end` does with an event whose blank line never came. `discard` is the specification; `dispatch` is for a
   * reader that can tell a cut from a sloppy sender by the data itself (some send `data: [DONE]` and close).
   */
  readonly lastEvent?: 'discard' | 'dispatch';
}

export interface SseParser {
  /** Events that this chunk completes. Throws ProviderError when an event exceeds the limit. */
  readonly push: (chunk: Uint8Array) => readonly SseEvent[];
  /** Ends the stream: at most one event, and only with `lastEvent: 'dispatch'`. */
  readonly end: () => readonly SseEvent[];
  /** True while something has begun that no blank line has ended: at the end of a stream, it was cut. */
  readonly pending: () => boolean;
}

const LINE_FEED = 0x0a;
const SPACE = 0x20;
const BYTE_ORDER_MARK = 0xfeff;
const DIGITS = /^[0-9]+$/;

/** The fields of the event that is being read. */
interface Block {
  event: string | null;
  /** Null until the first `data` line: an event without any is not dispatched. */
  data: string | null;
  id: string;
  retry: number | null;
  comment: string | null;
  /** A field line was read since the last blank line. */
  open: boolean;
}

const applyField = (block: Block, name: string, value: string): void => {
  block.open = true;
  switch (name) {
    case 'data':
      block.data = block.data === null ? value : `${block.data}\n${value}`;
      return;
    case 'event':
      block.event = value === '' ? null : value;
      return;
    case 'id':
      if (!value.includes('\0')) block.id = value;
      return;
    case 'retry':
      if (DIGITS.test(value)) block.retry = Number(value);
      return;
    default: // the specification ignores fields that it does not name
  }
};

/** Where a field's value begins: after its colon and at most one space. */
const toValueStart = (text: string, colon: number): number =>
  text.charCodeAt(colon + 1) === SPACE ? colon + 2 : colon + 1;

/** Reads the line `text[start, end)`, which is not blank. */
const applyLine = (block: Block, text: string, range: { readonly start: number; readonly end: number }): void => {
  const { start, end } = range;
  if (text.startsWith('data:', start)) {
    applyField(block, 'data', text.slice(toValueStart(text, start + 4), end));
    return;
  }
  const line = text.slice(start, end);
  const colon = line.indexOf(':');
  if (colon === 0) block.comment = line.slice(toValueStart(line, 0));
  else if (colon === -1) applyField(block, line, '');
  else applyField(block, line.slice(0, colon), line.slice(toValueStart(line, colon)));
};

/** The event that a blank line ends, or null; clears the block either way. */
const dispatch = (block: Block): SseEvent | null => {
  const { event, data, id, retry, comment } = block;
  block.event = null;
  block.data = null;
  block.open = false;
  if (data === null) return null;
  block.retry = null;
  block.comment = null;
  if (retry === null && comment === null) return { event, data, id };
  return { event, data, id, ...(retry === null ? {} : { retry }), ...(comment === null ? {} : { comment }) };
};

const NO_EVENTS: readonly SseEvent[] = [];

class EventStream {
  readonly #decoder = createUtf8Decoder();
  readonly #maxEventLength: number;
  readonly #block: Block = { event: null, data: null, id: '', retry: null, comment: null, open: false };
  /** The line whose end has not come. Only ever appended to: searching it again per chunk would be quadratic. */
  #rest = '';
  /** The last chunk ended with \r: a \n that begins the next one belongs to it. */
  #skipLineFeed = false;
  #started = false;
  #ended = false;

  constructor(maxEventLength: number) {
    this.#maxEventLength = maxEventLength;
  }

  push(chunk: Uint8Array): readonly SseEvent[] {
    if (this.#ended) return NO_EVENTS;
    return this.#readText(this.#decoder.decode(chunk));
  }

  end(keepLast: boolean): readonly SseEvent[] {
    if (this.#ended) return NO_EVENTS;
    const events = keepLast ? [...this.#readText(`${this.#decoder.flush()}\n\n`)] : NO_EVENTS;
    this.#ended = true;
    return events;
  }

  pending(): boolean {
    return this.#block.open || this.#rest !== '' || this.#decoder.pending();
  }

  #readText(text: string): readonly SseEvent[] {
    if (text === '') return NO_EVENTS;
    const events: SseEvent[] = [];
    let start = this.#toFirstLine(text);
    // Each search result is kept until it is passed: a stream with only one kind of line end is then searched for the
    // other kind once per chunk and not once per line.
    let lineFeed = text.indexOf('\n', start);
    let carriageReturn = text.indexOf('\r', start);
    for (;;) {
      if (lineFeed !== -1 && lineFeed < start) lineFeed = text.indexOf('\n', start);
      if (carriageReturn !== -1 && carriageReturn < start) carriageReturn = text.indexOf('\r', start);
      const isReturn = carriageReturn !== -1 && (lineFeed === -1 || carriageReturn < lineFeed);
      const end = isReturn ? carriageReturn : lineFeed;
      if (end === -1) break;
      const event = this.#readLine(text, start, end);
      if (event !== null) events.push(event);
      start = end + 1;
      if (!isReturn) continue;
      if (start === text.length) this.#skipLineFeed = true;
      else if (text.charCodeAt(start) === LINE_FEED) start += 1;
    }
    if (start < text.length) this.#rest += start === 0 ? text : text.slice(start);
    this.#checkSize();
    return events;
  }

  /** Where the first line begins: after a byte order mark, and after the \n of a \r\n that was cut. */
  #toFirstLine(text: string): number {
    const isMark = !this.#started && text.charCodeAt(0) === BYTE_ORDER_MARK;
    const isCutLineEnd = this.#skipLineFeed && text.charCodeAt(0) === LINE_FEED;
    this.#started = true;
    this.#skipLineFeed = false;
    return isMark || isCutLineEnd ? 1 : 0;
  }

  #readLine(text: string, start: number, end: number): SseEvent | null {
    if (this.#rest !== '') {
      const line = this.#rest + text.slice(start, end);
      this.#rest = '';
      applyLine(this.#block, line, { start: 0, end: line.length });
      return null;
    }
    if (start === end) return dispatch(this.#block);
    applyLine(this.#block, text, { start, end });
    return null;
  }

  #checkSize(): void {
    const length = this.#rest.length + (this.#block.data?.length ?? 0);
    if (length <= this.#maxEventLength) return;
    this.#rest = '';
    this.#ended = true;
    throw new ProviderError(`One event of the stream is longer than the limit of ${this.#maxEventLength} bytes.`, {
      code: 'upstream_event_too_large',
    });
  }
}

/** A parser for one stream. */
export const createSseParser = (options: SseParserOptions): SseParser => {
  const stream = new EventStream(options.maxEventBytes);
  const keepLast = options.lastEvent === 'dispatch';
  return {
    push: (chunk) => stream.push(chunk),
    end: () => stream.end(keepLast),
    pending: () => stream.pending(),
  };
};
