/** What a provider is to the rest of the system: one function that makes one attempt. */
import type { Cancellation } from '../canonical/cancellation.ts';
import type { Effort, Verbosity } from '../canonical/effort.ts';
import type { AnswerProtocol, UpstreamProtocol } from '../canonical/protocol.ts';
import type { CanonicalRequest } from '../canonical/request.ts';
import type { CanonicalResponse } from '../canonical/response.ts';
import type { StreamFrame, StreamReaderMode, UpstreamFault } from '../canonical/stream-part.ts';
import type { Warning } from '../canonical/warning.ts';
import type { Deployment, Instructions } from '../catalog/component.ts';

/** Where one attempt goes and with which parameters; every value is already resolved against the model's facts. */
export interface Target {
  readonly deployment: Deployment;
  /** Null: send nothing, the model's own default applies. */
  readonly effort: Effort | null;
  readonly verbosity: Verbosity | null;
  readonly maxOutputTokens: number | null;
  readonly instructions: Instructions | null;
  /** Headers of the client that this provider's protocol forwards unchanged (lower-case names). */
  readonly forwardHeaders: Readonly<Record<string, string>>;
}

/** What a request's translation renamed or reshaped: needed to give the answer back in the client's words. Plain data. */
export interface AnswerContext {
  /** Who will answer: goes into the provenance of opaque reasoning and into messages about faults. */
  readonly provider: string;
  readonly model: string;
  /** First 12 hex digits of the SHA-256 of the credentials reference; null without credentials. */
  readonly account: string | null;
  /** Custom tools that were sent as functions with one string `input`, by the name that was sent. */
  readonly wrappedTools: ReadonlySet<string>;
  /** Answers asked for (`n`); absent: one. A stream that ends without saying so is complete only with all of them. */
  readonly choices?: number;
  /** The client's tool name by the name that was sent, where the protocol does not accept the client's. */
  readonly toolNames: ReadonlyMap<string, string>;
}

/** A request as bytes for one provider, and what had to be changed to get there. */
export interface WireRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly warnings: readonly Warning[];
  readonly context: AnswerContext;
  /** Absent or false: where the client speaks this protocol, the answer may go on as it comes. */
  readonly translates?: boolean;
}

/** One server-sent event, as far as a protocol's reader needs it. */
export interface WireEvent {
  readonly event: string | null;
  readonly data: string;
}

/** Reads one stream's events in order. Holds the state of that stream only. */
export interface StreamReader {
  /** `event` is the server-sent event's name or null; `data` its joined data lines. */
  readonly read: (event: string | null, data: string) => StreamFrame;
  /** True once the protocol's own terminator was seen: bytes after it are ignored, its absence is a cut. */
  readonly ended: () => boolean;
  /**
   * The last frame of a stream that ended cleanly but without the terminator, when everything that it had to say was
   * said; null when it was cut. Absent: the terminator is indispensable.
   */
  readonly close?: () => StreamFrame | null;
}

/** One upstream protocol: pure translations, no I/O. */
export interface ProviderProtocol {
  readonly protocol: UpstreamProtocol;
  /** Throws InvalidRequestError when the request cannot be said in this protocol at all. */
  readonly toWire: (request: CanonicalRequest, target: Target) => WireRequest;
  readonly authenticate: (secret: string) => Readonly<Record<string, string>>;
  /** Throws ProviderError when the text is not this protocol's answer. */
  readonly fromWire: (text: string, context?: AnswerContext) => CanonicalResponse;
  readonly createStreamReader: (mode: StreamReaderMode, context?: AnswerContext) => StreamReader;
  /** The events of a stream that says the same as a whole answer, for upstreams that ignore `stream: true`. */
  readonly toEvents: (text: string) => readonly WireEvent[];
  readonly toFault: (status: number, headers: Readonly<Record<string, string>>, text: string) => UpstreamFault;
}

interface AnswerBase {
  readonly status: number;
  /** Upstream's own request id, for support cases. */
  readonly upstreamRequestId: string | null;
  readonly warnings: readonly Warning[];
}

export type ProviderAnswer =
  | (AnswerBase & {
      readonly type: 'whole';
      readonly protocol: AnswerProtocol;
      /** The body exactly as received, for passthrough. */
      readonly text: string;
      readonly response: CanonicalResponse;
    })
  | (AnswerBase & {
      readonly type: 'stream';
      readonly protocol: AnswerProtocol;
      /**
       * One item per upstream chunk, holding every event that it completed. Ends without an `end` or `error` part when
       * upstream broke off: the reader of this iterable must treat that as a fault. `return()` aborts the upstream call.
       */
      readonly batches: AsyncIterable<readonly StreamFrame[]>;
    })
  | (AnswerBase & { readonly type: 'fault'; readonly fault: UpstreamFault; readonly retryable: boolean });

export interface SendOptions {
  readonly signal: Cancellation;
  /** `observe` when the client's protocol equals the provider's (passthrough), else `full`. */
  readonly mode: StreamReaderMode;
  /** A parameter that cannot be applied as asked throws InvalidRequestError before anything is sent. */
  readonly strictParams: boolean;
}

export interface Provider {
  readonly name: string;
  readonly protocol: UpstreamProtocol;
  /**
   * Makes one attempt. Faults of the provider are answers of type `fault`; only a request that cannot be said in the
   * provider's protocol throws (InvalidRequestError), and an abort rejects with the signal's reason.
   */
  readonly send: (request: CanonicalRequest, target: Target, options: SendOptions) => Promise<ProviderAnswer>;
}

/** Finds the provider of a deployment, speaking `protocol`; undefined when it is not configured or does not speak it. */
export type FindProvider = (name: string, protocol: UpstreamProtocol) => Provider | undefined;

export interface ForwardRequest {
  readonly deployment: Deployment;
  /** Behind the base URL, as `/embeddings`. */
  readonly path: string;
  readonly body: string;
  readonly signal: Cancellation;
}

export type Forwarded =
  | { readonly type: 'answer'; readonly text: string }
  | { readonly type: 'fault'; readonly fault: UpstreamFault; readonly retryable: boolean };

/** Rejects only when the signal aborts. */
export type Forward = (request: ForwardRequest) => Promise<Forwarded>;

/** Undefined for a provider that is not configured. */
export type FindForward = (name: string) => Forward | undefined;
