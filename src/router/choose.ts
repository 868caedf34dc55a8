/** The choice among candidates: by the policy, or by the caller where the caller left nothing to decide. */
import { isFeasible } from '../policy/candidates.ts';
import { predict } from '../policy/predict.ts';
import { toContext } from '../policy/scoring.ts';
import { withSession } from '../policy/session.ts';
import type { Policy, PolicyDecision, PolicyInput, ReasonCode } from '../policy/policy.ts';

/** One candidate that the caller named: nothing to compare, so no policy is asked, but it is predicted. */
const takeOnly = (input: PolicyInput, code: ReasonCode): PolicyDecision => {
  const context = toContext(input);
  const scores = input.candidates.map((candidate) => ({
    prediction: predict(context, candidate),
    utilityMicroUsd: null,
    probability: 1,
  }));
  return { chosen: 0, scores, reasonCodes: [code], confidence: 'known', against: null };
};

/** Where something else settled the component, that is the reason; the policy only picked the effort. */
const withReason = (decision: PolicyDecision, reason: ReasonCode): PolicyDecision => {
  if (decision.reasonCodes.includes('router_failed') || decision.reasonCodes[0] === reason) return decision;
  const others = decision.reasonCodes.filter((code): code is ReasonCode => code === 'effort_asked');
  return { ...decision, reasonCodes: [reason, ...others] };
};

/**
 * `settledBy`: who named the component or its role; null: nobody, the router decides. At least one candidate is
 * feasible. Pure, and the only way from an input to a decision: replay calls it too.
 */
export const chooseCandidate = (input: PolicyInput, settledBy: string | null, policy: Policy): PolicyDecision => {
  const reason = settledBy === 'session' ? 'tool_loop_locked' : 'explicit_choice';
  const [only] = input.candidates;
  if (settledBy !== null && input.candidates.length === 1 && only !== undefined && isFeasible(only))
    return takeOnly(input, reason);
  const decision = withSession(policy).decide(input);
  return input.preference.componentChosen ? withReason(decision, reason) : decision;
};
