/** The policy interface: a pure function from features, candidates and state to a decision. */
import type { Features } from '../features/signals.ts';
import type { CacheOutlook } from './cache-outlook.ts';
import type { Candidate, Prediction } from './candidate.ts';
import type { LearnedOutlook } from './predict.ts';

export const REASON_CODES = [
  'explicit_choice',
  'explicit_intent_think',
  'explicit_intent_quick',
  'effort_asked',
  'gain_worth_cost',
  'gain_not_worth_cost',
  'type_default',
  'torn_up',
  'session_retained',
  'session_upgraded',
  'tool_loop_locked',
  'housekeeping',
  'only_feasible',
  'latency_bound',
  'cost_bound',
  'limit_reached',
  'budget_reached',
  'outage',
  'exploration',
  'router_failed',
] as const;

export type ReasonCode = (typeof REASON_CODES)[number];

export const CONFIDENCES = ['known', 'torn', 'unfamiliar'] as const;

export type Confidence = (typeof CONFIDENCES)[number];

/** What one more solved task and one second of waiting are worth. */
export interface Objective {
  /** Micro-dollars that one more solved task is worth (v). */
  readonly microUsdPerSuccess: number;
  /** Micro-dollars per second waited (w). */
  readonly microUsdPerSecond: number;
  /** Largest number of points (hundredths of P) below the best feasible candidate; null: no band. */
  readonly bandPoints: number | null;
  readonly maxWaitMs: number | null;
}

/** What the caller or the request's words already settled before the policy compares candidates. */
export interface Preference {
  /** Effort the protocol's parameter asked for; null when none was. */
  readonly effort: string | null;
  /** Mode or allow-list already narrowed the candidates to one component: the policy only picks the effort. */
  readonly componentChosen: boolean;
  /** Absent or false: a person or an agent wants an answer. True: the client keeps house, and the cheapest will do. */
  readonly isHousekeeping?: boolean;
}

/** What the turns before leave behind, as numbers and a name: no id, no clock. */
export interface SessionOutlook {
  /** Answered the last turn. */
  readonly component: string;
  /** The last answer is so fresh that its cache is warm and the person is still at it. */
  readonly isRecent: boolean;
  /** Moves to a less capable component that are left, before the session stays up until it rests. */
  readonly movesDownLeft: number;
}

export interface PolicyInput {
  readonly features: Features;
  /** Every candidate, the excluded ones too; a policy never chooses an excluded one. At least one is feasible. */
  readonly candidates: readonly Candidate[];
  readonly objective: Objective;
  readonly preference: Preference;
  /** Output tokens that the request allows; absent or null: it sets no limit. Caps the expected cost and waiting. */
  readonly maxOutputTokens?: number | null;
  /** Absent or null: the first turn of a conversation, as far as anybody knows. */
  readonly session?: SessionOutlook | null;
  /** Absent: nothing is cached, and nothing is marked to be. */
  readonly cache?: CacheOutlook;
  /** 0 ≤ draw < 1, from the install secret and the decision or session id; for exploration only. */
  readonly draw: number;
}

export interface CandidateScore {
  /** Null: excluded before anything was predicted. */
  readonly prediction: Prediction | null;
  /** v · P − cost − w · wait, in micro-dollars; null when excluded or when the cost is unknown. */
  readonly utilityMicroUsd: number | null;
  /** Probability that this policy chooses this candidate, given the input but not the draw. Sums to 1. */
  readonly probability: number;
}

export interface Change {
  /** `if` in the explanation: what would have to be different. */
  readonly condition: string;
  /** `then`: which component and effort would be chosen. */
  readonly outcome: string;
}

/** Where a request stands for a policy that was trained: near what it was trained on, or not. */
export interface Ground {
  /** Mean cosine of the three nearest training prompts, 0 to 1; null: too few words to compare. */
  readonly similarity: number | null;
  /** Smallest similarity of known ground. */
  readonly threshold: number;
  /** Null: unfamiliar ground. */
  readonly outlook: LearnedOutlook | null;
}

export interface PolicyDecision {
  /** Index into `candidates`. */
  readonly chosen: number;
  /** One per candidate, same order. */
  readonly scores: readonly CandidateScore[];
  readonly reasonCodes: readonly [ReasonCode, ...ReasonCode[]];
  readonly confidence: Confidence;
  /**
   * Against the best candidate of another component: points of P(success) gained (may be negative), extra cost, and
   * their quotient, the marginal price in micro-dollars per extra solved task (null when the gain is not positive).
   */
  readonly against: {
    readonly candidate: number;
    readonly gainPoints: number;
    readonly extraMicroUsd: number | null;
    readonly marginalMicroUsd: number | null;
  } | null;
  /** Absent: the policy was not trained, and compares with nothing. */
  readonly ground?: Ground;
}

export interface Policy {
  /** `rules@<hash>`: name and hash of every constant that can change a decision. */
  readonly version: string;
  /** False: the decision does not depend on `draw`, which is then not made, and recorded as null. */
  readonly usesDraw: boolean;
  /** True: it reads the hashed words, so that a record without them cannot be replayed. */
  readonly readsGrams: boolean;
  readonly decide: (input: PolicyInput) => PolicyDecision;
}
