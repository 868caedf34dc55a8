/** Summary: a given text is to be made shorter while its content is kept. */
import { joinClues, when, type Finding, type Reading } from './reading.ts';

/** From this length on the prompt most likely holds the text to be summed up. */
const MATERIAL_CHARACTERS = 400;

export const recogniseSummary = ({ cues, words, structure }: Reading): Finding => {
  const { leading, count, evidence } = cues.summarise;
  const material = cues.material.count > 0 || words.document !== '' || structure.characters > MATERIAL_CHARACTERS;
  return joinClues([
    { rule: 'summary.instruction', strength: when(leading > 0, 0.7), evidence },
    { rule: 'summary.named', strength: when(leading === 0 && count > 0, 0.4), evidence },
    { rule: 'summary.material', strength: when(count > 0 && material, 0.5), evidence: cues.material.evidence },
  ]);
};
