/** The learned router with its guard: learned where a prompt is like those of training, a table by type elsewhere. */
import { fitKnownGround } from '../learn/known-ground.ts';
import { fitQualityModel } from '../learn/quality-model.ts';
import { createRandom } from '../math/random.ts';
import { similarityOf } from '../policy/learned/known-ground.ts';
import { toPromptView } from '../policy/learned/prompt-view.ts';
import { predictQuality } from '../policy/learned/quality-model.ts';
import { toTrainingSet } from './bench-set.ts';
import type { BenchPool } from './bench-pool.ts';
import { createTypeTable } from './category-table.ts';
import type { PredictionBaseline, TrainingRows } from './cross-fit.ts';
import { withFallback, type Predictions } from './predictions.ts';

interface Fitted {
  readonly learned: Predictions;
  /** [held out] 1 on known ground. */
  readonly known: Uint8Array;
}

const fit = (pool: BenchPool, seed: number, rows: { training: TrainingRows; heldOut: Int32Array }): Fitted => {
  const { training, heldOut } = rows;
  const set = toTrainingSet(pool, training.prompts, training.scores);
  const model = fitQualityModel(set, { seed });
  const ground = fitKnownGround({
    gramWeights: model.view.gramWeights,
    features: set.features,
    groups: set.groups,
    random: createRandom(seed),
  });
  const learned = model.columns.map(() => new Float64Array(heldOut.length));
  const known = new Uint8Array(heldOut.length);
  for (const [row, prompt] of heldOut.entries()) {
    const features = pool.features[prompt];
    if (features === undefined) throw new RangeError(`prompt ${prompt} of ${pool.features.length}`);
    const scored = predictQuality(model, toPromptView(features, model.view));
    for (const [column, into] of learned.entries()) into[row] = scored[column] ?? Number.NaN;
    known[row] = similarityOf(ground, features) >= ground.threshold ? 1 : 0;
  }
  return { learned, known };
};

/**
 * `learned` and `guard-and-type` of one fit a fold: fitting is what takes the time. For folds that are the same for both,
 * as families are; the first held-out prompt names the fold.
 */
export const createGuardedRouters = (pool: BenchPool, seed: number): readonly PredictionBaseline[] => {
  const fitted = new Map<number, Fitted>();
  const fitOnce = (training: TrainingRows, heldOut: Int32Array): Fitted => {
    const fold = heldOut[0] ?? -1;
    const known = fitted.get(fold) ?? fit(pool, seed, { training, heldOut });
    fitted.set(fold, known);
    return known;
  };
  const byType = createTypeTable(pool.types);
  return [
    { name: 'learned', isCheating: false, make: (training, heldOut) => fitOnce(training, heldOut).learned },
    {
      name: 'guard-and-type',
      isCheating: false,
      make: (training, heldOut) => {
        const { learned, known } = fitOnce(training, heldOut);
        const answered = learned.map((column) => column.map((value, row) => (known[row] === 1 ? value : Number.NaN)));
        return withFallback(answered, byType.make(training, heldOut));
      },
    },
  ];
};
