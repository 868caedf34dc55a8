/** Content parts: what a message is made of, in every protocol. */
import type { JsonValue } from './json.ts';
import type { Protocol } from './protocol.ts';

/** A client's mark that everything up to here should be cached by the provider. */
export interface CacheBreakpoint {
  /** Lifetime asked for; null leaves it to the provider. */
  readonly ttl: '5m' | '30m' | '1h' | '12h' | null;
}

/** Where bytes are: never fetched by Gearbox, only passed on. */
export type MediaSource =
  | { readonly type: 'url'; readonly url: string }
  | { readonly type: 'base64'; readonly mediaType: string | null; readonly data: string }
  | { readonly type: 'file'; readonly fileId: string };

interface Cacheable {
  readonly cache?: CacheBreakpoint;
}

export interface TextPart extends Cacheable {
  readonly type: 'text';
  readonly text: string;
}

export interface ImagePart extends Cacheable {
  readonly type: 'image';
  readonly source: MediaSource;
  readonly detail?: string;
}

export interface AudioPart extends Cacheable {
  readonly type: 'audio';
  readonly source: MediaSource;
  readonly format: string | null;
}

export interface FilePart extends Cacheable {
  readonly type: 'file';
  readonly source: MediaSource;
  readonly filename: string | null;
}

export interface RefusalPart {
  readonly type: 'refusal';
  readonly text: string;
}

/** Who made an opaque reasoning item. Only that party can read it; sent elsewhere it is an error. */
export interface Provenance {
  readonly provider: string;
  readonly model: string;
  readonly transport: Protocol;
  /** Hash of the account's credentials reference; null when unknown. */
  readonly account: string | null;
}

/** The part of reasoning that only its maker can read. Kept byte for byte. */
export interface OpaqueReasoning {
  readonly kind: 'signature' | 'redacted' | 'encrypted' | 'thought-signature' | 'details';
  readonly data: string;
  /** Null when a client sent it without saying where it came from. */
  readonly provenance: Provenance | null;
}

export interface ReasoningPart {
  readonly type: 'reasoning';
  /** Reasoning text as the provider showed it; empty when only the opaque form exists. */
  readonly text: string;
  readonly summary: readonly string[];
  readonly opaque: OpaqueReasoning | null;
  readonly id?: string;
}

export type ToolKind = 'function' | 'custom' | 'hosted';

export interface ToolCallPart extends Cacheable {
  readonly type: 'tool-call';
  readonly id: string;
  readonly name: string;
  readonly kind: ToolKind;
  /** Raw text as the model wrote it: JSON for functions (may be empty or broken), free text for custom tools. */
  readonly input: string;
  /** Thought signatures travel with the call (Gemini). */
  readonly opaque?: OpaqueReasoning;
}

export interface ToolResultPart extends Cacheable {
  readonly type: 'tool-result';
  readonly callId: string;
  readonly content: readonly ContentPart[];
  readonly isError: boolean;
}

/** A part that only one protocol knows. Passed on to the same protocol, reported as dropped for any other. */
export interface ForeignPart {
  readonly type: 'foreign';
  readonly protocol: Protocol;
  readonly value: JsonValue;
}

export type ContentPart =
  | TextPart
  | ImagePart
  | AudioPart
  | FilePart
  | RefusalPart
  | ReasoningPart
  | ToolCallPart
  | ToolResultPart
  | ForeignPart;
