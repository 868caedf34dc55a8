/** Mathematics by structure: formulas, or quantities with a quantity asked for, or a proof about mathematical objects. */
import { grow, joinClues, when, type Clue, type Finding, type Reading } from './reading.ts';

/** A question this short with an expression in it asks for the expression's value. */
const BARE_EXPRESSION_CHARACTERS = 80;

/** Formulas weigh little inside program text, where `=` and `<` mean something else. */
const PROGRAM_SHARE = 0.3;

/** Formulas in the notation of mathematics. */
const formulaClues = ({ structure, words }: Reading): readonly Clue[] => {
  const inProgram =
    structure.codeCharacters > 0 || structure.programMarks > 0 || structure.snakeIdentifiers + structure.calls > 1;
  const share = inProgram ? PROGRAM_SHARE : 1;
  const { latexCommands, equations, expressions, mathSymbols, variables, characters } = structure;
  const bare = !inProgram && characters <= BARE_EXPRESSION_CHARACTERS && expressions + equations > 0;
  return [
    { rule: 'mathematics.latex', strength: share * grow(latexCommands, { first: 0.35, step: 0.08, most: 0.7 }) },
    { rule: 'mathematics.equation', strength: share * grow(equations, { first: 0.3, step: 0.12, most: 0.65 }) },
    { rule: 'mathematics.expression', strength: share * grow(expressions, { first: 0.2, step: 0.1, most: 0.5 }) },
    { rule: 'mathematics.symbol', strength: share * grow(mathSymbols, { first: 0.15, step: 0.05, most: 0.45 }) },
    { rule: 'mathematics.variable', strength: share * when(variables >= 2 && equations + expressions > 0, 0.2) },
    { rule: 'mathematics.bare_expression', strength: when(bare && words.code === '', 0.5) },
  ];
};

/** Quantities in words and figures, with one asked for. */
const quantityClues = ({ structure, cues }: Reading): readonly Clue[] => {
  // The numbers of list items and choices count nothing.
  const figures = Math.max(0, Math.max(structure.numbers, structure.measures) - structure.listItems);
  const quantities = figures + cues.number_word.count;
  const measured = cues.unit.count + cues.share.count;
  const problem = cues.asked_quantity.count > 0 && quantities >= 2;
  const asks = structure.questionMarks > 0 || cues.math_task.leading > 0;
  return [
    {
      rule: 'mathematics.quantities_and_question',
      strength: when(problem, 0.55),
      evidence: cues.asked_quantity.evidence,
    },
    {
      rule: 'mathematics.units',
      strength: when(problem, grow(measured, { first: 0.15, step: 0.1, most: 0.5 })),
      evidence: cues.unit.evidence,
    },
    {
      rule: 'mathematics.conversion',
      strength: when(!problem && cues.math_task.leading > 0 && structure.numbers > 0 && cues.unit.count > 1, 0.5),
      evidence: cues.unit.evidence,
    },
    {
      rule: 'mathematics.shares',
      strength: when(
        !problem && figures > 0 && quantities >= 2 && asks,
        grow(measured - 1, { first: 0.3, step: 0.1, most: 0.55 }),
      ),
      evidence: cues.share.evidence,
    },
  ];
};

/** A text longer than this names many quantities by the way. */
const PROBLEM_CHARACTERS = 900;
/** Share of the strength that is left when the writer speaks of himself: he tells rather than asks to reckon. */
const TOLD_SHARE = 0.5;

/** Measured quantities that are given, and a value that is asked for in any words: "what is its acceleration?" */
const givenClues = ({ structure, cues, statements }: Reading): readonly Clue[] => {
  const figures = Math.max(0, structure.numbers - structure.listItems);
  const parts = cues.number_word.count + cues.share.count;
  const short = structure.characters <= PROBLEM_CHARACTERS;
  const problem = short && cues.compose.leading + cues.plan.leading + cues.material.count + cues.summarise.count === 0;
  const asksValue =
    statements.openQuestions === 0 &&
    (cues.asked_quantity.count > 0 || cues.asked_value.count > 0 || cues.math_verb.leading > 0);
  const given =
    structure.measures >= 2 ||
    (structure.measures === 1 && (figures + parts >= 3 || (figures >= 2 && cues.math_object.count > 0))) ||
    parts >= 4;
  const told = statements.firstPerson > 3 ? TOLD_SHARE : 1;
  return [
    {
      rule: 'mathematics.given_quantities',
      strength:
        told *
        when(
          problem && statements.stated + statements.firstPerson > 0 && asksValue && given,
          grow(structure.measures + parts, { first: 0.4, step: 0.05, most: 0.65 }),
        ),
      evidence: cues.asked_value.evidence,
    },
    {
      rule: 'mathematics.calculation',
      strength: when(problem && cues.math_verb.leading > 0 && figures > 0, structure.measures > 0 ? 0.5 : 0.35),
      evidence: cues.math_verb.evidence,
    },
    {
      rule: 'mathematics.counted_object',
      strength: when(
        problem && cues.asked_quantity.count > 0 && cues.math_object.count > 0 && figures + parts > 0,
        0.45,
      ),
      evidence: cues.math_object.evidence,
    },
    {
      rule: 'mathematics.notation',
      strength: when(short && cues.notation.count > 0 && figures > 0, 0.5),
      evidence: cues.notation.evidence,
    },
    {
      rule: 'mathematics.proof_of_quantities',
      strength: when(problem && cues.proof_task.count > 0 && figures + cues.number_word.count >= 2, 0.45),
      evidence: cues.proof_task.evidence,
    },
  ];
};

/** A task or a proof about mathematical objects that the prompt makes concrete. */
const taskClues = ({ structure, cues }: Reading): readonly Clue[] => {
  const symbols = structure.equations + structure.expressions + structure.latexCommands + structure.mathSymbols;
  const quantities = Math.max(0, structure.numbers - structure.listItems) + cues.number_word.count;
  const task = cues.math_task.leading > 0 || cues.math_task.count > 1;
  const objects = cues.math_object.count;
  const formalObject = objects > 0 && quantities + structure.variables + symbols > 0;
  const asks = task || cues.asked_quantity.count > 0 || structure.questionMarks > 0 || structure.options > 2;
  return [
    {
      rule: 'mathematics.task_and_object',
      strength: when(task && formalObject, 0.5),
      evidence: cues.math_task.evidence,
    },
    {
      rule: 'mathematics.objects',
      strength: when(formalObject && asks, grow(objects - 1, { first: 0.25, step: 0.1, most: 0.5 })),
      evidence: cues.math_object.evidence,
    },
    {
      rule: 'mathematics.proof',
      strength: when(cues.proof_task.leading > 0 && objects > 0, 0.65),
      evidence: cues.proof_task.evidence,
    },
    {
      rule: 'mathematics.proof_of_formula',
      strength: when(cues.proof_task.count > 0 && symbols + structure.variables > 0, 0.4),
      evidence: cues.proof_task.evidence,
    },
  ];
};

/** Score of mathematics. Topic words alone give nothing: "the history of calculus" holds no quantity and no task. */
export const recogniseMathematics = (reading: Reading): Finding =>
  joinClues([...formulaClues(reading), ...quantityClues(reading), ...givenClues(reading), ...taskClues(reading)]);
