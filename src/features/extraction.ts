/** Extraction: facts, labels or fields are to be read out of a given text. */
import { joinClues, when, type Finding, type Reading } from './reading.ts';

const MATERIAL_CHARACTERS = 300;

export const recogniseExtraction = ({ cues, words, structure }: Reading): Finding => {
  const { leading, count, evidence } = cues.extract;
  const material =
    cues.material.count > 0 ||
    words.document !== '' ||
    structure.quotedWords > 2 ||
    structure.characters > MATERIAL_CHARACTERS;
  return joinClues([
    { rule: 'extraction.instruction', strength: when(leading > 0, material ? 0.7 : 0.45), evidence },
    { rule: 'extraction.named', strength: when(leading === 0 && count > 0, material ? 0.4 : 0.2), evidence },
    { rule: 'extraction.several', strength: when(count > 1 && material, 0.35), evidence },
  ]);
};
