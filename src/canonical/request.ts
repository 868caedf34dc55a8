/** A request in canonical form: what a client asked for, in no provider's words. */
import type { Effort, Verbosity } from './effort.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { Message } from './message.ts';
import type { ClientProtocol } from './protocol.ts';
import type { Tool, ToolChoice } from './tool.ts';

/** Sampling parameters; an absent member was not sent. */
export interface Sampling {
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly seed?: number;
  readonly stop?: readonly string[];
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  readonly logitBias?: JsonObject;
  readonly logprobs?: boolean;
  readonly topLogprobs?: number;
  /** Number of choices; 1 when absent. */
  readonly choices?: number;
}

export interface ReasoningControls {
  /** Effort the client asked for; null when it did not. */
  readonly effort: Effort | null;
  /** Token budget, where the client's protocol speaks in tokens. */
  readonly budgetTokens: number | null;
  readonly summary: 'auto' | 'concise' | 'detailed' | 'none' | null;
  /** Pro mode (parallel compute), Responses API. */
  readonly mode: 'standard' | 'pro' | null;
}

export type ResponseFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json-object' }
  | {
      readonly type: 'json-schema';
      readonly name: string;
      readonly description: string | null;
      readonly schema: JsonObject;
      readonly strict: boolean | null;
    };

export interface PromptCache {
  readonly key: string | null;
  readonly retention: string | null;
  readonly options: JsonObject | null;
}

/** The client's own text. Same-protocol passthrough edits this text and never prints the parsed form again. */
export interface RequestSource {
  readonly protocol: ClientProtocol;
  readonly text: string;
}

export interface CanonicalRequest {
  readonly source: RequestSource;
  /** `model` exactly as sent. */
  readonly model: string;
  /** System and developer text stays in `messages`, in the order sent. */
  readonly messages: readonly Message[];
  readonly tools: readonly Tool[];
  readonly toolChoice: ToolChoice | null;
  readonly parallelToolCalls: boolean | null;
  readonly sampling: Sampling;
  readonly maxOutputTokens: number | null;
  readonly reasoning: ReasoningControls;
  readonly verbosity: Verbosity | null;
  readonly responseFormat: ResponseFormat | null;
  readonly stream: boolean;
  /** Chat: the client asked for a usage chunk. */
  readonly includeUsage: boolean;
  readonly serviceTier: string | null;
  readonly cache: PromptCache | null;
  readonly outputModalities: readonly string[];
  /** End-user id as the client named it. Never a feature. */
  readonly endUser: string | null;
  readonly metadata: JsonObject | null;
  /** Our own controls as sent in the body (`gearbox: {…}`), not yet validated; undefined when absent. */
  readonly controls: JsonValue | undefined;
  /** Top-level members that the canonical form does not know; they survive same-protocol passthrough only. */
  readonly unknownMembers: readonly string[];
}
