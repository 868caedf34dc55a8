/** Predictions: P(success), cost and waiting of one candidate, from the prior tables. */
import type { Effort } from '../canonical/effort.ts';
import { abilityScaleOf, publishedAbilityOf, type Deviation } from '../catalog/ability.ts';
import type { Component } from '../catalog/component.ts';
import { estimateCostMicroUsd } from '../catalog/cost.ts';
import type { ModelPrice } from '../catalog/model.ts';
import type { ConversationType, Features } from '../features/signals.ts';
import { logistic, logit } from '../math/probability.ts';
import { cachedTokensOf, NO_CACHE, type CacheOutlook } from './cache-outlook.ts';
import type { Prediction } from './candidate.ts';
import {
  EFFORT_GAIN,
  EFFORT_TOKENS,
  EXPECTED_TOKENS,
  PRIOR,
  PRIOR_SUCCESS,
  REFERENCE_PRICE,
  SPEED,
  TOKEN_SHAPE,
  UNREASONED_TIER,
  VERBOSITY_TOKENS,
} from './prior-table.ts';
import { isReasoningTier, TIERS, toTier, type Tier } from './tier.ts';

const MILLISECONDS_PER_SECOND = 1000;

/** What a prediction depends on besides the candidate. */
export interface PredictionContext {
  /** Row of the tables: the conversation type, or `agentic_tools` when several tool steps are needed. */
  readonly type: ConversationType;
  /** Tools are needed: ability to call them counts, not ability with words. */
  readonly usesTools: boolean;
  /** 0 to 1. */
  readonly complexity: number;
  readonly inputTokens: number;
  /** Output tokens that the request allows; null: it sets no limit. */
  readonly maxOutputTokens: number | null;
  /** What a learned model says of this very prompt; null: the tables alone. */
  readonly learned: LearnedOutlook | null;
  readonly cache: CacheOutlook;
}

/** Predictions for one prompt by a model that was trained on prompts like it. */
export interface LearnedOutlook {
  /** P(success) of the tiers `fast` without reasoning and `thinking` at effort `medium`, .005 to .995. */
  readonly fast: number;
  readonly thinking: number;
  /** Standard deviation of `thinking` − `fast`. */
  readonly gainDeviation: number;
  /** Expected visible tokens over what the table says for the type; 1 where nothing is known. */
  readonly lengthFactor: number;
}

/** A prediction, and the cost by which candidates are compared even where the price is unknown. */
export interface CandidatePrediction extends Prediction {
  /** How far P(success) may lie from what graded calls make it; 0 where none count. */
  readonly abilityDeviation: number;
  /** Equal to `costMicroUsd.p50`, or at the tier's reference price when the price is unknown. Never shown as a cost. */
  readonly comparedMicroUsd: number;
}

/** Types on which steps build on each other: several tool steps make no other type easier than `agentic_tools`. */
const STEPWISE: ReadonlySet<ConversationType> = new Set(['mathematics', 'code', 'logic', 'planning', 'agentic_tools']);

export const toPredictionContext = (
  features: Features,
  maxOutputTokens: number | null,
  cache: CacheOutlook = NO_CACHE,
): PredictionContext => {
  const { conversationType, complexity, toolNeeds } = features.signals;
  const type =
    toolNeeds.value === 'multi_step' && !STEPWISE.has(conversationType.value)
      ? 'agentic_tools'
      : conversationType.value;
  return {
    type,
    usesTools: toolNeeds.value !== 'none',
    complexity: complexity.value,
    inputTokens: features.inputTokensEstimate,
    maxOutputTokens,
    learned: null,
    cache,
  };
};

/** `PRIOR_SUCCESS` in logits, computed once: a decision needs 24 of them. */
const PRIOR_LOGITS = Object.fromEntries(
  Object.entries(PRIOR_SUCCESS).map(([type, byTier]) => [
    type,
    Object.fromEntries(Object.entries(byTier).map(([tier, probability]) => [tier, logit(probability)])),
  ]),
) as Record<ConversationType, Record<Tier, number>>;

/** The effort that is expected to apply when nothing is sent. */
const expectedEffort = (component: Component, effort: Effort | null, tier: Tier): Effort => {
  if (effort !== null) return effort;
  const { reasoning } = component.deployments[0].model;
  const unsaid = isReasoningTier(tier) ? 'medium' : 'none';
  return reasoning.control === 'none' ? unsaid : (reasoning.defaultEffort ?? unsaid);
};

/** The tiers whose chances an outlook gives; what the others are apart from these is the tables' word. */
const isMeasuredTier = (tier: Tier): boolean => tier === 'fast' || tier === 'thinking';

/** What the tables say before the request is looked at, and by how much it lifts levels and stretches gains. */
interface Ground {
  /** Logits by which every tier of this request is easier than its row says. */
  readonly lift: number;
  /** Gain from reasoning over the row's gain. */
  readonly stretch: number;
}

/** A learned outlook replaces the two cells that it predicts; the other tiers keep their distances from these. */
const toGround = ({ type, complexity, learned }: PredictionContext): Ground => {
  if (learned === null) return { lift: -PRIOR.complexitySlope * (complexity - 0.5), stretch: 1 };
  const logits = PRIOR_LOGITS[type];
  const gain = logit(learned.thinking) - logit(learned.fast);
  return { lift: logit(learned.fast) - logits.fast, stretch: gain / (logits.thinking - logits.fast) };
};

/** What the tables alone say thinking gains over fast on the request, as a difference of P(success). */
export const priorGain = (context: Pick<PredictionContext, 'type' | 'complexity'>): number => {
  const { fast, thinking } = PRIOR_LOGITS[context.type];
  const lift = -PRIOR.complexitySlope * (context.complexity - 0.5);
  return logistic(thinking + lift) - logistic(fast + lift);
};

/** A context with what follows from it for every candidate, found once a decision. */
interface Grounded {
  readonly context: PredictionContext;
  readonly ground: Ground;
}

const successLogit = ({ context, ground: { lift, stretch } }: Grounded, tier: Tier, effort: Effort): number => {
  const logits = PRIOR_LOGITS[context.type];
  const unreasoned = logits[UNREASONED_TIER[tier]];
  const gain = isReasoningTier(tier)
    ? logits[tier] - unreasoned
    : PRIOR.fastReasoningShare * (logits[tier === 'fast' ? 'thinking' : 'thinking-mini'] - unreasoned);
  return unreasoned + lift + stretch * gain * EFFORT_GAIN[effort];
};

/**
 * P(success) of a tier, whatever component fills it: reasoning tiers at effort `medium`, the others without reasoning.
 */
export const tierSuccess = (context: PredictionContext, tier: Tier): number =>
  logistic(successLogit({ context, ground: toGround(context) }, tier, isReasoningTier(tier) ? 'medium' : 'none'));

/** What graded calls of the component say on this kind of request; null where they are too few. */
const abilityOf = ({ ability }: Component, { type, usesTools }: PredictionContext): Deviation | null => {
  const scale = abilityScaleOf(ability, usesTools);
  return scale === null ? null : (scale.types[type] ?? scale.others);
};

/** Half of a 90 % interval, in standard deviations of a normal distribution. */
const NORMAL_HALF_WIDTH = 1.645;

type Success = Pick<CandidatePrediction, 'pSuccess' | 'abilityDeviation' | 'source'>;

const successOf = (
  grounded: Grounded,
  { component, tier, effort }: { component: Component; tier: Tier; effort: Effort },
): Success => {
  const { context } = grounded;
  const bonus = component.for.includes(context.type) ? PRIOR.specialistLogits : 0;
  const expected = successLogit(grounded, tier, effort) + bonus;
  const ability = abilityOf(component, context);
  const unmeasured = context.type === 'other' ? PRIOR.otherHalfWidthLogits : PRIOR.halfWidthLogits;
  const published = publishedAbilityOf(component, context.usesTools);
  const center = expected + ((ability ?? published)?.logits ?? 0);
  const halfWidth = ability === null ? unmeasured : NORMAL_HALF_WIDTH * ability.sd;
  const value = logistic(center);
  return {
    pSuccess: { value, low: logistic(center - halfWidth), high: logistic(center + halfWidth) },
    // The slope of the logistic turns logits into chances.
    abilityDeviation: ability === null ? 0 : value * (1 - value) * ability.sd,
    source: ability !== null || (context.learned !== null && isMeasuredTier(tier)) ? 'measured' : 'prior',
  };
};

interface OutputTokens {
  readonly reasoning: number;
  /** Visible and reasoning tokens together, capped by what the request and the component allow. */
  readonly p50: number;
  readonly p90: number;
}

const outputTokens = (context: PredictionContext, component: Component, effort: Effort): OutputTokens => {
  const expected = EXPECTED_TOKENS[context.type];
  const visible =
    expected.visible *
    (TOKEN_SHAPE.visibleAtZero + TOKEN_SHAPE.visibleSlope * context.complexity) *
    VERBOSITY_TOKENS[component.verbosity ?? 'medium'] *
    (context.learned?.lengthFactor ?? 1);
  const reasoning =
    expected.reasoning *
    (TOKEN_SHAPE.reasoningAtZero + TOKEN_SHAPE.reasoningSlope * context.complexity) *
    EFFORT_TOKENS[effort];
  const cap = Math.min(
    context.maxOutputTokens ?? Number.POSITIVE_INFINITY,
    component.maxOutputTokens ?? Number.POSITIVE_INFINITY,
    component.deployments[0].model.limits.outputTokens,
  );
  const p50 = Math.min(visible + reasoning, cap);
  return {
    reasoning: Math.min(reasoning, p50),
    p50,
    p90: Math.min(TOKEN_SHAPE.p90Factor * (visible + reasoning), cap),
  };
};

/** `REFERENCE_PRICE` as prices of a model, once. */
const REFERENCE_PRICES = Object.fromEntries(
  TIERS.map((tier) => {
    const base = { ...REFERENCE_PRICE[tier], cacheRead: null, cacheWrite: null, cacheWriteOneHour: null };
    return [tier, { base, contextTiers: [], serviceTiers: [] }];
  }),
) as unknown as Record<Tier, ModelPrice>;

interface ExpectedCost {
  readonly known: { readonly p50: number; readonly p90: number } | null;
  readonly comparedMicroUsd: number;
}

interface ExpectedCall {
  readonly input: number;
  readonly cached: number;
  readonly writesCache: boolean;
  readonly output: OutputTokens;
}

const costOf = (price: ModelPrice | null, tier: Tier, call: ExpectedCall): ExpectedCost => {
  const samples = tier === 'pro' ? TOKEN_SHAPE.proFactor : 1;
  const estimate = (prices: ModelPrice, outputTokens: number): number =>
    // Not a number where the features are not: the policy must see that, not a price that looks unknown.
    estimateCostMicroUsd({
      inputTokens: call.input,
      cachedTokens: call.cached,
      writesCache: call.writesCache,
      outputTokens: outputTokens * samples,
      price: prices,
    }) ?? Number.NaN;
  if (price === null) return { known: null, comparedMicroUsd: estimate(REFERENCE_PRICES[tier], call.output.p50) };
  const p50 = estimate(price, call.output.p50);
  return { known: { p50, p90: estimate(price, call.output.p90) }, comparedMicroUsd: p50 };
};

interface Called {
  readonly component: Component;
  readonly effort: Effort | null;
}

/**
 * What one call of `component` at `effort` is expected to achieve, cost and take, in a context that many are asked about. Cost counts what is cached of the input
 * at the price of reading it, the rest as fresh or as written, and the expected output of the type and effort; it is null
 * where the price is unknown. `firstTokenMs` is the wait for the first visible token, reasoning included.
 */
export const createPredict = (context: PredictionContext): ((called: Called) => CandidatePrediction) => {
  const grounded = { context, ground: toGround(context) };
  return (called) => predictIn(grounded, called);
};

export const predict = (context: PredictionContext, called: Called): CandidatePrediction =>
  createPredict(context)(called);

const predictIn = (grounded: Grounded, { component, effort }: Called): CandidatePrediction => {
  const { context } = grounded;
  const tier = toTier(component);
  const applied = expectedEffort(component, effort, tier);
  const tokens = outputTokens(context, component, applied);
  const { price } = component.deployments[0].model;
  const { inputTokens, cache } = context;
  const cached = cachedTokensOf(cache, component.name);
  const cost = costOf(price, tier, { input: inputTokens, cached, writesCache: cache.isMarked, output: tokens });
  const msPerToken = MILLISECONDS_PER_SECOND / SPEED[tier].tokensPerSecond;
  // Member by member, as scores are: a spread takes several times as long, two dozen times a decision.
  const success = successOf(grounded, { component, tier, effort: applied });
  return {
    pSuccess: success.pSuccess,
    abilityDeviation: success.abilityDeviation,
    source: success.source,
    costMicroUsd: cost.known,
    firstTokenMs: Math.round(SPEED[tier].startMs + tokens.reasoning * msPerToken),
    totalMs: Math.round(SPEED[tier].startMs + tokens.p50 * msPerToken),
    comparedMicroUsd: cost.comparedMicroUsd,
  };
};
