/** Stream parts: an answer as it arrives, in no provider's words. */
import type { OpaqueReasoning, ToolKind } from './content.ts';
import type { Finish } from './finish.ts';
import type { JsonValue } from './json.ts';
import type { AnswerProtocol } from './protocol.ts';
import type { Usage } from './usage.ts';

/** What a block holds. Blocks are numbered densely from 0 per choice and never overlap in Anthropic's order. */
export type BlockKind =
  | { readonly kind: 'text' }
  | { readonly kind: 'refusal' }
  | { readonly kind: 'reasoning' }
  | { readonly kind: 'tool-call'; readonly id: string; readonly name: string; readonly toolKind: ToolKind };

/** A fault that a provider reported, before or inside its answer. */
export interface UpstreamFault {
  /** HTTP status; for an error inside a 200 stream the status that its type stands for. */
  readonly status: number;
  readonly code: string | null;
  readonly type: string | null;
  /** The provider's message, shortened; secrets removed. */
  readonly message: string;
  readonly retryAfterSeconds: number | null;
}

export type StreamPart =
  /** First part of every stream. `model` is the id that the provider says it answered with. */
  | { readonly type: 'start'; readonly id: string; readonly model: string; readonly createdAtSeconds: number | null }
  | { readonly type: 'block-start'; readonly choice: number; readonly block: number; readonly content: BlockKind }
  | { readonly type: 'block-delta'; readonly choice: number; readonly block: number; readonly text: string }
  | {
      readonly type: 'block-opaque';
      readonly choice: number;
      readonly block: number;
      readonly opaque: OpaqueReasoning;
    }
  | { readonly type: 'block-annotation'; readonly choice: number; readonly block: number; readonly value: JsonValue }
  | { readonly type: 'block-end'; readonly choice: number; readonly block: number }
  | { readonly type: 'finish'; readonly choice: number; readonly finish: Finish }
  /** Cumulative: a later one replaces an earlier one. */
  | { readonly type: 'usage'; readonly usage: Usage }
  /** The provider ended its answer with an error; nothing follows. */
  | { readonly type: 'error'; readonly fault: UpstreamFault }
  /** The provider ended its answer in the way its protocol prescribes; nothing follows. */
  | { readonly type: 'end' };

/** One upstream event: its own text, kept for passthrough, and what it means. */
export interface StreamFrame {
  readonly protocol: AnswerProtocol;
  /** The event's `event:` name; null when it has none. */
  readonly event: string | null;
  /** The event's data, lines joined with \n, exactly as sent otherwise. */
  readonly data: string;
  /** What the event means. In passthrough, deltas of plain content may be left out: see `StreamReaderMode`. */
  readonly parts: readonly StreamPart[];
}

/**
 * `full`: every event becomes parts. `observe`: only events that carry a start, a finish, usage, an error or the end
 * are parsed; content deltas yield no parts, because nobody will read them and parsing them is most of the cost.
 */
export type StreamReaderMode = 'full' | 'observe';
