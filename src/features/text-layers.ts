/** The layers of what a person sent: prose, code and quoted lines, told apart line by line. */

export interface TextLayers {
  readonly prose: string;
  /** Fenced, indented or plainly pasted code, traces and logs. */
  readonly code: string;
  /** Lines quoted with `>`. */
  readonly quoted: string;
  readonly fences: number;
}

const FENCE = /^[ \t]{0,3}(?:```|~~~)/;
const QUOTED_LINE = /^[ \t]{0,3}>/;
/** Lines that only a program, a trace or a log has. Anchored or literal parts only: linear in the line. */
const CODE_LINE_END = /[;{}]\s*$/;
const CODE_LINE_START = [
  /^\s*(?:def|class|async def|function|func|fn|impl|struct|interface|enum|namespace|package|module) [\w$]+.{0,80}[:({;]?/,
  /^\s*(?:import|from|using|#include|require|export|module\.exports)[ (<'"][\w{*./<'"@ ]/,
  /^\s*(?:const|let|var|val|final|static|public|private|protected|int|float|double|bool|string|void|auto|long|char)\b.{0,60}[=(;]/,
  /^\s*(?:return|raise|throw|print|console\.log|printf|System\.out|cout|puts|echo)\b.{0,3}[ ("'<]/,
  /^\s*(?:if|elif|else|for|while|with|try|except|switch|case)\b.{0,120}[:{]\s*$/,
  /^\s*[\w.[\]"']{1,60}\s*(?:[-+*/|&]?=|:=|=>|->)\s*\S/,
  /^\s*(?:at [\w$.<>]+ ?\(|File "[^"\n]{1,200}", line \d+|Traceback \(|Caused by:|\w{0,60}(?:Error|Exception): )/,
  /^\s*(?:\$|>>>|C:\\|PS ) ?\S/,
  /^\s*[)\]}]+[;,)]?\s*$/,
  /^\s*[\w$.]{1,60}\([^()\n]{0,160}\)[;,]?\s*$/,
  /^\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d/,
] as const;
const CODE_LINE_START_ANY_CASE = [
  /^\s*(?:\/\/|\/\*|\*\/|#!|#\s|--\s|<!--|<\/?[a-z][\w-]*[^<>]{0,200}>)/i,
  /^\s*(?:select|insert into|update|delete from|create table|alter table|from|where|group by|order by|join|left join)\s+[\w*`"(]/i,
] as const;

/** One pattern for several that are anchored at the start of a line: a line costs one call for all of them. */
const anyOf = (patterns: readonly RegExp[], flags: string): RegExp =>
  new RegExp(patterns.map((pattern) => pattern.source).join('|'), flags);

const CODE_LINE = [CODE_LINE_END, anyOf([...CODE_LINE_START, ...CODE_LINE_START_ANY_CASE], 'i')] as const;
/** LaTeX ends its lines in braces too. */
const FORMULA_LINE = /\\[a-zA-Z]{3,}|\$\$|\\[[\]]/;
/** Prose that a code pattern could take for code: a sentence ends like one. */
const SENTENCE_LINE = /^[ \t]*[a-z][^;{}=<>()]{20,}[.?!]\s*$|\?\s*$/i;

const isIndented = (line: string): boolean => line.startsWith('    ') || line.startsWith('\t');
const isBlank = (line: string): boolean => line.trim() === '';
const isCodeLine = (line: string): boolean =>
  CODE_LINE.some((pattern) => pattern.test(line)) && !SENTENCE_LINE.test(line) && !FORMULA_LINE.test(line);

/** Fewer code-like lines in a row than this are left in the prose: a formula or one command is often the question. */
const PASTED_CODE_LINES = 3;

type Layer = 'prose' | 'code' | 'quoted';

/** Unfenced runs: code-like lines, indented or blank lines between them, at least `PASTED_CODE_LINES` code-like ones. */
const markPastedCode = (lines: readonly string[], layers: Layer[]): void => {
  if (lines.length < PASTED_CODE_LINES) return;
  for (let start = 0; start < lines.length; start += 1) {
    if (layers[start] !== 'prose' || !isCodeLine(lines[start] ?? '')) continue;
    let end = start;
    let codeLines = 0;
    for (let at = start; at < lines.length && layers[at] === 'prose'; at += 1) {
      const line = lines[at] ?? '';
      const code = isCodeLine(line);
      if (!code && !isIndented(line) && !isBlank(line)) break;
      if (code) codeLines += 1;
      if (!isBlank(line)) end = at;
    }
    if (codeLines >= PASTED_CODE_LINES) layers.fill('code', start, end + 1);
    start = end;
  }
};

/** Splits prose, code and quotation. An unclosed fence runs to the end, as Markdown has it. */
export const splitLayers = (text: string): TextLayers => {
  if (!text.includes('\n') && !FENCE.test(text) && !QUOTED_LINE.test(text))
    return { prose: text, code: '', quoted: '', fences: 0 };
  const lines = text.split('\n');
  const layers: Layer[] = lines.map(() => 'prose');
  let inFence = false;
  let fences = 0;
  lines.forEach((line, at) => {
    if (FENCE.test(line)) {
      if (!inFence) fences += 1;
      inFence = !inFence;
      layers[at] = 'code';
    } else if (inFence) layers[at] = 'code';
    else if (QUOTED_LINE.test(line)) layers[at] = 'quoted';
  });
  markPastedCode(lines, layers);
  const collect = (layer: Layer): string =>
    lines.filter((line, at) => layers[at] === layer && !FENCE.test(line)).join('\n');
  return { prose: collect('prose').trim(), code: collect('code'), quoted: collect('quoted'), fences };
};
