/**
 * Explicit intent: does the person ask us, in words, to think hard or to be quick? Found by phrase, then judged by how
 * the phrase stands: who is addressed, whether it is turned round by a negator, used or only mentioned, said or pasted.
 *
 * The last sentence with an instruction wins. Two opposite wishes in one sentence: the clearly stronger one wins, else
 * the person is torn and the value is `none`.
 */
import { createCharacterSet } from './character-set.ts';
import type { IntentLanguage, IntentPhrases, Mood } from './intent-grammar.ts';
import { easternLanguages } from './intent-phrases-eastern.ts';
import { english } from './intent-phrases-english.ts';
import { germanicLanguages } from './intent-phrases-germanic.ts';
import { romanceLanguages } from './intent-phrases-romance.ts';
import { slavicLanguages } from './intent-phrases-slavic.ts';
import { createPhraseIndex, type Phrase, type PhraseHit, type PhraseIndex } from './phrase-index.ts';
import type { ExplicitIntent, Signal } from './signals.ts';
import { wordAt, type Tokens } from './tokens.ts';

/** In order of the tables; each has both directions. */
export const INTENT_LANGUAGES: readonly IntentLanguage[] = [
  english,
  ...germanicLanguages,
  ...romanceLanguages,
  ...slavicLanguages,
  ...easternLanguages,
];

type Role =
  | { readonly type: 'phrase'; readonly group: IntentPhrases }
  | { readonly type: 'opener' | 'negator' | 'conjunction' | 'closer' | 'other' | 'mention' | 'handler' | 'subject' };

interface Meaning {
  readonly language: string;
  readonly rule: string;
  readonly role: Role;
}

const toPhrases = (language: IntentLanguage): readonly Phrase<Meaning>[] => {
  const name = language.language;
  const words = (type: Exclude<Role['type'], 'phrase'>, patterns: readonly string[]): readonly Phrase<Meaning>[] => {
    const meaning: Meaning = { language: name, rule: `intent.${name}.${type}`, role: { type } };
    return patterns.map((pattern) => ({ pattern, meaning }));
  };
  const wishes = language.phrases.flatMap((group, at) => {
    const rule = `intent.${name}.${group.value}.${at}`;
    return group.patterns.map((pattern) => ({
      pattern,
      meaning: { language: name, rule, role: { type: 'phrase', group } as const },
    }));
  });
  return [
    ...wishes,
    ...words('opener', language.openers),
    ...words('negator', language.negators),
    ...words('conjunction', language.conjunctions),
    ...words('closer', language.closers),
    ...words('other', language.others),
    ...words('mention', language.mentions),
    ...words('handler', language.handlers),
    ...words('subject', language.subjects),
  ];
};

const wishIndex: PhraseIndex<Meaning> = createPhraseIndex(
  INTENT_LANGUAGES.flatMap(toPhrases).filter((phrase) => phrase.meaning.role.type === 'phrase'),
);
const grammarIndexes: ReadonlyMap<string, PhraseIndex<Meaning>> = new Map(
  INTENT_LANGUAGES.map((language) => [
    language.language,
    createPhraseIndex(toPhrases(language).filter((phrase) => phrase.meaning.role.type !== 'phrase')),
  ]),
);

const SENTENCE_ENDS = createCharacterSet('.!?;\n。！？…؟।؛');
const CLAUSE_MARKS = createCharacterSet(',:，、：،-–—()[]*/~"|“”');
const COLONS = createCharacterSet(':：');
const endsSentenceAt = ({ codes }: Tokens, at: number): boolean => SENTENCE_ENDS.has(codes[at] ?? 0);
const isClauseMarkAt = ({ codes }: Tokens, at: number): boolean => CLAUSE_MARKS.has(codes[at] ?? 0);
const isColonAt = ({ codes }: Tokens, at: number): boolean => COLONS.has(codes[at] ?? 0);
const isBreakAt = (tokens: Tokens, at: number): boolean =>
  at >= tokens.codes.length || endsSentenceAt(tokens, at) || isClauseMarkAt(tokens, at);

/** One-word labels before a colon that still leave the rest the person's own instruction. */
const OWN_LABELS = new Set(
  'note ps important hint reminder instruction instructions task question request goal remember also please edit update q hinweis wichtig aufgabe frage nota importante pregunta question важно вопрос ultrathink'.split(
    ' ',
  ),
);

/** A sentence looked at for one phrase reaches at most this many tokens to either side. */
const SENTENCE_TOKENS = 60;
/** In a text longer than this many characters only its ends are read for instructions: the middle is material. */
const LONG_TEXT_CHARACTERS = 1_600;
const LONG_TEXT_END_CHARACTERS = 600;

interface Wish {
  readonly value: 'think' | 'quick';
  readonly weight: number;
  readonly rule: string;
  readonly start: number;
  readonly end: number;
  readonly sentence: number;
}

interface Place {
  readonly tokens: Tokens;
  readonly hit: PhraseHit<Meaning>;
  readonly grammar: PhraseIndex<Meaning>;
  /** First token of the sentence, and one past its last. */
  readonly sentenceStart: number;
  readonly sentenceEnd: number;
}

const sentenceStartOf = (tokens: Tokens, at: number): number => {
  let start = at;
  while (start > 0 && at - start < SENTENCE_TOKENS && !endsSentenceAt(tokens, start - 1)) start -= 1;
  return start;
};

const sentenceEndOf = (tokens: Tokens, at: number): number => {
  let end = at;
  while (end < tokens.codes.length && end - at < SENTENCE_TOKENS && !endsSentenceAt(tokens, end)) end += 1;
  return end;
};

/** Length in tokens of the longest grammar phrase of one of the roles at a token; 0 when there is none. */
const roleLength = (
  place: Place,
  at: number,
  roles: readonly Role['type'][],
): { readonly length: number; readonly role: Role['type'] } => {
  let best: { length: number; role: Role['type'] } = { length: 0, role: 'opener' };
  for (const hit of place.grammar.matchAt(place.tokens, at)) {
    const length = hit.end - hit.start;
    if (roles.includes(hit.meaning.role.type) && length > best.length) best = { length, role: hit.meaning.role.type };
  }
  return best;
};

const hasRole = (place: Place, role: Role['type'], [from, to]: readonly [number, number]): boolean => {
  for (let at = from; at < to; at += 1) {
    if (place.tokens.quoted[at] !== 1 && roleLength(place, at, [role]).length > 0) return true;
  }
  return false;
};

/** Start of the clause that holds a token: behind the last mark or conjunction before it. */
const clauseStarts = (place: Place): readonly number[] => {
  const starts: number[] = [];
  for (let at = place.hit.start - 1; at >= place.sentenceStart; at -= 1) {
    if (isClauseMarkAt(place.tokens, at)) return [...starts, at + 1];
    const conjunction = roleLength(place, at, ['conjunction']);
    if (conjunction.length > 0) starts.push(at + conjunction.length);
  }
  return [...starts, place.sentenceStart];
};

const LEAD_ROLES = ['opener', 'negator'] as const;

/**
 * Walks openers and negators from a clause's start to the phrase. Null when something else stands between; else whether
 * the wish is turned round. Every split of the lead is tried, longest word group first.
 */
const walkLead = (place: Place, from: number, negated: boolean): boolean | null => {
  if (from === place.hit.start) return negated;
  if (from > place.hit.start) return null;
  const groups = place.grammar
    .matchAt(place.tokens, from)
    .filter((hit) => hit.meaning.role.type === 'opener' || hit.meaning.role.type === 'negator')
    .sort((left, right) => right.end - left.end);
  const longest = groups[0];
  if (longest === undefined) return null;
  for (const group of groups.slice(0, 3)) {
    const walked = walkLead(place, group.end, group.meaning.role.type === 'negator' ? !negated : negated);
    if (walked !== null) return walked;
  }
  return null;
};

const leadOf = (place: Place): boolean | null => {
  for (const start of clauseStarts(place)) {
    if (place.hit.start - start > 12) continue;
    const negated = walkLead(place, start, false);
    const narrates =
      start !== place.sentenceStart && hasRole(place, 'subject', [place.sentenceStart, place.sentenceStart + 1]);
    const asksForIt = roleLength(place, place.sentenceStart, LEAD_ROLES).length > 1;
    const afterConjunction = start > 0 && !isClauseMarkAt(place.tokens, start - 1);
    if (negated !== null && !(narrates && afterConjunction && !asksForIt)) return negated;
  }
  return null;
};

const endsClause = (place: Place): boolean =>
  place.hit.end >= place.sentenceEnd ||
  isBreakAt(place.tokens, place.hit.end) ||
  roleLength(place, place.hit.end, ['closer']).length > 0 ||
  roleLength(place, place.hit.end, ['conjunction']).length > 0;

/** The words are mentioned, put in someone's mouth, or material of a verb that works on texts. */
const isNotAddressed = (place: Place): boolean => {
  const { hit, tokens } = place;
  if (
    hasRole(place, 'other', [place.sentenceStart, hit.start]) ||
    hasRole(place, 'mention', [place.sentenceStart, hit.start])
  )
    return true;
  // Right behind only: "tell me quickly what HTTP means" is no mention, "what does ultrathink mean" is.
  if (hasRole(place, 'mention', [hit.end, Math.min(hit.end + 1, place.sentenceEnd)])) return true;
  let clauseStart = hit.start;
  while (clauseStart > place.sentenceStart && !isBreakAt(tokens, clauseStart - 1)) clauseStart -= 1;
  const joined = clauseStarts(place)[0] ?? place.sentenceStart;
  return hasRole(place, 'handler', [Math.max(clauseStart, joined), hit.start]);
};

/** `Bob: think hard` is a line of a transcript. */
const isTranscriptLine = ({ tokens, hit, sentenceStart }: Place): boolean =>
  sentenceStart + 1 < hit.start &&
  isColonAt(tokens, sentenceStart + 1) &&
  !OWN_LABELS.has(wordAt(tokens, sentenceStart));

/** Words after which even an unmistakable phrase is not addressed to us ("learn how to take your time"). */
const LINKS = new Set(
  'to i we they must should will can could would always never of about is are how why when does the a if'.split(' '),
);

const standsFree = (place: Place): boolean =>
  place.hit.end >= place.sentenceEnd &&
  place.hit.start > place.sentenceStart &&
  !LINKS.has(wordAt(place.tokens, place.hit.start - 1)) &&
  roleLength(place, place.sentenceStart, ['subject']).length === 0;

/** Null: not an instruction to us; else whether it is turned round. */
const judgeMood = (place: Place, mood: Mood): boolean | null => {
  const lead = leadOf(place);
  switch (mood) {
    case 'imperative':
      return lead !== null && (place.hit.meaning.language !== 'en' || endsClause(place)) ? lead : null;
    case 'noun':
      return lead !== null && endsClause(place) ? lead : null;
    case 'free':
    case 'keyword':
      return lead ?? (standsFree(place) ? false : null);
    case 'final':
      return endsClause(place) ? false : null;
    case 'negated':
      return lead === true && endsClause(place) ? true : null;
  }
};

/** A keyword belongs to no language: whoever asks what it means asks in theirs. */
const isMentionedInAnyLanguage = (place: Place): boolean => {
  const sentence = [place.sentenceStart, place.sentenceEnd] as const;
  return [...grammarIndexes.values()].some((grammar) => hasRole({ ...place, grammar }, 'mention', sentence));
};

const OPPOSITE = { think: 'quick', quick: 'think' } as const;
/** A wish turned round says less than one stated outright ("no rush" is not "think hard"). */
const NEGATED_SHARE = 0.9;

const judge = (tokens: Tokens, hit: PhraseHit<Meaning>): Wish | null => {
  const { role, language, rule } = hit.meaning;
  const grammar = grammarIndexes.get(language);
  if (role.type !== 'phrase' || grammar === undefined || tokens.quoted[hit.start] === 1) return null;
  const sentenceStart = sentenceStartOf(tokens, hit.start);
  const place: Place = { tokens, hit, grammar, sentenceStart, sentenceEnd: sentenceEndOf(tokens, hit.end) };
  if (isTranscriptLine(place) || isNotAddressed(place)) return null;
  if (role.group.mood === 'keyword' && isMentionedInAnyLanguage(place)) return null;
  const negated = judgeMood(place, role.group.mood);
  if (negated === null) return null;
  return {
    value: negated ? OPPOSITE[role.group.value] : role.group.value,
    weight: negated ? role.group.weight * NEGATED_SHARE : role.group.weight,
    rule: negated ? `${rule}.negated` : rule,
    start: hit.start,
    end: hit.end,
    sentence: sentenceStart,
  };
};

/**
 * First token of pasted material: behind the colon that ends a clause with a verb that works on texts ("translate this
 * to French: take your time"). Without one, the number of tokens.
 */
const materialStart = (tokens: Tokens): number => {
  for (let at = 0; at < tokens.codes.length; at += 1) {
    if (!isColonAt(tokens, at) || tokens.quoted[at] === 1) continue;
    const from = sentenceStartOf(tokens, at);
    for (let before = from; before < at; before += 1) {
      if (isHandlerAt(tokens, before)) return at;
    }
  }
  return tokens.codes.length;
};

const isHandlerAt = (tokens: Tokens, at: number): boolean => {
  for (const grammar of grammarIndexes.values()) {
    if (grammar.matchAt(tokens, at).some((hit) => hit.meaning.role.type === 'handler')) return true;
  }
  return false;
};

const findWishes = (tokens: Tokens, textLength: number): readonly Wish[] => {
  const wishes: Wish[] = [];
  let material = -1;
  for (let at = 0; at < tokens.codes.length;) {
    const offset = tokens.starts[at] ?? 0;
    const inMiddle =
      textLength > LONG_TEXT_CHARACTERS &&
      offset > LONG_TEXT_END_CHARACTERS &&
      offset < textLength - LONG_TEXT_END_CHARACTERS;
    const hits = inMiddle ? [] : wishIndex.matchAt(tokens, at);
    const longest = hits.at(-1);
    if (longest === undefined) {
      at += 1;
      continue;
    }
    if (material < 0) material = materialStart(tokens);
    const wish = hits
      .toReversed()
      .map((hit) => judge(tokens, hit))
      .find((candidate) => candidate !== null);
    if (wish !== undefined && at < material) wishes.push(wish);
    at = wish?.end ?? (longest.end - at > 2 ? longest.end : at + 1);
  }
  return wishes;
};

/** Both directions in one sentence: the stronger wins only when it is stronger by this much. */
const CLEARLY_STRONGER = 0.25;

const decideWithin = (wishes: readonly Wish[]): ExplicitIntent => {
  const strongest = (value: Wish['value']): number =>
    Math.max(0, ...wishes.filter((wish) => wish.value === value).map((wish) => wish.weight));
  const difference = strongest('think') - strongest('quick');
  if (strongest('think') > 0 && strongest('quick') > 0 && Math.abs(difference) < CLEARLY_STRONGER) return 'none';
  return difference > 0 ? 'think' : 'quick';
};

/** The person's explicit wish, from the tokens of the normalised words of the latest user turn. */
export const readIntent = (tokens: Tokens, textLength: number): Signal<ExplicitIntent> => {
  const wishes = findWishes(tokens, textLength);
  const last = wishes.at(-1);
  if (last === undefined) return { value: 'none', weight: 0, evidence: [] };
  const decisive = wishes.filter((wish) => wish.sentence === last.sentence);
  const value = decideWithin(decisive);
  const counted = value === 'none' ? decisive : decisive.filter((wish) => wish.value === value);
  return {
    value,
    weight: value === 'none' ? 0 : Math.max(...counted.map((wish) => wish.weight)),
    evidence: counted.map((wish) => {
      const offset = tokens.starts[wish.start] ?? 0;
      return { rule: wish.rule, offset, length: (tokens.ends[wish.end - 1] ?? offset) - offset };
    }),
  };
};
