/**
 * Conversation type: what kind of work the latest user turn asks for. Each recogniser scores its type by itself; one
 * function decides. The weight of the signal is the best score less half of the runner-up's: high when one type stands
 * out, low when several could be meant.
 */
import { recogniseChat } from './chat.ts';
import { recogniseCode } from './code.ts';
import { recogniseExtraction } from './extraction.ts';
import { recogniseLogic } from './logic.ts';
import { recogniseLookup } from './lookup.ts';
import { recogniseMathematics } from './mathematics.ts';
import { recognisePlanning } from './planning.ts';
import { evidenceOf, type Finding, type Reading } from './reading.ts';
import { readRequestedObject } from './requested-object.ts';
import { CONVERSATION_TYPES, type ConversationType, type Signal, type ToolNeeds } from './signals.ts';
import type { Situation } from './situation.ts';
import { recogniseSummary } from './summary.ts';
import { recogniseTranslation } from './translation.ts';
import { recogniseWriting } from './writing.ts';

export interface TypeInput {
  readonly reading: Reading;
  readonly situation: Situation;
  readonly toolNeeds: ToolNeeds;
}

export type TypeScores = Readonly<Record<ConversationType, Finding>>;

const nothing: Finding = { score: 0, clues: [] };
const structural = (rule: string, score: number): Finding => ({ score, clues: [{ rule, strength: score }] });

/** Below this no type is believed. */
const RECOGNISED_SCORE = 0.3;
/** Score of `other`, which any recognised type exceeds. */
const OTHER_SCORE = 0.29;
/** A text this long beside an image is a task of its own unless it speaks of the image. */
const IMAGE_CAPTION_CHARACTERS = 300;

const recogniseVision = ({ words, cues, structure }: Reading): Finding => {
  if (words.images === 0) return nothing;
  return structural(
    'vision.image_in_turn',
    cues.image.count > 0 || structure.characters <= IMAGE_CAPTION_CHARACTERS ? 0.97 : 0.4,
  );
};

const recogniseAgenticTools = ({ toolNeeds, situation, reading }: TypeInput): Finding => {
  if (toolNeeds !== 'multi_step') return nothing;
  return structural('agentic_tools.multi_step', situation.callsEver > 0 || reading.words.harness ? 0.96 : 0.9);
};

const times = ({ score, clues }: Finding, factor: number): Finding => ({ score: score * factor, clues });

/**
 * Scores of all types. A given text that is to be translated, summed up or rewritten may hold anything, so an
 * instruction of that kind discounts what the text itself looks like.
 */
export const scoreTypes = (input: TypeInput): TypeScores => {
  const { reading } = input;
  const object = readRequestedObject(reading);
  const translation = recogniseTranslation(reading);
  const summary = recogniseSummary(reading);
  const code = recogniseCode(reading, object);
  const mathematics = recogniseMathematics(reading);
  const logic = recogniseLogic(reading);
  const onText = Math.max(translation.score, reading.words.code === '' ? summary.score : 0);
  const worked = Math.max(code.score, mathematics.score, logic.score);
  const writing = recogniseWriting(reading, object);
  // A problem in many words uses "write", "list" or "find all" for its answer's form.
  const asText = 1 - 0.6 * Math.max(0, worked - writing.score);
  return {
    // "I need a caption for a picture of my dog" asks for a text, whoever it is about.
    chat: times(recogniseChat(reading), (1 - 0.7 * worked) * (object === 'artifact' ? 0.5 : 1)),
    writing: times(writing, asText),
    translation,
    summary,
    extraction: times(recogniseExtraction(reading), 1 - 0.6 * worked),
    lookup: times(recogniseLookup(reading), 1 - 0.6 * Math.max(worked, onText)),
    mathematics: times(mathematics, (1 - 0.5 * onText) * (1 - 0.35 * code.score) * (1 - 0.3 * logic.score)),
    code: times(code, 1 - 0.3 * onText),
    logic: times(logic, (1 - 0.5 * onText) * (1 - 0.5 * code.score) * (1 - 0.5 * writing.score)),
    planning: times(recognisePlanning(reading, object), 1 - 0.5 * Math.max(worked, onText)),
    agentic_tools: recogniseAgenticTools(input),
    vision: recogniseVision(reading),
    other: structural('other.nothing_recognised', OTHER_SCORE),
  };
};

/** The type with the highest score; of equal scores the first in the order of `CONVERSATION_TYPES`. */
export const decideType = (scores: TypeScores): Signal<ConversationType> => {
  let best: ConversationType = 'other';
  let bestScore = Number.NEGATIVE_INFINITY;
  let secondScore = 0;
  for (const type of CONVERSATION_TYPES) {
    const { score } = scores[type];
    if (score > bestScore) {
      secondScore = Math.max(0, bestScore);
      bestScore = score;
      best = type;
    } else if (score > secondScore) secondScore = score;
  }
  if (bestScore < RECOGNISED_SCORE) return { value: 'other', weight: OTHER_SCORE, evidence: evidenceOf(scores.other) };
  const weight = Math.max(0, Math.min(1, bestScore - 0.5 * secondScore));
  return { value: best, weight, evidence: evidenceOf(scores[best]) };
};
