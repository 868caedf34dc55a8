/** Scores: every candidate's prediction and its utility under the objective. */
import type { Candidate } from './candidate.ts';
import type { CandidateScore, Objective, PolicyInput } from './policy.ts';
import { createPredict, toPredictionContext, type CandidatePrediction, type PredictionContext } from './predict.ts';
import { toTier, type Tier } from './tier.ts';

export interface Scored {
  /** Index into the input's candidates. */
  readonly index: number;
  readonly candidate: Candidate;
  readonly tier: Tier;
  readonly prediction: CandidatePrediction;
  /** v · P − cost − w · wait in micro-dollars; at the tier's reference price where the price is unknown. */
  readonly utility: number;
}

const MILLISECONDS_PER_SECOND = 1000;

/** What the predictions of one decision go by, before anything learned. */
export const toContext = ({ features, maxOutputTokens, cache }: PolicyInput): PredictionContext =>
  toPredictionContext(features, maxOutputTokens ?? null, cache);

/** v · P(success) − cost − w · waiting, in micro-dollars. Waiting is the whole answer's, not its first token's. */
export const utilityOf = (
  prediction: Pick<CandidatePrediction, 'pSuccess' | 'comparedMicroUsd' | 'totalMs'>,
  objective: Objective,
): number =>
  objective.microUsdPerSuccess * prediction.pSuccess.value -
  prediction.comparedMicroUsd -
  (objective.microUsdPerSecond * prediction.totalMs) / MILLISECONDS_PER_SECOND;

/** Excluded only by the caller's bound on cost or latency: still predicted, so that the explanation can say so. */
export const isBoundExcluded = ({ excluded }: Candidate): boolean =>
  excluded?.code === 'max_cost' || excluded?.code === 'max_latency';

/** One entry per candidate that is feasible or excluded by a bound on cost or latency, in the input's order. */
export const scoreCandidates = (input: PolicyInput, context: PredictionContext): readonly Scored[] => {
  const scored: Scored[] = [];
  const predictOne = createPredict(context);
  for (const [index, candidate] of input.candidates.entries()) {
    if (candidate.excluded !== null && !isBoundExcluded(candidate)) continue;
    const prediction = predictOne(candidate);
    const utility = utilityOf(prediction, input.objective);
    scored.push({ index, candidate, tier: toTier(candidate.component), prediction, utility });
  }
  return scored;
};

const hasPrice = ({ prediction }: Scored): boolean => prediction.costMicroUsd !== null;

/**
 * The option of highest utility; on exact ties the first. An option of unknown price comes after every option of its
 * tier whose price is known: a missing price must not win as if it were zero.
 */
export const best = (options: readonly Scored[]): Scored | undefined => {
  let winner: Scored | undefined;
  const priced = new Set<Tier>();
  for (const option of options) if (hasPrice(option)) priced.add(option.tier);
  for (const option of options) {
    if (!hasPrice(option) && priced.has(option.tier)) continue;
    if (winner === undefined || option.utility > winner.utility) winner = option;
  }
  return winner;
};

const UNPREDICTED: CandidateScore = { prediction: null, utilityMicroUsd: null, probability: 0 };

/** The record's scores: one per candidate; the chosen one has probability 1, because the rules do not draw. */
export const toScores = (input: PolicyInput, scored: readonly Scored[], chosen: number): readonly CandidateScore[] => {
  const scores: CandidateScore[] = input.candidates.map(() => UNPREDICTED);
  for (const { index, candidate, prediction, utility } of scored) {
    // Member by member: a copy of the rest of an object takes ten times as long, and a decision makes two dozen.
    const { pSuccess, source, costMicroUsd, firstTokenMs, totalMs } = prediction;
    const comparable = candidate.excluded === null && prediction.costMicroUsd !== null;
    scores[index] = {
      prediction: { pSuccess, source, costMicroUsd, firstTokenMs, totalMs },
      utilityMicroUsd: comparable ? utility : null,
      probability: index === chosen ? 1 : 0,
    };
  }
  return scores;
};
