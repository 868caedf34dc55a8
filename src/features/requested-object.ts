/** What a request to make something is about: the first thing named behind the verb ("write a [poem] about algorithms"). */
import { createCharacterSet } from './character-set.ts';
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

/** Joins what is said of a thing to the thing, which stands behind it in Chinese and Japanese. */
const ATTRIBUTIVE = createCharacterSet('的の');
const CLAUSE_ENDS = createCharacterSet('.!?;:,\n。！？、，：');
/** Length of a noun phrase in such scripts, in characters. */
const PHRASE_TOKENS = 30;

/** "写一段[…]的[对话]": the thing behind the last 的 of the verb's clause, whatever is named before it. */
const readHead = ({ cues, tokens }: Reading, verb: number): RequestedObject => {
  const { codes } = tokens;
  let head = -1;
  for (
    let at = verb + 1;
    at < codes.length && at - verb <= PHRASE_TOKENS && !CLAUSE_ENDS.has(codes[at] ?? 0);
    at += 1
  ) {
    if (ATTRIBUTIVE.has(codes[at] ?? 0)) head = at + 1;
  }
  if (cues.artifact.at.includes(head)) return 'artifact';
  if (cues.program.at.includes(head)) return 'program';
  return cues.plan.at.includes(head) ? 'plan' : null;
};

/** The thing asked for, looked for behind the verb and, where none is, before it (languages whose verb comes last). */
export const readRequestedObject = (reading: Reading): RequestedObject => {
  const { cues } = reading;
  const verbs = [...cues.compose.at, ...cues.build.at].toSorted((left, right) => left - right);
  for (const verb of verbs) {
    const behind = readHead(reading, verb) ?? nearest(cues, (at) => firstWithin(at, verb + 1) - verb);
    if (behind !== null) return behind;
  }
  for (const verb of verbs) {
    const before = nearest(cues, (at) => verb - lastBefore(at, verb));
    if (before !== null) return before;
  }
  return null;
};
