/** Scripts: what a model of the lab answers, how fast, and how it fails. Plain data, chosen by model name. */

export type LabProtocol = 'openai-chat' | 'openai-responses' | 'anthropic-messages';

export type LabFinish = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'refusal';

export interface LabToolCall {
  /** Null: the tool that the request forces, else the first that it offers. */
  readonly name: string | null;
  /** JSON text (broken JSON only in Chat Completions). Null: the smallest arguments that meet the tool's schema. */
  readonly arguments: string | null;
}

/** How a reply goes wrong. Event counts are of the protocol's own events, the first included. */
export type LabFailure =
  /** An HTTP error; `body` null prints the protocol's own error object. */
  | {
      readonly type: 'status';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string | null;
    }
  /** The connection is reset before any byte of an answer. */
  | { readonly type: 'refuse' }
  /** The connection is reset after this many bytes of the body. */
  | { readonly type: 'reset'; readonly afterBytes: number }
  /** Headers and this many events are sent, then nothing until the client leaves. */
  | { readonly type: 'stall'; readonly afterEvents: number }
  /** Headers come late; then all is well. */
  | { readonly type: 'slow-headers'; readonly delayMs: number }
  /** 200 and `application/json`, or an event stream, but the body is noise. */
  | { readonly type: 'garbage' }
  /** 200 and an HTML page, as captive portals and proxies send it. */
  | { readonly type: 'html' }
  /** 200, then the protocol's error event after this many events; the stream ends there. */
  | { readonly type: 'stream-error'; readonly afterEvents: number }
  /** The stream ends properly as HTTP, but after this many events and without a finish. */
  | { readonly type: 'cut'; readonly afterEvents: number }
  /** Like `cut`, with the first half of the next event's bytes behind. */
  | { readonly type: 'half-event'; readonly afterEvents: number }
  /** All but the event that ends a stream (`[DONE]`, `message_stop`, `response.completed`). */
  | { readonly type: 'missing-done' };

/** How the bytes of a stream are cut into writes. */
export type LabChunking =
  | { readonly type: 'events'; readonly perWrite: number }
  /** Writes of 1 to `maxBytes` bytes, without regard to events or characters; the seed fixes the sizes. */
  | { readonly type: 'bytes'; readonly maxBytes: number; readonly seed: number };

export interface LabTiming {
  /** Until the first event, milliseconds at time scale 1. */
  readonly firstTokenMs: number;
  /** Output tokens per second at time scale 1; 0 sends everything at once. */
  readonly tokensPerSecond: number;
  /** Tokens (4 characters each) in one event. */
  readonly tokensPerEvent: number;
}

/** Counts that replace the lab's estimate (input: characters / 4; output: the text's characters / 4). */
export interface LabUsage {
  readonly inputTokens?: number;
  readonly cachedTokens?: number;
  readonly outputTokens?: number;
  readonly reasoningTokens?: number;
}

export interface LabScript {
  /** The answer. Null: the demonstration's text. Ignored where tools are called. */
  readonly text: string | null;
  /** Shown reasoning; null: the model does not think. Left out where the request turns thinking off. */
  readonly reasoning: string | null;
  /** Whether reasoning grows with the effort asked for, as it does in real models. */
  readonly scaleReasoning: boolean;
  readonly toolCalls: readonly LabToolCall[];
  readonly usage: LabUsage;
  /** Null: `tool_calls` with tool calls, `length` where the request's limit cut the text, else `stop`. */
  readonly finish: LabFinish | null;
  readonly timing: LabTiming;
  readonly chunking: LabChunking;
  /** The model that the answer names instead of the one that was asked, as providers do that reroute. */
  readonly answersAs: string | null;
  readonly failure: LabFailure | null;
  /** The failure hits the first so many requests of the same prompt, then the model recovers. Infinity: all. */
  readonly failTimes: number;
}

/** A model of the lab: a script, or one name that behaves as two models by the effort asked for. */
export type LabModel =
  | { readonly type: 'script'; readonly script: LabScript }
  /** Effort `none` or thinking switched off → `withoutThinking`, anything else → `withThinking`. */
  | { readonly type: 'hybrid'; readonly withoutThinking: LabScript; readonly withThinking: LabScript };

const THOUGHTS = [
  'This is simulated reasoning of the lab.',
  'First, what is really being asked? I restate it in my own words.',
  'Which step could fail? I look at that one before the easy ones.',
  'I try a small case by hand to see whether the idea holds.',
  'It does, so I go through the general case in order.',
  'Now the opposite: is there an example that would break it? I find none.',
  'I check the result once more against the question.',
  'Only then I write the answer.',
];

const thoughts = (count: number): string => THOUGHTS.slice(0, count).join(' ');

const base: LabScript = {
  text: null,
  reasoning: null,
  scaleReasoning: true,
  toolCalls: [],
  usage: {},
  finish: null,
  timing: { firstTokenMs: 300, tokensPerSecond: 150, tokensPerEvent: 1 },
  chunking: { type: 'events', perWrite: 1 },
  answersAs: null,
  failure: null,
  failTimes: Number.POSITIVE_INFINITY,
};

/** A script from its members; what is left out is an ordinary fast answer with the demonstration's text. */
export const createScript = (members: Partial<LabScript> = {}): LabScript => ({ ...base, ...members });

const scripted = (firstTokenMs: number, tokensPerSecond: number, thoughtCount: number): LabModel => ({
  type: 'script',
  script: createScript({
    reasoning: thoughtCount === 0 ? null : thoughts(thoughtCount),
    timing: { firstTokenMs, tokensPerSecond, tokensPerEvent: 1 },
  }),
});

const fast = scripted(300, 150, 0);
const thinking = scripted(4_000, 90, 6);

/** The six components, and `hybrid`, which is fast and thinking under one name. Delays are those of real models. */
export const LAB_MODELS: Readonly<Record<string, LabModel>> = {
  fast,
  'fast-mini': scripted(150, 250, 0),
  thinking,
  'thinking-mini': scripted(1_500, 160, 4),
  'thinking-nano': scripted(800, 220, 2),
  pro: scripted(20_000, 60, 8),
  hybrid: {
    type: 'hybrid',
    withoutThinking: createScript({ timing: { firstTokenMs: 300, tokensPerSecond: 150, tokensPerEvent: 1 } }),
    withThinking: createScript({
      reasoning: thoughts(6),
      timing: { firstTokenMs: 4_000, tokensPerSecond: 90, tokensPerEvent: 1 },
    }),
  },
};
