/** A client's mark that everything up to here should be cached: the same member in several protocols. */
import type { CacheBreakpoint } from '../canonical/content.ts';
import type { FieldNode } from './field.ts';
import { optionalNode, optionalWord, requiredNode } from './field.ts';

const TTLS = ['5m', '30m', '1h', '12h'] as const;

/** Anthropic's mark, which several clients also send in chat, or OpenAI's own (2026). */
export const parseCache = (node: FieldNode): CacheBreakpoint | undefined => {
  const { cache_control: anthropic, prompt_cache_breakpoint: openai } = node.value;
  if ((anthropic === undefined || anthropic === null) && (openai === undefined || openai === null)) return undefined;
  const mark = optionalNode(node, 'cache_control') ?? requiredNode(node, 'prompt_cache_breakpoint');
  return { ttl: optionalWord(mark, 'ttl', TTLS) ?? null };
};
