/**
 * Going on: a stream that one upstream began and another one ends. The client sees one answer: what the first left open is
 * closed, what the second begins anew is left out, and what is numbered goes on being numbered.
 */
import type { JsonObject } from '../canonical/json.ts';
import { renderEvent } from '../sse/writer.ts';
import type { Continuation } from './codec.ts';

/** One event as it was or will be written. */
export interface WrittenEvent {
  readonly event: string | null;
  readonly data: string;
}

/** What a protocol knows of its own streams. Holds the state of one. */
export interface StreamLedger {
  /** Takes note of an event that went to the client. */
  readonly note: (value: JsonObject) => void;
  /** Words or calls of the answer went to the client: nobody else can go on from here. */
  readonly isVisible: () => boolean;
  /** Events that close what is open. */
  readonly close: () => readonly JsonObject[];
  /** An event of the second stream as it goes on with the first; null leaves it out. */
  readonly goOn: (value: JsonObject) => JsonObject | null;
}

const readField = (block: string, name: string): string | null => {
  const lines = block.split('\n').filter((line) => line.startsWith(`${name}: `));
  return lines.length === 0 ? null : lines.map((line) => line.slice(name.length + 2)).join('\n');
};

const readEvents = (text: string): readonly WrittenEvent[] =>
  text.split('\n\n').flatMap((block) => {
    const data = readField(block, 'data');
    return data === null ? [] : [{ event: readField(block, 'event'), data }];
  });

const parse = ({ data }: WrittenEvent): JsonObject | null => {
  // The terminator of Chat Completions is no JSON; everything else here was written by a renderer.
  if (!data.startsWith('{')) return null;
  return JSON.parse(data) as JsonObject;
};

const print = (value: JsonObject, isNamed: boolean): string =>
  renderEvent({
    event: isNamed && typeof value['type'] === 'string' ? value['type'] : null,
    data: JSON.stringify(value),
  });

/** `isNamed`: the protocol writes the type of an event as its name, too. */
export const createContinuation = (ledger: StreamLedger, isNamed: boolean): Continuation => {
  const rewrite = (text: string): string =>
    readEvents(text)
      .map((event) => {
        const value = parse(event);
        if (value === null) return renderEvent(event);
        const next = ledger.goOn(value);
        return next === null ? '' : print(next, isNamed);
      })
      .join('');
  return {
    note: (text) => {
      for (const event of readEvents(text)) {
        const value = parse(event);
        if (value !== null) ledger.note(value);
      }
    },
    isVisible: ledger.isVisible,
    close: () =>
      ledger
        .close()
        .map((value) => print(value, isNamed))
        .join(''),
    goOn: (renderer) => ({
      render: (frames) => rewrite(renderer.render(frames)),
      isHolding: renderer.isHolding,
      release: (gearbox) => rewrite(renderer.release(gearbox)),
      end: () => rewrite(renderer.end()),
      fail: (error) => rewrite(renderer.fail(error)),
    }),
  };
};
