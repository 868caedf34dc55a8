/** The human sentence of a decision: what was chosen, why, and at which marginal price. */
import { MICRO_PER_USD } from '../canonical/money.ts';
import type { ConversationType } from '../features/signals.ts';
import type { PolicyDecision, PolicyInput, ReasonCode } from './policy.ts';

/** Longest sentence, in characters; it also travels in a header. */
export const MAX_REASON_CHARACTERS = 200;

const MAX_NAME_CHARACTERS = 32;

export interface ReasonFacts {
  readonly type: ConversationType;
  readonly component: string;
  /** Effort that is applied; null: none is sent. */
  readonly effort: string | null;
  /** Effort that the request's parameter asked for. */
  readonly askedEffort: string | null;
  /** Against the best candidate of another component; null when there is none. */
  readonly against: {
    readonly component: string;
    readonly gainPoints: number;
    readonly extraMicroUsd: number | null;
  } | null;
}

export const toReasonFacts = (input: PolicyInput, decision: PolicyDecision): ReasonFacts => {
  const { against, chosen } = decision;
  const candidate = input.candidates[chosen];
  const other = against === null ? undefined : input.candidates[against.candidate];
  return {
    type: input.features.signals.conversationType.value,
    component: candidate?.component.name ?? '',
    effort: candidate?.effort ?? null,
    askedEffort: input.preference.effort,
    against:
      against === null || other === undefined
        ? null
        : {
            component: other.component.name,
            gainPoints: against.gainPoints,
            extraMicroUsd: against.extraMicroUsd,
          },
  };
};

const TYPE_LABELS: Readonly<Record<ConversationType, string>> = {
  chat: 'Chat',
  writing: 'Writing',
  translation: 'Translation',
  summary: 'Summary',
  extraction: 'Extraction',
  lookup: 'Lookup',
  mathematics: 'Mathematics',
  code: 'Code',
  logic: 'Logic',
  planning: 'Planning',
  agentic_tools: 'Multi-step tool use',
  vision: 'Image question',
  other: 'Request of no known kind',
};

/** Printable ASCII only: header values hold nothing else. */
const toAscii = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?').slice(0, MAX_NAME_CHARACTERS);

/** Two significant digits below a dollar, cents above: `$0.0061`, `$0.020`, `$3.40`. */
export const renderPrice = (microUsd: number): string => {
  const usd = microUsd / MICRO_PER_USD;
  if (usd >= 1) return `$${usd.toFixed(2)}`;
  if (usd < 1 / MICRO_PER_USD) return '$0';
  return `$${usd.toPrecision(2)}`;
};

const renderPoints = (points: number): string => {
  const rounded = Math.round(points);
  if (rounded < 1) return 'less than 1 point';
  return rounded === 1 ? '1 point' : `${rounded} points`;
};

/** `31 points better for $0.0061 more ($0.020 per extra solved task)`; both numbers from the better one's side. */
const renderGain = (gainPoints: number, extraMicroUsd: number | null): string => {
  const better = `${renderPoints(gainPoints)} better`;
  if (extraMicroUsd === null) return `${better} at an unknown price`;
  if (extraMicroUsd <= 0) return `${better} for no more money but a longer wait`;
  const marginal = (extraMicroUsd / gainPoints) * 100;
  return `${better} for ${renderPrice(extraMicroUsd)} more (${renderPrice(marginal)} per extra solved task)`;
};

const atEffort = (effort: string | null): string => (effort === null ? '' : ` at effort ${effort}`);

const gained = ({ against }: ReasonFacts): string =>
  against === null ? 'better' : renderGain(against.gainPoints, against.extraMicroUsd);

const forgone = ({ against }: ReasonFacts): string => {
  if (against === null) return 'another component is predicted better';
  const extra = against.extraMicroUsd === null ? null : -against.extraMicroUsd;
  return `${toAscii(against.component)} is predicted ${renderGain(-against.gainPoints, extra)}`;
};

/**
 * One template per reason code. Each begins or continues with words that no other template has, so that a sentence
 * leads back to its code.
 */
const TEMPLATES: Readonly<Record<ReasonCode, (facts: ReasonFacts, name: string) => string>> = {
  explicit_choice: (facts, name) => `The request chose ${name}${atEffort(facts.effort)}.`,
  explicit_intent_think: (facts, name) => `The user's words ask for depth: ${name} answers${atEffort(facts.effort)}.`,
  explicit_intent_quick: (_, name) => `The user's words ask for speed: ${name} answers.`,
  effort_asked: (facts, name) => `The request asks for effort ${facts.askedEffort ?? 'none'}: ${name} answers.`,
  gain_worth_cost: (facts, name) => `${TYPE_LABELS[facts.type]}: ${name} is predicted ${gained(facts)}.`,
  gain_not_worth_cost: (facts, name) => `${TYPE_LABELS[facts.type]}: ${name} is enough; ${forgone(facts)}.`,
  type_default: (facts, name) => `${TYPE_LABELS[facts.type]} goes to ${name} by default.`,
  torn_up: (_, name) => `Too close to call: ${name}, the more capable one, answers.`,
  session_retained: (_, name) => `This session stays with ${name}.`,
  session_upgraded: (_, name) => `This session moves up to ${name}.`,
  tool_loop_locked: (_, name) => `A tool call is open: ${name} continues it.`,
  housekeeping: (_, name) => `Housekeeping of the client goes to ${name}.`,
  only_feasible: (_, name) => `Only ${name} can serve this request within its constraints.`,
  latency_bound: (_, name) => `Within the allowed wait ${name} is the best choice.`,
  cost_bound: (_, name) => `Within the allowed cost ${name} is the best choice.`,
  limit_reached: (_, name) => `A call limit is reached: ${name} answers.`,
  budget_reached: (_, name) => `A budget is used up: ${name} answers.`,
  outage: (_, name) => `The chosen component cannot be reached: ${name} answers.`,
  exploration: (_, name) => `Explored: ${name} answers, so that the router keeps learning.`,
  router_failed: (_, name) => `The router failed: the safe component ${name} answers.`,
};

/** The sentence for a reason code: ASCII, at most 200 characters, no text of the request. */
export const renderReason = (code: ReasonCode, facts: ReasonFacts): string =>
  TEMPLATES[code](facts, toAscii(facts.component)).slice(0, MAX_REASON_CHARACTERS);
