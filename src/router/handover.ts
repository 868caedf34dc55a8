/**
 * Answer now: a person who waits for a thinking component gets the answer of a fast one instead. The call under way ends,
 * and the exchange goes on with a second attempt.
 */
import { createCancellation, type Cancellation, type CancellationSource } from '../canonical/cancellation.ts';
import { GearboxError } from '../errors.ts';
import type { Candidate } from '../policy/candidate.ts';
import { isFeasible } from '../policy/candidates.ts';
import { isReasoningTier, isSpecialist, toTier } from '../policy/tier.ts';
import type { Decided } from './decided.ts';

export type HandoverRequest =
  | { readonly type: 'accepted'; readonly candidate: Candidate }
  /** Something of the answer was sent, or it is over. */
  | { readonly type: 'too_late' }
  /** It was asked for before. */
  | { readonly type: 'repeated'; readonly candidate: Candidate };

export interface Handover {
  /** Who answers instead. */
  readonly candidate: Candidate;
  /** Ends with the call's own, or when the handover is asked for. */
  readonly signal: Cancellation;
  readonly request: () => HandoverRequest;
  readonly isRequested: () => boolean;
  /** From here on it is too late. */
  readonly close: () => void;
}

/** Why an attempt ended that another one takes the place of. */
const createReason = (): GearboxError =>
  new GearboxError('An answer was asked for now; another component gives it.', {
    code: 'answer_now',
    status: 499,
    retryable: false,
  });

/** Among what could have answered, the best that does not think; null: nothing does, or what was chosen does not think itself. */
export const findInstead = ({ candidates, decision, chosen, prepared }: Decided): Candidate | null => {
  if (prepared.isDirect || !isReasoningTier(toTier(chosen.component))) return null;
  let best: Candidate | null = null;
  let utility = Number.NEGATIVE_INFINITY;
  for (const [index, candidate] of candidates.entries()) {
    const { component } = candidate;
    if (!isFeasible(candidate) || isReasoningTier(toTier(component)) || isSpecialist(component)) continue;
    const own = decision.scores[index]?.utilityMicroUsd ?? Number.NEGATIVE_INFINITY;
    if (best !== null && own <= utility) continue;
    best = candidate;
    utility = own;
  }
  return best;
};

/** A source that ends when the call does, for whatever reason the call does. */
const linked = (signal: Cancellation): CancellationSource => {
  const source = createCancellation();
  const follow = (): void => source.abort(signal.reason);
  signal.addEventListener('abort', follow);
  if (signal.aborted) follow();
  return source;
};

export const createHandover = (candidate: Candidate, signal: Cancellation): Handover => {
  const source = linked(signal);
  let state: 'open' | 'requested' | 'closed' = 'open';
  return {
    candidate,
    signal: source.signal,
    request: () => {
      if (state === 'requested') return { type: 'repeated', candidate };
      if (state === 'closed' || signal.aborted) return { type: 'too_late' };
      state = 'requested';
      source.abort(createReason());
      return { type: 'accepted', candidate };
    },
    isRequested: () => state === 'requested',
    close: () => {
      if (state === 'open') state = 'closed';
    },
  };
};
