/** Events and faults: what the two protocols' outputs share. */

/** One event of a stream as the lab sends it. */
export interface LabEvent {
  /** Complete bytes of the event as text, the blank line included. */
  readonly text: string;
  /** Output tokens that it carries; paces the stream. */
  readonly tokens: number;
}

/** An error, in no protocol's words. */
export interface LabFault {
  readonly status: number;
  readonly message: string;
  readonly param: string | null;
  readonly code: string | null;
}
