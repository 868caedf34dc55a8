/** Fits an effort to what a model accepts. Pure. */
import { effortRank } from '../canonical/effort.ts';
import type { Effort } from '../canonical/effort.ts';

/**
 * The effort itself when the model accepts it, else the nearest that it accepts: upwards when `high` or more was
 * asked, downwards when `low` or less, and on an always-reasoning model `none` becomes the lowest. Undefined when the
 * model accepts none at all.
 */
export const fitEffort = (effort: Effort, accepted: readonly Effort[]): Effort | undefined => {
  if (accepted.includes(effort)) return effort;
  const wanted = effortRank(effort);
  const upwards = wanted >= effortRank('high');
  const distance = (other: Effort): number => {
    const steps = effortRank(other) - wanted;
    // Half a step decides between two equally near ones in favour of the wanted direction.
    return Math.abs(steps) - (upwards === steps > 0 ? 0.5 : 0);
  };
  // `none` switches reasoning off, which is no neighbour of a wish to reason.
  const choices = effort === 'none' ? accepted : accepted.filter((other) => other !== 'none');
  return choices.toSorted((left, right) => distance(left) - distance(right))[0];
};
