/** What an artifact says of one request: the ground it stands on, and there the chances of fast and thinking. */
import type { Features } from '../../features/signals.ts';
import { dotVector, type SparseVector } from '../../math/sparse.ts';
import type { Ground } from '../policy.ts';
import type { LearnedOutlook } from '../predict.ts';
import type { LengthModel, RouterArtifact } from './artifact.ts';
import { groundSimilarity } from './known-ground.ts';
import { predictForest, predictWords } from './quality-model.ts';
import { toPromptView, type PromptView } from './prompt-view.ts';
import { predictTable } from './soft-table.ts';
import { joinMembers, type Member } from './stack.ts';

/** A turn with fewer grams than this says too little to be like anything. */
const MIN_GRAMS = 3;

const standardDeviation = (values: readonly number[]): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1));
};

/** How much longer or shorter than usual the answer is expected to be; within a factor of `MAX_LENGTH_FACTOR`. */
const MAX_LENGTH_FACTOR = 4;

const lengthFactor = ({ head, mean, trust }: LengthModel, vector: SparseVector): number => {
  const factor = Math.exp(trust * (head.intercept + dotVector(vector, head.weights) - mean));
  return Math.min(MAX_LENGTH_FACTOR, Math.max(1 / MAX_LENGTH_FACTOR, factor));
};

/**
 * The deviation of the gain is that of the whole stack when its word heads are replaced by those of a resample, so it
 * says how far the same kind of data could have led elsewhere; not how far models differ.
 */
const predictOutlook = (artifact: RouterArtifact, view: PromptView): LearnedOutlook => {
  const { quality } = artifact;
  const others: Readonly<Record<Exclude<Member, 'words'>, Float64Array>> = {
    table: predictTable(quality.table, view.vector),
    trees: predictForest(quality.trees, view.structure),
  };
  const join = (words: Float64Array): readonly [number, number] => {
    const joined = joinMembers(
      quality.stack,
      quality.stack.members.map((member) => (member === 'words' ? words : others[member])),
    );
    return [joined[0] ?? Number.NaN, joined[1] ?? Number.NaN];
  };
  const [fast, thinking] = join(predictWords(quality.words, view.vector));
  const gains = artifact.resampledWords.map((heads) => {
    const [quick, slow] = join(predictWords(heads, view.vector));
    return slow - quick;
  });
  return {
    fast,
    thinking,
    gainDeviation: standardDeviation(gains),
    lengthFactor: lengthFactor(artifact.length, view.vector),
  };
};

/** Where a request stands, and the outlook there. */
export const readGround = (artifact: RouterArtifact, features: Features): Ground => {
  const { threshold } = artifact.ground;
  if (features.version !== artifact.featureVersion || features.grams.buckets.length < MIN_GRAMS)
    return { similarity: null, threshold, outlook: null };
  const view = toPromptView(features, artifact.quality.view);
  const similarity = groundSimilarity(artifact.ground, view.vector);
  return { similarity, threshold, outlook: similarity >= threshold ? predictOutlook(artifact, view) : null };
};

/** Null on unfamiliar ground. */
export const toOutlook = (artifact: RouterArtifact, features: Features): LearnedOutlook | null =>
  readGround(artifact, features).outlook;
