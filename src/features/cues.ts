/** Finds of the cue tables in one text: how often, where, and whether in the place of an instruction. */
import { createPhraseIndex } from './phrase-index.ts';
import type { Evidence } from './signals.ts';
import type { Tokens } from './tokens.ts';
import { CUE_KINDS, TYPE_CUES, type CueKind } from './type-cues.ts';

export interface CueFinds {
  readonly count: number;
  /** Finds among the first or last words of a sentence, where verbs of instruction stand. */
  readonly leading: number;
  /** Token indexes of the first finds, ascending. */
  readonly at: readonly number[];
  readonly evidence: Evidence | null;
}

export type Cues = Readonly<Record<CueKind, CueFinds>>;

interface MutableFinds {
  count: number;
  leading: number;
  at: number[];
  evidence: Evidence | null;
}

const index = createPhraseIndex<CueKind>(
  CUE_KINDS.flatMap((kind) => TYPE_CUES[kind].map((pattern) => ({ pattern, meaning: kind }))),
);

const SENTENCE_ENDS = new Set(['.', '!', '?', ';', ':', '\n', '。', '！', '？', '…', '؟', '।', '：', '、', '，']);
/** Instructions begin a sentence ("please write"), or end it in languages whose verb comes last. */
const LEADING_TOKENS = 5;
const TRAILING_TOKENS = 4;
/** Positions kept of one kind. */
const POSITIONS = 32;

/** Distance in tokens of each token from its sentence's start and to its end, as one smaller number. */
const edgeDistances = (tokens: Tokens): Uint16Array => {
  const distances = new Uint16Array(tokens.words.length);
  const sentenceEnds = new Uint8Array(tokens.words.length);
  let since = 0;
  for (let at = 0; at < distances.length; at += 1) {
    const ends = SENTENCE_ENDS.has(tokens.words[at] ?? '');
    distances[at] = since;
    sentenceEnds[at] = ends ? 1 : 0;
    since = ends ? 0 : since + 1;
  }
  let until = 0;
  for (let at = distances.length - 1; at >= 0; at -= 1) {
    until = sentenceEnds[at] === 1 ? 0 : until + 1;
    if (until <= TRAILING_TOKENS) distances[at] = Math.min(distances[at] ?? 0, LEADING_TOKENS - 1);
  }
  return distances;
};

/** Scripts whose tokens are characters: a sentence's edge says nothing there, so every find counts as leading. */
const isSingle = (word: string): boolean => word.length === 1 && word.charCodeAt(0) >= 0x3040;

/** One pass over the tokens; quoted tokens are not the person's own words and are skipped. */
export const findCues = (tokens: Tokens): Cues => {
  const finds = Object.fromEntries(
    CUE_KINDS.map((kind) => [kind, { count: 0, leading: 0, at: [], evidence: null }]),
  ) as unknown as Record<CueKind, MutableFinds>;
  const distances = edgeDistances(tokens);
  // A prompt that stands in quotation marks as a whole is still the prompt.
  const allQuoted = tokens.quoted.filter((mark) => mark === 1).length > tokens.words.length / 2;
  const coveredUntil: Partial<Record<CueKind, number>> = {};
  for (let at = 0; at < tokens.words.length; at += 1) {
    if (tokens.quoted[at] === 1 && !allQuoted) continue;
    const hits = index.matchAt(tokens, at);
    if (hits.length === 0) continue;
    // Longest first, so that a kind is counted once on the same words and its evidence is the longest phrase.
    for (const hit of hits.toReversed()) {
      const kind = hit.meaning;
      if ((coveredUntil[kind] ?? 0) > at) continue;
      coveredUntil[kind] = hit.end;
      const found = finds[kind];
      const leading = (distances[at] ?? 0) < LEADING_TOKENS || isSingle(tokens.words[at] ?? '');
      found.count += 1;
      if (leading) found.leading += 1;
      if (found.at.length < POSITIONS) found.at.push(at);
      const offset = tokens.starts[at] ?? 0;
      found.evidence ??= { rule: `cue.${kind}`, offset, length: (tokens.ends[hit.end - 1] ?? offset) - offset };
    }
  }
  return finds;
};
