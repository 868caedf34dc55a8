/** The numbers behind the signals in one fixed order, and their names. The order is part of the feature version. */
import { CONVERSATION_TYPES, type StructuralFeatures } from './signals.ts';
import type { TypeScores } from './conversation-type.ts';
import type { Reading } from './reading.ts';
import type { Situation } from './situation.ts';
import type { Statements } from './statements.ts';
import type { Structure } from './structure.ts';
import { CUE_KINDS } from './type-cues.ts';
import type { UserWords } from './user-words.ts';

const STRUCTURE_NAMES = [
  'characters',
  'words',
  'sentences',
  'questionMarks',
  'numbers',
  'measures',
  'variables',
  'quotedWords',
  'lines',
  'digitShare',
  'latinShare',
  'cyrillicShare',
  'hanKanaShare',
  'hangulShare',
  'arabicShare',
  'devanagariShare',
  'mathSymbols',
  'latexCommands',
  'equations',
  'expressions',
  'booleanExpressions',
  'listItems',
  'options',
  'snakeIdentifiers',
  'camelIdentifiers',
  'calls',
  'programMarks',
  'inlineCode',
  'paths',
  'errorNames',
  'traceLines',
  'markupTags',
  'taskSections',
  'codeCharacters',
  'codeLines',
  'codeMarkShare',
  'fences',
  'documentCharacters',
] as const satisfies readonly (keyof Structure)[];

const STATEMENT_NAMES = [
  'stated',
  'linked',
  'opensQuestion',
  'askedLinks',
  'longestStatement',
  'comparisons',
  'firstPerson',
  'ownAffairs',
  'secondPerson',
  'openQuestions',
  'row',
  'rowGaps',
] as const satisfies readonly (keyof Statements)[];

/** What came with the words. */
export const MEDIA_NAMES = ['images', 'files', 'harness'] as const satisfies readonly (keyof UserWords)[];

/** What surrounds the turn: tools, earlier turns. */
export const SITUATION_NAMES = [
  'tools',
  'hostedTools',
  'schemaDepth',
  'toolsForbidden',
  'toolsRequired',
  'inToolLoop',
  'callsInLoop',
  'callsEver',
  'failedResults',
  'userTurns',
  'assistantTurns',
  'previousAssistantCharacters',
  'systemCharacters',
  'imagesEver',
  'wantsStructuredOutput',
] as const satisfies readonly (keyof Situation)[];

/** Names of the numbers, index by index: structure, statements, media, situation, then finds of each cue and score of each type. */
export const STRUCTURAL_NAMES: readonly string[] = [
  ...STRUCTURE_NAMES,
  ...STATEMENT_NAMES,
  ...MEDIA_NAMES,
  ...SITUATION_NAMES,
  ...CUE_KINDS.map((kind) => `cue_${kind}`),
  ...CONVERSATION_TYPES.map((type) => `type_${type}`),
];

export interface StructuralInput {
  readonly reading: Reading;
  readonly situation: Situation;
  readonly scores: TypeScores;
}

/**
 * Numbers in the order of `STRUCTURAL_NAMES`. Booleans count as 0 and 1. Whole records are read at once, in the order in
 * which their members were written: name by name it takes several times as long. A test holds the two orders together.
 */
export const toStructuralFeatures = ({ reading, situation, scores }: StructuralInput): StructuralFeatures => {
  const { images, files, harness } = reading.words;
  const features = [
    ...Object.values(reading.structure),
    ...Object.values(reading.statements),
    images,
    files,
    Number(harness),
  ];
  for (const value of Object.values(situation)) features.push(Number(value));
  for (const kind of CUE_KINDS) features.push(reading.cues[kind].count);
  for (const type of CONVERSATION_TYPES) features.push(scores[type].score);
  return features;
};
