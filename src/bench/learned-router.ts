/** The quality model of the product as a maker of predictions: trained on the other folds by the product's own code. */
import { fitQualityModel } from '../learn/quality-model.ts';
import { toPromptView } from '../policy/learned/prompt-view.ts';
import { predictQuality } from '../policy/learned/quality-model.ts';
import type { Member } from '../policy/learned/stack.ts';
import { toTrainingSet, type BenchSet } from './bench-set.ts';
import type { PredictionBaseline } from './cross-fit.ts';

export interface LearnedOptions {
  /** `learned`, or what an ablation leaves out. */
  readonly name?: string;
  readonly members?: readonly Member[];
  readonly seed: number;
}

export const createLearnedRouter = (
  set: BenchSet,
  { name = 'learned', members, seed }: LearnedOptions,
): PredictionBaseline => ({
  name,
  isCheating: false,
  make: ({ prompts, scores }, heldOut) => {
    const model = fitQualityModel(toTrainingSet(set, prompts, scores), {
      seed,
      ...(members === undefined ? {} : { members }),
    });
    const predictions = model.columns.map(() => new Float64Array(heldOut.length));
    for (const [row, prompt] of heldOut.entries()) {
      const features = set.features[prompt];
      if (features === undefined) throw new RangeError(`prompt ${prompt} of ${set.features.length}`);
      const scored = predictQuality(model, toPromptView(features, model.view));
      for (const [column, into] of predictions.entries()) into[row] = scored[column] ?? Number.NaN;
    }
    return predictions;
  },
});
