/** The quality model behind its gate: predictions on known ground, and none elsewhere. */
import { fitKnownGround } from '../learn/known-ground.ts';
import { fitQualityModel } from '../learn/quality-model.ts';
import { createRandom } from '../math/random.ts';
import { similarityOf } from '../policy/learned/known-ground.ts';
import { toPromptView } from '../policy/learned/prompt-view.ts';
import { predictQuality } from '../policy/learned/quality-model.ts';
import { toTrainingSet, type BenchSet } from './bench-set.ts';
import type { PredictionBaseline } from './cross-fit.ts';

/** NaN where a held-out prompt is not on the ground of the training prompts. */
export const createGatedRouter = (set: BenchSet, seed: number): PredictionBaseline => ({
  name: 'learned, gated',
  isCheating: false,
  make: ({ prompts, scores }, heldOut) => {
    const training = toTrainingSet(set, prompts, scores);
    const model = fitQualityModel(training, { seed });
    const { gramWeights } = model.view;
    const ground = fitKnownGround({
      gramWeights,
      features: training.features,
      groups: training.groups,
      random: createRandom(seed),
    });
    const predictions = model.columns.map(() => new Float64Array(heldOut.length).fill(Number.NaN));
    for (const [row, prompt] of heldOut.entries()) {
      const features = set.features[prompt];
      if (features === undefined || similarityOf(ground, features) < ground.threshold) continue;
      const scored = predictQuality(model, toPromptView(features, model.view));
      for (const [column, into] of predictions.entries()) into[row] = scored[column] ?? Number.NaN;
    }
    return predictions;
  },
});
