/** The grammar of a custom tool, checked before anybody is called: a provider says less, later, and not every one says it. */
import type { CustomTool } from '../../canonical/tool.ts';
import type { GrammarFault } from './fault.ts';
import { findLarkFault } from './lark.ts';
import { findRegexFault } from './regex.ts';

type Grammar = Extract<CustomTool['format'], { readonly type: 'grammar' }>;

const EMPTY: GrammarFault = {
  line: 1,
  expected: 'a definition',
  given: 'none',
  fix: 'Send the grammar, or `{"type": "text"}` for free text.',
};

/** Null: nothing is certainly wrong. Work linear in the definition. */
export const findGrammarFault = ({ syntax, definition }: Omit<Grammar, 'type'>): GrammarFault | null => {
  if (definition.trim() === '') return EMPTY;
  if (syntax === 'lark') return findLarkFault(definition);
  const wrong = findRegexFault(definition);
  return wrong === null ? null : { line: 1, ...wrong };
};
