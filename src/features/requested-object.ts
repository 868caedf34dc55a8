/** What a request to make something is about: the first thing named behind the verb ("write a [poem] about algorithms"). */
import type { Cues } from './cues.ts';
import type { Reading } from './reading.ts';

export type RequestedObject = 'artifact' | 'program' | 'plan' | null;

/** Words between the verb and the thing; further away it is another clause's. */
const REACH_TOKENS = 9;

const firstWithin = (at: readonly number[], from: number): number => {
  const found = at.find((position) => position >= from && position - from <= REACH_TOKENS);
  return found ?? Number.POSITIVE_INFINITY;
};

const lastBefore = (at: readonly number[], until: number): number => {
  const found = at.findLast((position) => position < until && until - position <= REACH_TOKENS);
  return found ?? Number.NEGATIVE_INFINITY;
};

const nearest = (cues: Cues, distanceTo: (at: readonly number[]) => number): RequestedObject => {
  const distances = [
    ['program', Math.min(distanceTo(cues.program.at), distanceTo(cues.programming_language.at))],
    ['artifact', distanceTo(cues.artifact.at)],
    ['plan', distanceTo(cues.plan.at)],
  ] as const;
  const [best] = distances.toSorted((left, right) => left[1] - right[1]);
  return best === undefined || !Number.isFinite(best[1]) ? null : best[0];
};

/** The thing asked for, looked for behind the verb and, where none is, before it (languages whose verb comes last). */
export const readRequestedObject = ({ cues }: Reading): RequestedObject => {
  const verbs = [...cues.compose.at, ...cues.build.at].toSorted((left, right) => left - right);
  for (const verb of verbs) {
    const behind = nearest(cues, (at) => firstWithin(at, verb + 1) - verb);
    if (behind !== null) return behind;
  }
  for (const verb of verbs) {
    const before = nearest(cues, (at) => verb - lastBefore(at, verb));
    if (before !== null) return before;
  }
  return null;
};
