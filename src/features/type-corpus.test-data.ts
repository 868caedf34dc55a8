/** Entries of the corpus of conversation types, and how each is read as a request. */
import type { CanonicalRequest } from '../canonical/request.ts';
import { extractFeatures } from './extract.ts';
import { image, tool, toRequest, user } from './request.test-data.ts';
import type { ConversationType } from './signals.ts';

export interface CorpusEntry {
  readonly language: string;
  /** Types that are right; the first is meant, any other would do. */
  readonly expected: readonly string[];
  /** Form of a logic problem; `lookalike` for topic words without the task; `tools` and `image` for what comes with it. */
  readonly form: string;
  readonly text: string;
}

/** Rows are `language, expected, form, text`; `a|b` in expected is a choice, `\n` in a text a line break. */
export const parseCorpus = (table: string): readonly CorpusEntry[] =>
  table
    .split('\n')
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => {
      const [language = '', expected = '', form = '', text = ''] = line.split('\t');
      return { language, expected: expected.split('|'), form, text: text.replaceAll(String.raw`\n`, '\n') };
    });

const TOOLS = [tool('search'), tool('open'), tool('send')];

const toCorpusRequest = ({ form, text }: Pick<CorpusEntry, 'form' | 'text'>): CanonicalRequest => {
  if (form === 'image') return toRequest([user(text, image)]);
  return form === 'tools' ? toRequest([user(text)], { tools: TOOLS }) : toRequest([user(text)]);
};

export const readType = (entry: Pick<CorpusEntry, 'form' | 'text'>): ConversationType =>
  extractFeatures(toCorpusRequest(entry)).signals.conversationType.value;

/** Types for which a thinking model pays. */
export const THINKING_TYPES: ReadonlySet<string> = new Set([
  'mathematics',
  'code',
  'logic',
  'planning',
  'agentic_tools',
]);
