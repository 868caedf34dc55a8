/** Validation: what a router trained on two thirds of the groups does on the third that it never saw. */
import { mean } from '../math/statistics.ts';
import { createRandom } from '../math/random.ts';
import { toGroupFolds } from '../math/group-folds.ts';
import type { RouterArtifact } from '../policy/learned/artifact.ts';
import { readGround } from '../policy/learned/outlook.ts';
import { toPredictionContext } from '../policy/predict.ts';
import { parseArtifact, renderArtifact } from './artifact-file.ts';
import type { TierExample } from './tier-targets.ts';
import { trainArtifact } from './train.ts';

/** One held-out example: predictions null on unfamiliar ground. */
export interface ValidatedExample {
  readonly source: string;
  readonly group: string;
  /** Scores of fast and thinking. */
  readonly scores: readonly [number, number];
  readonly predicted: readonly [number, number] | null;
}

const FOLDS = 3;

export const predictExamples = (
  artifact: RouterArtifact,
  examples: readonly TierExample[],
): readonly ValidatedExample[] =>
  examples.map(({ example: { source, group, features }, scores }) => {
    const { outlook } = readGround(artifact, features, toPredictionContext(features, null));
    return { source, group, scores, predicted: outlook === null ? null : [outlook.fast, outlook.thinking] };
  });

/** Trains once more, without the held-out third; predictions are those of the artifact's bytes. */
export const validateTraining = (
  examples: readonly TierExample[],
  options: { readonly name: string; readonly seed: number },
): readonly ValidatedExample[] => {
  const folds = toGroupFolds(
    examples.map(({ example }) => example.group),
    FOLDS,
    createRandom(options.seed + 1),
  );
  const fitted = trainArtifact(
    examples.filter((_, at) => folds[at] !== 0),
    options,
  );
  return predictExamples(
    parseArtifact(renderArtifact(fitted)),
    examples.filter((_, at) => folds[at] === 0),
  );
};

export interface ValidationRow {
  readonly source: string;
  readonly examples: number;
  /** Share on known ground. */
  readonly knownShare: number;
  /** Means over the examples on known ground: [fast, thinking]. */
  readonly scores: readonly [number, number];
  readonly predicted: readonly [number, number];
  /** Mean squared error of the predicted gain, and of the source's own mean gain, which knows the source. */
  readonly gainError: number;
  readonly sourceGainError: number;
}

const meanPair = (pairs: readonly (readonly [number, number])[]): readonly [number, number] => [
  mean(pairs.map(([fast]) => fast)),
  mean(pairs.map(([, thinking]) => thinking)),
];

const toRow = (source: string, examples: readonly ValidatedExample[]): ValidationRow => {
  const known = examples.flatMap(({ scores, predicted }) => (predicted === null ? [] : [{ scores, predicted }]));
  const scores = meanPair(known.map((each) => each.scores));
  const predicted = meanPair(known.map((each) => each.predicted));
  const gain = scores[1] - scores[0];
  const errors = known.map(
    ({ scores: [fast, thinking], predicted: [quick, slow] }) => thinking - fast - (slow - quick),
  );
  const sourceErrors = known.map(({ scores: [fast, thinking] }) => thinking - fast - gain);
  return {
    source,
    examples: examples.length,
    knownShare: known.length / examples.length,
    scores,
    predicted,
    gainError: mean(errors.map((error) => error ** 2)),
    sourceGainError: mean(sourceErrors.map((error) => error ** 2)),
  };
};

/** One row a source, and last one for all. */
export const summariseValidation = (examples: readonly ValidatedExample[]): readonly ValidationRow[] => {
  const sources = [...new Set(examples.map(({ source }) => source))].sort();
  return [
    ...sources.map((source) =>
      toRow(
        source,
        examples.filter((example) => example.source === source),
      ),
    ),
    toRow('all', examples),
  ];
};
