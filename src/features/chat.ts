/** Chat: the exchange itself matters: thanks, small talk, feelings, role play, advice among friends. */
import { joinClues, when, type Finding, type Reading } from './reading.ts';

/** Acknowledgements are short; a longer text only begins with one. */
const ACKNOWLEDGEMENT_CHARACTERS = 60;
const REMARK_CHARACTERS = 160;

/** The whole message is thanks, assent or a goodbye. */
export const isAcknowledgement = ({ cues, structure, words }: Reading): boolean =>
  cues.thanks.at[0] === 0 &&
  structure.characters <= ACKNOWLEDGEMENT_CHARACTERS &&
  structure.questionMarks === 0 &&
  words.code === '' &&
  cues.compose.count + cues.build.count + cues.math_task.count + cues.explain.count === 0;

/** A question to the reader himself has few words: "are you awake?"; a longer one asks for something. */
const ADDRESS_WORDS = 9;

/** Nothing is to be made, worked out or found. */
const asksForNothing = ({ cues, words }: Reading): boolean =>
  words.code === '' &&
  cues.compose.leading +
    cues.math_task.count +
    cues.program.count +
    cues.programming_language.count +
    cues.translate.count +
    cues.summarise.count +
    cues.extract.count +
    cues.rewrite.count +
    cues.plan.count +
    cues.explain.count +
    cues.define.count ===
    0;

export const recogniseChat = (reading: Reading): Finding => {
  const { cues, structure, statements } = reading;
  const remark = structure.characters <= REMARK_CHARACTERS;
  const idle = remark && asksForNothing(reading);
  return joinClues([
    { rule: 'chat.acknowledgement', strength: when(isAcknowledgement(reading), 0.9), evidence: cues.thanks.evidence },
    {
      rule: 'chat.small_talk',
      strength: when(cues.small_talk.count > 0, remark ? 0.7 : 0.2),
      evidence: cues.small_talk.evidence,
    },
    {
      rule: 'chat.feeling',
      strength: when(cues.feeling.count > 0, remark ? 0.45 : 0.25),
      evidence: cues.feeling.evidence,
    },
    { rule: 'chat.personal', strength: when(idle && statements.firstPerson > 0, 0.3) },
    {
      rule: 'chat.addressed',
      strength: when(idle && statements.secondPerson > 0 && structure.words <= ADDRESS_WORDS, 0.4),
    },
    { rule: 'chat.role_play', strength: when(cues.role_play.count > 0, 0.5), evidence: cues.role_play.evidence },
    { rule: 'chat.suggestions', strength: when(cues.brainstorm.count > 0, 0.35), evidence: cues.brainstorm.evidence },
    {
      rule: 'chat.remark',
      strength: when(remark && structure.questionMarks === 0 && cues.question_word.count === 0, 0.2),
    },
  ]);
};
