/**
 * Logic by structure: several statements that relate the same things, and something to be derived from them. Forms:
 * truth tellers and liars, orderings, conditionals, syllogisms, constraint grids, seatings, crossings, formulas, sequences.
 */
import { countLogicForms, isAnswerable, isDense, type LogicForms } from './logic-forms.ts';
import { grow, joinClues, when, type Clue, type Finding, type Reading } from './reading.ts';

/** Quantities asked for make an age or speed problem of an ordering: mathematics has it. */
const QUANTITATIVE_SHARE = 0.45;

/** Who tells the truth, who stands where, which things can go together. */
const puzzleClues = ({ cues, structure, statements }: Reading, counted: LogicForms): readonly Clue[] => {
  const { asks, orders, tellers } = counted;
  const exclusions = cues.exclusion.count;
  // "He says he loves me, is he lying?" asks about no statement.
  const answered = tellers >= 3 || statements.askedLinks > 0 || cues.derivation.count > 0;
  const kinds = cues.teller_kind.count >= 2;
  const told = asks && tellers >= 2 && (answered || kinds) && statements.ownAffairs < 3 && isDense(tellers, counted);
  const ordered = asks && orders >= 2 && isDense(orders, counted);
  const constrained =
    asks && exclusions >= 3 && structure.sentences + structure.listItems >= 3 && isDense(exclusions, counted);
  return [
    {
      rule: 'logic.truth_tellers',
      strength: when(told, grow(tellers - 1, { first: kinds ? 0.55 : 0.45, step: 0.12, most: 0.85 })),
      evidence: cues.truth_teller.evidence,
    },
    {
      rule: 'logic.ordering',
      strength: when(ordered, grow(orders - 1, { first: 0.5, step: 0.1, most: 0.8 })),
      evidence: cues.order_relation.evidence,
    },
    {
      rule: 'logic.constraint_grid',
      strength: when(constrained, grow(exclusions - 2, { first: 0.3, step: 0.1, most: 0.7 })),
      evidence: cues.exclusion.evidence,
    },
  ];
};

/** Premises and question stand close together. */
const PREMISED_SENTENCES = 2;

/** Premises and a conclusion to draw or to judge. */
const inferenceClues = (reading: Reading, counted: LogicForms): readonly Clue[] => {
  const { cues, structure, statements } = reading;
  const { asks, derives, orders, quantified, conditions, tellers } = counted;
  const several = structure.sentences + structure.listItems >= 2;
  const syllogism = (asks || derives) && quantified >= 2 && isDense(quantified, counted);
  const conditional = derives && several && conditions >= 1 && isDense(conditions, counted);
  const derivation = cues.derivation.count > 0 && (orders + quantified + tellers >= 2 || cues.exclusion.count >= 3);
  // "If all doctors are clever and Ivan is a doctor, is Ivan clever?" holds premises and question in one sentence.
  const premised =
    asks &&
    conditions >= 1 &&
    counted.sentences <= PREMISED_SENTENCES &&
    isAnswerable(reading) &&
    statements.askedLinks + Math.min(1, quantified) >= 2;
  return [
    {
      rule: 'logic.syllogism',
      strength: when(syllogism, grow(quantified - 1, { first: 0.5, step: 0.1, most: 0.7 })),
      evidence: cues.quantifier.evidence,
    },
    {
      rule: 'logic.quantified_conclusion',
      strength: when(quantified >= 1 && derives && several, 0.3),
      evidence: cues.derivation.evidence,
    },
    {
      rule: 'logic.conditionals',
      strength: when(conditional, grow(conditions, { first: 0.4, step: 0.12, most: 0.65 })),
      evidence: cues.condition.evidence,
    },
    {
      rule: 'logic.conditional_question',
      strength: when(premised, 0.4),
      evidence: cues.condition.evidence,
    },
    {
      rule: 'logic.derivation',
      strength: when(derivation, grow(cues.derivation.count, { first: 0.3, step: 0.1, most: 0.5 })),
      evidence: cues.derivation.evidence,
    },
  ];
};

/** Kinds of relation count once for each statement that they may hold together. */
const RELATIONS = 6;

/** A question about places names one among its last words. */
const QUESTION_TOKENS = 12;
/** A chain of relatives in one question. */
const RIDDLE_WORDS = 25;

/** Statements that share their things with each other and with the question, whatever they speak of. */
const statementClues = ({ cues, statements, structure, tokens }: Reading, counted: LogicForms): readonly Clue[] => {
  const { asks, hangsTogether, orders, quantified, conditions, tellers, kinships, exclusions } = counted;
  const relations = orders + quantified + conditions + tellers + kinships + exclusions + cues.position.count;
  const linked = Math.min(4, statements.linked) + Math.min(3, statements.askedLinks);
  const together = asks && hangsTogether;
  const related =
    isDense(kinships, counted) &&
    ((kinships >= 2 && statements.askedLinks > 0) || (kinships >= 3 && structure.words <= RIDDLE_WORDS));
  const placed =
    cues.position.count >= 3 &&
    statements.stated >= 2 &&
    (cues.position.at.at(-1) ?? 0) >= tokens.codes.length - QUESTION_TOKENS;
  return [
    {
      rule: 'logic.linked_statements',
      strength: when(together, grow(linked - 2, { first: 0.32, step: 0.05, most: 0.5 })),
    },
    {
      rule: 'logic.linked_relations',
      strength: when(
        together && relations > 0,
        grow(Math.min(RELATIONS, relations), { first: 0.15, step: 0.08, most: 0.5 }),
      ),
    },
    {
      rule: 'logic.positions',
      strength: when(
        asks && placed && isDense(cues.position.count, counted) && statements.openQuestions === 0,
        grow(cues.position.count - 2, { first: 0.4, step: 0.08, most: 0.6 }),
      ),
      evidence: cues.position.evidence,
    },
    {
      rule: 'logic.kinship',
      strength: when(asks && related && statements.ownAffairs < kinships && statements.openQuestions === 0, 0.4),
      evidence: cues.kinship.evidence,
    },
    {
      rule: 'logic.formal_task',
      strength: when(
        cues.logic_form.count > 0 &&
          (quantified + conditions + structure.booleanExpressions > 0 ||
            structure.quotedWords > 1 ||
            statements.stated > 1),
        0.6,
      ),
      evidence: cues.logic_form.evidence,
    },
    {
      rule: 'logic.task',
      strength: when(
        cues.logic_task.count > 0 &&
          statements.ownAffairs < 2 &&
          (statements.stated >= 2 ||
            quantified + conditions + structure.booleanExpressions > 0 ||
            structure.quotedWords > 1),
        grow(cues.logic_task.count, { first: 0.35, step: 0.1, most: 0.55 }),
      ),
      evidence: cues.logic_task.evidence,
    },
  ];
};

/** A short question of at most this length may be a sequence to be continued. */
const SEQUENCE_CHARACTERS = 200;
const ROW_ITEMS = 4;

/** Things to be done under limits, rows to be continued, formulas. */
const taskClues = ({ cues, structure, statements }: Reading, counted: LogicForms): readonly Clue[] => {
  const row = statements.row + statements.rowGaps >= ROW_ITEMS && structure.characters < SEQUENCE_CHARACTERS;
  const limited =
    cues.limit.count >= 2 &&
    isDense(cues.limit.count, counted) &&
    statements.stated + cues.limit.count >= 4 &&
    statements.ownAffairs < 2;
  const does = counted.asks || cues.question_word.leading > 0 || cues.math_task.leading > 0;
  return [
    {
      rule: 'logic.limits',
      strength: when(
        limited && does && statements.openQuestions === 0,
        grow(cues.limit.count - 1, { first: 0.4, step: 0.08, most: 0.65 }),
      ),
      evidence: cues.limit.evidence,
    },
    {
      rule: 'logic.sequence',
      strength: when(row && (cues.continuation.count > 0 || (statements.rowGaps > 0 && counted.asks)), 0.6),
      evidence: cues.continuation.evidence,
    },
    {
      rule: 'logic.formula',
      strength: grow(structure.booleanExpressions, { first: 0.4, step: 0.1, most: 0.75 }),
    },
  ];
};

/** Score of logic; every form needs both its statements and a question or a conclusion to judge. */
export const recogniseLogic = (reading: Reading): Finding => {
  const { structure, cues } = reading;
  const counted = countLogicForms(reading);
  const finding = joinClues([
    ...puzzleClues(reading, counted),
    ...inferenceClues(reading, counted),
    ...statementClues(reading, counted),
    ...taskClues(reading, counted),
  ]);
  const quantitative = cues.asked_quantity.count > 0 && structure.numbers >= 2 && counted.tellers < 2;
  return quantitative ? { ...finding, score: finding.score * QUANTITATIVE_SHARE } : finding;
};
