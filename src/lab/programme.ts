/** Programmes: one HTTP answer as a list of steps in time. Failures are changes of the list; `play.ts` plays it. */
import type { LabEvent, LabFault } from './event.ts';
import { splitBytes } from './random.ts';
import type { LabChunking, LabFailure, LabTiming } from './script.ts';

export type Step =
  /** `atMs` counts from the request's arrival, at time scale 1. */
  | { readonly type: 'write'; readonly bytes: string | Buffer; readonly atMs: number }
  | { readonly type: 'end' }
  /** Resets the connection. */
  | { readonly type: 'reset' }
  /** Nothing more until the client leaves. */
  | { readonly type: 'stall' };

export interface Programme {
  /** Null: no answer at all, not even headers. */
  readonly head: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    /** Headers wait for the first step, as providers' do, unless they must be seen alone. */
    readonly atMs: number | null;
  } | null;
  readonly steps: readonly Step[];
  /** Each write in its own turn of the event loop, so that the network sees the cuts. */
  readonly isCutUp: boolean;
}

const JSON_HEADERS = { 'content-type': 'application/json' };

export const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
};

const HTML =
  '<!doctype html><html><head><title>Sign in to the network</title></head><body><h1>Welcome</h1></body></html>';

/** Not UTF-8, not JSON, no line break. */
const NOISE = Buffer.from('00ff8b1f7b22c3289d3ae2820dfe41', 'hex');

export const END: Step = { type: 'end' };

/** A whole body at once. */
export const bodyProgramme = (options: {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  readonly atMs?: number;
}): Programme => ({
  head: { status: options.status, headers: { ...JSON_HEADERS, ...options.headers }, atMs: null },
  steps: [{ type: 'write', bytes: options.body, atMs: options.atMs ?? 0 }, END],
  isCutUp: false,
});

const totalMs = (timing: LabTiming, tokens: number): number =>
  timing.firstTokenMs + (timing.tokensPerSecond === 0 ? 0 : (tokens * 1_000) / timing.tokensPerSecond);

const groupEvents = (events: readonly LabEvent[], timing: LabTiming, perWrite: number): readonly Step[] => {
  const steps: Step[] = [];
  let tokens = 0;
  for (let start = 0; start < events.length; start += perWrite) {
    const group = events.slice(start, start + perWrite);
    // The first token comes at firstTokenMs; only what follows it takes time.
    const atMs = totalMs(timing, tokens);
    tokens += group.reduce((sum, event) => sum + event.tokens, 0);
    steps.push({ type: 'write', bytes: group.map(({ text }) => text).join(''), atMs });
  }
  return steps;
};

const cutBytes = (text: string, chunking: LabChunking & { readonly type: 'bytes' }, atMs: number): readonly Step[] =>
  splitBytes(Buffer.from(text), chunking.maxBytes, chunking.seed).map((bytes) => ({ type: 'write', bytes, atMs }));

export interface StreamInputs {
  readonly events: readonly LabEvent[];
  readonly timing: LabTiming;
  readonly chunking: LabChunking;
}

/** The events of a stream as writes. */
export const streamProgramme = ({ events, timing, chunking }: StreamInputs): Programme => {
  const isCutUp = chunking.type === 'bytes';
  const writes = isCutUp
    ? cutBytes(events.map(({ text }) => text).join(''), chunking, timing.firstTokenMs)
    : groupEvents(events, timing, chunking.perWrite);
  return { head: { status: 200, headers: STREAM_HEADERS, atMs: null }, steps: [...writes, END], isCutUp };
};

/** The protocol's own error, as a body and as an event. */
export interface FaultRenderers {
  readonly body: (fault: LabFault) => string;
  readonly event: (fault: LabFault) => LabEvent;
}

const MESSAGES: Readonly<Record<number, string>> = {
  400: 'The lab was told to find this request invalid.',
  401: 'The lab was told to refuse this key.',
  429: 'The lab was told to be rate limited.',
  503: 'The lab was told to be unavailable.',
  529: 'The lab was told to be overloaded.',
};

/** The error that the lab reports where a script tells it to. */
export const scriptedFault = (status: number): LabFault => ({
  status,
  message: MESSAGES[status] ?? 'The lab was told to fail.',
  param: null,
  code: status === 429 ? 'rate_limit_exceeded' : null,
});

const refused: Programme = { head: null, steps: [{ type: 'reset' }], isCutUp: false };

const resetAfter = (programme: Programme, afterBytes: number): Programme => {
  const steps: Step[] = [];
  let left = afterBytes;
  for (const step of programme.steps) {
    if (step.type === 'write' && left > 0) {
      const bytes = Buffer.from(step.bytes).subarray(0, left);
      left -= bytes.length;
      steps.push({ type: 'write', bytes, atMs: step.atMs });
    }
  }
  return { ...withEarlyHead(programme), steps: [...steps, { type: 'reset' }] };
};

/** Headers at once: what goes wrong afterwards must find a committed answer. */
const withEarlyHead = (programme: Programme): Programme =>
  programme.head === null ? programme : { ...programme, head: { ...programme.head, atMs: 0 } };

const replaceBody = (programme: Programme, contentType: string | null, body: string | Buffer): Programme => ({
  head: {
    status: 200,
    headers: { ...programme.head?.headers, ...(contentType === null ? {} : { 'content-type': contentType }) },
    atMs: null,
  },
  steps: [{ type: 'write', bytes: body, atMs: 0 }, END],
  isCutUp: false,
});

const delay = (programme: Programme, delayMs: number): Programme => ({
  ...programme,
  head: programme.head === null ? null : { ...programme.head, atMs: delayMs },
  steps: programme.steps.map((step) => (step.type === 'write' ? { ...step, atMs: step.atMs + delayMs } : step)),
});

const halfOf = (text: string): string => text.slice(0, Math.ceil(text.length / 2));

export interface ReplyInputs {
  /** A whole body, or the events of a stream. */
  readonly content:
    | { readonly type: 'whole'; readonly body: string }
    | { readonly type: 'stream'; readonly events: readonly LabEvent[] };
  /** Output tokens of a whole body: it arrives when the last would have. */
  readonly outputTokens: number;
  readonly timing: LabTiming;
  readonly chunking: LabChunking;
  readonly failure: LabFailure | null;
  readonly fault: FaultRenderers;
}

const plain = ({ content, timing, chunking, outputTokens }: ReplyInputs): Programme =>
  content.type === 'stream'
    ? streamProgramme({ events: content.events, timing, chunking })
    : bodyProgramme({ status: 200, body: content.body, atMs: totalMs(timing, outputTokens) });

/** The first events of a stream, then others; of a whole body, its first half. */
const cutAfter = (
  inputs: ReplyInputs,
  afterEvents: number,
  then: (next: LabEvent | undefined) => readonly LabEvent[],
): Programme => {
  const { content } = inputs;
  if (content.type === 'whole') {
    return plain({ ...inputs, content: { type: 'whole', body: halfOf(content.body) } });
  }
  const events = [...content.events.slice(0, afterEvents), ...then(content.events[afterEvents])];
  return plain({ ...inputs, content: { type: 'stream', events } });
};

const streamError = (inputs: ReplyInputs, afterEvents: number): Programme => {
  const fault = scriptedFault(529);
  return inputs.content.type === 'whole'
    ? plain({ ...inputs, content: { type: 'whole', body: inputs.fault.body(fault) } })
    : cutAfter(inputs, afterEvents, () => [inputs.fault.event(fault)]);
};

const stallAfter = (inputs: ReplyInputs, afterEvents: number): Programme => {
  const cut = inputs.content.type === 'whole' ? null : cutAfter(inputs, afterEvents, () => []);
  const programme = withEarlyHead(cut ?? plain(inputs));
  const writes = cut === null ? [] : programme.steps.filter((step) => step.type === 'write');
  return { ...programme, steps: [...writes, { type: 'stall' }] };
};

/** The answer as it goes out, with the script's failure worked in. */
export const toProgramme = (inputs: ReplyInputs): Programme => {
  const { failure, fault } = inputs;
  switch (failure?.type) {
    case undefined:
      return plain(inputs);
    case 'status': {
      const { status, headers, body } = failure;
      return bodyProgramme({ status, headers, body: body ?? fault.body(scriptedFault(status)) });
    }
    case 'refuse':
      return refused;
    case 'reset':
      return resetAfter(plain(inputs), failure.afterBytes);
    case 'stall':
      return stallAfter(inputs, failure.afterEvents);
    case 'slow-headers':
      return delay(plain(inputs), failure.delayMs);
    case 'garbage':
      return replaceBody(plain(inputs), null, NOISE);
    case 'html':
      return replaceBody(plain(inputs), 'text/html; charset=utf-8', HTML);
    case 'stream-error':
      return streamError(inputs, failure.afterEvents);
    case 'cut':
      return cutAfter(inputs, failure.afterEvents, () => []);
    case 'half-event':
      return cutAfter(inputs, failure.afterEvents, (next) => [{ text: halfOf(next?.text ?? ''), tokens: 0 }]);
    case 'missing-done':
      return inputs.content.type === 'whole'
        ? plain(inputs)
        : cutAfter(inputs, inputs.content.events.length - 1, () => []);
  }
};
