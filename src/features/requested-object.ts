/** What a request to make something is about: the first thing named behind the verb ("write a [poem] about algorithms"). */
import { createCharacterSet } from './character-set.ts';
import type { Cues } from './cues.ts';
import type { Reading } from './reading.ts';

export type RequestedObject = 'artifact' | 'program' | 'plan' | null;

/** Words between the verb and the thing; further away it is another clause's. */
const REACH_TOKENS = 9;

/** Tokens from a verb to the nearest of ascending positions on one side of it; Infinity when none is in reach. */
type Distance = (at: readonly number[], verb: number) => number;

const distanceBehind: Distance = (at, verb) => {
  for (const position of at) {
    if (position > verb) return position - verb <= REACH_TOKENS + 1 ? position - verb : Number.POSITIVE_INFINITY;
  }
  return Number.POSITIVE_INFINITY;
};

const distanceBefore: Distance = (at, verb) => {
  let nearestBefore = Number.NEGATIVE_INFINITY;
  for (const position of at) if (position < verb) nearestBefore = position;
  return verb - nearestBefore <= REACH_TOKENS ? verb - nearestBefore : Number.POSITIVE_INFINITY;
};

/** Of things equally near, a program goes before an artifact and an artifact before a plan. */
const nearest = (cues: Cues, verb: number, distance: Distance): RequestedObject => {
  const program = Math.min(distance(cues.program.at, verb), distance(cues.programming_language.at, verb));
  const artifact = distance(cues.artifact.at, verb);
  const plan = distance(cues.plan.at, verb);
  const least = Math.min(program, artifact, plan);
  if (!Number.isFinite(least)) return null;
  if (least === program) return 'program';
  return least === artifact ? 'artifact' : 'plan';
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
  const things = cues.program.count + cues.programming_language.count + cues.artifact.count + cues.plan.count;
  if (things === 0) return null;
  const verbs = [...cues.compose.at, ...cues.build.at].toSorted((left, right) => left - right);
  for (const verb of verbs) {
    const behind = readHead(reading, verb) ?? nearest(cues, verb, distanceBehind);
    if (behind !== null) return behind;
  }
  for (const verb of verbs) {
    const before = nearest(cues, verb, distanceBefore);
    if (before !== null) return before;
  }
  return null;
};
