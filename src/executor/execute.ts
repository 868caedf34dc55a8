/** Executes a decision: one attempt, up to the first meaningful frame, so that a fault is known before 200 is sent. */
import type { CanonicalRequest } from '../canonical/request.ts';
import type { CanonicalResponse } from '../canonical/response.ts';
import type { AnswerProtocol } from '../canonical/protocol.ts';
import type { StreamFrame, UpstreamFault } from '../canonical/stream-part.ts';
import type { Provider, ProviderAnswer, SendOptions, Target } from '../providers/provider.ts';
import type { Attempt } from './attempt.ts';

export type Batches = AsyncIterator<readonly StreamFrame[]>;

export type Executed =
  | {
      readonly type: 'whole';
      readonly protocol: AnswerProtocol;
      readonly text: string;
      readonly response: CanonicalResponse;
    }
  | {
      readonly type: 'stream';
      readonly protocol: AnswerProtocol;
      /** The frames seen while waiting for the first meaningful one; they come before `rest`. */
      readonly head: readonly StreamFrame[];
      /** One batch per upstream chunk, already noted by the attempt. `return()` aborts the upstream call. */
      readonly rest: Batches;
    }
  | { readonly type: 'fault'; readonly fault: UpstreamFault; readonly retryable: boolean };

interface Execution {
  readonly provider: Provider;
  readonly request: CanonicalRequest;
  readonly target: Target;
  readonly options: SendOptions;
  readonly attempt: Attempt;
}

const EMPTY: UpstreamFault = {
  status: 502,
  code: 'upstream_empty',
  type: 'api_error',
  message: 'The provider accepted the request and ended its stream without a single event.',
  retryAfterSeconds: null,
};

/** The same batches; the attempt takes note of each as it passes. */
const observed = (batches: AsyncIterator<readonly StreamFrame[]>, attempt: Attempt): Batches => ({
  next: async () => {
    const next = await batches.next();
    if (next.done !== true) attempt.observe(next.value);
    return next;
  },
  return: async () => (await batches.return?.()) ?? { done: true, value: undefined },
});

/** Reads until a frame arrives. A fault inside a 200 stream is found here, while an honest status can still be sent. */
const openStream = async (answer: Extract<ProviderAnswer, { type: 'stream' }>, attempt: Attempt): Promise<Executed> => {
  const rest = answer.batches[Symbol.asyncIterator]();
  let head: readonly StreamFrame[] = [];
  while (head.length === 0) {
    const next = await rest.next();
    if (next.done === true) {
      attempt.fail(EMPTY);
      return { type: 'fault', fault: EMPTY, retryable: true };
    }
    head = next.value;
  }
  attempt.observe(head);
  const fault = attempt.fault();
  if (fault === null) return { type: 'stream', protocol: answer.protocol, head, rest: observed(rest, attempt) };
  await rest.return?.();
  return { type: 'fault', fault, retryable: fault.status === 429 || fault.status >= 500 };
};

/**
 * Makes the attempt. Rejects only when the request cannot be said to this provider (InvalidRequestError) or when the
 * signal aborts; every fault of the provider is a value.
 */
export const execute = async ({ provider, request, target, options, attempt }: Execution): Promise<Executed> => {
  const answer = await provider.send(request, target, options);
  attempt.annotate(answer);
  switch (answer.type) {
    case 'whole':
      attempt.observeWhole(answer.response);
      return { type: 'whole', protocol: answer.protocol, text: answer.text, response: answer.response };
    case 'stream':
      return openStream(answer, attempt);
    case 'fault':
      attempt.fail(answer.fault);
      return { type: 'fault', fault: answer.fault, retryable: answer.retryable };
  }
};
