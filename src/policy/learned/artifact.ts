/** The artifact: a trained router as plain data, as it is evaluated. Made by `learn/`, never changed afterwards. */
import type { LinearHead } from '../../math/linear-head.ts';
import type { KnownGround } from './known-ground.ts';
import type { QualityModel } from './quality-model.ts';

/** Columns of the shipped quality model: kinds of component, since the pool of a user is not that of training. */
export const TIER_COLUMNS = ['fast', 'thinking'] as const;

export interface RouterArtifact {
  /** `default` for the one that is shipped. */
  readonly name: string;
  /** Features that it was trained on; it can read no others. */
  readonly featureVersion: string;
  /** Columns `TIER_COLUMNS`. */
  readonly quality: QualityModel;
  /** [resamples][columns] Word heads fitted on resampled groups: how much the same data could have said otherwise. */
  readonly resampledWords: readonly (readonly LinearHead[])[];
  readonly ground: KnownGround;
  readonly length: LengthModel;
}

/** Natural logarithm of the visible output tokens of a `fast` answer. */
export interface LengthModel {
  readonly head: LinearHead;
  /** Mean of the logarithm over training prompts. */
  readonly mean: number;
  /** Share of the predicted difference from the mean that is believed, 0 to 1. */
  readonly trust: number;
}
