/** One attempt: what is learned while an upstream call runs, and the record of it once it is over. */
import { createId, type IdSources } from '../canonical/identifier.ts';
import type { CanonicalResponse } from '../canonical/response.ts';
import type { StreamFrame, StreamPart, UpstreamFault } from '../canonical/stream-part.ts';
import { NO_USAGE, type Usage } from '../canonical/usage.ts';
import type { Warning } from '../canonical/warning.ts';
import type { Deployment } from '../catalog/component.ts';

export type AttemptResult = 'ok' | 'retried' | 'fell_back' | 'cancelled' | 'failed';

export interface AttemptReport {
  readonly id: string;
  readonly n: number;
  readonly deployment: Deployment;
  readonly result: AttemptResult;
  /** What the provider says it answered with; null when it never said. */
  readonly answeredModel: string | null;
  readonly usage: Usage;
  /** False: the answer has not ended, and the counts are running totals, some of them still zero. Default true. */
  readonly usageComplete?: boolean;
  /** The provider took the request and its answer was lost on the way: it may well be billed, nobody can say how much. */
  readonly lost?: boolean;
  /** Output that was seen, for an estimate where the provider never reported usage. */
  readonly seenOutputTokens: number;
  readonly serviceTier: string | null;
  readonly firstTokenMs: number | null;
  readonly totalMs: number;
  readonly fault: UpstreamFault | null;
  readonly upstreamRequestId: string | null;
  readonly warnings: readonly Warning[];
}

export interface Attempt {
  readonly n: number;
  readonly deployment: Deployment;
  /** Takes note of frames on their way to the client. */
  readonly observe: (frames: readonly StreamFrame[]) => void;
  readonly observeWhole: (response: CanonicalResponse) => void;
  /** Warnings, request id and status (0: no answer came) that the provider's translation and answer brought. */
  readonly annotate: (note: {
    readonly warnings: readonly Warning[];
    readonly upstreamRequestId: string | null;
    readonly status: number;
  }) => void;
  /** Upstream ended its stream properly, or with an error, or the whole answer is here. */
  readonly isOver: () => boolean;
  readonly hasUsage: () => boolean;
  readonly fault: () => UpstreamFault | null;
  /** The attempt failed, for a reason outside its own stream. */
  readonly fail: (fault: UpstreamFault) => void;
  /** Closes the attempt. A stream that stopped without its own end is a failure unless the client left. */
  readonly close: (cancelled: boolean) => void;
  readonly isClosed: () => boolean;
  /** Null: nothing has arrived yet. */
  readonly firstTokenMs: () => number | null;
  /** As of now; final once closed. */
  readonly report: () => AttemptReport;
}

interface AttemptOptions {
  readonly n: number;
  readonly deployment: Deployment;
  /** Answers asked for (`n`): the attempt is complete once each has its finish. Default 1. */
  readonly choices?: number;
  readonly ids: IdSources;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
}

/** English and code average about four characters a token; used only where a provider reports no usage. */
const CHARACTERS_PER_TOKEN = 4;

const CUT: UpstreamFault = {
  status: 502,
  code: 'upstream_cut',
  type: 'api_error',
  message: 'The provider broke off before its answer was complete.',
  retryAfterSeconds: null,
};

/** Faults of ways and forms: what the provider itself thought of the request they do not tell. */
const LOST_CODES: ReadonlySet<string> = new Set([
  'upstream_cut',
  'upstream_empty',
  'upstream_garbage',
  'upstream_reset',
  'upstream_timeout',
  'upstream_too_large',
  'upstream_total_timeout',
  'upstream_truncated',
]);

interface State {
  answeredModel: string | null;
  usage: Usage;
  usageSeen: boolean;
  readonly finished: Set<number>;
  status: number;
  ended: boolean;
  fault: UpstreamFault | null;
  firstTokenAt: number | null;
  closedAt: number | null;
  deltas: number;
  characters: number;
  warnings: readonly Warning[];
  upstreamRequestId: string | null;
  result: AttemptResult | null;
}

const apply = (state: State, part: StreamPart): void => {
  switch (part.type) {
    case 'start':
      state.answeredModel = part.model;
      return;
    case 'usage':
      state.usage = part.usage;
      state.usageSeen = true;
      return;
    case 'finish':
      state.finished.add(part.choice);
      return;
    case 'error':
      state.fault = part.fault;
      return;
    case 'end':
      state.ended = true;
      return;
    case 'block-delta':
      state.characters += part.text.length;
      return;
    case 'block-start':
    case 'block-opaque':
    case 'block-annotation':
    case 'block-end':
      return;
  }
};

const responseCharacters = (response: CanonicalResponse): number =>
  response.choices
    .flatMap((choice) => choice.content)
    .reduce((sum, part) => sum + ('text' in part ? part.text.length : 'input' in part ? part.input.length : 0), 0);

const isOnlyError = (frames: readonly StreamFrame[]): boolean =>
  frames.every(({ parts }) => parts.length > 0 && parts.every(({ type }) => type === 'error'));

/** A timeout without an answer is lost too: the provider may have worked all that time. */
const isLost = ({ fault, status, result }: State): boolean =>
  result === 'failed' &&
  LOST_CODES.has(fault?.code ?? '') &&
  ((status >= 200 && status < 300) || (status === 0 && fault?.status === 504));

const createState = (): State => ({
  answeredModel: null,
  usage: NO_USAGE,
  usageSeen: false,
  finished: new Set(),
  status: 0,
  ended: false,
  fault: null,
  firstTokenAt: null,
  closedAt: null,
  deltas: 0,
  characters: 0,
  warnings: [],
  upstreamRequestId: null,
  result: null,
});

export const createAttempt = ({ n, deployment, choices = 1, ids, clock }: AttemptOptions): Attempt => {
  const id = createId('att_', ids);
  const startedAt = clock();
  const state = createState();
  const firstTokenMs = (): number | null => (state.firstTokenAt === null ? null : state.firstTokenAt - startedAt);
  const isComplete = (): boolean => state.ended || state.finished.size >= choices;
  return {
    n,
    deployment,
    observe: (frames) => {
      // A provider that says no in its first event has produced nothing, and bills nothing.
      if (state.firstTokenAt === null && !isOnlyError(frames)) state.firstTokenAt = clock();
      for (const frame of frames) {
        // In passthrough a delta is not parsed. One event is about one token with every provider seen so far.
        if (frame.parts.length === 0) state.deltas += 1;
        for (const part of frame.parts) apply(state, part);
      }
    },
    observeWhole: (response) => {
      state.firstTokenAt = clock();
      state.answeredModel = response.model;
      state.usage = response.usage;
      state.usageSeen = true;
      state.ended = true;
      state.characters = responseCharacters(response);
    },
    annotate: ({ warnings, upstreamRequestId, status }) => {
      state.warnings = warnings;
      state.status = status;
      state.upstreamRequestId = upstreamRequestId;
    },
    isOver: () => state.ended || state.fault !== null,
    hasUsage: () => state.usageSeen,
    fault: () => state.fault,
    fail: (fault) => {
      state.fault ??= fault;
    },
    close: (cancelled) => {
      if (state.closedAt !== null) return;
      state.closedAt = clock();
      // Some compatible servers never send their terminator; a finish reason says that the answer was complete.
      if (!cancelled && !isComplete()) state.fault ??= CUT;
      state.result = state.fault !== null ? 'failed' : cancelled && !isComplete() ? 'cancelled' : 'ok';
    },
    isClosed: () => state.closedAt !== null,
    firstTokenMs,
    report: () => ({
      id,
      n,
      deployment,
      result: state.result ?? 'ok',
      answeredModel: state.answeredModel,
      usage: state.usage,
      usageComplete: isComplete(),
      lost: isLost(state),
      seenOutputTokens: state.deltas + Math.ceil(state.characters / CHARACTERS_PER_TOKEN),
      serviceTier: state.usage.serviceTier,
      firstTokenMs: firstTokenMs(),
      totalMs: (state.closedAt ?? clock()) - startedAt,
      fault: state.fault,
      upstreamRequestId: state.upstreamRequestId,
      warnings: state.warnings,
    }),
  };
};
