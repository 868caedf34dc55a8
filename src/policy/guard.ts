/** The guard: a policy that fails decides for the safe component instead, and says so. */
import { toNoCandidateError } from './candidates.ts';
import type { Policy, PolicyDecision, PolicyInput } from './policy.ts';

const PROBABILITY_TOLERANCE = 1e-9;

/** What is wrong with a decision, in words; null: it can be carried out. */
const findFault = (decision: PolicyDecision, { candidates }: PolicyInput): string | null => {
  const chosen = candidates[decision.chosen];
  if (chosen === undefined) return `chose candidate ${decision.chosen} of ${candidates.length}`;
  if (chosen.excluded !== null) return `chose a candidate that is excluded by ${chosen.excluded.code}`;
  if (decision.scores.length !== candidates.length) return `scored ${decision.scores.length} of ${candidates.length}`;
  let total = 0;
  for (const { prediction, utilityMicroUsd, probability } of decision.scores) {
    total += probability;
    if (utilityMicroUsd !== null && !Number.isFinite(utilityMicroUsd))
      return 'computed a utility that is not a finite number';
    if (prediction !== null && !Number.isFinite(prediction.pSuccess.value))
      return 'computed a P(success) that is not a finite number';
  }
  return Math.abs(total - 1) <= PROBABILITY_TOLERANCE ? null : `gave probabilities that sum to ${total}`;
};

const decideSafely = (input: PolicyInput, safeComponent: string): PolicyDecision => {
  const { candidates } = input;
  const safe = candidates.findIndex((candidate) => {
    return candidate.excluded === null && candidate.component.name === safeComponent;
  });
  const chosen = safe === -1 ? candidates.findIndex(({ excluded }) => excluded === null) : safe;
  if (chosen === -1) throw toNoCandidateError(candidates);
  return {
    chosen,
    scores: candidates.map((_, index) => ({
      prediction: null,
      utilityMicroUsd: null,
      probability: index === chosen ? 1 : 0,
    })),
    reasonCodes: ['router_failed'],
    confidence: 'unfamiliar',
    against: null,
  };
};

type Attempt =
  { readonly type: 'decided'; readonly decision: PolicyDecision } | { readonly type: 'failed'; readonly error: Error };

const tryDecide = (policy: Policy, input: PolicyInput): Attempt => {
  try {
    const decision = policy.decide(input);
    const fault = findFault(decision, input);
    if (fault === null) return { type: 'decided', decision };
    return { type: 'failed', error: new Error(`Policy ${policy.version} ${fault}.`) };
  } catch (cause) {
    return { type: 'failed', error: new Error(`Policy ${policy.version} threw.`, { cause }) };
  }
};

export interface GuardOptions {
  /** Answers when the policy fails; where it is not feasible, the first feasible candidate does. */
  readonly safeComponent: string;
  /** Told what failed, to be logged and counted. Must not throw. */
  readonly onFailure: (error: Error) => void;
}

/** Decides for the safe component from the start: stands in for a router that could not be loaded. */
export const createSafePolicy = ({
  version,
  safeComponent,
}: {
  readonly version: string;
  readonly safeComponent: string;
}): Policy => ({
  version,
  usesDraw: false,
  readsGrams: false,
  decide: (input) => decideSafely(input, safeComponent),
});

/**
 * `policy`, except that a throw, a number that is not finite or a choice that cannot be carried out becomes a decision
 * for the safe component with the reason `router_failed`. Throws only NoCandidateError, and only when nothing is feasible.
 */
export const guardPolicy = (policy: Policy, { safeComponent, onFailure }: GuardOptions): Policy => ({
  version: policy.version,
  usesDraw: policy.usesDraw,
  readsGrams: policy.readsGrams,
  decide: (input) => {
    if (!input.candidates.some(({ excluded }) => excluded === null)) throw toNoCandidateError(input.candidates);
    const attempt = tryDecide(policy, input);
    if (attempt.type === 'decided') return attempt.decision;
    onFailure(attempt.error);
    return decideSafely(input, safeComponent);
  },
});
