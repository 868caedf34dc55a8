/** What the forms of logic have in common, counted: statements of several kinds, how they hang together, what is asked. */
import { createCharacterSet } from './character-set.ts';
import type { Reading } from './reading.ts';
import { wordAt, type Tokens } from './tokens.ts';

const STATEMENT_MARKS = createCharacterSet('.!?;:\n,。！？，、：।؟،');
const STATEMENT_WORDS = new Set(
  'and if that or und wenn dass et si que y e se che en als dat i jesli ze и если что'.split(' '),
);

const opensStatement = (tokens: Tokens, at: number): boolean =>
  at === 0 || STATEMENT_MARKS.has(tokens.codes[at - 1] ?? 0) || STATEMENT_WORDS.has(wordAt(tokens, at - 1));

/** Statements that open with a quantifier: "all bloops are razzies", "some poets are teachers". */
const countQuantifiedStatements = ({ cues, tokens }: Reading): number =>
  cues.quantifier.at.filter((at) => opensStatement(tokens, at)).length;

/** Counts behind the forms of logic, all at least 0. */
export interface LogicForms {
  /** Something is asked: a question, a conclusion to draw, choices. */
  readonly asks: boolean;
  readonly derives: boolean;
  readonly orders: number;
  readonly quantified: number;
  readonly conditions: number;
  readonly tellers: number;
  readonly kinships: number;
  /** What is not so, and what only one of them is. */
  readonly exclusions: number;
  readonly sentences: number;
  /** Short statements that speak of the same things, and a question about these things that they answer. */
  readonly hangsTogether: boolean;
}

/** The writer's own affairs: a puzzle speaks of others. */
const OWN_AFFAIRS = 2;
/** A statement of a puzzle is short; a paragraph of a report is not. */
const STATEMENT_TOKENS = 24;
const CHOICES = 3;
/** Share of the statements that speak of the same things. */
const LINKED_SHARE = 0.6;
/** Measured numbers make a problem of arithmetic of it. */
const MEASURES = 2;

/** Short statements about others, and a question that they may answer: no choices, no reasons, nothing to reckon. */
export const isAnswerable = ({ structure, statements }: Reading): boolean =>
  structure.options < CHOICES &&
  structure.listItems < 2 &&
  statements.ownAffairs < OWN_AFFAIRS &&
  statements.openQuestions === 0 &&
  statements.longestStatement <= STATEMENT_TOKENS &&
  structure.measures < MEASURES &&
  statements.askedLinks >= 1;

/** Such statements that speak of the same things. */
export const hangsTogether = (reading: Reading): boolean =>
  isAnswerable(reading) && reading.statements.linked >= Math.max(2, LINKED_SHARE * reading.statements.stated);

export const countLogicForms = (reading: Reading): LogicForms => {
  const { structure, cues, statements } = reading;
  return {
    asks:
      structure.questionMarks > 0 ||
      (statements.opensQuestion > 0 && statements.stated > 1) ||
      cues.derivation.leading > 0 ||
      structure.options >= CHOICES,
    derives: cues.derivation.count + cues.logic_task.count > 0,
    orders: Math.max(cues.order_relation.count, statements.comparisons),
    quantified: countQuantifiedStatements(reading),
    conditions: cues.condition.count,
    tellers: cues.truth_teller.count,
    kinships: cues.kinship.count,
    exclusions: Math.max(cues.exclusion.count, cues.negation.count),
    sentences: structure.sentences,
    hangsTogether: hangsTogether(reading),
  };
};

/** One relation in this many sentences at least. */
const SENTENCES_PER_RELATION = 3;

/** Relations must make up the text: in a long report a few of them stand by chance. */
export const isDense = (count: number, { sentences }: LogicForms): boolean =>
  count * SENTENCES_PER_RELATION >= sentences;
