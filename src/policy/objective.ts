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
 *   preset    v       w        chat: v·.02   mathematics: v·.18   18 s cost   so chat | mathematics
 *   cost      $0.05   $0.0001  $0.0010       $0.0090              $0.0018     fast | thinking below $0.007 extra
 *   balanced  $0.25   $0.0005  $0.0050       $0.0450              $0.0090     fast | thinking up to $0.036 extra
 *   quality   $1.00   $0.0005  $0.0200       $0.1800              $0.0090     fast above $0.011 extra | thinking
 *   latency   $0.25   $0.0100  $0.0050       $0.0450              $0.1800     fast | fast, unless thinking is quick
 *
 * Without a price for waiting a thinking model that costs next to nothing (one's own GPU) would take every "hello":
 * .01 · $0.25 beats any cost near zero. $0.0005 a second is $1.80 an hour.
 */
export const OBJECTIVE_PRESETS: Readonly<Record<ObjectiveName, Worth>> = {
  cost: { microUsdPerSuccess: 50_000, microUsdPerSecond: 100 },
  balanced: { microUsdPerSuccess: 250_000, microUsdPerSecond: 500 },
  quality: { microUsdPerSuccess: 1_000_000, microUsdPerSecond: 500 },
  latency: { microUsdPerSuccess: 250_000, microUsdPerSecond: 10_000 },
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
