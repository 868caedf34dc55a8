/**
 * A chat stream whose upstream speaks chat too: every event goes on as the text it came in, except the first with
 * choices and the last (finish or usage), which carry the `gearbox` object.
 */
import { brand } from '../../brand.ts';
import type { JsonObject } from '../../canonical/json.ts';
import type { StreamFrame } from '../../canonical/stream-part.ts';
import { scanObject } from '../../json/scan.ts';
import { spliceMembers } from '../../json/splice.ts';
import { renderEvent } from '../../sse/writer.ts';
import type { StreamRenderOptions } from '../codec.ts';
import type { AnswerStream } from './answer-stream.ts';
import type { ChunkShape } from './chunk-shape.ts';
import { readChunkShape } from './chunk-shape.ts';
import type { ToolCounts } from './departures.ts';
import { hasDeparture, repairChoices } from './departures.ts';

/** New values of members, as JSON text. */
type Edits = Readonly<Record<string, string>>;

interface Held {
  readonly frame: StreamFrame;
  readonly edits: Edits;
}

const DONE = '[DONE]';
const NO_EDITS: Edits = {};
/** Some servers send usage without `choices` or beside an empty delta; the protocol says an empty list. */
const EMPTY_CHOICES: Edits = { choices: '[]' };

const toGearboxEdits = (gearbox: JsonObject | null): Edits =>
  gearbox === null ? NO_EDITS : { [brand.bodyKey]: JSON.stringify(gearbox) };

class PassthroughStream implements AnswerStream {
  readonly #expectedChoices: number;
  readonly #includeUsage: boolean;
  /** What every event gets: the model's name when the answer must repeat the requested one. */
  readonly #always: Edits;
  readonly #first: JsonObject | null;
  /** Choices that have their finish reason. */
  readonly #finished = new Set<number>();
  readonly #toolCounts: ToolCounts = new Map();
  #started = false;
  #held: Held | null = null;
  /** Events that came after the held one and must not overtake it. */
  #behind = '';
  #released = false;
  #upstreamEnded = false;

  constructor({ echoModel, first, request }: StreamRenderOptions) {
    this.#expectedChoices = request.sampling.choices ?? 1;
    this.#includeUsage = request.includeUsage;
    this.#always = echoModel === null ? NO_EDITS : { model: JSON.stringify(echoModel) };
    this.#first = first;
  }

  render(received: StreamFrame): string {
    if (received.data.startsWith(DONE) || received.parts.some((part) => part.type === 'end')) {
      this.#upstreamEnded = true;
      return '';
    }
    if (received.parts.some((part) => part.type === 'error')) return ''; // said through `fail`
    const shape = this.#isRead(received) ? readChunkShape(received.data) : null;
    const frame = hasDeparture(received.data) ? this.#repair(received) : received;
    return shape === null ? this.#pass(frame) : this.#renderRead(frame, shape);
  }

  isHolding(): boolean {
    return this.#held !== null && (this.#isComplete() || this.#upstreamEnded);
  }

  release(gearbox: JsonObject | null): string {
    if (this.#held === null) return '';
    this.#released = true;
    return this.#flush(toGearboxEdits(gearbox));
  }

  /**
   * Only events that begin or end something are read; the others are most of the stream. After a first finish all are,
   * because some providers say it twice and readers report it once.
   */
  #isRead({ parts }: StreamFrame): boolean {
    if (!this.#started || this.#finished.size > 0) return true;
    return parts.some((part) => part.type === 'finish' || part.type === 'usage');
  }

  #repair(frame: StreamFrame): StreamFrame {
    return { ...frame, data: repairChoices(frame.data, this.#toolCounts) };
  }

  #renderRead(frame: StreamFrame, shape: ChunkShape): string {
    if (shape.isUsageOnly) return this.#includeUsage ? this.#renderUsage(frame, shape) : '';
    // Azure sends its prompt filter before the answer, without choices; clients index into `choices`.
    if (shape.choices === 0) return '';
    const edits = this.#started ? NO_EDITS : toGearboxEdits(this.#first);
    this.#started = true;
    return shape.finished.length > 0 ? this.#renderFinish(frame, shape, edits) : this.#pass(frame, edits);
  }

  #renderUsage(frame: StreamFrame, shape: ChunkShape): string {
    const edits = shape.hasEmptyChoices ? NO_EDITS : EMPTY_CHOICES;
    // Running counts before any finish are not the last event.
    return this.#finished.size === 0 || this.#released ? this.#pass(frame, edits) : this.#hold(frame, edits);
  }

  #renderFinish(frame: StreamFrame, shape: ChunkShape, first: Edits): string {
    const isNew = shape.finished.some((choice) => !this.#finished.has(choice));
    // A second finish of the same choice with nothing in it: clients count on exactly one.
    if (!isNew && !shape.hasContent) return '';
    for (const choice of shape.finished) this.#finished.add(choice);
    return isNew && !this.#released ? this.#hold(frame, first) : this.#pass(frame, first);
  }

  #hold(frame: StreamFrame, edits: Edits): string {
    const before = this.#flush(NO_EDITS);
    this.#held = { frame, edits };
    return before;
  }

  #pass(frame: StreamFrame, edits: Edits = NO_EDITS): string {
    // A finish that may not be the last (several choices) goes out before what follows it; the last one waits.
    const before = this.#held !== null && !this.#isComplete() ? this.#flush(NO_EDITS) : '';
    const text = this.#toText(frame, edits);
    if (this.#held === null) return before + text;
    this.#behind += text;
    return before;
  }

  /** The held event and what waited behind it, in order. */
  #flush(edits: Edits): string {
    if (this.#held === null) return '';
    const { frame, edits: own } = this.#held;
    const text = this.#toText(frame, { ...own, ...edits }) + this.#behind;
    this.#held = null;
    this.#behind = '';
    return text;
  }

  #toText({ event, data }: StreamFrame, edits: Edits): string {
    if (edits === NO_EDITS && this.#always === NO_EDITS) return renderEvent({ event, data });
    const set = { ...this.#always, ...edits };
    // What is no object goes on as it is: a client judges it better than a gateway that throws.
    const isEdited = Object.keys(set).length > 0 && scanObject(data) !== null;
    return renderEvent({ event, data: isEdited ? spliceMembers(data, { set }) : data });
  }

  #isComplete(): boolean {
    return this.#finished.size >= this.#expectedChoices;
  }
}

export const createPassthroughStream = (options: StreamRenderOptions): AnswerStream => new PassthroughStream(options);
