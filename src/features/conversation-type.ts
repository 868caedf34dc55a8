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
import type { Finding, Reading } from './reading.ts';
import { readRequestedObject } from './requested-object.ts';
import type { ConversationType, Signal, ToolNeeds } from './signals.ts';
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

const nothing: Finding = { score: 0, evidence: [] };
const structural = (rule: string, score: number): Finding => ({
  score,
  evidence: [{ rule, offset: null, length: null }],
});

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

const times = (finding: Finding, factor: number): Finding => ({ ...finding, score: finding.score * factor });

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
    chat: times(recogniseChat(reading), 1 - 0.7 * worked),
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

/** Types from the highest score down. Equal scores keep the order of `CONVERSATION_TYPES`. */
export const rankTypes = (scores: TypeScores): readonly (readonly [ConversationType, Finding])[] =>
  (Object.entries(scores) as [ConversationType, Finding][]).toSorted((left, right) => right[1].score - left[1].score);

export const decideType = (scores: TypeScores): Signal<ConversationType> => {
  const [first, second] = rankTypes(scores);
  if (first === undefined || first[1].score < RECOGNISED_SCORE)
    return { value: 'other', weight: OTHER_SCORE, evidence: scores.other.evidence };
  const weight = Math.max(0, Math.min(1, first[1].score - 0.5 * (second?.[1].score ?? 0)));
  return { value: first[0], weight, evidence: first[1].evidence };
};
