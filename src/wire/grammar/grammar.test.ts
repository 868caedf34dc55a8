import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { growthOf, LINEAR_AT_MOST } from '../../../test/samples/cpu-time.ts';
import { findGrammarFault } from './grammar.ts';

const lark = (definition: string) => findGrammarFault({ syntax: 'lark', definition });
const regex = (definition: string) => findGrammarFault({ syntax: 'regex', definition });

/** In the manner of the grammar by which a coding agent edits files: imports, terminals by pattern, optional lines. */
const PATCH = String.raw`
start: head part+ tail
head: "=== begin" LF
tail: "=== end" LF?

part: added | removed
    | changed
added: "=== add " NAME LF new_line+   // the whole file
removed: "=== remove " NAME LF
changed: "=== change " NAME LF (context | line)+ -> change_lines

context: ("@@" | "@@ " /(.+)/) LF
line: ("+" | "-" | " ") /(.*)/ LF
new_line: "+" /(.*)/ LF
NAME: /[^\s:]+(:[0-9]{1,4})?/
%import common.LF
%ignore " "
`;

test('grammars that work pass', () => {
  const good: readonly string[] = [
    PATCH,
    'start: "yes" | "no"',
    'start: expression\nexpression: NUMBER ("+" NUMBER)*\nNUMBER: /[0-9]+/',
    'start: item{1,3}\nitem: "a"i',
    'start: [sign] NUMBER\nsign: "+" | "-"\n%import common (NUMBER, WS)\n%ignore WS',
    '# comment\nstart: TEXT\nTEXT[lazy]: /.*/',
    'start: %json { "type": "object", "properties": { "name": { "const": "x" } } }',
    'start: TEXT <|end|>\nTEXT: /[a-z]/..."x"',
    '?start: "(" ")" "\\"" /\\//',
    'start: a\n\na: "x"\n\n    | "y"\n',
  ];
  for (const definition of good) assert.equal(lark(definition), null, definition);
});

test('what is certainly wrong with a grammar is named with its line', () => {
  const bad: readonly (readonly [string, number, RegExp, RegExp])[] = [
    ['', 1, /a definition/, /none/],
    ['rule: "a"', 1, /a rule `start`/, /none/],
    ['start: a b\na: "x"', 1, /a name that is defined/, /`b`/],
    ['start: a\na: "x', 2, /every string closed/, /`"`/],
    ['start: ("x" | "y"', 1, /every bracket closed/, /`\(`/],
    ['start: "x")', 1, /a `\(` before it/, /`\)`/],
    ['start: a\na: "x"\na: "y"', 3, /every name defined once/, /`a`/],
    ['start: T\nT.2: /x/', 2, /no priority/, /`\.`/],
    ['start: pair{a}\npair{x}: x x\na: "x"', 2, /no template/, /`{`/],
    ['start: T\n%declare T', 2, /no %declare/, /`%declare`/],
    ['start: T\n%import python.T', 2, /an import from `common`/, /`python`/],
    ['start: T\nT: /(?=x)y/', 2, /without look-around/, /`\(\?=x`/],
    ['start: T\nT: /".*?"/', 2, /greedy quantifiers/, /lazy/],
    ['just words', 1, /a definition `name/, /`just`/],
  ];
  for (const [definition, line, expected, given] of bad) {
    const fault = lark(definition);
    assert.ok(fault !== null, definition);
    assert.equal(fault.line, line, definition);
    assert.match(fault.expected, expected);
    assert.match(fault.given, given);
  }
});

test('patterns that Rust takes pass', () => {
  const good = [
    String.raw`^\d{4}-\d{2}-\d{2}$`,
    '(?P<year>[0-9]+)(?i:abc)(?i)x|y',
    '[]a-z[:alpha:]]+',
    '[^]x]',
    String.raw`\p{Greek}+\[\*`,
    'a{2,}b{,3}c?',
    '(a|)',
    '{"key": [0-9]+}'.replace('{', String.raw`\{`),
  ];
  for (const pattern of good) assert.equal(regex(pattern), null, pattern);
});

test('patterns that no constrained decoder follows are refused with the reason', () => {
  const bad: readonly (readonly [string, RegExp])[] = [
    ['(a', /closed/],
    ['a)', /opened before/],
    ['[a-z', /`\[` closed/],
    ['*a', /before a quantifier/],
    ['(+a)', /before a quantifier/],
    ['a|?', /before a quantifier/],
    ['a+?', /greedy/],
    ['a{1,2}?', /greedy/],
    ['a(?!b)', /look-around/],
    ['(?<=b)a', /look-around/],
    [String.raw`(a)\1`, /back-references/],
    ['a\\', /escape closed/],
  ];
  for (const [pattern, expected] of bad) assert.match(regex(pattern)?.expected ?? '', expected, pattern);
});

test('any text is judged in time that grows with its length, and never throws', () => {
  const piece = fc.constantFrom(
    'start',
    ':',
    ' ',
    '\n',
    '"',
    '/',
    '(',
    ')',
    '[',
    '|',
    '\\',
    '?',
    '*',
    '%import',
    '#',
    'é',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(piece).map((pieces) => pieces.join('')),
        fc.string(),
      ),
      (definition) => {
        lark(definition);
        regex(definition);
      },
    ),
    { numRuns: 2_000, seed: 3 },
  );
  const shapes = [
    (size: number): unknown => lark(`start: ${'("a" | '.repeat(size)}`),
    (size: number): unknown => lark(`start: "${'\\'.repeat(5 * size)}`),
    (size: number): unknown => regex('['.repeat(size)),
  ];
  for (const shape of shapes) assert.ok(growthOf(shape, 5_000) < LINEAR_AT_MOST);
});
