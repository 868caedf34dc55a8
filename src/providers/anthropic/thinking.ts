/** How much a Claude model thinks and writes: `thinking`, `output_config.effort` and `max_tokens`. */
import type { Effort } from '../../canonical/effort.ts';
import type { JsonObject } from '../../canonical/json.ts';
import { fitEffort } from '../effort-fit.ts';
import { spelling } from '../spelling.ts';
import type { Translation } from './translation.ts';
import { forcesTool } from './tools.ts';

/** Smallest budget that the provider accepts. */
export const MIN_BUDGET_TOKENS = 1024;
/** Part of `max_tokens` that stays for the visible answer; a budget that eats everything gives an empty answer. */
export const MIN_VISIBLE_TOKENS = 1024;
/** `max_tokens` is required. What is sent when nobody named a limit, if the model can write as much. */
export const DEFAULT_MAX_TOKENS = 32_000;
export const DEFAULT_MAX_TOKENS_WITH_REASONING = 64_000;

/**
 * Budget by effort. Each lies inside the bucket that budgets are read back with (below 2,000 low, below 8,000 medium,
 * below 24,000 high, else xhigh), so that effort → budget → effort is the identity for low to xhigh.
 */
export const BUDGET_BY_EFFORT: Readonly<Record<Exclude<Effort, 'none'>, number>> = {
  minimal: 1024,
  low: 1536,
  medium: 4096,
  high: 16_384,
  xhigh: 32_768,
  max: 63_999,
};

export interface ThinkingMembers {
  readonly max_tokens: number;
  readonly thinking?: JsonObject;
  /** Value of `output_config.effort`. */
  readonly effort?: string;
  /** Sampling parameters must then be left out, where the model takes them only without reasoning. */
  readonly reasons: boolean;
}

/** What the client, the component and the model allow together. */
export const toMaxTokens = ({ request, target }: Translation, reasons: boolean): number => {
  const { outputTokens } = target.deployment.model.limits;
  const fallback = reasons ? DEFAULT_MAX_TOKENS_WITH_REASONING : DEFAULT_MAX_TOKENS;
  // 0 is a value (it only fills the cache), not an absent limit.
  return Math.min(target.maxOutputTokens ?? request.maxOutputTokens ?? fallback, outputTokens);
};

const clampEffort = (effort: Effort, { request, target, log }: Translation): Effort | undefined => {
  const { efforts } = target.deployment.model.reasoning;
  const fitted = fitEffort(effort, efforts);
  if (fitted !== effort) {
    log.add('param_clamped', {
      param: spelling.effort(request.source.protocol),
      requested: effort,
      applied: fitted ?? null,
      message: `${target.deployment.id} knows the efforts ${efforts.join(', ') || 'none at all'}.`,
    });
  }
  return fitted;
};

const withoutThinking = (translation: Translation, sayDisabled: boolean): ThinkingMembers => ({
  max_tokens: toMaxTokens(translation, false),
  ...(sayDisabled ? { thinking: { type: 'disabled' } } : {}),
  reasons: false,
});

const giveUpThinking = (effort: Effort, translation: Translation, reason: string): ThinkingMembers => {
  translation.log.add('param_clamped', {
    param: spelling.effort(translation.request.source.protocol),
    requested: effort,
    applied: 'none',
    message: reason,
  });
  return withoutThinking(translation, true);
};

const display = ({ request }: Translation): JsonObject => {
  const { summary } = request.reasoning;
  return summary === null ? {} : { display: summary === 'none' ? 'omitted' : 'summarized' };
};

/** An unanswered tool loop whose assistant turn has no signed thinking may not go on with a budget (400). */
export const inUnsignedToolLoop = ({ request }: Translation): boolean => {
  if (request.messages.at(-1)?.role !== 'tool') return false;
  const assistant = request.messages.findLast((message) => message.role === 'assistant');
  return assistant?.content.some((part) => part.type === 'reasoning' && part.opaque !== null) === false;
};

const withBudget = (effort: Exclude<Effort, 'none'>, translation: Translation): ThinkingMembers => {
  if (inUnsignedToolLoop(translation)) {
    return giveUpThinking(
      effort,
      translation,
      'The open tool loop was begun without signed thinking, so it goes on without.',
    );
  }
  const { budgetTokens: range } = translation.target.deployment.model.reasoning;
  const maxTokens = toMaxTokens(translation, true);
  const minimum = Math.max(range?.minimum ?? MIN_BUDGET_TOKENS, MIN_BUDGET_TOKENS);
  const room = maxTokens - Math.max(MIN_VISIBLE_TOKENS, Math.floor(maxTokens / 10));
  if (room < minimum) {
    const needed = minimum + MIN_VISIBLE_TOKENS;
    return giveUpThinking(
      effort,
      translation,
      `Thinking needs an output limit of at least ${needed} tokens; it is ${maxTokens}.`,
    );
  }
  const wanted = translation.request.reasoning.budgetTokens ?? BUDGET_BY_EFFORT[effort];
  const budget = Math.max(minimum, Math.min(wanted, range?.maximum ?? wanted, room));
  if (translation.request.reasoning.budgetTokens !== null && budget !== wanted) {
    translation.log.add('param_clamped', {
      param: 'thinking.budget_tokens',
      requested: wanted,
      applied: budget,
      message: `The budget must be at least ${minimum} and leave room for the answer in max_tokens (${maxTokens}).`,
    });
  }
  return {
    max_tokens: maxTokens,
    thinking: { type: 'enabled', budget_tokens: budget, ...display(translation) },
    reasons: true,
  };
};

/** Names of the ladder that the wire does not have: minimal is said as low. */
const toWireEffort = (effort: Effort): string => (effort === 'minimal' ? 'low' : effort);

const withEffort = (effort: Exclude<Effort, 'none'>, translation: Translation): ThinkingMembers => ({
  max_tokens: toMaxTokens(translation, true),
  ...(translation.target.deployment.model.reasoning.control === 'adaptive'
    ? { thinking: { type: 'adaptive', ...display(translation) } }
    : {}),
  effort: toWireEffort(effort),
  reasons: true,
});

/** Thinking and a forced tool call exclude each other; the call is what the client's program waits for. */
const forcedOff = (effort: Effort, translation: Translation): ThinkingMembers | undefined => {
  if (effort === 'none' || !forcesTool(translation)) return undefined;
  if (!translation.target.deployment.model.reasoning.efforts.includes('none')) return undefined;
  return giveUpThinking(effort, translation, 'A tool call can only be forced without thinking.');
};

/** Whether the model reasons when nothing is said. */
export const reasonsByDefault = ({ target }: Translation): boolean => {
  const { control, defaultEffort } = target.deployment.model.reasoning;
  return control === 'adaptive' && defaultEffort !== 'none';
};

/** Members for the target's effort; an effort of null leaves thinking to the model's own default. */
export const toThinkingMembers = (translation: Translation): ThinkingMembers => {
  const { target } = translation;
  const { reasoning } = target.deployment.model;
  if (target.effort === null) {
    const reasons = reasonsByDefault(translation);
    return { max_tokens: toMaxTokens(translation, reasons), reasons };
  }
  if (reasoning.control === 'none') {
    if (target.effort !== 'none') clampEffort(target.effort, translation);
    return withoutThinking(translation, false);
  }
  const effort = clampEffort(target.effort, translation);
  if (effort === undefined || effort === 'none') return withoutThinking(translation, effort === 'none');
  const off = forcedOff(effort, translation);
  if (off !== undefined) return off;
  return reasoning.control === 'budget' || reasoning.control === 'toggle'
    ? withBudget(effort, translation)
    : withEffort(effort, translation);
};
