/**
 * The learned policy: where a request stands on known ground, the chances that an artifact predicts; elsewhere the fixed
 * prior of its conversation type. Explicit choices, bounds and the decision rule are those of every policy.
 */
import { decideByComparing, type Outcome, type Verdict } from '../comparing.ts';
import type { Policy, PolicyDecision, PolicyInput } from '../policy.ts';
import type { LearnedOutlook } from '../predict.ts';
import { constantsHash } from '../rules.ts';
import { best, toContext, type Scored } from '../scoring.ts';
import { isReasoningTier } from '../tier.ts';
import type { RouterArtifact } from './artifact.ts';
import { EVERYDAY_TRUST, packedHeadsOf, readGround } from './outlook.ts';

/** Standard deviations by which a difference must clear its uncertainty, or the two are too close to call. */
export const TORN_DEVIATIONS = 0.5;

/** The best option that reasons, for one that does not, and the other way round; within the wait that is allowed. */
const bestOfOtherKind = ({ chosen, options, input }: Outcome): Scored | undefined => {
  const maxWaitMs = input.objective.maxWaitMs ?? Number.POSITIVE_INFINITY;
  return best(
    options.filter(
      ({ tier, prediction }) =>
        isReasoningTier(tier) !== isReasoningTier(chosen.tier) && prediction.totalMs <= maxWaitMs,
    ),
  );
};

/** Standard deviation of a difference: of the gain from reasoning, and of what graded calls say of the two. */
const deviationOf = (outlook: LearnedOutlook, chosen: Scored, other: Scored): number =>
  Math.hypot(outlook.gainDeviation, chosen.prediction.abilityDeviation, other.prediction.abilityDeviation);

/**
 * Only the gain from reasoning, and abilities that were measured, are uncertain in a way that counts: other differences
 * between candidates are priors, and the same for every prompt. Where the gain does not clear its uncertainty, the one
 * that reasons answers: a wrong answer costs more than a call.
 */
const judge = (outcome: Outcome, against: PolicyDecision['against'], outlook: LearnedOutlook | null): Verdict => {
  const { chosen, settled, input } = outcome;
  if (settled.code !== null || against === null) return { confidence: 'known', instead: null };
  if (outlook === null) return { confidence: 'unfamiliar', instead: null };
  const other = bestOfOtherKind(outcome);
  if (other === undefined) return { confidence: 'known', instead: null };
  const doubt = TORN_DEVIATIONS * deviationOf(outlook, chosen, other) * input.objective.microUsdPerSuccess;
  if (chosen.utility - other.utility > doubt) return { confidence: 'known', instead: null };
  if (isReasoningTier(chosen.tier)) return { confidence: 'torn', instead: null };
  return { confidence: 'torn', instead: { chosen: other, code: 'torn_up' } };
};

/** Raised whenever code, not a constant or the artifact, changes what is decided. */
const LEARNED_REVISION = 1;

export interface LearnedPolicyOptions {
  readonly artifact: RouterArtifact;
  /** Hash of the artifact's bytes, hexadecimal. */
  readonly artifactHash: string;
}

const HASH_CHARACTERS = 7;

/**
 * Version `default@<artifact>.<code>`: the artifact's hash, and that of every constant beside it that can change a
 * decision. Deterministic: the draw is not read.
 */
export const createLearnedPolicy = ({ artifact, artifactHash }: LearnedPolicyOptions): Policy => {
  packedHeadsOf(artifact);
  return {
    version: `${artifact.name}@${artifactHash.slice(0, HASH_CHARACTERS)}.${constantsHash(LEARNED_REVISION, TORN_DEVIATIONS, EVERYDAY_TRUST).slice(0, HASH_CHARACTERS)}`,
    usesDraw: false,
    readsGrams: true,
    decide: (input: PolicyInput): PolicyDecision => {
      const unlearned = toContext(input);
      const ground = readGround(artifact, input.features, unlearned);
      const learned = ground.outlook;
      const decision = decideByComparing(input, {
        context: { ...unlearned, learned },
        judge: (outcome, against) => judge(outcome, against, learned),
      });
      return { ...decision, ground };
    },
  };
};
