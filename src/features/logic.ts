/**
 * Logic by structure: several statements that relate the same things, and something to be derived from them. Forms:
 * truth tellers and liars, orderings, conditionals, syllogisms, constraint grids, seatings, crossings, formulas, sequences.
 */
import { createCharacterSet } from './character-set.ts';
import { grow, joinClues, when, type Clue, type Finding, type Reading } from './reading.ts';
import { wordAt, type Tokens } from './tokens.ts';

/** Quantities asked for make an age or speed problem of an ordering: mathematics has it. */
const QUANTITATIVE_SHARE = 0.45;

/** One relation in this many sentences at least. */
const STATEMENTS_PER_RELATION = 3;

const STATEMENT_MARKS = createCharacterSet('.!?;:\n,。！？，、：।؟،');
const STATEMENT_WORDS = new Set(['and', 'if', 'that', 'und', 'et', 'y', 'e', 'и']);

const opensStatement = (tokens: Tokens, at: number): boolean =>
  at === 0 || STATEMENT_MARKS.has(tokens.codes[at - 1] ?? 0) || STATEMENT_WORDS.has(wordAt(tokens, at - 1));

/** Statements that open with a quantifier: "all bloops are razzies", "some poets are teachers". */
const countQuantifiedStatements = ({ cues, tokens }: Reading): number =>
  cues.quantifier.at.filter((at) => opensStatement(tokens, at)).length;

interface Statements {
  readonly asks: boolean;
  readonly derives: boolean;
  readonly relations: number;
  readonly quantified: number;
  readonly conditions: number;
  readonly tellers: number;
  readonly clues: number;
  readonly sentences: number;
}

/** Relations must make up the text: in a long report a few of them stand by chance. */
const isDense = (count: number, { sentences }: Statements): boolean => count * STATEMENTS_PER_RELATION >= sentences;

const countStatements = (reading: Reading): Statements => {
  const { structure, cues } = reading;
  return {
    asks: structure.questionMarks > 0 || cues.derivation.leading > 0 || structure.options > 2,
    derives: cues.derivation.count > 0,
    relations: cues.order_relation.count,
    quantified: countQuantifiedStatements(reading),
    conditions: cues.condition.count,
    tellers: cues.truth_teller.count,
    clues: cues.exclusion.count,
    sentences: structure.sentences,
  };
};

/** Who tells the truth, who stands where, which things can go together. */
const puzzleClues = ({ cues, structure }: Reading, counted: Statements): readonly Clue[] => {
  const { asks, relations, tellers, clues } = counted;
  const told = asks && tellers >= 2 && isDense(tellers, counted);
  const ordered = asks && relations >= 2 && isDense(relations, counted);
  const constrained = asks && clues >= 3 && structure.sentences + structure.listItems >= 3 && isDense(clues, counted);
  return [
    {
      rule: 'logic.truth_tellers',
      strength: when(told, grow(tellers - 1, { first: 0.45, step: 0.12, most: 0.85 })),
      evidence: cues.truth_teller.evidence,
    },
    {
      rule: 'logic.ordering',
      strength: when(ordered, grow(relations - 1, { first: 0.5, step: 0.1, most: 0.8 })),
      evidence: cues.order_relation.evidence,
    },
    {
      rule: 'logic.constraint_grid',
      strength: when(constrained, grow(clues - 2, { first: 0.3, step: 0.1, most: 0.7 })),
      evidence: cues.exclusion.evidence,
    },
  ];
};

/** Premises and a conclusion to draw or to judge. */
const inferenceClues = ({ cues, structure }: Reading, counted: Statements): readonly Clue[] => {
  const { asks, derives, relations, quantified, conditions, tellers, clues } = counted;
  const several = structure.sentences + structure.listItems >= 2;
  const syllogism = (asks || derives) && quantified >= 2 && isDense(quantified, counted);
  const conditional = derives && several && conditions >= 1 && isDense(conditions, counted);
  const derivation = derives && (relations + quantified + tellers >= 2 || clues >= 3);
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
      rule: 'logic.derivation',
      strength: when(derivation, grow(cues.derivation.count, { first: 0.3, step: 0.1, most: 0.5 })),
      evidence: cues.derivation.evidence,
    },
  ];
};

/** A short question of at most this length may be a sequence to be continued. */
const SEQUENCE_CHARACTERS = 200;

/** Score of logic; every form needs both its statements and a question or a conclusion to judge. */
export const recogniseLogic = (reading: Reading): Finding => {
  const { structure, cues } = reading;
  const counted = countStatements(reading);
  const sequence = counted.derives && structure.numbers >= 4 && structure.characters < SEQUENCE_CHARACTERS;
  const finding = joinClues([
    ...puzzleClues(reading, counted),
    ...inferenceClues(reading, counted),
    {
      rule: 'logic.formula',
      strength: grow(structure.booleanExpressions, { first: 0.4, step: 0.1, most: 0.75 }),
    },
    {
      rule: 'logic.sequence',
      strength: when(sequence && structure.sentences <= 2, 0.3),
      evidence: cues.derivation.evidence,
    },
  ]);
  const quantitative = cues.asked_quantity.count > 0 && structure.numbers >= 2 && counted.tellers < 2;
  return quantitative ? { ...finding, score: finding.score * QUANTITATIVE_SHARE } : finding;
};
