/** What a client protocol is to the server: parse its requests, render answers, streams and errors in its shape. */
import type { JsonObject } from '../canonical/json.ts';
import type { AnswerProtocol, ClientProtocol } from '../canonical/protocol.ts';
import type { CanonicalRequest } from '../canonical/request.ts';
import type { CanonicalResponse } from '../canonical/response.ts';
import type { StreamFrame } from '../canonical/stream-part.ts';

/** An error, ready to be said in any protocol. */
export interface ErrorDescription {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** Path of the request's field at fault; null when no one field is. */
  readonly field: string | null;
  /** Goes beside `error` as the `gearbox` member; null when disclosure is off. */
  readonly gearbox: JsonObject | null;
}

export interface RenderOptions {
  /** The answer repeats this model name; null: the id that really answered, without provider prefix. */
  readonly echoModel: string | null;
  /** The request as parsed: what was asked for decides what may be shown (usage chunk, number of choices). */
  readonly request: CanonicalRequest;
  /** Names this answer and no other, for protocols whose clients come back for it: providers repeat their ids. */
  readonly answerId: string;
  /** Milliseconds since 1970, for protocols whose answers carry a time that upstream did not give. */
  readonly now: () => number;
}

export interface WholeAnswer {
  readonly protocol: AnswerProtocol;
  /** The provider's body as received; used with splice edits when `protocol` is the client's own. */
  readonly text: string;
  readonly response: CanonicalResponse;
}

export interface StreamRenderOptions extends RenderOptions {
  /** `gearbox` object of the first meaningful event; null: none. */
  readonly first: JsonObject | null;
}

/**
 * Turns frames into the text of one answer. The last meaningful event carries the final `gearbox` object, which needs
 * the cost, which needs upstream's usage; so the renderer holds that event back until `release` is called.
 */
export interface StreamRenderer {
  /** Text for the frames of one upstream chunk, '' when there is nothing to send. At most one write comes of it. */
  readonly render: (frames: readonly StreamFrame[]) => string;
  /** True while the last meaningful event is held back and only `release` lets it go. */
  readonly isHolding: () => boolean;
  /** The held event with the final object (null: none). '' when nothing is held. Later frames pass as they come. */
  readonly release: (gearbox: JsonObject | null) => string;
  /** The protocol's own end of a stream (`data: [DONE]`); only after a complete answer. */
  readonly end: () => string;
  /** The protocol's own terminal error, valid at any point of the stream; nothing may follow. */
  readonly fail: (error: ErrorDescription) => string;
}

/** A stream that another upstream may have to go on with: the client sees one answer. */
export interface Continuation {
  /** Takes note of text that goes to the client. Whole events only. */
  readonly note: (text: string) => void;
  readonly isVisible: () => boolean;
  /** What closes the first stream, as text. */
  readonly close: () => string;
  /** A renderer of the second stream whose text goes on with the first. */
  readonly goOn: (renderer: StreamRenderer) => StreamRenderer;
}

export interface ClientCodec {
  readonly protocol: ClientProtocol;
  /** Throws InvalidRequestError that names field, expected, given and fix. */
  readonly parseRequest: (text: string) => CanonicalRequest;
  readonly renderWhole: (
    answer: WholeAnswer,
    options: RenderOptions & { readonly gearbox: JsonObject | null },
  ) => string;
  readonly createStreamRenderer: (options: StreamRenderOptions) => StreamRenderer;
  /** For a stream that another upstream may have to go on with. */
  readonly createContinuation: () => Continuation;
  /** Body of an error answer before anything was streamed. */
  readonly renderError: (error: ErrorDescription) => string;
}
