/** Code by structure: program text, traces, identifiers, the sections of a programming task, or a program asked for. */
import { grow, joinClues, when, type Finding, type Reading } from './reading.ts';
import type { RequestedObject } from './requested-object.ts';

/** Program text has at least this share of marks such as `{ } ( ) ; =`; a poem in a fence does not. */
const PROGRAM_MARK_SHARE = 0.02;

/** Score of code. `object` is what the request asks to be made. */
export const recogniseCode = ({ structure, cues }: Reading, object: RequestedObject): Finding => {
  // "Who created JavaScript?" asks about a language, not for a program in it.
  const asksFact = cues.fact_question.at[0] === 0;
  const program = structure.codeCharacters > 0 && structure.codeMarkShare >= PROGRAM_MARK_SHARE;
  const languages = cues.programming_language.count;
  const builds = cues.build.count + cues.explain.leading + cues.define.leading > 0;
  // `a_n` and `f(x)` of formulas look like identifiers.
  const formulas = structure.latexCommands > 2;
  // Words such as "table" or "branch" mean a program only beside something that is one.
  const details =
    !formulas && languages + cues.program.count + structure.programMarks + structure.paths + structure.errorNames > 0
      ? cues.program_detail.count
      : 0;
  // Names in mixed case count nothing: a prompt in capitals must read the same.
  const identifiers = formulas ? 0 : structure.snakeIdentifiers + structure.calls;
  // Backticks also mark the form of an answer.
  const technical =
    program ||
    identifiers > 0 ||
    structure.programMarks > 0 ||
    languages > 0 ||
    cues.program.count > 0 ||
    structure.questionMarks > 0;
  return joinClues([
    {
      rule: 'code.program_text',
      strength: when(program, Math.min(0.8, 0.6 + structure.codeLines * 0.02)) * (formulas ? 0.5 : 1),
    },
    { rule: 'code.fence', strength: when(!program && structure.fences > 0, 0.1) },
    { rule: 'code.trace', strength: grow(structure.traceLines, { first: 0.5, step: 0.1, most: 0.7 }) },
    { rule: 'code.error_name', strength: grow(structure.errorNames, { first: 0.5, step: 0.1, most: 0.6 }) },
    { rule: 'code.identifiers', strength: grow(identifiers, { first: 0.2, step: 0.1, most: 0.5 }) },
    {
      rule: 'code.marks',
      strength: formulas ? 0 : grow(structure.programMarks, { first: 0.3, step: 0.12, most: 0.6 }),
    },
    {
      rule: 'code.inline',
      strength: grow(structure.inlineCode, { first: 0.2, step: 0.05, most: 0.4 }) * (technical ? 1 : 0.3),
    },
    { rule: 'code.markup', strength: grow(structure.markupTags, { first: 0.2, step: 0.05, most: 0.5 }) },
    { rule: 'code.path', strength: grow(structure.paths, { first: 0.2, step: 0.1, most: 0.4 }) },
    {
      rule: 'code.task_sections',
      strength: when(
        structure.taskSections >= 2,
        grow(structure.taskSections - 1, { first: 0.45, step: 0.15, most: 0.85 }),
      ),
    },
    {
      rule: 'code.task_statement',
      strength: when(
        cues.program_task.count >= 2,
        grow(cues.program_task.count - 1, { first: 0.4, step: 0.1, most: 0.6 }),
      ),
      evidence: cues.program_task.evidence,
    },
    {
      rule: 'code.program_asked',
      strength: when(object === 'program' && cues.program.count > 0, 0.55),
      evidence: cues.program.evidence,
    },
    {
      rule: 'code.language_and_verb',
      strength: when(
        languages > 0 && object !== 'artifact' && !asksFact && (builds || structure.questionMarks > 0),
        0.5,
      ),
      evidence: cues.programming_language.evidence,
    },
    {
      rule: 'code.program_words_and_verb',
      strength: when(
        object !== 'artifact' &&
          cues.program.count >= 2 &&
          cues.asked_quantity.count === 0 &&
          (cues.build.leading > 0 || structure.questionMarks > 0),
        0.3,
      ),
      evidence: cues.program.evidence,
    },
    {
      rule: 'code.details',
      strength: when(object !== 'artifact', grow(details, { first: 0.15, step: 0.06, most: 0.4 })),
      evidence: cues.program_detail.evidence,
    },
    {
      rule: 'code.languages',
      strength: when(object !== 'artifact', grow(languages, { first: 0.2, step: 0.1, most: 0.5 })),
      evidence: cues.programming_language.evidence,
    },
    {
      rule: 'code.program_words',
      strength: when(object !== 'artifact', grow(cues.program.count - 1, { first: 0.15, step: 0.1, most: 0.45 })),
      evidence: cues.program.evidence,
    },
  ]);
};
