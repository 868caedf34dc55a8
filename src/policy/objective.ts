/** Objectives: what one more solved task and one second of waiting are worth. */
import type { ObjectiveName, ObjectiveSetting } from '../catalog/component.ts';
import type { Objective } from './policy.ts';

interface Worth {
  /** v, in micro-dollars per solved task. */
  readonly microUsdPerSuccess: number;
  /** w, in micro-dollars per second. */
  readonly microUsdPerSecond: number;
}

/**
 * The presets. v is the marginal price that a preset accepts: a candidate is worth taking while its extra cost plus the
 * price of its extra waiting stays below v times its gain in P(success).
 *
 * At the usual prices a fast answer costs $0.0002 to $0.001 and a thinking one $0.01 to $0.03 and about 18 s more. With
 * the gains of the prior table at middle complexity (.02 for plain chat, .18 for mathematics):
 *
 *   preset    v      w       chat: v·.02  mathematics: v·.18  18 s cost  so chat | mathematics
 *   cost      $0.10  $0.0002 $0.002       $0.018              $0.0036    fast | thinking below $0.014 extra
 *   balanced  $0.50  $0.001  $0.010       $0.090              $0.018     fast | thinking below $0.072 extra
 *   quality   $2.00  $0.002  $0.040       $0.360              $0.036     fast above $0.004 extra | thinking
 *   latency   $0.50  $0.010  $0.010       $0.090              $0.180     fast | fast, unless thinking is quick
 *
 * Without a price for waiting a thinking model that costs next to nothing (one's own GPU) would take every "hello":
 * .01 · $0.50 beats any cost near zero. $0.001 a second is $3.60 an hour. From `cost` to `balanced` both scale alike:
 * money counts less against success and time; `quality` also counts time half as much against success.
 */
export const OBJECTIVE_PRESETS: Readonly<Record<ObjectiveName, Worth>> = {
  cost: { microUsdPerSuccess: 100_000, microUsdPerSecond: 200 },
  balanced: { microUsdPerSuccess: 500_000, microUsdPerSecond: 1000 },
  quality: { microUsdPerSuccess: 2_000_000, microUsdPerSecond: 2000 },
  latency: { microUsdPerSuccess: 500_000, microUsdPerSecond: 10_000 },
};

export interface ObjectiveOptions {
  /** Points below the best feasible candidate that are accepted; null: no band. */
  readonly bandPoints: number | null;
  readonly maxWaitMs: number | null;
}

/** A number sets v and keeps the waiting price of `balanced`, so that a dial over v moves one thing only. */
export const resolveObjective = (setting: ObjectiveSetting, options: ObjectiveOptions): Objective => {
  const { bandPoints, maxWaitMs } = options;
  switch (setting.type) {
    case 'preset':
      return { ...OBJECTIVE_PRESETS[setting.name], bandPoints, maxWaitMs };
    case 'value':
      return {
        microUsdPerSuccess: setting.microUsdPerSuccess,
        microUsdPerSecond: OBJECTIVE_PRESETS.balanced.microUsdPerSecond,
        bandPoints,
        maxWaitMs,
      };
  }
};
