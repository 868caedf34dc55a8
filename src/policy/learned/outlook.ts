/** What an artifact says of one request: the ground it stands on, and there the chances of fast and thinking. */
import type { ConversationType, Features } from '../../features/signals.ts';
import { packHeads, scoreHeads, type PackedHeads } from '../../math/packed-heads.ts';
import { logistic } from '../../math/probability.ts';
import { standardDeviation } from '../../math/statistics.ts';
import type { Ground } from '../policy.ts';
import { priorGain, type LearnedOutlook, type PredictionContext } from '../predict.ts';
import { PRIOR_SUCCESS } from '../prior-table.ts';
import type { LengthModel, RouterArtifact } from './artifact.ts';
import { hasEnoughWords, similarityOf } from './known-ground.ts';
import { predictForest } from './quality-model.ts';
import { toPromptView, type PromptView } from './prompt-view.ts';
import { predictTable } from './soft-table.ts';
import { joinMembers, type Member } from './stack.ts';

/** How much longer or shorter than usual an answer may be expected to be. */
const MAX_LENGTH_FACTOR = 4;

/** `score`: what the length head makes of the prompt. */
const lengthFactor = ({ mean, trust }: LengthModel, score: number): number => {
  const factor = Math.exp(trust * (score - mean));
  return Math.min(MAX_LENGTH_FACTOR, Math.max(1 / MAX_LENGTH_FACTOR, factor));
};

/**
 * Share of a learned gain that is believed on types whose prior gain is small. Training knows such types almost only as
 * exam questions, on which its thinking models are also newer than the fast ones: they teach difficulty as much as gain.
 * A prior of .02 ± .03 beside a prediction that is off by ± .06 from one family of prompts to the next weighs four to one.
 */
export const EVERYDAY_TRUST = 0.2;

/** Types with a smaller prior gain are everyday ones. */
const STEPWISE_GAIN = 0.1;

const isStepwise = (type: ConversationType): boolean =>
  PRIOR_SUCCESS[type].thinking - PRIOR_SUCCESS[type].fast >= STEPWISE_GAIN;

const temperGain = (gain: number, context: PredictionContext): number =>
  isStepwise(context.type) ? gain : EVERYDAY_TRUST * gain + (1 - EVERYDAY_TRUST) * priorGain(context);

/** Fast and thinking by the stack, its word heads being given. */
type Join = (words: Float64Array) => { readonly fast: number; readonly gain: number };

const createJoin = ({ quality }: RouterArtifact, view: PromptView): Join => {
  const others: Readonly<Record<Exclude<Member, 'words'>, Float64Array>> = {
    table: predictTable(quality.table, view.vector),
    trees: predictForest(quality.trees, view.structure),
  };
  return (words) => {
    const members = quality.stack.members.map((member) => (member === 'words' ? words : others[member]));
    const [fast = Number.NaN, thinking = Number.NaN] = joinMembers(quality.stack, members);
    return { fast, gain: thinking - fast };
  };
};

/** All word heads of an artifact: its own, those of every resample, and the length's. */
const packWordHeads = ({ quality, resampledWords, length }: RouterArtifact): PackedHeads =>
  packHeads([...quality.words, ...resampledWords.flat(), length.head]);

/** Packing takes milliseconds and an artifact never changes, so it is done once for each. */
const packs = new WeakMap<RouterArtifact, PackedHeads>();

/** Call it when an artifact is put in force, or its first decision waits for it. */
export const packedHeadsOf = (artifact: RouterArtifact): PackedHeads => {
  const packed = packs.get(artifact) ?? packWordHeads(artifact);
  packs.set(artifact, packed);
  return packed;
};

const CERTAIN = 0.995;

/**
 * The deviation of the gain is that of the whole stack when its word heads are replaced by those of a resample, so it
 * says how far the same kind of data could have led elsewhere; not how far models differ.
 */
const predictOutlook = (artifact: RouterArtifact, features: Features, context: PredictionContext): LearnedOutlook => {
  const { quality, resampledWords } = artifact;
  const view = toPromptView(features, quality.view);
  const join = createJoin(artifact, view);
  const scores = scoreHeads(packedHeadsOf(artifact), view.vector);
  const columns = quality.words.length;
  /** Chances by the heads of one fit, which stand one behind the other. */
  const wordsOf = (fit: number): Float64Array => scores.slice(fit * columns, (fit + 1) * columns).map(logistic);
  const { fast, gain } = join(wordsOf(0));
  const gains = resampledWords.map((_, resample) => temperGain(join(wordsOf(resample + 1)).gain, context));
  return {
    fast,
    thinking: Math.min(CERTAIN, Math.max(1 - CERTAIN, fast + temperGain(gain, context))),
    gainDeviation: standardDeviation(gains),
    lengthFactor: lengthFactor(artifact.length, scores.at(-1) ?? Number.NaN),
  };
};

/** Where a request stands, and the outlook there. `context`: what the prior tables go by. */
export const readGround = (artifact: RouterArtifact, features: Features, context: PredictionContext): Ground => {
  const { threshold } = artifact.ground;
  if (features.version !== artifact.featureVersion || !hasEnoughWords(features.grams))
    return { similarity: null, threshold, outlook: null };
  const similarity = similarityOf(artifact.ground, features);
  return {
    similarity,
    threshold,
    outlook: similarity >= threshold ? predictOutlook(artifact, features, context) : null,
  };
};
