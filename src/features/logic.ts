/**
 * Logic by structure: several statements that relate the same things, and something to be derived from them. Forms:
 * truth tellers and liars, orderings, conditionals, syllogisms, constraint grids, seatings, crossings, formulas, sequences.
 */
import { grow, joinClues, when, type Finding, type Reading } from './reading.ts';

/** Quantities asked for make an age or speed problem of an ordering: mathematics has it. */
const QUANTITATIVE_SHARE = 0.45;

const SENTENCE_ENDS = new Set([
  '.',
  '!',
  '?',
  ';',
  ':',
  '\n',
  ',',
  '。',
  '！',
  '？',
  '，',
  '、',
  '：',
  '।',
  '؟',
  '،',
  'and',
  'if',
  'that',
  'und',
  'et',
  'y',
  'e',
  'и',
]);

/** Statements that open with a quantifier: "all bloops are razzies", "some poets are teachers". */
const countQuantifiedStatements = ({ cues, tokens }: Reading): number =>
  cues.quantifier.at.filter((at) => at === 0 || SENTENCE_ENDS.has(tokens.words[at - 1] ?? '')).length;

/** Score of logic; every form needs both its statements and a question or a conclusion to judge. */
export const recogniseLogic = (reading: Reading): Finding => {
  const { structure, cues } = reading;
  const asks = structure.questionMarks > 0 || cues.derivation.leading > 0 || structure.options > 2;
  const derives = cues.derivation.count > 0;
  const relations = cues.order_relation.count;
  const quantified = countQuantifiedStatements(reading);
  const conditions = cues.condition.count;
  const tellers = cues.truth_teller.count;
  const clues = cues.exclusion.count;
  const quantitative = cues.asked_quantity.count > 0 && structure.numbers >= 2 && tellers < 2;
  const statements = structure.sentences + structure.listItems;
  const finding = joinClues([
    {
      rule: 'logic.truth_tellers',
      strength: when(asks && tellers >= 2, grow(tellers - 1, { first: 0.45, step: 0.12, most: 0.85 })),
      evidence: cues.truth_teller.evidence,
    },
    {
      rule: 'logic.ordering',
      strength: when(asks && relations >= 2, grow(relations - 1, { first: 0.5, step: 0.1, most: 0.8 })),
      evidence: cues.order_relation.evidence,
    },
    {
      rule: 'logic.syllogism',
      strength: when((asks || derives) && quantified >= 2, grow(quantified - 1, { first: 0.5, step: 0.1, most: 0.7 })),
      evidence: cues.quantifier.evidence,
    },
    {
      rule: 'logic.quantified_conclusion',
      strength: when(quantified >= 1 && derives && statements >= 2, 0.3),
      evidence: cues.derivation.evidence,
    },
    {
      rule: 'logic.conditionals',
      strength: when(
        derives && conditions >= 1 && statements >= 2,
        grow(conditions, { first: 0.4, step: 0.12, most: 0.65 }),
      ),
      evidence: cues.condition.evidence,
    },
    {
      rule: 'logic.constraint_grid',
      strength: when(asks && clues >= 3 && statements >= 3, grow(clues - 2, { first: 0.3, step: 0.1, most: 0.7 })),
      evidence: cues.exclusion.evidence,
    },
    {
      rule: 'logic.derivation',
      strength: when(
        derives && (relations + quantified + tellers >= 2 || clues >= 3),
        grow(cues.derivation.count, { first: 0.3, step: 0.1, most: 0.5 }),
      ),
      evidence: cues.derivation.evidence,
    },
    { rule: 'logic.formula', strength: grow(structure.booleanExpressions, { first: 0.4, step: 0.1, most: 0.75 }) },
    {
      rule: 'logic.sequence',
      strength: when(derives && structure.numbers >= 4 && structure.characters < 200 && statements <= 2, 0.3),
      evidence: cues.derivation.evidence,
    },
  ]);
  return quantitative ? { ...finding, score: finding.score * QUANTITATIVE_SHARE } : finding;
};
