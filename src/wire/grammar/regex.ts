/**
 * Regular expressions of grammar tools: what Rust's `regex` syntax, by which providers constrain, certainly refuses. What
 * is not certainly wrong passes: a false alarm would refuse a request that works.
 */
import { quote, type GrammarFault } from './fault.ts';

type Fault = Omit<GrammarFault, 'line'>;

const QUANTIFIER = /^(?:[*+?]|\{\d*,?\d*\})/;
const LOOK_AROUND = /^\(\?<?[=!]/;
const BACK_REFERENCE = /^\\(?:[1-9]|k[<{'])/;

const unclosed = (what: string, text: string): Fault => ({
  expected: `every ${what} closed`,
  given: quote(text),
  fix: `Close it, or escape it with a backslash.`,
});

const nothingToRepeat = (text: string): Fault => ({
  expected: 'something before a quantifier',
  given: quote(text),
  fix: 'Put what is to be repeated before it, or escape it with a backslash.',
});

const LAZY: Fault = {
  expected: 'greedy quantifiers',
  given: 'a lazy one (`*?`, `+?`, `??` or `}?`)',
  fix: 'Exclude what must not be matched by a character class, such as `[^"]*`.',
};

const UNSUPPORTED = (given: string, expected: string): Fault => ({
  expected,
  given: quote(given),
  fix: 'Write the alternatives out; constrained decoding follows the pattern forwards only.',
});

/** Index behind the class that opens at `at`; -1 when it is not closed. A `]` first in a class is a member of it. */
const skipClass = (pattern: string, at: number): number => {
  let next = pattern[at + 1] === '^' ? at + 2 : at + 1;
  let depth = 1;
  for (let first = true; next < pattern.length; next += 1, first = false) {
    const character = pattern[next];
    if (character === '\\') next += 1;
    else if (character === '[') depth += 1;
    else if (character === ']' && !first && (depth -= 1) === 0) return next + 1;
  }
  return -1;
};

/** Index behind `(`, `(?:`, `(?P<name>`, `(?i:` or `(?i)`; flags alone open no group. */
const skipOpening = (pattern: string, at: number): { readonly next: number; readonly isGroup: boolean } => {
  const [opening = '('] = /^\((?:\?(?:P?<\w+>|[a-zA-Z-]*:|[a-zA-Z-]+\)))?/.exec(pattern.slice(at, at + 64)) ?? [];
  return { next: at + opening.length, isGroup: !opening.endsWith(')') };
};

interface Step {
  readonly next: number;
  readonly depth: number;
  /** Something stands here that a quantifier may follow. */
  readonly isRepeatable: boolean;
}

const afterQuantifier = (pattern: string, at: number, length: number): Step | Fault =>
  pattern[at + length] === '?' ? LAZY : { next: at + length, depth: 0, isRepeatable: true };

const step = (pattern: string, at: number, before: Step): Step | Fault => {
  const rest = pattern.slice(at, at + 64);
  const { depth } = before;
  if (LOOK_AROUND.test(rest)) return UNSUPPORTED(rest.slice(0, 4), 'a pattern without look-around');
  if (BACK_REFERENCE.test(rest)) return UNSUPPORTED(rest.slice(0, 2), 'a pattern without back-references');
  switch (pattern[at]) {
    case '\\':
      if (at + 1 >= pattern.length) return unclosed('escape', '\\');
      return { next: at + 2, depth, isRepeatable: true };
    case '[': {
      const next = skipClass(pattern, at);
      return next < 0 ? unclosed('`[`', rest) : { next, depth, isRepeatable: true };
    }
    case '(': {
      const { next, isGroup } = skipOpening(pattern, at);
      return { next, depth: depth + (isGroup ? 1 : 0), isRepeatable: false };
    }
    case ')':
      return depth === 0
        ? unclosed('group opened before it is', ')')
        : { next: at + 1, depth: depth - 1, isRepeatable: true };
    case '|':
      return { next: at + 1, depth, isRepeatable: false };
    default:
      break;
  }
  const [quantifier] = QUANTIFIER.exec(rest) ?? [];
  if (quantifier === undefined) return { next: at + 1, depth, isRepeatable: true };
  if (!before.isRepeatable) return nothingToRepeat(rest.slice(0, 8));
  const after = afterQuantifier(pattern, at, quantifier.length);
  return 'next' in after ? { ...after, depth } : after;
};

/** Null: nothing is certainly wrong. */
export const findRegexFault = (pattern: string): Fault | null => {
  let state: Step = { next: 0, depth: 0, isRepeatable: false };
  while (state.next < pattern.length) {
    const after: Step | Fault = step(pattern, state.next, state);
    if (!('next' in after)) return after;
    state = after;
  }
  return state.depth > 0 ? unclosed('`(`', pattern) : null;
};
