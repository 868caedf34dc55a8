/** What a two-tier policy decides on a prompt, at fixed prices: the decision rule of the product without a gateway. */
import type { Features } from '../features/signals.ts';
import type { RouterArtifact } from '../policy/learned/artifact.ts';
import { readGround } from '../policy/learned/outlook.ts';
import { TORN_DEVIATIONS } from '../policy/learned/policy.ts';
import { tierSuccess, toPredictionContext } from '../policy/predict.ts';

/** USD that one more solved task is worth (the objective `balanced`), and USD that a thinking call costs more. */
export const FIXED_PRICES = { usdPerSuccess: 0.5, extraUsd: 0.019 } as const;

export interface TierChoice {
  readonly isThinking: boolean;
  /** `torn`: on known ground, but the difference does not clear its uncertainty. */
  readonly ground: 'known' | 'torn' | 'unfamiliar';
  /** Predicted P(success). */
  readonly fast: number;
  readonly thinking: number;
}

/**
 * Thinking where v · gain exceeds what it costs more; on known ground also where it falls short of that by less than its
 * uncertainty. Elsewhere, and for every prompt without an artifact, the gain is the prior of the conversation type.
 * Waiting costs nothing here, so that a choice can be checked by hand.
 */
export const chooseTier = (artifact: RouterArtifact | null, features: Features): TierChoice => {
  const context = toPredictionContext(features, null);
  const learned = artifact === null ? null : readGround(artifact, features, context).outlook;
  const { usdPerSuccess, extraUsd } = FIXED_PRICES;
  if (learned === null) {
    const [fast, thinking] = [tierSuccess(context, 'fast'), tierSuccess(context, 'thinking')];
    return { isThinking: usdPerSuccess * (thinking - fast) > extraUsd, ground: 'unfamiliar', fast, thinking };
  }
  const { fast, thinking } = learned;
  const surplus = usdPerSuccess * (thinking - fast) - extraUsd;
  const doubt = TORN_DEVIATIONS * learned.gainDeviation * usdPerSuccess;
  return { isThinking: surplus > -doubt, ground: Math.abs(surplus) > doubt ? 'known' : 'torn', fast, thinking };
};

/** The artifact made to answer everywhere: what abstaining on unfamiliar ground costs or saves. */
export const withoutGuard = (artifact: RouterArtifact): RouterArtifact => ({
  ...artifact,
  ground: { ...artifact.ground, threshold: Number.NEGATIVE_INFINITY },
});
