/** Training: from outcome data to an artifact. The same data and seed give the same bytes. */
import { createHash } from 'node:crypto';
import { FEATURE_VERSION } from '../features/extract.ts';
import { drawGroupWeights, toGroupIndex } from '../math/bootstrap.ts';
import type { LinearHead } from '../math/linear-head.ts';
import { fitLogistic } from '../math/logistic.ts';
import { createRandom } from '../math/random.ts';
import { fitRidge } from '../math/ridge.ts';
import { selectRows, type SparseRows } from '../math/sparse.ts';
import { mean } from '../math/statistics.ts';
import { TIER_COLUMNS, type LengthModel, type RouterArtifact } from '../policy/learned/artifact.ts';
import { toGramRows } from './gram-rows.ts';
import { fitKnownGround } from './known-ground.ts';
import { FIT } from './member-fits.ts';
import { fitQualityModel } from './quality-model.ts';
import type { TierExample } from './tier-targets.ts';
import type { TrainingSet } from './training-set.ts';

export const TRAINING = {
  /** Word heads fitted on resampled groups, for the deviation of a predicted gain. */
  resamples: 4,
  lengthPenalty: 3,
  /** Share of a predicted difference in length that is believed. */
  lengthTrust: 0.5,
} as const;

export interface TrainOptions {
  readonly name: string;
  readonly seed: number;
  /** Told which step begins, and how much is done, 0 to 1. */
  readonly onProgress?: (step: string, done: number) => void;
}

export const toTrainingSet = (examples: readonly TierExample[]): TrainingSet => ({
  columns: TIER_COLUMNS,
  features: examples.map(({ example }) => example.features),
  sources: examples.map(({ example }) => example.source),
  groups: examples.map(({ example }) => example.group),
  targets: TIER_COLUMNS.map((_, column) => Float64Array.from(examples, ({ scores }) => scores[column] ?? Number.NaN)),
});

const fitResampledWords = (rows: SparseRows, set: TrainingSet, seed: number): readonly (readonly LinearHead[])[] => {
  const groups = toGroupIndex(set.groups);
  const random = createRandom(seed);
  return Array.from({ length: TRAINING.resamples }, () => {
    const weights = drawGroupWeights(groups, random);
    return set.targets.map((targets) =>
      fitLogistic({
        rows,
        targets,
        weights,
        inversePenalty: FIT.inversePenalty,
        maxIterations: FIT.wordIterations,
        tolerance: FIT.wordTolerance,
      }),
    );
  });
};

const fitLength = (rows: SparseRows, examples: readonly TierExample[]): LengthModel => {
  const known = Uint32Array.from(examples.keys()).filter((at) => (examples[at]?.fastTokens ?? 0) > 0);
  if (known.length === 0) {
    return { head: { weights: new Float64Array(rows.columnCount), intercept: 0 }, mean: 0, trust: 0 };
  }
  const targets = Float64Array.from(known, (at) => Math.log(examples[at]?.fastTokens ?? 1));
  const head = fitRidge({ rows: selectRows(rows, known), targets, penalty: TRAINING.lengthPenalty });
  return { head, mean: mean(targets), trust: TRAINING.lengthTrust };
};

/** Throws RangeError without examples. */
export const trainArtifact = (examples: readonly TierExample[], options: TrainOptions): RouterArtifact => {
  const { name, seed, onProgress = () => {} } = options;
  const set = toTrainingSet(examples);
  const quality = fitQualityModel(set, { seed, onProgress: (step, done) => onProgress(step, 0.7 * done) });
  onProgress('resampled heads', 0.7);
  const grams = set.features.map((features) => features.grams);
  const rows = toGramRows(grams, quality.view.gramWeights);
  const resampledWords = fitResampledWords(rows, set, seed);
  onProgress('known ground', 0.9);
  const ground = fitKnownGround({
    gramWeights: quality.view.gramWeights,
    features: set.features,
    groups: set.groups,
    random: createRandom(seed),
  });
  onProgress('lengths of answers', 0.95);
  return {
    name,
    featureVersion: FEATURE_VERSION,
    quality,
    resampledWords,
    ground,
    length: fitLength(rows, examples),
  };
};

/** SHA-256 over what an artifact is trained on: ids, groups and scores, in an order of their own. */
export const hashExamples = (examples: readonly TierExample[]): string => {
  const lines = examples.map(({ example, scores }) =>
    [example.task, example.promptId, example.group, ...scores].join('\n'),
  );
  return createHash('sha256').update(lines.sort().join('\n\n')).digest('hex');
};
