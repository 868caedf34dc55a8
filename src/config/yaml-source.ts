/** The text of gearbox.yaml: read as data with the place of every field, its syntax problems put in our words. */
import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type Node,
  type YAMLError,
} from 'yaml';
import type { FieldPath, Problem } from './problem.ts';
import { renderGiven } from './wording.ts';

/** Largest configuration that is read. A real one is a few kilobytes. */
export const MAX_CONFIGURATION_BYTES = 1024 * 1024;

/** Most values that YAML aliases may add; nested aliases ("billion laughs") grow exponentially. */
const MAX_ALIAS_COUNT = 100;

export interface YamlPlace {
  readonly line: number;
  readonly column: number;
}

export type YamlSource =
  | {
      readonly type: 'value';
      readonly value: unknown;
      readonly locate: (path: FieldPath, at: 'key' | 'value') => YamlPlace;
    }
  | { readonly type: 'problems'; readonly problems: readonly Problem[] };

/** Parses the text; every syntax problem is reported with its place. `file` is only used to name it. */
export const parseYamlSource = (text: string, file: string): YamlSource => {
  if (Buffer.byteLength(text) > MAX_CONFIGURATION_BYTES) return tooLarge(text, file);
  const lines = new LineCounter();
  const place = (offset: number): YamlPlace => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  try {
    // Pretty errors would quote the line, and with it perhaps a secret.
    // `silent` would also accept a second document.
    const options = { lineCounter: lines, prettyErrors: false, logLevel: 'error', schema: 'core' } as const;
    const document = parseDocument(text, options);
    if (document.errors.length > 0)
      return {
        type: 'problems',
        problems: document.errors.map((error) => toProblem(error, file, place(error.pos[0]))),
      };
    const endless = findEndlessAlias(document);
    if (endless !== null)
      return { type: 'problems', problems: [{ ...endlessAliasProblem(file), ...place(rangeStart(endless)) }] };
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIAS_COUNT });
    return { type: 'value', value, locate: (path, at) => place(offsetOf(document, path, at)) };
  } catch (error) {
    // The parser recurses: thousands of brackets overflow the stack.
    if (error instanceof RangeError) return { type: 'problems', problems: [tooDeep(file)] };
    if (error instanceof ReferenceError) return { type: 'problems', problems: [aliasProblem(error, file)] };
    throw error;
  }
};

interface SyntaxAdvice {
  readonly expected: string;
  readonly given: string;
  readonly fix: string;
}

const SYNTAX_ADVICE: Partial<Record<YAMLError['code'], SyntaxAdvice>> = {
  DUPLICATE_KEY: {
    expected: 'every key once',
    given: 'a key that is already there',
    fix: 'remove or rename one of the two',
  },
  TAB_AS_INDENT: { expected: 'spaces as indentation', given: 'a tab', fix: 'replace the tab with two spaces' },
  MULTIPLE_DOCS: { expected: 'one document', given: 'a second one after ---', fix: 'remove the --- and what follows' },
  MISSING_CHAR: { expected: 'a closing character', given: 'none', fix: 'close the quote or bracket' },
  BAD_SCALAR_START: {
    expected: 'a value that begins with a letter, digit or quote',
    given: 'a reserved character',
    fix: 'put the value in quotes',
  },
};

const toProblem = (error: YAMLError, file: string, place: YamlPlace): Problem => {
  const advice = SYNTAX_ADVICE[error.code] ?? {
    expected: 'valid YAML',
    given: renderGiven(error.message),
    fix: 'correct the syntax on this line or the one before it',
  };
  const code = error.code === 'DUPLICATE_KEY' ? 'duplicate_key' : 'yaml_syntax';
  return { code, severity: 'error', file, ...place, field: '', ...advice };
};

type Advice = Pick<Problem, 'code' | 'expected' | 'given' | 'fix'>;

/** A problem of the whole file. */
const wholeFile = (file: string, advice: Advice): Problem => ({
  severity: 'error',
  file,
  line: null,
  column: null,
  field: '',
  ...advice,
});

const tooLarge = (text: string, file: string): YamlSource => {
  const given = `${Buffer.byteLength(text)} bytes`;
  const expected = `at most ${MAX_CONFIGURATION_BYTES} bytes`;
  return {
    type: 'problems',
    problems: [wholeFile(file, { code: 'too_large', expected, given, fix: 'check that this is the right file' })],
  };
};

const tooDeep = (file: string): Problem =>
  wholeFile(file, {
    code: 'too_deep',
    expected: 'a few levels of nesting',
    given: 'thousands',
    fix: 'check that this is the right file',
  });

/** An alias inside of what it names: as data it would be its own member, and whoever walks it would never end. */
const findEndlessAlias = (document: Document.Parsed): Node | null => {
  let found: Node | null = null;
  visit(document, {
    Alias: (_, alias, path) => {
      const named = alias.resolve(document);
      if (named === undefined || !path.includes(named)) return undefined;
      found = alias;
      return visit.BREAK;
    },
  });
  return found;
};

const endlessAliasProblem = (file: string): Problem =>
  wholeFile(file, {
    code: 'yaml_alias',
    expected: 'an alias (*name) outside of what it names',
    given: 'one inside, which has no end',
    fix: 'write the repeated part out',
  });

const aliasProblem = (error: ReferenceError, file: string): Problem =>
  wholeFile(file, {
    code: 'yaml_alias',
    expected: `YAML anchors (&name) before their aliases (*name), and at most ${MAX_ALIAS_COUNT} copies`,
    given: renderGiven(error.message),
    fix: 'write the repeated part out, or quote a value that begins with *',
  });

/** Where a field stands; for one that is missing, its nearest parent. */
const offsetOf = (document: Document.Parsed, path: FieldPath, at: 'key' | 'value'): number => {
  let node: unknown = document.contents;
  let offset = rangeStart(node);
  for (const [index, segment] of path.entries()) {
    const child = childOf(resolve(node, document), segment);
    if (child === undefined) return offset;
    const isLast = index === path.length - 1;
    const shown = isLast && at === 'value' && child.value !== null ? child.value : child.key;
    offset = rangeStart(shown) || rangeStart(child.key);
    node = child.value;
  }
  return offset;
};

const resolve = (node: unknown, document: Document.Parsed): unknown => (isAlias(node) ? node.resolve(document) : node);

const childOf = (node: unknown, segment: string | number): { key: unknown; value: unknown } | undefined => {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(segment));
    return isPair(pair) ? { key: pair.key, value: pair.value } : undefined;
  }
  if (isSeq(node) && typeof segment === 'number' && segment < node.items.length)
    return { key: node.items[segment], value: node.items[segment] };
  return undefined;
};

const rangeStart = (node: unknown): number => (node as Node | null | undefined)?.range?.[0] ?? 0;
