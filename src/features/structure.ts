/**
 * Structure of the person's words: counts that hold in every language. Each is finite, at least 0, and taken from the
 * normalised text, so that case, blanks and accents change none of them (identifiers in mixed case excepted).
 */
import { createCharacterSet } from './character-set.ts';
import { countCharacters, hasAny, isSpoken, type CharacterCounts } from './characters.ts';
import { FUNCTION_WORDS } from './function-words.ts';
import { wordAt, type Tokens } from './tokens.ts';
import { unitAt } from './units.ts';
import type { UserWords } from './user-words.ts';

export interface Structure {
  /** UTF-16 units of the normalised prose. */
  readonly characters: number;
  readonly words: number;
  readonly lines: number;
  readonly sentences: number;
  /** Shares of all non-blank characters. */
  readonly digitShare: number;
  readonly latinShare: number;
  readonly cyrillicShare: number;
  readonly hanKanaShare: number;
  readonly hangulShare: number;
  readonly arabicShare: number;
  readonly devanagariShare: number;
  readonly questionMarks: number;
  /** Numbers that are not years. */
  readonly numbers: number;
  /** Numbers with what they count or measure beside them: `3 apples`, `15 %`, `$4`. Years included. */
  readonly measures: number;
  /** Single Latin letters that stand alone as in algebra (not `a`, `i`, `o`, `e`, `y`, `u`). */
  readonly variables: number;
  /** Signs such as ∑ √ ≤ ∈ ∀. */
  readonly mathSymbols: number;
  readonly latexCommands: number;
  /** `3x + 2 = 11`, `f(x) = x^2`. */
  readonly equations: number;
  /** `12 * 13`, `x^2`, `2/3`. */
  readonly expressions: number;
  /** `not ( true and false )`, `p → q`, `¬p ∨ q`. */
  readonly booleanExpressions: number;
  readonly listItems: number;
  /** `A)`, `(b)`, `C.` at the start of a line: choices of an exam question. */
  readonly options: number;
  readonly snakeIdentifiers: number;
  readonly camelIdentifiers: number;
  /** `name(…)` without a blank. */
  readonly calls: number;
  /** Marks and openings that only program text has, wherever it stands: `!=`, `=>`, `);`, `let x =`, `--flag`. */
  readonly programMarks: number;
  readonly inlineCode: number;
  readonly paths: number;
  readonly errorNames: number;
  readonly traceLines: number;
  readonly markupTags: number;
  /** Headings of programming tasks: input, output, constraints, example, sample. */
  readonly taskSections: number;
  readonly codeCharacters: number;
  readonly codeLines: number;
  /** Share of code characters that programs use and prose does not. */
  readonly codeMarkShare: number;
  readonly fences: number;
  readonly documentCharacters: number;
  readonly quotedWords: number;
}

const MATH_SYMBOL = /[∑∏∫√∞≤≥≠≈±×÷∈∉⊂⊆∪∩∀∃∂∇π∆θλσμ²³°^]/g;
const BOOLEAN_SYMBOL = /[∧∨¬↔⊢⊃]/g;
const NEGATED_GROUP = /\bnot \(|\b(?:and|or) \((?= ?(?:not\b|true\b|false\b|[b-z]\b|a (?:and|or)\b))/g;
const TRUTH_VALUES = /\b(?:true|false) (?:and|or) (?:not )?(?:\( ?)?(?:not )?(?:true|false)\b/;
const IMPLICATION = /[p-s] ?(?:->|=>|<->|→|⇒|&&|\|\|) ?[~!]?[p-s]\b/;
const BOOLEAN_WORDS = new RegExp([NEGATED_GROUP, TRUTH_VALUES, IMPLICATION].map(({ source }) => source).join('|'), 'g');
const LATEX_COMMAND = /\\[a-z]{2,20}|\\[([]|\$[^$\n]{1,80}\$/g;
const EQUATION = /[a-z0-9)}\]²³] ?(?:=|≤|≥|<|>|≡) ?[-+√∫(]?[a-z0-9\\(]/g;
const EXPRESSION =
  /\(-?\d{1,6}(?:\.\d{1,6})?, ?-?\d|\d ?[*×÷+^] ?\(?\d|\d ?[-/] ?\d|[a-z)]\^[({]?[-a-z0-9]|\b\d{1,4}[xyzn]\b|\b[fghp]\([a-z0-9]\)|√\d|\b[xyzabn] ?[-+*/] ?[xyzabn\d]\b/g;
/** Looked for at the start of each line, as are `TRACE_LINE` and `TASK_SECTION`. */
const LIST_ITEM = /(?:[-*•·] |(?:option |choice |step |question )?\(?\d{1,3}[.):] )/y;
const OPTION = /(?:^|[\n ])\(?([a-j])(?:\)|\. |: )(?=\S| \S)/g;
const SNAKE_IDENTIFIER = /\b[a-z][a-z0-9]{0,30}_(?!\d{1,2}\b)[a-z0-9_]{1,40}\b/g;
const CAMEL_IDENTIFIER =
  /\b(?!(?:Java|Type|Coffee|Apps)Script\b|GitHub|GitLab|YouTube|LinkedIn|ChatGPT|OpenAI|MacBook|PowerPoint|WhatsApp|TikTok|PayPal|PlayStation|Mc[A-Z])(?:[a-z]{2,24}[A-Z][a-zA-Z]{1,30}\b|[A-Z][a-z]{1,24}[A-Z][a-z][a-zA-Z]{0,24}\b)/g;
const CALL = /\b(?!(?:log|sin|cos|tan|exp|sqrt|det|lim)[_\d]{0,3}\()[a-z_][a-z0-9_.]{2,40}\([^()\n]{0,80}\)/g;
const PROGRAM_MARK =
  /(?<![=!<>])(?:!=|==)=?(?!=)|=>|\+\+|&&|[a-z]::[a-z]|[)}] ?;|\b(?:def|fn|func|function|class|struct) ?[a-z_$][\w$]{0,30} ?[({:]|\b(?:let|var|const|int|float|char|string|bool|void) [a-z_$][\w$]{0,30} ?[=(;[]|\b[a-z_$][\w$]{0,30}\.[a-z_$][\w$]{1,30}\(|\b(?:for|while|if) ?\([^()\n]{0,40}[<>=;]|(?<= )--[a-z]{2,}|#include|\bselect (?:\*|[\w.]{1,40}(?:, ?[\w.()*]{1,40}){1,20}) from [a-z_]|\binsert into \w|\bupdate \w{1,40} set \w|\bo\((?:1|[nmk]|log)\b/g;
const INLINE_CODE = /`[^`\n]{1,120}`/g;
const SLASHED_PATH = /(?:^|[\s"'(])(?:~|\.{1,2}|[a-z]:)?[\\/][\w.-]{1,40}[\\/][\w.-]{1,60}/g;
const FILE_NAME =
  /\b[\w-]{1,40}\.(?:py|js|jsx|ts|tsx|java|cpp|hpp|rs|go|rb|php|cs|sql|sh|yaml|yml|json|html|css|ipynb|toml|kt|swift)\b/g;
const PATH = new RegExp(`${SLASHED_PATH.source}|${FILE_NAME.source}`, 'g');
const ERROR_NAME =
  /\b[a-z]{2,40}(?:error|exception)\b(?=[: (]|$)|\bsegmentation fault\b|\bstack ?trace\b|\btraceback\b|\berror code \d|\bexit code \d|\bundefined reference\b|\bnull ?pointer\b/g;
const TRACE_LINE = /(?:at [\w$.<>]{1,80} ?\(|file "[^"\n]{1,160}", line \d|caused by:|traceback \()/y;
const MARKUP_TAG = /<\/?[a-z][a-z0-9]{0,15}(?: [^<>\n]{0,160})?\/?>/g;
const TASK_SECTION =
  /[#* ]{0,6}(?:input|output|input format|output format|constraints?|examples?|sample input|sample output|explanation|note|example \d|sample input \d|sample output \d|entrada|salida|saída|eingabe|ausgabe|entrée|sortie|входные данные|выходные данные|输入|输出|入力|出力)(?: \d{1,2})?[* ]{0,4}(?=[:：\n]|$)/y;
/** Without braces, brackets and quotes: a JSON form for the answer is no program. */
const CODE_MARK = /[();=<>]/g;

/** Parts without which the pattern they stand for cannot match, found at a fraction of its cost. Most prose has none. */
const NUMBERED_VARIABLE = /\d[xyzn]/;
const RELATION_SYMBOL = /[≤≥≡]/;
const HUMP = /[a-z][A-Z]/;
const NAME_BEFORE_PARENTHESIS = /[a-z0-9_.]\(/;
const FILE_ENDING = /\.(?:py|js|ts|java|cpp|hpp|rs|go|rb|php|cs|sql|sh|yaml|yml|html|ipynb|toml|kt|swift)/;
const ERROR_WORD = /error|exception|segmentation f|stack ?trace|traceback|code \d|undefined r|null ?pointer/;

const countMatches = (text: string, pattern: RegExp): number => {
  let count = 0;
  pattern.lastIndex = 0;
  while (pattern.test(text)) count += 1;
  return count;
};

const FIRST_OPTION = 97;

/** Letters in their order: names of things ("C is under B. A is …") are no choices. */
const countOptions = (text: string): number => {
  let count = 0;
  OPTION.lastIndex = 0;
  for (let match = OPTION.exec(text); match !== null; match = OPTION.exec(text)) {
    if (match[1]?.charCodeAt(0) === FIRST_OPTION + count) count += 1;
  }
  return count;
};

/** Counted only when the text holds a part without which the pattern cannot match. */
const countIf = (condition: boolean, text: string, pattern: RegExp): number =>
  condition ? countMatches(text, pattern) : 0;

/** Lines that begin with a sticky pattern. The pattern must not match a line break. */
const countLines = (text: string, pattern: RegExp): number => {
  let count = 0;
  for (let start = 0; start < text.length;) {
    pattern.lastIndex = start;
    if (pattern.test(text)) count += 1;
    const lineEnd = text.indexOf('\n', start);
    start = lineEnd < 0 ? text.length : lineEnd + 1;
  }
  return count;
};

const SENTENCE_ENDS = createCharacterSet('.!?。！？؟।');
const QUESTION_MARKS = createCharacterSet('?？؟');
/** Letters that often stand alone and are no variable: words of a language, and rests of contractions. */
const NO_VARIABLES = createCharacterSet('aioeuyst');
/** What stands right behind the letter of a choice: `b)`, `b.`, `b:`. */
const OPTION_MARKS = createCharacterSet(').:');
/** A number written together with its unit: `1500km`. */
const MEASURE_CHARACTERS = 8;
const YEAR = /^(?:1[5-9]|20)\d\d$/;
const between = (code: number, low: number, high: number): boolean => code >= low && code <= high;

const MEASURE_MARKS = createCharacterSet('%€$£¥°₽₹元円원');

/** The word behind a number, or the sign beside it, says what it counts. */
const isMeasured = ({ codes, hashes, starts, ends, text }: Tokens, at: number): boolean => {
  const next = codes[at + 1] ?? 0;
  if (MEASURE_MARKS.has(next) || MEASURE_MARKS.has(codes[at - 1] ?? 0)) return true;
  // "15kg" and "40%" are written together, too.
  const last = unitAt(text, (ends[at] ?? 0) - 1);
  if (!between(last, 48, 57)) return (ends[at] ?? 0) - (starts[at] ?? 0) <= MEASURE_CHARACTERS;
  return !between(next, 48, 57) && isSpoken(next) && !FUNCTION_WORDS.has(hashes[at + 1] ?? 0);
};

const countTokens = (tokens: Tokens) => {
  const { starts, ends, codes, quoted } = tokens;
  let [words, sentences, questionMarks, numbers, measures, variables, quotedWords] = [0, 0, 0, 0, 0, 0, 0];
  let mayHaveOptions = false;
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    const isLetter = between(code, 97, 122);
    if (!isLetter && SENTENCE_ENDS.has(code)) sentences += 1;
    if (!isLetter && QUESTION_MARKS.has(code)) questionMarks += 1;
    if (!isLetter && !isSpoken(code)) continue;
    words += 1;
    if (quoted[at] === 1) quotedWords += 1;
    if (between(code, 48, 57) && !YEAR.test(wordAt(tokens, at))) numbers += 1;
    if (between(code, 48, 57) && isMeasured(tokens, at)) measures += 1;
    const end = ends[at] ?? 0;
    if (!isLetter || end - (starts[at] ?? 0) !== 1) continue;
    if (!NO_VARIABLES.has(code)) variables += 1;
    mayHaveOptions ||= code <= 106 && OPTION_MARKS.has(unitAt(tokens.text, end));
  }
  return { counts: { words, sentences, questionMarks, numbers, measures, variables, quotedWords }, mayHaveOptions };
};

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** Without truth values and arrows only the first form can match, and the others are costly to look for. */
const countBooleanWords = (text: string, characters: CharacterCounts): number => {
  const isTrue = text.includes('true');
  if (!isTrue && !hasAny(characters, '(>|')) return 0;
  const others = isTrue || characters.foreign > 0 || hasAny(characters, '>|&') || text.includes('false');
  return countMatches(text, others ? BOOLEAN_WORDS : NEGATED_GROUP);
};

const readFormulas = (text: string, characters: CharacterCounts) => {
  const foreign = characters.foreign > 0;
  const has = (marks: string): boolean => hasAny(characters, marks);
  const calculates = characters.digit > 0 || has('^(');
  return {
    mathSymbols: countIf(foreign || has('^'), text, MATH_SYMBOL),
    latexCommands: countIf(has('\\$'), text, LATEX_COMMAND),
    equations: countIf(has('=<>') || (foreign && RELATION_SYMBOL.test(text)), text, EQUATION),
    expressions: countIf(calculates && (foreign || has('*+^-/(') || NUMBERED_VARIABLE.test(text)), text, EXPRESSION),
    booleanExpressions: countIf(foreign, text, BOOLEAN_SYMBOL) + countBooleanWords(text, characters),
  };
};

/** A file's name is costly to look for: each word may be one. */
const countPaths = (text: string, hasSlash: boolean, hasEnding: boolean): number => {
  if (hasSlash && hasEnding) return countMatches(text, PATH);
  return countIf(hasSlash, text, SLASHED_PATH) + countIf(hasEnding, text, FILE_NAME);
};

/** One of the marks of programs, or a bracket right behind a word: prose has a blank before its brackets. */
const mayHoldMarks = (text: string, characters: CharacterCounts): boolean =>
  hasAny(characters, '=;{&+#*') ||
  text.includes('insert into') ||
  text.includes('select ') ||
  text.includes('--') ||
  text.includes('::') ||
  (hasAny(characters, '(') && NAME_BEFORE_PARENTHESIS.test(text));

const readProgramShapes = (text: string, raw: string, characters: CharacterCounts) => {
  const has = (marks: string): boolean => hasAny(characters, marks);
  const severalLines = characters.lines > 1;
  return {
    snakeIdentifiers: countIf(has('_'), text, SNAKE_IDENTIFIER),
    camelIdentifiers: countIf(HUMP.test(raw), raw, CAMEL_IDENTIFIER),
    calls: countIf(has('(') && NAME_BEFORE_PARENTHESIS.test(text), text, CALL),
    programMarks: countIf(mayHoldMarks(text, characters), text, PROGRAM_MARK),
    inlineCode: countIf(has('`'), text, INLINE_CODE),
    paths: countPaths(text, has('/\\'), has('.') && FILE_ENDING.test(text)),
    errorNames: countIf(ERROR_WORD.test(text), text, ERROR_NAME),
    traceLines: severalLines && has('(":') ? countLines(text, TRACE_LINE) : 0,
    markupTags: countIf(has('<'), text, MARKUP_TAG),
    taskSections: severalLines || has(':') ? countLines(text, TASK_SECTION) : 0,
  };
};

const readCode = (code: string) => ({
  codeCharacters: code.length,
  codeLines: code === '' ? 0 : code.split('\n').length,
  codeMarkShare: share(countIf(code !== '', code, CODE_MARK), code.length),
});

export interface StructureInput {
  readonly words: UserWords;
  /** Normal form of `words.text`. */
  readonly text: string;
  readonly tokens: Tokens;
}

/** Structure of the latest user turn. Linear in its text. */
export const readStructure = ({ words, text, tokens }: StructureInput): Structure => {
  const characters = countCharacters(text);
  const { counts, mayHaveOptions } = countTokens(tokens);
  return {
    characters: text.length,
    ...counts,
    lines: characters.lines,
    digitShare: share(characters.digit, characters.solid),
    latinShare: share(characters.latin, characters.solid),
    cyrillicShare: share(characters.cyrillic, characters.solid),
    hanKanaShare: share(characters.hanKana, characters.solid),
    hangulShare: share(characters.hangul, characters.solid),
    arabicShare: share(characters.arabic, characters.solid),
    devanagariShare: share(characters.devanagari, characters.solid),
    ...readFormulas(text, characters),
    listItems: countLines(text, LIST_ITEM),
    options: mayHaveOptions ? countOptions(text) : 0,
    ...readProgramShapes(text, words.text, characters),
    ...readCode(words.code),
    fences: words.fences,
    documentCharacters: words.document.length,
  };
};
