/** Prior tables: P(success), tokens and speed by conversation type, tier and effort, until outcomes are measured. */
import type { Effort, Verbosity } from '../canonical/effort.ts';
import type { ConversationType } from '../features/signals.ts';
import type { Tier } from './tier.ts';

type ByTier<Value> = Readonly<Record<Tier, Value>>;

/** One row: fast-mini, fast, thinking-nano, thinking-mini, thinking, pro. */
type Row = readonly [number, number, number, number, number, number];

const row = ([fastMini, fast, thinkingNano, thinkingMini, thinking, pro]: Row): ByTier<number> => ({
  'fast-mini': fastMini,
  fast,
  'thinking-nano': thinkingNano,
  'thinking-mini': thinkingMini,
  thinking,
  pro,
});

/**
 * P(success) at middle complexity (.5), fast tiers without reasoning, the others at effort `medium`. Set by hand, not
 * fitted: thinking gains .18 over fast where steps build on each other (mathematics, code, logic, planning, tool loops)
 * and .02 elsewhere. The levels matter less than these differences, because a decision compares candidates.
 */
export const PRIOR_SUCCESS: Readonly<Record<ConversationType, ByTier<number>>> = {
  chat: row([0.91, 0.93, 0.92, 0.94, 0.95, 0.955]),
  writing: row([0.86, 0.9, 0.87, 0.9, 0.92, 0.925]),
  translation: row([0.88, 0.92, 0.89, 0.92, 0.94, 0.945]),
  summary: row([0.88, 0.92, 0.89, 0.92, 0.94, 0.945]),
  extraction: row([0.87, 0.91, 0.88, 0.91, 0.93, 0.935]),
  lookup: row([0.78, 0.86, 0.79, 0.85, 0.88, 0.885]),
  mathematics: row([0.62, 0.72, 0.78, 0.84, 0.9, 0.92]),
  code: row([0.6, 0.7, 0.74, 0.8, 0.88, 0.9]),
  logic: row([0.56, 0.66, 0.72, 0.78, 0.84, 0.87]),
  planning: row([0.6, 0.68, 0.74, 0.79, 0.86, 0.88]),
  agentic_tools: row([0.5, 0.62, 0.66, 0.73, 0.8, 0.82]),
  vision: row([0.74, 0.82, 0.75, 0.81, 0.84, 0.845]),
  other: row([0.82, 0.88, 0.83, 0.88, 0.9, 0.905]),
};

/** The tier whose answers a reasoning tier gives when it does not reason; a fast tier is its own. */
export const UNREASONED_TIER: Readonly<Record<Tier, 'fast' | 'fast-mini'>> = {
  'fast-mini': 'fast-mini',
  fast: 'fast',
  'thinking-nano': 'fast-mini',
  'thinking-mini': 'fast-mini',
  thinking: 'fast',
  pro: 'fast',
};

/**
 * Share of the gain from reasoning (in logits) that an effort brings, `medium` being 1: the first tokens of reasoning
 * help most, doubling them once more helps little.
 */
export const EFFORT_GAIN: Readonly<Record<Effort, number>> = {
  none: 0,
  minimal: 0.3,
  low: 0.6,
  medium: 1,
  high: 1.2,
  xhigh: 1.3,
  max: 1.35,
};

export const PRIOR = {
  /** Logits that P(success) falls from complexity 0 to 1; a task of complexity c shifts by −6 · (c − .5). */
  complexitySlope: 6,
  /** Part of thinking's gain that a fast tier gets when it is made to reason. */
  fastReasoningShare: 0.7,
  /** Logits that a specialist gains on the conversation types it is for. */
  specialistLogits: 0.3,
  /** Half of the 90 % interval of P(success), in logits: .72 means .49 to .87. Wide, because nothing was measured. */
  halfWidthLogits: 1,
  /** The same where even the conversation type is unknown. */
  otherHalfWidthLogits: 1.4,
  /** Half of the 90 % interval of a gain between two candidates: this share of it, plus the logits below. */
  gainHalfWidthShare: 0.5,
  /** Times P · (1 − P), the slope of the logistic: .042 at P = .7, .001 where success is all but certain. */
  gainHalfWidthLogits: 0.2,
} as const;

/** Tokens of the visible answer and of reasoning at effort `medium`, both at middle complexity. */
export const EXPECTED_TOKENS: Readonly<
  Record<ConversationType, { readonly visible: number; readonly reasoning: number }>
> = {
  chat: { visible: 300, reasoning: 300 },
  writing: { visible: 800, reasoning: 400 },
  translation: { visible: 400, reasoning: 250 },
  summary: { visible: 350, reasoning: 300 },
  extraction: { visible: 300, reasoning: 300 },
  lookup: { visible: 250, reasoning: 350 },
  mathematics: { visible: 500, reasoning: 1200 },
  code: { visible: 600, reasoning: 1000 },
  logic: { visible: 400, reasoning: 1000 },
  planning: { visible: 700, reasoning: 900 },
  agentic_tools: { visible: 400, reasoning: 800 },
  vision: { visible: 300, reasoning: 500 },
  other: { visible: 400, reasoning: 500 },
};

/** Reasoning tokens relative to `medium`. */
export const EFFORT_TOKENS: Readonly<Record<Effort, number>> = {
  none: 0,
  minimal: 0.15,
  low: 0.4,
  medium: 1,
  high: 2,
  xhigh: 3.5,
  max: 6,
};

/** Visible tokens relative to `medium`: 560, 849 and 1288 tokens for one poem in OpenAI's cookbook. */
export const VERBOSITY_TOKENS: Readonly<Record<Verbosity, number>> = { low: 0.66, medium: 1, high: 1.52 };

export const TOKEN_SHAPE = {
  /** Visible tokens grow from .6 times the table at complexity 0 to 1.4 times at 1. */
  visibleAtZero: 0.6,
  visibleSlope: 0.8,
  /** Reasoning tokens grow from half to one and a half times. */
  reasoningAtZero: 0.5,
  reasoningSlope: 1,
  /** 90th percentile of output tokens over the median: log-normal with σ = .72. */
  p90Factor: 2.5,
  /** Output tokens billed per token of one sample, for roles that run several samples and select. */
  proFactor: 3,
} as const;

/** Milliseconds before a model begins to write, and output tokens per second; typical hosted models, late 2026. */
export const SPEED: ByTier<{ readonly startMs: number; readonly tokensPerSecond: number }> = {
  'fast-mini': { startMs: 350, tokensPerSecond: 180 },
  fast: { startMs: 500, tokensPerSecond: 140 },
  'thinking-nano': { startMs: 450, tokensPerSecond: 160 },
  'thinking-mini': { startMs: 600, tokensPerSecond: 120 },
  thinking: { startMs: 900, tokensPerSecond: 80 },
  pro: { startMs: 2000, tokensPerSecond: 60 },
};

/**
 * Price of one million tokens by which a component of unknown price is compared with other tiers; never shown as its
 * cost. Micro-dollars.
 */
export const REFERENCE_PRICE: ByTier<{ readonly input: number; readonly output: number }> = {
  'fast-mini': { input: 50_000, output: 300_000 },
  fast: { input: 200_000, output: 1_200_000 },
  'thinking-nano': { input: 100_000, output: 500_000 },
  'thinking-mini': { input: 500_000, output: 3_000_000 },
  thinking: { input: 2_500_000, output: 12_500_000 },
  pro: { input: 10_000_000, output: 50_000_000 },
};
