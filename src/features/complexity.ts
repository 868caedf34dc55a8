/**
 * Complexity: how hard the latest user turn looks, 0 (trivial) to 1 (hard). A published formula, not a trained one, so
 * that a person can check it: complexity = base(type) + Σ terms, cut to [0, 1]. Each term grows with its count and has
 * a cap; none falls, so that adding a constraint, a question or a formula never makes a prompt look easier. An
 * acknowledgement is trivial whatever came before it; a short follow-up leans on the turn it follows.
 */
import { isAcknowledgement } from './chat.ts';
import { toEvidence, type Reading } from './reading.ts';
import type { ConversationType, Evidence, Signal } from './signals.ts';

/** Starting point by type, before anything is counted. Priors, not measurements. */
export const BASE_COMPLEXITY: Readonly<Record<ConversationType, number>> = {
  chat: 0.05,
  lookup: 0.1,
  translation: 0.12,
  summary: 0.15,
  extraction: 0.18,
  writing: 0.18,
  other: 0.15,
  vision: 0.25,
  planning: 0.3,
  code: 0.32,
  mathematics: 0.32,
  logic: 0.42,
  agentic_tools: 0.4,
};

/** An acknowledgement has this complexity. */
const TRIVIAL = 0.02;
/** A follow-up shorter than this leans on the earlier turn. */
export const FOLLOW_UP_CHARACTERS = 80;
/** Share of the earlier turn's complexity that a follow-up inherits. */
const INHERITED_SHARE = 0.75;

interface Term {
  readonly rule: string;
  readonly value: number;
  readonly evidence?: Evidence | null;
}

/** `step` for each, at most `most`. */
const counted = (count: number, step: number, most: number): number => Math.min(most, count * step);

const termsOf = ({ structure, cues, words }: Reading): readonly Term[] => {
  const symbols =
    structure.equations + structure.expressions + structure.latexCommands + structure.mathSymbols + structure.variables;
  const relations = cues.order_relation.count + cues.truth_teller.count + cues.exclusion.count + cues.condition.count;
  return [
    { rule: 'complexity.length', value: Math.min(0.15, 0.03 * Math.log2(1 + structure.characters / 100)) },
    { rule: 'complexity.symbols', value: Math.min(0.2, 0.05 * Math.log2(1 + symbols)) },
    {
      rule: 'complexity.deep_work',
      value: counted(cues.deep_work.count, 0.06, 0.18),
      evidence: cues.deep_work.evidence,
    },
    { rule: 'complexity.proof', value: counted(cues.proof_task.count, 0.12, 0.12), evidence: cues.proof_task.evidence },
    {
      rule: 'complexity.constraints',
      value: counted(cues.constraint.count, 0.02, 0.12),
      evidence: cues.constraint.evidence,
    },
    { rule: 'complexity.questions', value: counted(Math.max(0, structure.questionMarks - 1), 0.03, 0.09) },
    {
      rule: 'complexity.steps',
      value: counted(structure.listItems + cues.sequence.count, 0.015, 0.08),
      evidence: cues.sequence.evidence,
    },
    { rule: 'complexity.relations', value: counted(relations, 0.015, 0.1), evidence: cues.order_relation.evidence },
    { rule: 'complexity.quantities', value: counted(structure.numbers + cues.number_word.count, 0.01, 0.08) },
    { rule: 'complexity.task_sections', value: counted(structure.taskSections, 0.06, 0.24) },
    { rule: 'complexity.code', value: Math.min(0.15, 0.03 * Math.log2(1 + structure.codeLines)) },
    { rule: 'complexity.trace', value: counted(structure.traceLines + structure.errorNames, 0.04, 0.12) },
    { rule: 'complexity.document', value: Math.min(0.08, 0.02 * Math.log2(1 + words.document.length / 500)) },
  ];
};

/** One step of arithmetic on small numbers starts here instead of at the base of mathematics. */
const SINGLE_STEP = 0.05;
const SINGLE_STEP_CHARACTERS = 40;
/** Digits of all operands together that are still done in the head. */
const SINGLE_STEP_DIGITS = 6;

/** `what is 2+2?`, `17*3`: one expression of two small numbers, and nothing else that asks for work. */
const isSingleStep = ({ structure, cues }: Reading): boolean =>
  structure.expressions === 1 &&
  structure.equations + structure.variables + structure.latexCommands + structure.mathSymbols === 0 &&
  structure.numbers <= 2 &&
  structure.characters <= SINGLE_STEP_CHARACTERS &&
  structure.digitShare * structure.characters <= SINGLE_STEP_DIGITS &&
  cues.proof_task.count + cues.deep_work.count + cues.constraint.count === 0;

/** Terms smaller than this are not named as evidence. */
const NAMED_TERM = 0.03;

/** Complexity of one turn by itself. */
export const scoreComplexity = (reading: Reading, type: ConversationType): Signal<number> => {
  if (isAcknowledgement(reading)) {
    const evidence: Evidence = reading.cues.thanks.evidence ?? { rule: 'cue.thanks', offset: null, length: null };
    return { value: TRIVIAL, weight: 1, evidence: [{ ...evidence, rule: 'complexity.acknowledgement' }] };
  }
  const terms = termsOf(reading);
  const single = type === 'mathematics' && isSingleStep(reading);
  let total = single ? SINGLE_STEP : BASE_COMPLEXITY[type];
  for (const term of terms) total += term.value;
  const value = Math.min(1, total);
  const named = terms.filter((term) => term.value >= NAMED_TERM).toSorted((left, right) => right.value - left.value);
  return {
    value,
    weight: 0.5,
    evidence: [
      { rule: single ? 'complexity.single_step' : `complexity.base.${type}`, offset: null, length: null },
      ...named.map(toEvidence),
    ],
  };
};

/** A turn that says little by itself and refers to what came before: "and if n is negative?", "do it in Rust". */
export const isFollowUp = (reading: Reading): boolean =>
  reading.structure.characters > 0 &&
  reading.structure.characters < FOLLOW_UP_CHARACTERS &&
  reading.words.code === '' &&
  reading.words.images === 0 &&
  !isAcknowledgement(reading) &&
  reading.cues.small_talk.count === 0;

/** The latest turn's complexity, or a share of the earlier turn's when that is more. */
export const inheritComplexity = (own: Signal<number>, earlier: Signal<number>): Signal<number> => {
  const inherited = earlier.value * INHERITED_SHARE;
  if (inherited <= own.value) return own;
  return {
    value: inherited,
    weight: own.weight,
    evidence: [{ rule: 'complexity.follow_up', offset: null, length: null }, ...own.evidence],
  };
};
