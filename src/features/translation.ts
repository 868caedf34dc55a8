/** Translation: an instruction to carry a text from one human language to another. */
import { joinClues, when, type Finding, type Reading } from './reading.ts';

export const recogniseTranslation = ({ cues }: Reading): Finding => {
  // "Translate this Python to Java" is programming.
  const programs = cues.programming_language.count > 0;
  const { leading, count, evidence } = cues.translate;
  return joinClues([
    { rule: 'translation.instruction', strength: when(leading > 0, programs ? 0.3 : 0.9), evidence },
    { rule: 'translation.named', strength: when(leading === 0 && count > 0, programs ? 0.1 : 0.5), evidence },
  ]);
};
