/** Finds of the cue tables in one text: how often, where, and whether in the place of an instruction. */
import { createCharacterSet } from './character-set.ts';
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

/** What is kept of a kind while the text is read. */
interface MutableFinds {
  count: number;
  leading: number;
  readonly at: number[];
  evidence: Evidence | null;
  /** One past the last token of the latest find. */
  coveredUntil: number;
}

interface Meaning {
  readonly kind: CueKind;
  readonly rule: string;
}

const index = createPhraseIndex<Meaning>(
  CUE_KINDS.flatMap((kind) => {
    const meaning: Meaning = { kind, rule: `cue.${kind}` };
    return TYPE_CUES[kind].map((pattern) => ({ pattern, meaning }));
  }),
);

const noFinds: MutableFinds = { count: 0, leading: 0, at: [], evidence: null, coveredUntil: 0 };
/** Copied for each text: most kinds stay as they are here. */
const noCues = Object.fromEntries(CUE_KINDS.map((kind) => [kind, noFinds])) as Record<CueKind, MutableFinds>;

const SENTENCE_ENDS = createCharacterSet('.!?;:\n。！？…؟।：、，');
/** Instructions begin a sentence ("please write"), or end it in languages whose verb comes last. */
const LEADING_TOKENS = 5;
const TRAILING_TOKENS = 4;
/** Positions kept of one kind. */
const POSITIONS = 32;

/** A mark that ends a sentence, or the end of the text, follows within a few tokens. */
const isNearSentenceEnd = (codes: readonly number[], at: number): boolean => {
  if (at + TRAILING_TOKENS >= codes.length) return true;
  for (let ahead = at; ahead <= at + TRAILING_TOKENS; ahead += 1) {
    if (SENTENCE_ENDS.has(codes[ahead] ?? 0)) return true;
  }
  return false;
};

/** Scripts whose tokens are characters: a sentence's edge says nothing there, so every find counts as leading. */
const isSingle = ({ starts, ends, codes }: Tokens, at: number): boolean =>
  (codes[at] ?? 0) >= 0x3040 && (ends[at] ?? 0) - (starts[at] ?? 0) === 1;

/** The finds of a kind, ready to be added to. */
const findsOf = (finds: Record<CueKind, MutableFinds>, kind: CueKind): MutableFinds => {
  if (finds[kind] === noFinds) finds[kind] = { ...noFinds, at: [] };
  return finds[kind];
};

/** One pass over the tokens; quoted tokens are not the person's own words and are skipped. */
export const findCues = (tokens: Tokens): Cues => {
  const { starts, ends, codes, quoted } = tokens;
  const finds = { ...noCues };
  const quotedCount = quoted.reduce((total, mark) => total + mark, 0);
  // A prompt that stands in quotation marks as a whole is still the prompt.
  const skipsQuoted = quotedCount > 0 && quotedCount <= starts.length / 2;
  let sentenceStart = 0;
  for (let at = 0; at < starts.length; at += 1) {
    if (at > 0 && SENTENCE_ENDS.has(codes[at - 1] ?? 0)) sentenceStart = at;
    const hits = skipsQuoted && quoted[at] === 1 ? [] : index.matchAt(tokens, at);
    // Longest first, so that a kind is counted once on the same words and its evidence is the longest phrase.
    for (let longest = hits.length - 1; longest >= 0; longest -= 1) {
      const hit = hits[longest];
      const found = hit === undefined ? noFinds : findsOf(finds, hit.meaning.kind);
      if (hit === undefined || found.coveredUntil > at) continue;
      found.coveredUntil = hit.end;
      found.count += 1;
      if (at - sentenceStart < LEADING_TOKENS || isNearSentenceEnd(codes, at) || isSingle(tokens, at))
        found.leading += 1;
      if (found.at.length < POSITIONS) found.at.push(at);
      const offset = starts[at] ?? 0;
      found.evidence ??= { rule: hit.meaning.rule, offset, length: (ends[hit.end - 1] ?? offset) - offset };
    }
  }
  return finds;
};
