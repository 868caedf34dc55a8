/** The shipped router's choice between two components at fixed costs, as benches over recorded outcomes need it. */
import type { Features } from '../features/signals.ts';
import type { RouterArtifact } from '../policy/learned/artifact.ts';
import { toOutlook } from '../policy/learned/outlook.ts';
import { TORN_DEVIATIONS } from '../policy/learned/policy.ts';
import type { Confidence } from '../policy/policy.ts';
import { toPredictionContext } from '../policy/predict.ts';
import { PRIOR_SUCCESS } from '../policy/prior-table.ts';

/** What the two calls cost, and what one more solved task is worth, all in USD. */
export interface ChoiceTerms {
  readonly fastUsd: number;
  readonly thinkingUsd: number;
  readonly usdPerSuccess: number;
}

/** Objective `balanced` at the costs of the fast-and-thinking set. */
export const BALANCED_TERMS: ChoiceTerms = { fastUsd: 0.001, thinkingUsd: 0.02, usdPerSuccess: 0.5 };

export interface ShippedChoice {
  readonly thinks: boolean;
  readonly confidence: Confidence;
}

/**
 * On known ground thinking answers where its learned gain is worth its price, or where the two are too close to call;
 * elsewhere where the fixed prior gain of the conversation type is. Waiting is not priced: data sets do not record it.
 */
export const createShippedChoice =
  (artifact: RouterArtifact, { fastUsd, thinkingUsd, usdPerSuccess }: ChoiceTerms = BALANCED_TERMS) =>
  (features: Features): ShippedChoice => {
    const { type } = toPredictionContext(features, null);
    const outlook = toOutlook(artifact, features, type);
    const price = thinkingUsd - fastUsd;
    if (outlook === null) {
      const prior = PRIOR_SUCCESS[type];
      return { thinks: usdPerSuccess * (prior.thinking - prior.fast) > price, confidence: 'unfamiliar' };
    }
    const surplus = usdPerSuccess * (outlook.thinking - outlook.fast) - price;
    const doubt = TORN_DEVIATIONS * outlook.gainDeviation * usdPerSuccess;
    return { thinks: surplus >= -doubt, confidence: Math.abs(surplus) > doubt ? 'known' : 'torn' };
  };
