/**
 * Structure of the person's words: counts that hold in every language. Each is finite, at least 0, and taken from the
 * normalised text, so that case, blanks and accents change none of them (identifiers in mixed case excepted).
 */
import type { Tokens } from './tokens.ts';
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
const BOOLEAN_WORDS =
  /\b(?:not|and|or) \(|\b(?:true|false) (?:and|or) (?:not )?(?:\( ?)?(?:not )?(?:true|false)\b|[p-s] ?(?:->|=>|<->|→|⇒|&&|\|\|) ?[~!]?[p-s]\b/g;
const LATEX_COMMAND = /\\[a-z]{2,20}|\\[([]|\$[^$\n]{1,80}\$/g;
const EQUATION = /[a-z0-9)}\]²³] ?(?:=|≤|≥|<|>|≡) ?[-+√∫(]?[a-z0-9\\(]/g;
const EXPRESSION =
  /\d ?[*×÷+^] ?\(?\d|\d ?[-/] ?\d|[a-z)]\^[({]?[-a-z0-9]|\b\d{1,4}[xyzn]\b|\b[fghp]\([a-z0-9]\)|√\d|\b[xyzabn] ?[-+*/] ?[xyzabn\d]\b/g;
const LIST_ITEM = /(?:^|\n)(?:[-*•·] |(?:option |choice |step |question )?\d{1,3}[.):] )/g;
const OPTION = /(?:^|[\n ])\(?[a-j](?:\)|\. |: )(?=\S| \S)/g;
const SNAKE_IDENTIFIER = /\b[a-z][a-z0-9]{0,30}_[a-z0-9_]{1,40}\b/g;
const CAMEL_IDENTIFIER = /\b[a-z]{2,24}[A-Z][a-zA-Z]{1,30}\b|\b[A-Z][a-z]{1,24}[A-Z][a-z][a-zA-Z]{0,24}\b/g;
const CALL = /\b[a-z_][a-z0-9_.]{2,40}\([^()\n]{0,80}\)/g;
const INLINE_CODE = /`[^`\n]{1,120}`/g;
const PATH =
  /(?:^|[\s"'(])(?:~|\.{1,2}|[a-z]:)?[\\/][\w.-]{1,40}[\\/][\w.-]{1,60}|\b[\w-]{1,40}\.(?:py|js|jsx|ts|tsx|java|cpp|hpp|rs|go|rb|php|cs|sql|sh|yaml|yml|json|html|css|ipynb|toml|kt|swift)\b/g;
const ERROR_NAME =
  /\b[a-z]{2,40}(?:error|exception)\b(?=[: (]|$)|\bsegmentation fault\b|\bstack ?trace\b|\btraceback\b|\berror code \d|\bexit code \d|\bundefined reference\b|\bnull ?pointer\b/g;
const TRACE_LINE = /(?:^|\n)(?:at [\w$.<>]{1,80} ?\(|file "[^"\n]{1,160}", line \d|caused by:|traceback \()/g;
const MARKUP_TAG = /<\/?[a-z][a-z0-9]{0,15}(?: [^<>\n]{0,160})?\/?>/g;
const TASK_SECTION =
  /(?:^|\n)[#* ]{0,6}(?:input|output|input format|output format|constraints?|examples?|sample input|sample output|explanation|note|example \d|sample input \d|sample output \d|entrada|salida|saída|eingabe|ausgabe|entrée|sortie|входные данные|выходные данные|输入|输出|入力|出力)(?: \d{1,2})?[* ]{0,4}(?=[:：\n]|$)/g;
/** Without braces, brackets and quotes: a JSON form for the answer is no program. */
const CODE_MARK = /[();=<>]/g;

const countMatches = (text: string, pattern: RegExp): number => {
  let count = 0;
  pattern.lastIndex = 0;
  while (pattern.test(text)) count += 1;
  return count;
};

/** Counted only when the text holds a character without which the pattern cannot match: most prose has none of them. */
const countIf = (condition: boolean, text: string, pattern: RegExp): number =>
  condition ? countMatches(text, pattern) : 0;

interface Characters {
  readonly solid: number;
  readonly digit: number;
  readonly latin: number;
  readonly cyrillic: number;
  readonly hanKana: number;
  readonly hangul: number;
  readonly arabic: number;
  readonly devanagari: number;
  readonly lines: number;
  readonly foreign: number;
}

const CLASS_COUNT = 9;
const [DIGIT, LATIN, CYRILLIC, HAN_KANA, HANGUL, ARABIC, DEVANAGARI, BLANK, MARK] = [0, 1, 2, 3, 4, 5, 6, 7, 8];

const classOf = (code: number): number => {
  if (code >= 97 && code <= 122) return LATIN;
  if (code <= 32) return BLANK;
  if (code >= 48 && code <= 57) return DIGIT;
  if (code < 0xc0) return MARK;
  if (code < 0x250) return LATIN;
  if (code >= 0x400 && code < 0x530) return CYRILLIC;
  if (code >= 0x600 && code < 0x700) return ARABIC;
  if (code >= 0x900 && code < 0x980) return DEVANAGARI;
  if (code >= 0x3041 && code <= 0x9fff) return HAN_KANA;
  return code >= 0xac00 && code <= 0xd7a3 ? HANGUL : MARK;
};

const countCharacters = (text: string): Characters => {
  const counts = new Uint32Array(CLASS_COUNT);
  let lines = text === '' ? 0 : 1;
  let foreign = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const type = classOf(code);
    counts[type] = (counts[type] ?? 0) + 1;
    if (code === 10) lines += 1;
    if (code > 127) foreign += 1;
  }
  const of = (type: number): number => counts[type] ?? 0;
  return {
    solid: text.length - of(BLANK),
    digit: of(DIGIT),
    latin: of(LATIN),
    cyrillic: of(CYRILLIC),
    hanKana: of(HAN_KANA),
    hangul: of(HANGUL),
    arabic: of(ARABIC),
    devanagari: of(DEVANAGARI),
    lines,
    foreign,
  };
};

const SENTENCE_ENDS = new Set(['.', '!', '?', '。', '！', '？', '؟', '।']);
const QUESTION_MARKS = new Set(['?', '？', '؟']);
const VOWELS = new Set(['a', 'i', 'o', 'e', 'u', 'y', 's', 't']);
const YEAR = /^(?:1[5-9]|20)\d\d$/;

interface TokenCounts {
  readonly words: number;
  readonly sentences: number;
  readonly questionMarks: number;
  readonly numbers: number;
  readonly variables: number;
  readonly quotedWords: number;
}

const countTokens = (tokens: Tokens): TokenCounts => {
  let [words, sentences, questionMarks, numbers, variables, quotedWords] = [0, 0, 0, 0, 0, 0];
  tokens.words.forEach((word, at) => {
    const code = word.charCodeAt(0);
    const type = classOf(code);
    if (SENTENCE_ENDS.has(word)) sentences += 1;
    if (QUESTION_MARKS.has(word)) questionMarks += 1;
    if (type === MARK || type === BLANK) return;
    words += 1;
    if (tokens.quoted[at] === 1) quotedWords += 1;
    if (type === DIGIT && !YEAR.test(word)) numbers += 1;
    if (word.length === 1 && code >= 98 && code <= 122 && !VOWELS.has(word)) variables += 1;
  });
  return { words, sentences, questionMarks, numbers, variables, quotedWords };
};

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

const readFormulas = (text: string, characters: Characters) => {
  const has = (mark: string): boolean => text.includes(mark);
  const digits = characters.digit > 0;
  return {
    mathSymbols: countIf(characters.foreign > 0 || has('^'), text, MATH_SYMBOL),
    latexCommands: countIf(has('\\') || has('$'), text, LATEX_COMMAND),
    equations: countIf(has('=') || has('<') || has('>') || has('≤') || has('≥') || has('≡'), text, EQUATION),
    expressions: countIf(digits || has('^') || has('('), text, EXPRESSION),
    booleanExpressions:
      countIf(characters.foreign > 0, text, BOOLEAN_SYMBOL) +
      countIf(has('(') || has('true') || has('>') || has('|'), text, BOOLEAN_WORDS),
  };
};

const readProgramShapes = (text: string, raw: string) => {
  const has = (mark: string): boolean => text.includes(mark);
  return {
    snakeIdentifiers: countIf(has('_'), text, SNAKE_IDENTIFIER),
    camelIdentifiers: countMatches(raw, CAMEL_IDENTIFIER),
    calls: countIf(has('('), text, CALL),
    inlineCode: countIf(has('`'), text, INLINE_CODE),
    paths: countIf(has('/') || has('\\') || has('.'), text, PATH),
    errorNames: countIf(
      has('error') ||
        has('exception') ||
        has('trace') ||
        has('code ') ||
        has('fault') ||
        has('null') ||
        has('undefined'),
      text,
      ERROR_NAME,
    ),
    traceLines: countIf(has('\n') && (has('at ') || has('line ') || has('trace') || has('caused')), text, TRACE_LINE),
    markupTags: countIf(has('<'), text, MARKUP_TAG),
    taskSections: countIf(has('\n') || has(':'), text, TASK_SECTION),
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
  return {
    characters: text.length,
    ...countTokens(tokens),
    lines: characters.lines,
    digitShare: share(characters.digit, characters.solid),
    latinShare: share(characters.latin, characters.solid),
    cyrillicShare: share(characters.cyrillic, characters.solid),
    hanKanaShare: share(characters.hanKana, characters.solid),
    hangulShare: share(characters.hangul, characters.solid),
    arabicShare: share(characters.arabic, characters.solid),
    devanagariShare: share(characters.devanagari, characters.solid),
    ...readFormulas(text, characters),
    listItems: countMatches(text, LIST_ITEM),
    options: countIf(text.includes(')') || text.includes('.') || text.includes(':'), text, OPTION),
    ...readProgramShapes(text, words.text),
    ...readCode(words.code),
    fences: words.fences,
    documentCharacters: words.document.length,
  };
};
