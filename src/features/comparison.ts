/** Comparisons by their grammar, so that no list of adjectives is needed: "heavier than", "plus lent que", "wyższa od". */
import { foldText } from './normalise.ts';
import { wordAt, type Tokens } from './tokens.ts';
import { hashWord } from './word-hash.ts';

/** How the words before a joining word show that it joins a comparison. */
interface Join {
  /** Endings of the word right before, or of the one before that ("more often than"). */
  readonly endings: RegExp;
  /** Degree words within `REACH` tokens before. */
  readonly degrees: ReadonlySet<string>;
}

const setOf = (words: string): ReadonlySet<string> => new Set(foldText(words).split(' '));
const never = /^(?!)/;
const germanic: Join = {
  endings: /^(?!(?:oth|rath|ov|und|ev|nev|aft|und|oft|imm|niemand|ander)er$)\w{2,}(?:er|re)$/,
  degrees: setOf('more less fewer worse better mehr weniger meer minder'),
};
const romance: Join = { endings: never, degrees: setOf('más menos mais plus moins più meno mayor menor maior') };
const polish: Join = { endings: /(?:szy|sza|sze|iej|ejsi|si)$/, degrees: setOf('bardziej mniej') };
const russian: Join = { endings: /(?:ее|ше|же)$/, degrees: setOf('более менее') };
const turkish: Join = { endings: /(?:dan|den|tan|ten)$/, degrees: setOf('daha') };
/** The form of Arabic comparatives, after the article and the accents are folded. */
const arabic: Join = { endings: /^ا[\u0600-\u06ff]{3}$/, degrees: setOf('اكثر اقل') };

const JOINS: ReadonlyMap<number, Join> = new Map(
  (
    [
      ['than als dan än', germanic],
      ['que do di del della dei dell', romance],
      ['od niż než', polish],
      ['чем', russian],
      ['daha', turkish],
      ['من', arabic],
    ] as const
  ).flatMap(([words, join]) => [...setOf(words)].map((word) => [hashWord(word), join] as const)),
);

/** Words between a word of degree and the joining word: "plus rapidement encore que". */
const REACH = 3;

const isCyrillic = (code: number): boolean => code >= 0x430 && code <= 0x45f;
/** "хитрее волка": the Russian comparative needs no joining word. */
const RUSSIAN_COMPARATIVE = /^(?!(?:бол|мен|дал|ран|поздн)ее$)[а-я]{3,}ее$/;

/** Whether the token joins the two sides of a comparison, or is one by itself. */
export const isComparison = (tokens: Tokens, at: number): boolean => {
  if (isCyrillic(tokens.codes[at] ?? 0) && RUSSIAN_COMPARATIVE.test(wordAt(tokens, at))) return true;
  const join = JOINS.get(tokens.hashes[at] ?? 0);
  if (join === undefined) return false;
  if (join.endings.test(wordAt(tokens, at - 1))) return true;
  for (let back = 1; back <= REACH && back <= at; back += 1) {
    if (join.degrees.has(wordAt(tokens, at - back))) return true;
  }
  return false;
};
