/** Events of a provider's stream, of whatever shape: what cannot be read becomes the fault that ends the stream. */
import type { StreamPart } from '../canonical/stream-part.ts';
import { garbageFault } from './fault.ts';

/** The parts of an event, or what was found instead of one. */
export type EventReading = readonly StreamPart[] | string;

/** Parses the data of an event and hands it to `read`. */
export const readEventData = (data: string, read: (value: unknown) => EventReading): EventReading => {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return 'an event is not JSON';
  }
  try {
    return read(value);
  } catch {
    // Absurdly nested input overflows JSON.stringify; no shape of an answer may surface as a defect of ours.
    return 'the members of an event have unexpected shapes';
  }
};

/** What a stream ends with whose event was not understood. */
export const garbledStream = (what: string): readonly StreamPart[] => [
  { type: 'error', fault: garbageFault(`The provider's stream is not understood: ${what}.`) },
];
