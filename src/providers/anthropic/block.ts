/** Content blocks of the Messages API as this translation builds them. */
import type { JsonValue } from '../../canonical/json.ts';

/** A block under construction: cache marks are set after all blocks are known. */
export type Block = Record<string, JsonValue | undefined> & { readonly type: string };

export interface Turn {
  readonly role: 'user' | 'assistant';
  readonly content: Block[];
}

export const textBlock = (text: string): Block => ({ type: 'text', text });
