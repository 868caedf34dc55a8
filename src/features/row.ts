/** Rows of numbers or letters, as a rule to be found is shown: "2, 4, 8, 16, ?", "A1 C3 F6". */
import { wordAt, type Tokens } from './tokens.ts';
import { unitAt } from './units.ts';

export interface Row {
  /** Items of the longest row. */
  readonly row: number;
  /** Items of that row that are left open: "?", "_", "...". */
  readonly rowGaps: number;
}

const between = (code: number, low: number, high: number): boolean => code >= low && code <= high;
const isDigit = (code: number): boolean => between(code, 48, 57);
/** Longest item that is no number: a letter with its number, "j10". */
const ITEM_LETTERS = 3;

const [COMMA, POINT, QUESTION_MARK, UNDERSCORE, HYPHEN] = [44, 46, 63, 95, 45];

/** "2,5,10,17" without blanks is one token; "1,234" is one number. */
const THOUSANDS = /^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/;

const itemsIn = (tokens: Tokens, at: number): number => {
  const length = (tokens.ends[at] ?? 0) - (tokens.starts[at] ?? 0);
  if (length < ITEM_LETTERS) return 1;
  const word = wordAt(tokens, at);
  return !word.includes(',') || THOUSANDS.test(word) ? 1 : word.split(',').length;
};

const isItem = ({ text, starts, ends, codes }: Tokens, at: number): boolean => {
  const code = codes[at] ?? 0;
  if (isDigit(code)) return true;
  const [start, end] = [starts[at] ?? 0, ends[at] ?? 0];
  if (!between(code, 97, 122) || end - start > ITEM_LETTERS) return false;
  return end - start === 1 || isDigit(unitAt(text, start + 1));
};

/** A mark that stands by itself where an item would: no end of a sentence. */
const isGap = ({ starts, ends, codes }: Tokens, at: number): boolean => {
  const code = codes[at] ?? 0;
  if (code === UNDERSCORE) return true;
  if (code === QUESTION_MARK) return ends[at - 1] !== starts[at];
  return code === POINT && codes[at + 1] === POINT && codes[at - 1] !== POINT;
};

const joins = ({ codes }: Tokens, at: number): boolean =>
  codes[at] === COMMA || codes[at] === HYPHEN || codes[at] === POINT;

/** The longest row of a text. Linear in its tokens. */
export const readRow = (tokens: Tokens): Row => {
  let longest: Row = { row: 0, rowGaps: 0 };
  let [row, rowGaps] = [0, 0];
  for (let at = 0; at < tokens.codes.length; at += 1) {
    if (isItem(tokens, at)) row += itemsIn(tokens, at);
    else if (row > 1 && isGap(tokens, at)) rowGaps += 1;
    else if (!joins(tokens, at)) [row, rowGaps] = [0, 0];
    if (row + rowGaps > longest.row + longest.rowGaps) longest = { row, rowGaps };
  }
  return longest;
};
