/**
 * Grammars in Lark's syntax, as far as providers take it (llguidance): their words, and what a definition may name. What
 * is not certainly wrong passes, because a false alarm would refuse a request that works.
 */
import { quote, type GrammarFault } from './fault.ts';
import { findRegexFault } from './regex.ts';

type Kind = 'newline' | 'blank' | 'string' | 'regex' | 'directive' | 'definition' | 'name' | 'other';

interface Token {
  readonly kind: Kind;
  readonly text: string;
  readonly line: number;
}

/** First match wins; sticky, so that every piece of the grammar is one token. */
const KINDS: readonly (readonly [Kind, RegExp])[] = [
  ['blank', /(?:[ \t\r\f]|\/\/[^\n]*|#[^\n]*)+/y],
  ['newline', /\n/y],
  ['string', /"(?:\\.|[^"\\\n])*"i?/y],
  ['regex', /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[imslux]*/y],
  ['directive', /%[a-z_]+/y],
  ['name', /[!?]?[A-Za-z_][\w-]*/y],
  ['other', /[^\s]/y],
];

const tokenise = (grammar: string): readonly Token[] => {
  const tokens: Token[] = [];
  let line = 1;
  for (let at = 0; at < grammar.length;) {
    let found: Token | null = null;
    for (const [kind, pattern] of KINDS) {
      pattern.lastIndex = at;
      const [text] = pattern.exec(grammar) ?? [];
      if (text === undefined) continue;
      found = { kind, text, line };
      break;
    }
    // Blanks that no pattern knows (vertical tabs, say) separate like any other.
    if (found === null) found = { kind: 'blank', text: grammar[at] ?? '', line };
    at += found.text.length;
    if (found.kind === 'newline') line += 1;
    if (found.kind !== 'blank') tokens.push(found);
  }
  return tokens;
};

/** One definition or directive: a line and those that go on from it. */
interface Statement {
  readonly tokens: readonly Token[];
  readonly first: Token;
}

/** A definition goes on as long as the next line begins with `|`, or a bracket is open. */
const toStatements = (tokens: readonly Token[]): readonly Statement[] => {
  const statements: Statement[] = [];
  let current: Token[] = [];
  let depth = 0;
  const end = (): void => {
    const [first] = current;
    if (first !== undefined) statements.push({ tokens: current, first });
    current = [];
    depth = 0;
  };
  for (const [at, token] of tokens.entries()) {
    if ('([{'.includes(token.text)) depth += 1;
    if (')]}'.includes(token.text)) depth -= 1;
    if (token.kind !== 'newline') {
      current.push(token);
      continue;
    }
    const next = tokens.slice(at + 1, at + 20).find(({ kind }) => kind !== 'newline');
    if (depth <= 0 && next?.text !== '|') end();
  }
  end();
  return statements;
};

const fault = (token: Token, expected: string, fix: string): GrammarFault => ({
  line: token.line,
  expected,
  given: quote(token.text),
  fix,
});

const OPENING: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

const findBracketFault = ({ tokens }: Statement): GrammarFault | null => {
  const open: Token[] = [];
  for (const token of tokens) {
    if (token.text === '(' || token.text === '[' || token.text === '{') open.push(token);
    const opening = OPENING[token.text];
    if (token.kind === 'other' && opening !== undefined && open.pop()?.text !== opening)
      return fault(token, `a \`${opening}\` before it`, 'Open the bracket, or leave this one out.');
  }
  const [first] = open;
  return first === undefined ? null : fault(first, 'every bracket closed', 'Close it on this or a following line.');
};

const isQuote = ({ kind, text }: Token): boolean => kind === 'other' && text === '"';

const findTokenFault = ({ tokens }: Statement): GrammarFault | null => {
  for (const token of tokens) {
    if (isQuote(token)) return fault(token, 'every string closed on its line', 'Add the closing quotation mark.');
    if (token.kind !== 'regex') continue;
    const wrong = findRegexFault(token.text.slice(1, token.text.lastIndexOf('/')));
    if (wrong !== null) return { line: token.line, ...wrong };
  }
  return null;
};

const bare = (name: string): string => name.replace(/^[!?]/, '');

/** Directives of Lark that providers refuse, and what to do instead. */
const findDirectiveFault = ({ tokens, first }: Statement): GrammarFault | null => {
  if (first.text === '%declare')
    return fault(first, 'no %declare', 'Define the terminal, by a string or a regular expression.');
  const [, from] = tokens;
  if (first.text !== '%import' || from === undefined || from.text === 'common') return null;
  return fault(from, 'an import from `common`', 'Define what you need here; other modules are not read.');
};

interface Definition {
  readonly name: string;
  readonly statement: Statement;
  readonly body: readonly Token[];
}

/** `name:`, with what may stand between: a priority, parameters, attributes. Null: no definition. */
const toDefinition = (statement: Statement): Definition | null => {
  const { tokens, first } = statement;
  const colon = tokens.findIndex(({ kind, text }) => kind === 'other' && text === ':');
  return first.kind !== 'name' || colon < 0
    ? null
    : { name: bare(first.text), statement, body: tokens.slice(colon + 1) };
};

const findHeadFault = ({ statement: { tokens } }: Definition): GrammarFault | null => {
  const [, second] = tokens;
  if (second?.text === '.')
    return fault(second, 'no priority', 'Leave the priority out; longer terminals are matched first.');
  return second?.text === '{' ? fault(second, 'no template', 'Write one definition for each use of it.') : null;
};

/** The first name that a body refers to and nothing defines; one behind `->` is an alias, which defines itself. */
const findUndefined = ({ body }: Definition, known: ReadonlySet<string>): Token | null => {
  // Inlined schemas, special tokens and other grammars have words of their own.
  if (body.some(({ kind, text }) => kind === 'directive' || text === '<' || text === '@')) return null;
  for (const [at, token] of body.entries()) {
    const isAlias = body[at - 1]?.text === '>' && body[at - 2]?.text === '-';
    if (token.kind === 'name' && !isAlias && !known.has(bare(token.text))) return token;
  }
  return null;
};

const importedNames = ({ tokens, first }: Statement): readonly string[] =>
  first.text === '%import' ? tokens.filter(({ kind }) => kind === 'name').map(({ text }) => text) : [];

const findNameFault = (definitions: readonly Definition[], imported: readonly string[]): GrammarFault | null => {
  const known = new Set([...definitions.map(({ name }) => name), ...imported]);
  if (!known.has('start'))
    return {
      line: 1,
      expected: 'a rule `start`',
      given: 'none',
      fix: 'Name the rule that the whole input matches `start`.',
    };
  const seen = new Set<string>();
  for (const definition of definitions) {
    const { name, statement } = definition;
    if (seen.has(name)) return fault(statement.first, 'every name defined once', 'Join the alternatives with `|`.');
    seen.add(name);
    const unknown = findUndefined(definition, known);
    if (unknown !== null)
      return fault(unknown, 'a name that is defined', 'Define it, import it from `common`, or correct its spelling.');
  }
  return null;
};

/** The first thing that is certainly wrong, in the order of the grammar; null: nothing is. */
export const findLarkFault = (grammar: string): GrammarFault | null => {
  const statements = toStatements(tokenise(grammar));
  const definitions: Definition[] = [];
  for (const statement of statements) {
    const { first } = statement;
    const definition = toDefinition(statement);
    const wrong =
      findTokenFault(statement) ??
      findBracketFault(statement) ??
      (first.kind === 'directive' ? findDirectiveFault(statement) : null) ??
      (definition === null ? null : findHeadFault(definition));
    if (wrong !== null) return wrong;
    if (definition !== null) definitions.push(definition);
    else if (first.kind !== 'directive')
      return fault(first, 'a definition `name: …`', 'Begin every rule and terminal with its name and a colon.');
  }
  return findNameFault(definitions, statements.flatMap(importedNames));
};
