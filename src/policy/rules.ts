/** The rules policy: explicit choices first, then the highest utility by the prior tables. */
import { decideByComparing, type Outcome } from './comparing.ts';
import { FAST_ORDER, THINKING_ORDER } from './explicit.ts';
import { CONTEXT_MARGIN, DEFAULT_OUTPUT_RESERVE_TOKENS } from './feasibility.ts';
import { OBJECTIVE_PRESETS } from './objective.ts';
import type { Confidence, Policy, PolicyDecision, PolicyInput } from './policy.ts';
import * as tables from './prior-table.ts';
import { toContext } from './scoring.ts';
import { SESSION_RULES } from './session.ts';
import { stableHash } from './stable-hash.ts';

/** Raised whenever code, not a constant, changes what the rules decide; constants change the hash by themselves. */
const RULES_REVISION = 3;

const POINTS = 100;

/** Hash over every constant that can change a decision; shared by the policies that predict from the prior tables. */
export const constantsHash = (...more: readonly unknown[]): string =>
  stableHash([
    RULES_REVISION,
    { ...tables },
    OBJECTIVE_PRESETS,
    [FAST_ORDER, THINKING_ORDER],
    [CONTEXT_MARGIN, DEFAULT_OUTPUT_RESERVE_TOKENS],
    SESSION_RULES,
    more,
  ]);

/**
 * `known` where nothing had to be predicted: the choice was explicit or the only one. Else the rules have priors, no
 * measurement: `torn` when the difference in utility is within the uncertainty of the gain, otherwise `unfamiliar`.
 */
const confidenceOf = ({ input, settled, scored, chosen }: Outcome, against: PolicyDecision['against']): Confidence => {
  if (settled.code !== null || against === null) return 'known';
  const other = scored.find(({ index }) => index === against.candidate);
  const { value } = chosen.prediction.pSuccess;
  const { gainHalfWidthLogits, gainHalfWidthShare } = tables.PRIOR;
  const halfWidth =
    gainHalfWidthLogits * value * (1 - value) + gainHalfWidthShare * (Math.abs(against.gainPoints) / POINTS);
  const difference = Math.abs(chosen.utility - (other?.utility ?? 0));
  return difference <= input.objective.microUsdPerSuccess * halfWidth ? 'torn' : 'unfamiliar';
};

const decide = (input: PolicyInput): PolicyDecision =>
  decideByComparing(input, {
    context: toContext(input),
    judge: (outcome, against) => ({ confidence: confidenceOf(outcome, against), instead: null }),
  });

/**
 * The policy `rules`: explicit choices win; then `max_wait`, then the band around the best of what is left, then the
 * highest v · P − cost − w · wait. Deterministic: the draw is not read. Throws NoCandidateError when nothing is
 * feasible.
 */
export const createRulesPolicy = (): Policy => ({
  version: `rules@${constantsHash()}`,
  usesDraw: false,
  readsGrams: false,
  decide,
});
