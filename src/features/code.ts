/** Code by structure: program text, traces, identifiers, the sections of a programming task, or a program asked for. */
import { grow, joinClues, when, type Clue, type Finding, type Reading } from './reading.ts';
import type { RequestedObject } from './requested-object.ts';

/** Program text has at least this share of marks such as `{ } ( ) ; =`; a poem in a fence does not. */
const PROGRAM_MARK_SHARE = 0.02;
/** From this many LaTeX commands on, `a_n`, `f(x)` and `&=` belong to formulas. */
const FORMULA_COMMANDS = 3;

/** A question this short that holds marks of programs is about them. */
const SHORT_QUESTION_CHARACTERS = 120;

/** Text that only a program, a trace or a tool has. Names in mixed case count nothing: capitals must read the same. */
const textClues = ({ structure, cues }: Reading): readonly Clue[] => {
  const program = structure.codeCharacters > 0 && structure.codeMarkShare >= PROGRAM_MARK_SHARE;
  const formulas = structure.latexCommands >= FORMULA_COMMANDS;
  const identifiers = formulas ? 0 : structure.snakeIdentifiers + structure.calls;
  const marks = formulas ? 0 : structure.programMarks;
  const named = cues.programming_language.count + cues.program.count;
  // Backticks also mark the form of an answer.
  const technical = program || identifiers + marks + named + structure.questionMarks > 0;
  return [
    {
      rule: 'code.program_text',
      strength: when(program, Math.min(0.8, 0.6 + structure.codeLines * 0.02)) * (formulas ? 0.5 : 1),
    },
    { rule: 'code.fence', strength: when(!program && structure.fences > 0, 0.1) },
    { rule: 'code.trace', strength: grow(structure.traceLines, { first: 0.5, step: 0.1, most: 0.7 }) },
    { rule: 'code.error_name', strength: grow(structure.errorNames, { first: 0.5, step: 0.1, most: 0.6 }) },
    { rule: 'code.identifiers', strength: grow(identifiers, { first: 0.2, step: 0.1, most: 0.5 }) },
    {
      rule: 'code.marks_asked',
      strength: when(
        marks >= 2 && structure.characters <= SHORT_QUESTION_CHARACTERS && structure.questionMarks > 0,
        0.3,
      ),
    },
    { rule: 'code.marks', strength: grow(marks, { first: 0.3, step: 0.12, most: 0.6 }) },
    {
      rule: 'code.inline',
      strength: grow(structure.inlineCode, { first: 0.2, step: 0.05, most: 0.4 }) * (technical ? 1 : 0.3),
    },
    { rule: 'code.markup', strength: grow(structure.markupTags, { first: 0.2, step: 0.05, most: 0.5 }) },
    { rule: 'code.path', strength: grow(structure.paths, { first: 0.2, step: 0.1, most: 0.4 }) },
  ];
};

/** Statements of programming tasks: headed sections, or "given an array … return the …". */
const taskClues = ({ structure, cues }: Reading): readonly Clue[] => [
  {
    rule: 'code.task_sections',
    strength: when(
      structure.taskSections >= 2,
      grow(structure.taskSections - 1, { first: 0.45, step: 0.15, most: 0.85 }),
    ),
  },
  {
    rule: 'code.task_statement',
    strength: grow(cues.program_task.count - 1, { first: 0.4, step: 0.1, most: 0.6 }),
    evidence: cues.program_task.evidence,
  },
];

/** Words such as "table" or "branch" mean a program only beside something that is one. */
const countDetails = ({ structure, cues }: Reading): number => {
  const beside =
    cues.programming_language.count +
    cues.program.count +
    structure.programMarks +
    structure.paths +
    structure.errorNames;
  return beside > 0 && structure.latexCommands < FORMULA_COMMANDS ? cues.program_detail.count : 0;
};

/** A program or a language is named, and something is to be made of it or asked about it. */
const wordClues = (reading: Reading): readonly Clue[] => {
  const { structure, cues } = reading;
  const { programming_language: language, program } = cues;
  const asks = structure.questionMarks > 0;
  // "Who created JavaScript?" asks about a language, not for a program in it.
  const asksFact = cues.fact_question.at[0] === 0;
  const works = asks || cues.build.count + cues.explain.leading + cues.define.leading > 0;
  const words = program.count >= 2 && cues.asked_quantity.count === 0 && (asks || cues.build.leading > 0);
  return [
    {
      rule: 'code.language_and_verb',
      strength: when(language.count > 0 && works && !asksFact, 0.5),
      evidence: language.evidence,
    },
    { rule: 'code.program_words_and_verb', strength: when(words, 0.3), evidence: program.evidence },
    {
      rule: 'code.details',
      strength: grow(countDetails(reading), { first: 0.15, step: 0.06, most: 0.4 }),
      evidence: cues.program_detail.evidence,
    },
    {
      rule: 'code.languages',
      strength: grow(language.count, { first: 0.2, step: 0.1, most: 0.5 }),
      evidence: language.evidence,
    },
    {
      rule: 'code.program_words',
      strength: grow(program.count - 1, { first: 0.15, step: 0.1, most: 0.45 }),
      evidence: program.evidence,
    },
  ];
};

/** Score of code. `object` is what the request asks to be made: a text about a program is no program. */
export const recogniseCode = (reading: Reading, object: RequestedObject): Finding => {
  const { program } = reading.cues;
  const asked: Clue = {
    rule: 'code.program_asked',
    strength: when(object === 'program' && program.count > 0, 0.55),
    evidence: program.evidence,
  };
  const words = object === 'artifact' ? [] : wordClues(reading);
  return joinClues([...textClues(reading), ...taskClues(reading), asked, ...words]);
};
