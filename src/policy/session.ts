/**
 * Sessions: a conversation keeps its component unless a turn needs a more capable one, or leaving pays. A turn by itself
 * says little ("and for n = 5?"), and whoever moves leaves the provider's prompt cache behind.
 */
import { mostCachedTokens, warmEverywhere } from './cache-outlook.ts';
import type { Candidate } from './candidate.ts';
import type { PolicyDecision, PolicyInput, Policy, ReasonCode, SessionOutlook } from './policy.ts';
import { predict } from './predict.ts';
import { toContext, utilityOf } from './scoring.ts';
import { isReasoningTier, toTier } from './tier.ts';

export const SESSION_RULES = {
  /**
   * Points of P(success) that staying is worth while a session is recent. A fixed prior: of the turns that read as easy
   * by themselves, some go on with something hard.
   */
  stayPoints: 5,
  /**
   * Predicted gain from which a turn needs the more capable component, whatever is cached elsewhere: half the prior gain
   * of mathematics, code and logic. A smaller one is weighed against the lost cache.
   */
  neededPoints: 10,
} as const;

const POINTS = 100;

/** Codes of a decision that came from comparing; everything else was asked for, bounded or the only way. */
const COMPARED: ReadonlySet<ReasonCode> = new Set([
  'gain_worth_cost',
  'gain_not_worth_cost',
  'type_default',
  'torn_up',
]);

const isCompared = ({ reasonCodes }: PolicyDecision): boolean => COMPARED.has(reasonCodes[0]);

const nameOf = ({ candidates }: PolicyInput, index: number): string | undefined => candidates[index]?.component.name;

const successOf = ({ scores }: PolicyDecision, index: number): number =>
  scores[index]?.prediction?.pSuccess.value ?? Number.NaN;

/** As the policy weighed it; at the tier's reference price where the price is unknown. */
const utilityAt = (input: PolicyInput, decision: PolicyDecision, index: number): number => {
  const known = decision.scores[index]?.utilityMicroUsd ?? null;
  const prediction = decision.scores[index]?.prediction ?? null;
  const candidate = input.candidates[index];
  if (known !== null || prediction === null || candidate === undefined) return known ?? Number.NEGATIVE_INFINITY;
  const { comparedMicroUsd } = predict(toContext(input), candidate);
  return utilityOf({ ...prediction, comparedMicroUsd }, input.objective);
};

const canServe = ({ component, excluded }: Candidate, { features }: PolicyInput): boolean =>
  excluded === null &&
  (features.signals.toolNeeds.value !== 'multi_step' || component.deployments[0].model.capabilities.tools);

/** The best effort of the session's component; -1 where it cannot serve this turn. */
const findOwn = (input: PolicyInput, decision: PolicyDecision, { component }: SessionOutlook): number => {
  let best = -1;
  for (const [index, candidate] of input.candidates.entries()) {
    if (candidate.component.name !== component || !canServe(candidate, input)) continue;
    if (best < 0 || utilityAt(input, decision, index) > utilityAt(input, decision, best)) best = index;
  }
  return best;
};

/** The same predictions with another choice, told against `other`. */
const chooseInstead = (
  decision: PolicyDecision,
  chosen: number,
  { other, code }: { readonly other: number; readonly code: ReasonCode },
): PolicyDecision => {
  const { scores, reasonCodes } = decision;
  const gain = successOf(decision, chosen) - successOf(decision, other);
  const [cost, otherCost] = [chosen, other].map((index) => scores[index]?.prediction?.costMicroUsd?.p50 ?? null);
  const extra = cost === null || otherCost === null ? null : (cost ?? 0) - (otherCost ?? 0);
  return {
    ...decision,
    chosen,
    scores: scores.map((score, index) => ({ ...score, probability: index === chosen ? 1 : 0 })),
    reasonCodes: [code, ...reasonCodes.slice(1)],
    against: {
      candidate: other,
      gainPoints: gain * POINTS,
      extraMicroUsd: extra,
      marginalMicroUsd: extra === null || gain <= 0 ? null : extra / gain,
    },
  };
};

/** What would be chosen if the lost cache were no question. */
const decideAsIfWarm = (input: PolicyInput, policy: Policy, cache: NonNullable<PolicyInput['cache']>): PolicyDecision =>
  policy.decide({
    ...input,
    cache: warmEverywhere(
      cache,
      input.candidates.map(({ component }) => component.name),
    ),
  });

/** The policy stays; it may be the cache alone that holds it, and that must not keep away what the turn needs. */
const staying = (input: PolicyInput, decision: PolicyDecision, policy: Policy): PolicyDecision => {
  const { cache } = input;
  if (cache === undefined || mostCachedTokens(cache) === 0) return decision;
  const free = decideAsIfWarm(input, policy, cache);
  const own = decision.chosen;
  if (!isCompared(free) || nameOf(input, free.chosen) === nameOf(input, own)) return decision;
  const gain = successOf(decision, free.chosen) - successOf(decision, own);
  return gain * POINTS >= SESSION_RULES.neededPoints
    ? chooseInstead(decision, free.chosen, { other: own, code: 'session_upgraded' })
    : chooseInstead(decision, own, { other: free.chosen, code: 'session_retained' });
};

/** Whether candidate `to` is more capable than `from` for this turn: a reasoning tier, or the better prediction. */
const isMoveUp = (input: PolicyInput, decision: PolicyDecision, [from, to]: readonly [number, number]): boolean => {
  const [reasoned, reasons] = [from, to].map((index) => {
    const candidate = input.candidates[index];
    return candidate !== undefined && isReasoningTier(toTier(candidate.component));
  });
  return reasoned === reasons ? successOf(decision, to) > successOf(decision, from) : reasons === true;
};

/** The policy leaves. Upwards always; downwards where it pays by more than staying is worth, and not again and again. */
const leaving = (input: PolicyInput, decision: PolicyDecision, own: number): PolicyDecision => {
  const { session, objective } = input;
  if (isMoveUp(input, decision, [own, decision.chosen])) return decision;
  const worth = utilityAt(input, decision, decision.chosen) - utilityAt(input, decision, own);
  const stay = (SESSION_RULES.stayPoints / POINTS) * objective.microUsdPerSuccess;
  return worth > stay && (session?.movesDownLeft ?? 0) > 0
    ? decision
    : chooseInstead(decision, own, { other: decision.chosen, code: 'session_retained' });
};

export type SessionMove = 'initialize' | 'retain' | 'switch' | 'upgrade';

/** What a decision means for the session it was made in. Housekeeping moves nothing. */
export const toSessionMove = (input: PolicyInput, decision: PolicyDecision): SessionMove => {
  const { session, candidates } = input;
  if (session === undefined || session === null) return 'initialize';
  const stays = nameOf(input, decision.chosen) === session.component;
  if (stays || decision.reasonCodes[0] === 'housekeeping') return 'retain';
  const own = candidates.findIndex(({ component }) => component.name === session.component);
  return own >= 0 && isMoveUp(input, decision, [own, decision.chosen]) ? 'upgrade' : 'switch';
};

const decideInSession = (input: PolicyInput, policy: Policy): PolicyDecision => {
  const decision = policy.decide(input);
  const { session } = input;
  if (session === undefined || session === null || !session.isRecent || !isCompared(decision)) return decision;
  const own = findOwn(input, decision, session);
  if (own < 0) return decision;
  return nameOf(input, decision.chosen) === session.component
    ? staying(input, decision, policy)
    : leaving(input, decision, own);
};

/** `policy`, which knows nothing of turns before this one, inside a session. Without a session it is the policy itself. */
export const withSession = (policy: Policy): Policy => ({
  ...policy,
  decide: (input) => decideInSession(input, policy),
});
