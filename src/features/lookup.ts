/** Lookup: a question whose answer is known rather than worked out. */
import { hangsTogether } from './logic-forms.ts';
import { joinClues, when, type Finding, type Reading } from './reading.ts';

/** A question longer than this brings its own material. */
const SHORT_QUESTION_CHARACTERS = 220;

/** What is left of a lookup when its answer is worked out from what is given. */
const WORKED_SHARE = 0.6;

export const recogniseLookup = (reading: Reading): Finding => {
  const { cues, structure, words } = reading;
  const short = structure.characters <= SHORT_QUESTION_CHARACTERS;
  const asks = structure.questionMarks > 0 || cues.question_word.at[0] === 0;
  // Several quantities with units are given to reckon with, not to be looked up.
  const reckons = structure.numbers >= 2 && cues.unit.count + cues.math_object.count + structure.measures > 0;
  // A question about statements that are given is answered from them.
  const derives = hangsTogether(reading);
  const finding = joinClues([
    {
      rule: 'lookup.definition',
      strength: when(cues.define.leading > 0 && short, 0.5),
      evidence: cues.define.evidence,
    },
    {
      rule: 'lookup.question',
      strength: when(asks && cues.question_word.count > 0, short ? 0.35 : 0.2),
      evidence: cues.question_word.evidence,
    },
    {
      rule: 'lookup.explanation',
      strength: when(cues.explain.leading > 0, short ? 0.4 : 0.2),
      evidence: cues.explain.evidence,
    },
    { rule: 'lookup.choices', strength: when(structure.options >= 3 && structure.options <= 12, 0.35) },
    { rule: 'lookup.passage', strength: when(asks && words.document !== '', 0.3) },
  ]);
  return reckons || derives ? { ...finding, score: finding.score * WORKED_SHARE } : finding;
};
