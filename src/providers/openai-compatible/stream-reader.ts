/** Events of a chat completion stream → canonical parts. */
import type { StreamFrame, StreamPart, StreamReaderMode } from '../../canonical/stream-part.ts';
import { faultOfError, findError } from '../fault.ts';
import type { AnswerContext, StreamReader } from '../provider.ts';
import { asCount, asList, asRecord, asText } from '../reading.ts';
import type { JsonRecord } from '../reading.ts';
import { garbledStream, readEventData } from '../stream-event.ts';
import { ChoiceReader } from './choice-reader.ts';
import { toFinish } from './finish.ts';
import { findUsage, toUsage } from './usage.ts';

const DONE = '[DONE]';
const NO_PARTS: readonly StreamPart[] = [];
const END: readonly StreamPart[] = [{ type: 'end' }];

/**
 * Members whose value, when it is not null, a passthrough must understand. Matches any white space around the colon.
 * Content cannot imitate one: inside a JSON string each quote has a backslash before it, so `"usage"` directly followed
 * by a colon is always a member. (The class after the colon holds white space, because backing off from it would let
 * `: null` pass.)
 */
const OBSERVED = /"(?:finish_reason|usage|error)"\s*:\s*(?!null|\s)/;
/** Old errors without an `error` member: `{"object": "error", …}`. */
const OBJECT_ERROR = /"object"\s*:\s*"error"/;
/** A tool call begins: an id or a name, of which only the kind matters for the finish of a choice. */
const CALLS = /"tool_calls"\s*:\s*\[/;

class ChatReader implements StreamReader {
  readonly #mode: StreamReaderMode;
  readonly #context: AnswerContext | undefined;
  readonly #choices = new Map<number, ChoiceReader>();
  /** Observe: choices are not read, but which have finished, and whether a call was seen, is remembered. */
  readonly #observed = new Map<number, boolean>();
  #sawCall = false;
  #started = false;
  #ended = false;

  constructor(mode: StreamReaderMode, context: AnswerContext | undefined) {
    this.#mode = mode;
    this.#context = context;
  }

  read = (event: string | null, data: string): StreamFrame => ({
    protocol: 'openai-chat',
    event,
    data,
    parts: this.#ended ? NO_PARTS : this.#toParts(event, data),
  });

  ended = (): boolean => this.#ended;

  /**
   * The stream's end without `[DONE]`, which some servers never send: complete if every choice gave its reason to stop.
   * Null when it was cut.
   */
  close = (): StreamFrame | null => {
    if (this.#ended || !this.#isComplete()) return null;
    this.#ended = true;
    return { protocol: 'openai-chat', event: null, data: DONE, parts: END };
  };

  #isComplete(): boolean {
    const finished = [...this.#choices.values()].map((choice) => choice.finished).concat(...this.#observed.values());
    return finished.length >= (this.#context?.choices ?? 1) && finished.every(Boolean);
  }

  #toParts(event: string | null, data: string): readonly StreamPart[] {
    if (data.startsWith(DONE) || data.trim() === DONE) {
      this.#ended = true;
      return [...this.#finishAll(), ...END];
    }
    if (this.#mode === 'observe' && this.#started && event !== 'error' && !OBSERVED.test(data)) {
      this.#sawCall ||= CALLS.test(data);
      if (!OBJECT_ERROR.test(data)) return NO_PARTS;
    }
    return data.trim() === '' ? NO_PARTS : this.#parse(data, event === 'error');
  }

  #parse(data: string, isError: boolean): readonly StreamPart[] {
    const parts = readEventData(data, (value) => {
      const error = findError(value) ?? (isError ? asRecord(value) : undefined);
      if (error !== undefined) {
        this.#ended = true;
        return [{ type: 'error', fault: faultOfError(error, null) }];
      }
      const chunk = asRecord(value);
      return chunk === undefined ? 'an event is not an object' : this.#readChunk(chunk);
    });
    if (typeof parts !== 'string') return parts;
    this.#ended = true;
    return garbledStream(parts);
  }

  #readChunk(chunk: JsonRecord): readonly StreamPart[] {
    const choices = asList(chunk['choices']);
    const parts = this.#start(chunk, choices.length);
    for (const [position, value] of choices.entries()) {
      const choice = asRecord(value) ?? {};
      const error = asRecord(choice['error']);
      if (error !== undefined) {
        this.#ended = true;
        return [...parts, { type: 'error', fault: faultOfError(error, null) }];
      }
      parts.push(...this.#readChoice(choice, asCount(choice['index']) ?? position));
    }
    const usage = findUsage(chunk);
    if (usage !== undefined) parts.push({ type: 'usage', usage: toUsage(usage, chunk['service_tier']) });
    return parts;
  }

  /** Azure's first chunk has neither id nor choices, only filter results: the stream starts with the next one. */
  #start(chunk: JsonRecord, choices: number): StreamPart[] {
    const id = asText(chunk['id']) ?? '';
    if (this.#started || (id === '' && choices === 0 && findUsage(chunk) === undefined)) return [];
    this.#started = true;
    const named = asText(chunk['model']) ?? '';
    const model = named === '' ? (this.#context?.model ?? '') : named;
    return [{ type: 'start', id, model, createdAtSeconds: asCount(chunk['created']) }];
  }

  #readChoice(choice: JsonRecord, index: number): readonly StreamPart[] {
    if (this.#mode === 'full') {
      const reader = this.#choices.get(index) ?? new ChoiceReader(index, this.#context);
      this.#choices.set(index, reader);
      return reader.read(choice);
    }
    const hadFinished = this.#observed.get(index) ?? false;
    this.#sawCall ||= asList(asRecord(choice['delta'])?.['tool_calls']).length > 0;
    const reason = asText(choice['finish_reason']) ?? '';
    this.#observed.set(index, hadFinished || reason !== '');
    return reason === '' || hadFinished
      ? []
      : [{ type: 'finish', choice: index, finish: toFinish(reason, this.#sawCall) }];
  }

  /** `[DONE]` behind a choice that gave no reason: the answer is over all the same, for a reason that nobody said. */
  #finishAll(): readonly StreamPart[] {
    const parts: StreamPart[] = [];
    for (const choice of this.#choices.values()) if (!choice.finished) choice.finish(null, parts);
    return parts;
  }
}

/** Reads one stream. In `observe`, events of plain content are not parsed and yield no parts. */
export const createStreamReader = (mode: StreamReaderMode, context?: AnswerContext): StreamReader =>
  new ChatReader(mode, context);
