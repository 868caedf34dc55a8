/**
 * Statements of a text and how they hang together: which clauses speak of the same things, and whether the question is
 * about them. This is what a logic puzzle has in every language and about every topic.
 */
import { createCharacterSet } from './character-set.ts';
import { isComparison } from './comparison.ts';
import { keyAt, NO_KEY } from './content-keys.ts';
import {
  ENGLISH_I,
  ENGLISH_WORDS,
  FIRST_PERSON,
  OPEN_QUESTIONS,
  QUESTION_OPENERS,
  SECOND_PERSON,
} from './function-words.ts';
import { readRow } from './row.ts';
import type { Tokens } from './tokens.ts';

/** Counts, all finite and at least 0; all 0 in a text that is too long to be a puzzle. */
export interface Statements {
  /** Clauses outside the question that name at least one thing and say something of it. */
  readonly stated: number;
  /** Of these, clauses that name a thing which another one or the question names, too. */
  readonly linked: number;
  /** 1 when the last sentence opens or ends with a question word, whatever its mark. */
  readonly opensQuestion: number;
  /** Things in the question that a statement names. */
  readonly askedLinks: number;
  /** Tokens of the longest of them. */
  readonly longestStatement: number;
  /** "heavier than", "plus lent que", "wyższa od". */
  readonly comparisons: number;
  /** Words in which the writer speaks of himself, quotations excepted. */
  readonly firstPerson: number;
  /** Of these, words in the question and in statements that hang together: what stands aside is courtesy. */
  readonly ownAffairs: number;
  /** Words in which the writer speaks to the reader, quotations excepted. */
  readonly secondPerson: number;
  /** The question asks for a reason, an opinion or advice. */
  readonly openQuestions: number;
  /** Items of the longest row of numbers or letters: "2, 4, 8, 16", "A1 C3 F6". */
  readonly row: number;
  /** Items of that row that are left open: "?", "_", "...". */
  readonly rowGaps: number;
}

const nothing: Statements = {
  stated: 0,
  linked: 0,
  opensQuestion: 0,
  askedLinks: 0,
  longestStatement: 0,
  comparisons: 0,
  firstPerson: 0,
  ownAffairs: 0,
  secondPerson: 0,
  openQuestions: 0,
  row: 0,
  rowGaps: 0,
};

/** Tokens of a text that may be a puzzle. Five zebra houses take about 350. */
const PUZZLE_TOKENS = 600;
/** Tokens that a clause with a single name must have to say something of it. */
const STATEMENT_TOKENS = 3;

const SENTENCE_ENDS = createCharacterSet('.!?;\n。！？؟।؛');
const CLAUSE_ENDS = createCharacterSet('.!?;,\n。！？؟।؛،、，');
const QUESTION_MARKS = createCharacterSet('?？؟');
const COLON = 58;

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Parts between marks, marks excluded; empty parts are left out. */
const splitAt = (tokens: Tokens, { start, end }: Span, marks: { readonly has: (code: number) => boolean }): Span[] => {
  const parts: Span[] = [];
  let from = start;
  for (let at = start; at <= end; at += 1) {
    if (at < end && !marks.has(tokens.codes[at] ?? 0)) continue;
    if (at > from) parts.push({ start: from, end: at });
    from = at + 1;
  }
  return parts;
};

/** The question behind a label: "Question: is Bob cold?" */
const behindLabel = ({ codes }: Tokens, { start, end }: Span): Span => {
  for (let at = start; at < end - 1 && at < start + STATEMENT_TOKENS; at += 1) {
    if (codes[at] === COLON) return { start: at + 1, end };
  }
  return { start, end };
};

/** The last sentence with a question mark, else the last sentence; of a single sentence its last clause. */
const questionOf = (tokens: Tokens, sentences: readonly Span[]): Span => {
  const marked = sentences.findLast(({ end }) => QUESTION_MARKS.has(tokens.codes[end] ?? 0));
  const sentence = marked ?? sentences.at(-1) ?? { start: 0, end: 0 };
  if (sentences.length > 1 && sentence !== sentences[0]) return behindLabel(tokens, sentence);
  return splitAt(tokens, sentence, CLAUSE_ENDS).at(-1) ?? sentence;
};

/** Which clause named a key first; several clauses that name it are linked by it. */
const linkClauses = (tokens: Tokens, clauses: readonly Span[]) => {
  const firstNamed = new Map<number, number>();
  const linked = clauses.map(() => false);
  const names = clauses.map(() => 0);
  clauses.forEach(({ start, end }, clause) => {
    for (let at = start; at < end; at += 1) {
      const key = keyAt(tokens, at);
      if (key === NO_KEY) continue;
      names[clause] = (names[clause] ?? 0) + 1;
      const first = firstNamed.get(key);
      if (first === undefined) firstNamed.set(key, clause);
      else if (first !== clause) linked[first] = linked[clause] = true;
    }
  });
  return { firstNamed, linked, names };
};

/** Words of the whole text that count by themselves, and a reader of the person's words about himself. */
const countWords = (tokens: Tokens) => {
  const { hashes, quoted } = tokens;
  let [comparisons, secondPerson, english] = [0, 0, 0];
  for (let at = 0; at < hashes.length; at += 1) {
    const hash = hashes[at] ?? 0;
    if (isComparison(tokens, at)) comparisons += 1;
    if (ENGLISH_WORDS.has(hash)) english += 1;
    if (SECOND_PERSON.has(hash) && quoted[at] !== 1) secondPerson += 1;
  }
  const countFirstPerson = ({ start, end }: Span): number => {
    let count = 0;
    for (let at = start; at < end; at += 1) {
      const hash = hashes[at] ?? 0;
      if (quoted[at] !== 1 && (FIRST_PERSON.has(hash) || (hash === ENGLISH_I && english > 0))) count += 1;
    }
    return count;
  };
  return { comparisons, secondPerson, countFirstPerson };
};

/** The first word asks, or the last one does: "… the hen eats the grain. how". */
const isQuestion = ({ hashes }: Tokens, { start, end }: Span): boolean =>
  QUESTION_OPENERS.has(hashes[start] ?? 0) || QUESTION_OPENERS.has(hashes[end - 1] ?? 0);

/** Clauses before the question; what follows it are choices or wishes about the answer, unless nothing stands before it. */
const statementsAround = (tokens: Tokens, question: Span): readonly Span[] => {
  const before = splitAt(tokens, { start: 0, end: question.start }, CLAUSE_ENDS);
  return before.length > 1
    ? before
    : [...before, ...splitAt(tokens, { start: question.end, end: tokens.hashes.length }, CLAUSE_ENDS)];
};

const lengthOf = ({ start, end }: Span): number => end - start;

/** Statements of a normalised text. Linear in its tokens. */
export const readStatements = (tokens: Tokens): Statements => {
  const count = tokens.hashes.length;
  if (count === 0 || count > PUZZLE_TOKENS) return nothing;
  const sentences = splitAt(tokens, { start: 0, end: count }, SENTENCE_ENDS);
  const question = questionOf(tokens, sentences);
  const clauses = statementsAround(tokens, question);
  const { firstNamed, linked, names } = linkClauses(tokens, clauses);
  let [askedLinks, openQuestions] = [0, 0];
  for (let at = question.start; at < question.end; at += 1) {
    const key = keyAt(tokens, at);
    const clause = key === NO_KEY ? undefined : firstNamed.get(key);
    if (clause !== undefined) askedLinks += 1;
    if (clause !== undefined) linked[clause] = true;
    if (OPEN_QUESTIONS.has(tokens.hashes[at] ?? 0)) openQuestions += 1;
  }
  const { comparisons, secondPerson, countFirstPerson } = countWords(tokens);
  const personal = clauses.map(countFirstPerson);
  const says = clauses.map(
    (clause, at) =>
      ((names[at] ?? 0) > 1 || (names[at] === 1 && lengthOf(clause) >= STATEMENT_TOKENS)) &&
      (linked[at] === true || personal[at] === 0),
  );
  const told = clauses.filter((_, at) => says[at]);
  return {
    stated: told.length,
    linked: says.filter((said, at) => said && linked[at] === true).length,
    opensQuestion: isQuestion(tokens, question) ? 1 : 0,
    askedLinks,
    longestStatement: Math.max(0, ...told.map(lengthOf)),
    comparisons,
    firstPerson: countFirstPerson({ start: 0, end: count }),
    ownAffairs: personal.reduce((total, words, at) => (says[at] ? total + words : total), countFirstPerson(question)),
    secondPerson,
    openQuestions,
    ...readRow(tokens),
  };
};
