/**
 * Features of a request: the four named signals and the numbers behind them. Pure and deterministic. Reads messages,
 * tools, tool choice and response format; never the end user, metadata, a key, headers or the client's raw text. Holds no
 * text of the request.
 */
import type { CanonicalRequest } from '../canonical/request.ts';
import { inheritComplexity, isFollowUp, scoreComplexity } from './complexity.ts';
import { decideType, scoreTypes, type TypeScores } from './conversation-type.ts';
import { findCues } from './cues.ts';
import { readIntent } from './intent.ts';
import { normalise } from './normalise.ts';
import { readTurn, type Reading } from './reading.ts';
import type { ConversationType, Features, Signal, ToolNeeds } from './signals.ts';
import { readSituation, type Situation } from './situation.ts';
import { toStructuralFeatures } from './structural.ts';
import { estimateInputTokens } from './token-estimate.ts';
import { tokenise } from './tokens.ts';
import { readToolNeeds } from './tool-needs.ts';
import { readEarlierWords, readUserWords } from './user-words.ts';
import { readWordGrams, type WordGrams } from './word-grams.ts';

/** Raise it with every change that can change a number for the same request: artifacts are trained per version. */
export const FEATURE_VERSION = 'f4';

interface Turn {
  readonly reading: Reading;
  readonly scores: TypeScores;
  readonly type: Signal<ConversationType>;
  readonly complexity: Signal<number>;
}

const judgeTurn = (reading: Reading, situation: Situation, toolNeeds: ToolNeeds): Turn => {
  const scores = scoreTypes({ reading, situation, toolNeeds });
  const type = decideType(scores);
  return { reading, scores, type, complexity: scoreComplexity(reading, type.value) };
};

/** Types that a follow-up without a type of its own takes over from the turn before it. */
const WEAK_TYPES: ReadonlySet<ConversationType> = new Set(['other', 'chat', 'lookup']);
/** A type taken over from the earlier turn is worth this share of its weight there. */
const INHERITED_WEIGHT = 0.6;

/** A short follow-up is judged together with the user turn before it; any other turn by itself. */
const withEarlierTurn = (turn: Turn, earlier: Turn): Turn => {
  const complexity = inheritComplexity(turn.complexity, earlier.complexity);
  if (!WEAK_TYPES.has(turn.type.value) || earlier.type.weight * INHERITED_WEIGHT < turn.type.weight * 0.5)
    return { ...turn, complexity };
  const evidence = [{ rule: 'type.follow_up', offset: null, length: null }];
  return {
    ...turn,
    complexity,
    type: { value: earlier.type.value, weight: earlier.type.weight * INHERITED_WEIGHT, evidence },
  };
};

/** Code without a word of prose is compared by its own words. */
const readGrams = ({ words, tokens }: Reading): WordGrams =>
  readWordGrams(words.text === '' && words.code !== '' ? tokenise(normalise(words.code)) : tokens);

export const extractFeatures = (request: CanonicalRequest): Features => {
  const words = readUserWords(request);
  const reading = readTurn(words);
  const situation = readSituation(request, words);
  const toolNeeds = readToolNeeds(reading, situation);
  const latest = judgeTurn(reading, situation, toolNeeds.value);
  const earlier = isFollowUp(reading) ? readEarlierWords(request, words) : null;
  const turn =
    earlier === null || earlier.messageIndex < 0
      ? latest
      : withEarlierTurn(latest, judgeTurn(readTurn(earlier), situation, 'none'));
  return {
    version: FEATURE_VERSION,
    signals: {
      conversationType: turn.type,
      complexity: turn.complexity,
      toolNeeds,
      explicitIntent: readIntent(reading.tokens, reading.text.length),
    },
    structural: toStructuralFeatures({ reading: turn.reading, situation, scores: turn.scores }),
    grams: readGrams(reading),
    inputTokensEstimate: estimateInputTokens(request),
  };
};

/**
 * Reads one sentence, so that the first request does not wait some 30 ms until the phrase tables are laid out. For a
 * moment in which the program waits for something else anyhow.
 */
export const warmUpExtraction = (): void => {
  const text = 'think hard';
  const tokens = tokenise(text);
  findCues(tokens);
  readIntent(tokens, text.length);
};
